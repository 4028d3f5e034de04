"""What may be seen in this room, and what is found for it: one file a subject."""
