"""Says what bytes are and makes them harmless; knows no pupil and no database."""
