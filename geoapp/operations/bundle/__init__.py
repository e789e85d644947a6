"""Everything that a machine without the internet needs, in one folder."""
