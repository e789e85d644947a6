"""Coverage runs."""
