"""What a run found, as it is stored."""
