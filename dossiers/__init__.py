"""The dossier: parts, notes, agreements, the emergency card, and who is assigned to it."""
