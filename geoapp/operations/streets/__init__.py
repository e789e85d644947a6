"""The base map: streets of an extract in one PMTiles file."""
