"""Shapes of the input, one file a subject."""
