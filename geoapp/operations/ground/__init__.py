"""What coverage, siting, actions and what-if start from."""
