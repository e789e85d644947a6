"""Finding places by words."""
