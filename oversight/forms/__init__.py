"""Shape of what is typed in this room: one file a subject."""
