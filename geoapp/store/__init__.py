"""What the service remembers: PostGIS through SQLAlchemy, and nothing else touches the database."""
