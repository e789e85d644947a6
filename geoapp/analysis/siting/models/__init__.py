"""One file for each named model."""
