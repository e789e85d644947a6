"""Reports of months that were made by themselves: which there are, and their greatest figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from geoapp.core.dated_states import Band
from geoapp.core.results.kept import Kept, KeptText


class ReportOutcome(StrEnum):
    """What came of it when a report was due to be made."""

    MADE = "made"
    UNPUBLISHED = "unpublished"
    FAILED = "failed"


class KeptBand(Kept):
    """How many for certain, and how many more may be."""

    known: int
    possible: int

    @property
    def band(self) -> Band:
        """The same as screens take it."""
        return Band(self.known, self.possible)


class KeyFigures(Kept):
    """What one report is compared with another by; None is unknown.

    Attributes
    ----------
    asked
        What the published run was asked; figures of unlike questions show no change.
    covered_share, covered, uncovered
        Of the published coverage: a share (0 to 1) and outdoor workers.
    in_place, opened, closed
        Facilities on the last day, and those that opened and closed in the month.
    promises, met
        How many promises concern the region, and how many of them are met.
    """

    asked: KeptText | None
    covered_share: float | None
    covered: float | None
    uncovered: float | None
    in_place: KeptBand
    opened: KeptBand
    closed: KeptBand
    promises: int
    met: int


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report that was made and is kept.

    Attributes
    ----------
    region
        None is the whole area.
    month
        Its first day.
    sizes
        In bytes, by the suffix of the format.
    """

    id: int
    region: str | None
    month: date
    made_at: datetime
    figures: KeyFigures
    sizes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ReportSchedule:
    """When the report of a region's month is made, and what came of it last.

    Attributes
    ----------
    region
        None is the whole area.
    hour
        At which full hour of the first day of each month, by the clocks of the service.
    created_by
        Name of the account; None where the machine's own command set it.
    last_at, last_outcome
        None before it was due for the first time.
    """

    region: str | None
    hour: int
    created_by: str | None
    next_at: datetime
    last_at: datetime | None
    last_outcome: ReportOutcome | None
