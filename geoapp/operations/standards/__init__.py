"""Published standards of equipment, held against the facilities."""
