"""Who supervises: findings and reports over the log, and who looked, for parents."""
