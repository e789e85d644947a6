"""Answers as GeoJSON."""
