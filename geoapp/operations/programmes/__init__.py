"""Published plans: reading them in, and where each promise stands."""
