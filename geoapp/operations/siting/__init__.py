"""Siting runs and what surrounds them."""
