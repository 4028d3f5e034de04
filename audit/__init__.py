"""The log: every look, refusal, change and sign-in is a row that the web login can't change."""
