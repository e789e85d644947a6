"""Streets by name: found in an address, placed, and searched."""
