"""Contests of service projects: read, and taken from entries to the catalogue by hand."""
