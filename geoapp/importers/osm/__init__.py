"""OpenStreetMap extracts: places and ways to walk."""
