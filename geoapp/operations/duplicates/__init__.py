"""Facilities that may be one: finding them, deciding on them, and making one of two."""
