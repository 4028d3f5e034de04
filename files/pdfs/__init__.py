"""PDFs made harmless. Runs inside the sandbox."""
