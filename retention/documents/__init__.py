"""The papers of this room, and what they say."""
