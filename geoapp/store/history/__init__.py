"""The log of changes: its chain of seals, reading it, and taking changes back."""
