"""Runs of actions within one budget."""
