"""Opening hours: read from what people write, and answered at a moment, certain or unknown."""

from geoapp.core.hours.answers import (
    HORIZON_DAYS,
    Stretch,
    day_stretches,
    depends_on_place,
    explain,
    is_unread,
    next_change,
    state,
    tells_when,
)
from geoapp.core.hours.holidays import CHINESE_ZONES
from geoapp.core.hours.reading import ACCEPTED, read, read_or_keep

__all__ = [
    "ACCEPTED",
    "CHINESE_ZONES",
    "HORIZON_DAYS",
    "Stretch",
    "day_stretches",
    "depends_on_place",
    "explain",
    "is_unread",
    "next_change",
    "read",
    "read_or_keep",
    "state",
    "tells_when",
]
