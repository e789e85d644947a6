"""Points held in memory, ready to be written as vector tiles."""
