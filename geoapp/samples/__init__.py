"""Invented data for demonstrations, called a sample wherever it appears; no database."""
