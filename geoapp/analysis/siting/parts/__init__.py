"""Maximal covering in parts: components of the cover, and how a number of sites is shared out."""
