"""The exact nearest facilities on the spheroid."""
