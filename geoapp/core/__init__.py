"""Words: imports nothing of ours."""
