"""Pages of files, one file a subject."""
