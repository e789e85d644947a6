"""The shapes of answers on the states of facilities, and on what they were on a day."""

from datetime import date

from pydantic import BaseModel

from geoapp.core.words import DateBasis, Standing, Status


class AsOfDay(BaseModel):
    """What a facility was on a day: there for certain, perhaps, or not; each state it may have had."""

    day: date
    standing: Standing
    statuses: list[Status]


class StateAnswer(BaseModel):
    """A state of a facility; ``until`` is the first day on which it was over, null is unknown.

    Of a month or year that is known, ``since`` is the first day, and ``basis`` says how much it is.
    """

    status: Status
    since: date | None
    basis: DateBasis
    until: date | None
    announced: bool


class AsOfTotal(BaseModel):
    """How many facilities were there on a day for certain, and how many more may have been."""

    day: date
    known: int
    possible: int
