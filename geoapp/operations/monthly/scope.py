"""Of which region, up to which day, and from which store a report is made."""

from dataclasses import dataclass
from datetime import date, datetime

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.operations.coverage import official as answers
from geoapp.operations.facilities.naming import read_naming
from geoapp.operations.moment import end_of_day, today
from geoapp.operations.monthly.period import Period, period_of
from geoapp.reports.words.naming import Naming
from geoapp.reports.words.question import area_text
from geoapp.store.engine import Database
from geoapp.store.facilities.read import regions_below
from geoapp.store.region_tree import codes_above


@dataclass(frozen=True, slots=True)
class Scope:
    """What all sections of a report have in common.

    Attributes
    ----------
    region
        None is the whole area.
    below
        The region and all in it; None is everything, what has no region included.
    above
        The region and all that contain it, from the inside out; empty for the whole area.
    """

    database: Database
    settings: Settings
    period: Period
    today: date
    region: str | None
    below: frozenset[str] | None
    above: tuple[str, ...]
    naming: Naming

    @property
    def area(self) -> Text:
        """The region's name."""
        return area_text(self.region, self.naming.regions)

    @property
    def end(self) -> datetime:
        """The end of the report's last day."""
        return end_of_day(self.period.day, self.settings.timezone)

    def name(self, code: str | None) -> Text:
        """Return a region's name; its code where it is no longer stored, None where unknown."""
        if code is None:
            return Text("区域未知", "region unknown")
        return self.naming.regions.get(code, Text(code, code))

    def holds(self, code: str | None) -> bool:
        """Tell whether a region, or what has none, is in the report's region."""
        return self.below is None or code in self.below


def scope_of(
    database: Database,
    settings: Settings,
    region: str | None = None,
    month: str | None = None,
    day: str | None = None,
) -> Scope:
    """Return of what a report is made.

    Parameters
    ----------
    region
        None is the region of the widest answer that was official at the end of the period.

    Raises
    ------
    InvalidValueError
        If the region is not stored, or month or day are none that anything is known of.
    """
    now = today(settings)
    period = period_of(month, day, now)
    below: frozenset[str] | None = None
    above: tuple[str, ...] = ()
    if region is None:
        at = end_of_day(period.day, settings.timezone)
        found = answers.official(database, at=at)
        region = None if found is None else found.publication.region
    if region is not None:
        with database.session() as session:
            below = frozenset(regions_below(session, region))
            above = tuple(codes_above(session, region))
        if not below:
            raise InvalidValueError(
                "region", region[:40], Text("已有区域的代码", "the code of a stored region")
            )
    naming = read_naming(database, settings.timezone)
    return Scope(database, settings, period, now, region, below, above, naming)
