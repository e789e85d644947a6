"""A table as typed rows and located problems."""
