"""The life of a run of any kind."""
