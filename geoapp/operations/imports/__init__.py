"""A file into the store, with its report and its rejects."""
