"""What changes about consent, one file a subject."""
