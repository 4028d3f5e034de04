"""Shape of what is typed in, one file a subject."""
