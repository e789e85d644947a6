"""geoapp: maps, nearest answers and coverage gaps for outdoor workers' service stations."""

__version__ = "0.1.0"
