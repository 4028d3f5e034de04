"""How a dossier's text is shown."""
