"""The commands, one file for each subject; ``geoapp.cli`` gathers them."""
