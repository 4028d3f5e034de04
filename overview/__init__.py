"""Pages that combine rooms: the start page, home per role, a pupil's page. No models."""
