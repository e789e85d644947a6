"""Published plans in the store."""
