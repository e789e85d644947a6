"""The compiled loops of the walking network."""
