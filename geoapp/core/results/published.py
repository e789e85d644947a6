"""What is published of coverage runs: which one stands for a region, and what has changed since."""

from dataclasses import dataclass
from datetime import datetime

from geoapp.core.i18n import Text
from geoapp.core.results.coverage import CoverageRun
from geoapp.core.words import Every, Outcome


@dataclass(frozen=True, slots=True)
class Publication:
    """A run as the official answer of a region.

    Attributes
    ----------
    region
        None is the whole area.
    published_by, withdrawn_by
        Name of the account; None where the machine's own command did it.
    withdrawn_at
        None while it is not withdrawn; a newer one of the region may stand in its place.
    """

    id: int
    region: str | None
    run_id: int
    published_at: datetime
    published_by: str | None
    note: str | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None


@dataclass(frozen=True, slots=True)
class Official:
    """What stands for a region: its publication, and the run that was published."""

    publication: Publication
    run: CoverageRun


@dataclass(frozen=True, slots=True)
class Freshness:
    """What has changed since a run read the data.

    Attributes
    ----------
    facilities
        How many facilities in the run's region were added, changed or removed.
    others
        What else is no longer the same, in words.
    """

    facilities: int
    others: tuple[Text, ...]

    @property
    def is_fresh(self) -> bool:
        """Whether a new run would read the same."""
        return not self.facilities and not self.others


@dataclass(frozen=True, slots=True)
class Schedule:
    """When the published answer of a region is computed anew, and what came of it last.

    Attributes
    ----------
    region
        None is the whole area.
    hour
        At which full hour by the clocks of the service, 0 to 23: every night, or on the first day
        of each month.
    created_by
        Name of the account; None where the machine's own command set it.
    last_at, last_outcome
        None before it was due for the first time.
    last_run
        The run that was started then, if one was and it is still stored.
    """

    region: str | None
    every: Every
    hour: int
    created_by: str | None
    next_at: datetime
    last_at: datetime | None
    last_outcome: Outcome | None
    last_run: int | None
