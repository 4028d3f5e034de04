"""Seals and opens bytes with a key per dossier part; the keys live in a second database."""
