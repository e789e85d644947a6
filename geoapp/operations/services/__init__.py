"""Services for workers: found, edited, exported."""
