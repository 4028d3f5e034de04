"""What can be done with accounts, roles and invitations, one file a subject."""
