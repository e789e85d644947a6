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


def sole_weight(site: IntArray, weights: FloatArray, alone: BoolArray, sites: int) -> FloatArray:
    """Return by site the weight that it alone covers: what is lost if it closes.

    Parameters
    ----------
    site, alone
        By demand point a site that covers it, and whether no other does; where one does, the site
        is not looked at.
    weights
        By demand point.
    sites
        How many there are.
    """
    return np.bincount(site[alone], weights[alone], sites).astype(np.float64)
