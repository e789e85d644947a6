"""What the covering models share: searches, bounds and programs."""
