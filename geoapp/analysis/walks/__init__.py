"""Walks between many places and many others."""
