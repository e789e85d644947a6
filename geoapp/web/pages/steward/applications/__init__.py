"""``/steward/applications``: entry, management and exit of bases, complexes, enterprises, partners."""
