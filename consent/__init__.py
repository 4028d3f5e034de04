"""Consent: who is asked what, who answered, and what holds on a day."""
