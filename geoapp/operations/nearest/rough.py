"""Facilities whose own position may be far off, such as those that were found by their address."""

from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.units import format_metres
from geoapp.store.facilities.read import PlacedFacility

# Nearer than this one sees it from where one was sent.
ROUGH_M: Final = 100.0


def rough_m(one: PlacedFacility) -> float:
    """Return how far a position may be off; 0 where it is good enough or nobody said."""
    off_m = one.position_accuracy_m
    return off_m if off_m is not None and off_m > ROUGH_M and not one.place else 0.0


def rough_text(off_m: float) -> Text:
    """Say that a position is rough, and what to go by instead."""
    far = format_metres(off_m)
    return Text(
        f"位置只是大概，可能差 {far.zh}：请按地址找，或先打电话",
        f"Rough position, may be {far.en} off: go by the address, or call first",
    )
