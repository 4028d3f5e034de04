"""Decisions of this room in plain Python: one file a subject."""
