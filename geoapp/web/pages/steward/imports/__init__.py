"""``/steward/import``: a file brought into the register in four steps, each with an address."""
