"""What workers report of facilities."""
