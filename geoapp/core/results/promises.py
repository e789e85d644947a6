"""Published promises and where they stand on a day."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.programmes import (
    Comparator,
    Measure,
    Nature,
    PromiseState,
    Recurrence,
    Rule,
    Scope,
    Unit,
)

RECENT_DAYS: Final = 90
"""From the events of how many days a forecast is made."""


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A published text; what is None is unknown."""

    code: str
    title_zh: str
    title_en: str
    issuer_zh: str | None
    issuer_en: str | None
    number: str | None
    published_on: date | None
    note_zh: str | None
    note_en: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class IndicatorRecord:
    """A promise as stored."""

    programme: str
    code: str
    name: Text
    nature: Nature
    comparator: Comparator
    value: float
    unit: Unit
    period_from: date | None
    due: date | None
    recurrence: Recurrence | None
    scope: Scope
    measure: Measure
    rule: Rule | None
    care: tuple[str, ...]
    document: DocumentRecord
    place: str
    shares_with: frozenset[str]
    splits: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class FactRecord:
    """A number that a document states; ``indicator`` None: of the programme, not divided."""

    id: int
    indicator: str | None
    as_of: date | None
    value: float
    unit: Unit
    name: Text | None
    region_code: str | None
    document: DocumentRecord
    place: str | None
    entered_by: str | None


@dataclass(frozen=True, slots=True)
class Subject:
    """A facility, an organisation, a region or a care event that counts; what is None is unknown."""

    what: str
    code: str
    name_zh: str
    name_en: str | None
    region_code: str | None
    lon: float | None
    lat: float | None
    event_on: date | None
    sure: bool
    document: str | None
    place: str | None


@dataclass(frozen=True, slots=True)
class Window:
    """The days that a promise is about: from ``first`` (None: not stated) to ``last``, inclusive."""

    first: date | None
    last: date


@dataclass(frozen=True, slots=True)
class Forecast:
    """The fact on the last day if all goes on as in the 90 days up to now; from how many events."""

    value: float
    events: int
    days: int = RECENT_DAYS


@dataclass(frozen=True, slots=True)
class Verdict:
    """A state, and what it rests on; None is unknown or does not apply."""

    state: PromiseState
    pace_per_day: float | None
    days_left: int | None
    forecast: Forecast | None


@dataclass(frozen=True, slots=True)
class YearResult:
    """What became of a yearly promise in a year that is over."""

    window: Window
    fact: float | None
    state: PromiseState


@dataclass(frozen=True, slots=True)
class Standing:
    """A promise on a day.

    Attributes
    ----------
    fact
        What counts for certain; None where nothing is known. ``possible`` adds what may count and
        has no day.
    basis
        ``store``: counted from the register; ``entered``: a document states it.
    on
        The day that the fact is of.
    stated
        What documents state of the promise up to the day, the latest first.
    subjects
        What was counted; None where it was not asked for.
    twice
        Subjects by code that another indicator counts too, without the document letting them share.
    at_last
        What counted for certain, and what may have, on the promise's last day, where that is past.
    sample
        The same promise counted from the samples alone; None where the store has none.
    """

    indicator: IndicatorRecord
    day: date
    window: Window
    fact: float | None
    possible: float | None
    of_set: int | None
    basis: str | None
    on: date | None
    verdict: Verdict
    stated: tuple[FactRecord, ...]
    years: tuple[YearResult, ...]
    at_last: tuple[float, float] | None = None
    subjects: tuple[Subject, ...] | None = None
    twice: tuple[tuple[str, str], ...] = ()
    sample: "Standing | None" = None

    @property
    def share(self) -> float | None:
        """The fact as a share of what was promised, 0 to 1 and beyond."""
        value = self.indicator.value
        return None if self.fact is None or not value else self.fact / value

    @property
    def undated(self) -> float:
        """How many of what may count have no day that tells."""
        return 0.0 if self.fact is None or self.possible is None else self.possible - self.fact
