"""Organisations: read, edit, export."""
