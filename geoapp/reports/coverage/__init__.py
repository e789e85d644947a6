"""Coverage runs as tables."""
