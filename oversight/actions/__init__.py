"""Verbs of this room: one file a subject."""
