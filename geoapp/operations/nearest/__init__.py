"""The nearest facilities and the way to them."""
