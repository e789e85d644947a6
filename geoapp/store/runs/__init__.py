"""Runs, their inputs, results and jobs in the store."""
