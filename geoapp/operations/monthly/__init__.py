"""The report of a month for a region: gathered from what is published and registered."""
