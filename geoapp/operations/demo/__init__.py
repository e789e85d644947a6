"""The samples, loaded into the store."""
