"""Shapes of the input of this room."""
