"""What is asked of a run: typed once, checked once."""
