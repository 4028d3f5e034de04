"""What pages of other rooms ask of this one."""
