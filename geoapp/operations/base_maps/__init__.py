"""Base maps of the operator: taken in from a file, read by every page."""
