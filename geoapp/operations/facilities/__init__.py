"""Facilities read, edited, exported and looked after."""
