"""Findings, reports, and who looked: one file a subject."""
