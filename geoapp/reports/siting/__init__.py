"""Siting runs as tables and as PDF."""
