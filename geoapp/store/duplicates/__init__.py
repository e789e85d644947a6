"""Facilities that may be one: what is compared, what was decided, and making one of two."""
