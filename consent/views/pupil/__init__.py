"""Pages about the consent of one pupil, for the administration and the director."""
