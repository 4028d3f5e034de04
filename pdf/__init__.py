"""Template to PDF: the papers of every room above, readable for everybody (PDF/UA)."""
