"""Verbs of this room: one transaction, one event."""
