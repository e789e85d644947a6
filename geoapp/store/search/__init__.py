"""Finding what is stored by words."""
