"""Visits, opinions and care events: written, listed, summed up by quarters."""
