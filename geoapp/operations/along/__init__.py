"""Stations on the way: what going by each adds to a route of stops or to a line."""
