"""The shapes of answers about use and satisfaction, and how figures are put into them."""

from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel

from geoapp.analysis.satisfaction import Estimate
from geoapp.operations.use.read import Figures, Visits, Voices
from geoapp.store.use.read import CareRecord, CareTotal


class EstimateAnswer(BaseModel):
    """A value with bounds that hold with 95 per cent confidence."""

    value: float
    low: float
    high: float


class VisitsAnswer(BaseModel):
    """Visits on the days that were counted; ``counted_days`` by what the counts rest on."""

    n: int
    counted_days: dict[str, int]


class SatisfactionAnswer(BaseModel):
    """What workers think. Of fewer than five only that is told: all else is null then.

    ``stars`` is the mean of 1 to 5, ``satisfied_share`` (0 to 1) of those that gave four or five.
    """

    fewer_than_five: bool
    voices: int | None
    stars: EstimateAnswer | None
    satisfied_share: EstimateAnswer | None


class FiguresAnswer(BaseModel):
    """A quarter; null is unknown. ``fell`` where it parts from the quarter before, downwards."""

    quarter: str
    first_day: date
    last_day: date
    days: int
    visits: VisitsAnswer | None
    satisfaction: SatisfactionAnswer | None
    fell: bool


class RankedFigures(FiguresAnswer):
    """``rank`` by stars, the best first; null unless its bounds part from all others'."""

    rank: int | None


class FacilityUse(BaseModel):
    """A facility's quarters of which something is known, latest first."""

    facility: str
    quarters: list[FiguresAnswer]


class RegionOfUse(RankedFigures):
    """A region; ``too_few`` are facilities where fewer than five spoke, which enter no figure."""

    region: str
    level: str
    name_zh: str
    name_en: str | None
    counted_facilities: int
    heard_facilities: int
    too_few_facilities: int


class FacilityOfUse(RankedFigures):
    """A facility in a quarter."""

    facility: str
    name_zh: str
    name_en: str | None
    district: str | None


class CareEventAnswer(BaseModel):
    """A care event; ``unit`` is people or times, ``money`` in yuan, null is unknown."""

    code: str
    kind: str
    region: str
    day: date
    people: int | None
    unit: str | None
    money: float | None
    document: str | None
    source: str | None
    sample: bool


class CareTotalAnswer(BaseModel):
    """Care events of a kind in a unit; ``without_money`` are those whose money is not known."""

    kind: str
    unit: str | None
    events: int
    people: int | None
    money: float | None
    without_money: int


class QuarterAnswer(BaseModel):
    """A quarter; ``silent`` facilities have no figure at all, which is not zero."""

    quarter: str | None
    quarters: list[str]
    regions: list[RegionOfUse]
    facilities: list[FacilityOfUse]
    more_facilities: int
    silent: int
    care: list[CareEventAnswer]
    more_care: int
    care_totals: list[CareTotalAnswer]


def figures_of(one: Figures) -> dict[str, Any]:
    """Return a quarter's figures as an answer has them."""
    return {
        "quarter": one.quarter.code,
        "first_day": one.quarter.first,
        "last_day": one.quarter.end - timedelta(days=1),
        "days": one.quarter.days,
        "visits": visits_of(one.visits),
        "satisfaction": _satisfaction(one.voices),
        "fell": one.fell,
    }


def ranked_of(one: Figures) -> dict[str, Any]:
    """Return a quarter's figures with the rank."""
    return {**figures_of(one), "rank": one.rank}


def care_of(one: CareRecord) -> dict[str, Any]:
    """Return a care event as an answer has it."""
    return {name: getattr(one, name) for name in CareEventAnswer.model_fields}


def total_of(one: CareTotal) -> dict[str, Any]:
    """Return a sum of care events as an answer has it."""
    return {name: getattr(one, name) for name in CareTotalAnswer.model_fields}


def visits_of(visits: Visits | None) -> dict[str, Any] | None:
    """Return visits as an answer has them; None is not counted, which is not zero."""
    return None if visits is None else {"n": visits.n, "counted_days": dict(visits.days)}


def _satisfaction(voices: Voices | None) -> dict[str, Any] | None:
    if voices is None:
        return None
    return {
        "fewer_than_five": voices.n is None,
        "voices": voices.n,
        "stars": _estimate(voices.stars),
        "satisfied_share": _estimate(voices.satisfied),
    }


def _estimate(one: Estimate | None) -> dict[str, float] | None:
    if one is None:
        return None
    return {name: round(getattr(one, name), 4) for name in ("value", "low", "high")}
