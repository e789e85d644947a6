"""Applications of bases, complexes, enterprises and partners: entry, management, exit."""
