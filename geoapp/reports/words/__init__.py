"""Sentences about results, the same on pages, in files and in the terminal."""
