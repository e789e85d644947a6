"""The pages of siting runs."""
