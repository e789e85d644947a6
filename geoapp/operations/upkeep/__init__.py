"""Set-up, backup, check-up and accounts."""
