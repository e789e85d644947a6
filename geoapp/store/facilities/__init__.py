"""Facilities and their places in the store."""
