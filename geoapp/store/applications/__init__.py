"""Named queries on applications and what belongs to them."""
