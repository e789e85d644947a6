"""A file in, (rows, problems) out; never the database."""
