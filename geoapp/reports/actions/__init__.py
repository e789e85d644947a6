"""Papers of a run of actions."""
