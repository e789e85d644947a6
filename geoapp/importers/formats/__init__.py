"""A file as a table, one file for each format."""
