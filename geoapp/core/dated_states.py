"""What facilities were from day to day: states with dates, and what is known of one day."""

from dataclasses import dataclass
from datetime import date

from geoapp.core.words import DateBasis, Standing, Status


@dataclass(frozen=True, slots=True)
class DatedState:
    """One state of a facility, in their order; ``to_on`` is the first day on which it was over.

    One that is announced has not come about.
    """

    status: Status
    from_on: date | None
    basis: DateBasis
    to_on: date | None
    announced: bool


@dataclass(frozen=True, slots=True)
class StateOnDay:
    """What a facility was on a day.

    Attributes
    ----------
    known
        Whether it is known to have been there: in one of the states that were asked for.
    possible
        Whether it may have been there.
    statuses
        Each state that it may have had.
    may_be_before
        Whether the day may lie before all of them.
    """

    known: bool
    possible: bool
    statuses: tuple[Status, ...]
    may_be_before: bool

    @property
    def standing(self) -> Standing:
        """Return it in one word."""
        if self.known:
            return Standing.KNOWN
        return Standing.POSSIBLE if self.possible else Standing.NO


@dataclass(frozen=True, slots=True)
class Band:
    """How many are known to have been there on a day, and how many more may have been."""

    known: int
    possible: int
