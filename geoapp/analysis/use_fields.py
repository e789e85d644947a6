"""Visits beside the demand a facility should see: which are busy, and which stand where nobody comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from geoapp.core.use import UseField

# Fewer facilities than these have no middle that is worth comparing with.
LEAST_COMPARED: Final = 4


@dataclass(frozen=True, slots=True)
class Compared:
    """A facility of which both are known.

    Attributes
    ----------
    visits
        Visits on a day that was counted.
    reach
        Outdoor workers within the standard whose nearest facility it is.
    sole_share
        How many of these have no other facility within it, 0 to 1; None where there are none.
    """

    visits: float
    reach: float
    sole_share: float | None


@dataclass(frozen=True, slots=True)
class Middles:
    """The medians of the facilities compared; ``sole_share`` is None where none reaches anybody."""

    visits: float
    reach: float
    sole_share: float | None


def middles_of(facilities: Sequence[Compared]) -> Middles | None:
    """Return the medians that part the fields; None of fewer facilities than are worth it."""
    if len(facilities) < LEAST_COMPARED:
        return None
    shares = [one.sole_share for one in facilities if one.sole_share is not None]
    return Middles(
        median(one.visits for one in facilities),
        median(one.reach for one in facilities),
        median(shares) if shares else None,
    )


def field_of(one: Compared, middles: Middles) -> UseField | None:
    """Return the field of a facility; None where people come, and by the demand there is nobody.

    What reaches the median is above it, and nothing never is: where half of the facilities have no
    visits, the others are busy, and where all have the same, all are.
    """
    if _reaches(one.visits, middles.visits):
        if one.sole_share is None or middles.sole_share is None:
            return None
        alone = _reaches(one.sole_share, middles.sole_share)
        return UseField.BUSY_ALONE if alone else UseField.BUSY_SUPPORTED
    return UseField.NEAR_EMPTY if _reaches(one.reach, middles.reach) else UseField.FAR_EMPTY


def _reaches(value: float, middle: float) -> bool:
    return value > 0 and value >= middle
