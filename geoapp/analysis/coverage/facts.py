"""Why a point is a gap, and what depends on a station alone: one rule for all who ask."""

from enum import StrEnum
from typing import Final

import numpy as np

from geoapp.core.arrays import BoolArray, FloatArray, IntArray


class GapReason(StrEnum):
    """Why a demand point is not covered."""

    COVERED = "covered"
    HOURS_UNKNOWN = "hours_unknown"
    CLOSED = "closed"
    CUT_OFF = "cut_off"
    NO_STATION = "no_station"


GAP_REASONS: Final = tuple(GapReason)


def reason_codes(
    covered: BoolArray, hours_unknown: BoolArray, closed: BoolArray, cut_off: BoolArray
) -> IntArray:
    """Return by demand point why it is not covered, as position in ``GAP_REASONS``.

    Parameters
    ----------
    covered, hours_unknown, closed, cut_off
        By demand point whether that holds. The first that does is the reason; where none does, no
        station is near enough.
    """
    known = [covered, hours_unknown, closed, cut_off]
    return np.select(known, range(len(known)), default=len(known)).astype(np.int64)


def sole_weight(
    facility: IntArray, weights: FloatArray, alone: BoolArray, facilities: int
) -> FloatArray:
    """Return by facility the weight that it alone covers: what is lost if it closes.

    A facility is one source of service, however many places it has: whoever is covered from two
    places of one facility and from nowhere else loses both with it.

    Parameters
    ----------
    facility, alone
        By demand point a facility that covers it, and whether no other facility does; where one
        does, it is not looked at.
    weights
        By demand point.
    facilities
        How many there are.
    """
    return np.bincount(facility[alone], weights[alone], facilities).astype(np.float64)
