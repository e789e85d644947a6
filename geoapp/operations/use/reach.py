"""Visits of a quarter beside the demand that each facility should see by the published coverage run."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from geoapp.analysis.use_fields import Compared, Middles, field_of, middles_of
from geoapp.core.i18n import Text
from geoapp.core.results.published import Official
from geoapp.core.use import Quarter, UseField, quarter_of, quarters_between
from geoapp.core.words import Level
from geoapp.operations.coverage.loads import Reach, facility_reach
from geoapp.operations.coverage.official import official, run_region
from geoapp.operations.coverage.results import rests_on_sample
from geoapp.operations.facilities.read import check_region
from geoapp.operations.use.read import Visits
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.named import NamedFamily, facilities_by_family, positions_of
from geoapp.store.facilities.places import RegionName, region_names, regions_above
from geoapp.store.facilities.read import regions_below
from geoapp.store.use.read import QuarterVisits, days_known, quarter_visits

_ORDER: Final[Sequence[UseField | None]] = (*UseField, None)


@dataclass(frozen=True, slots=True)
class UsedFacility:
    """A facility with what is known of its visits and of the demand that it should see.

    Attributes
    ----------
    has_page
        Whether everybody may read a page on it: not of one that has become planned again.
    district
        Code of the district that it lies in; None where that is not known.
    lonlat
        WGS-84 degrees; None where nobody knows.
    visits
        None where nobody counted in the quarter, which is not zero.
    reach
        None where the run did not count it: it is newer, or was not known to be open at its moment.
    field
        None where either is unknown, where too few are compared, or where people come and the
        demand has nobody.
    """

    code: str
    name: Text
    sample: bool
    has_page: bool
    district: str | None
    lonlat: tuple[float, float] | None
    visits: Visits | None
    reach: Reach | None
    field: UseField | None

    @property
    def visits_a_day(self) -> float | None:
        """Visits on a day that was counted."""
        return None if self.visits is None else self.visits.n / self.visits.counted_days

    @property
    def compared(self) -> Compared | None:
        """Both figures; None where either is unknown."""
        if self.visits_a_day is None or self.reach is None:
            return None
        return Compared(self.visits_a_day, self.reach.weight, self.reach.sole_share)


@dataclass(frozen=True, slots=True)
class UseAgainstReach:
    """What a quarter's visits are beside the demand.

    Attributes
    ----------
    quarter
        None where nobody ever counted.
    quarters
        Those that one may look at, the latest first.
    official
        The published run; None where there is none for the region.
    reach_known
        Whether the run has the demand by facility; one from before there was such a figure has not.
    middles
        What parts the fields; None where too few are compared.
    facilities
        By field, the busiest first; those without one after them.
    sample
        Whether the demand is made up.
    """

    quarter: Quarter | None
    quarters: list[Quarter]
    official: Official | None
    reach_known: bool
    middles: Middles | None
    facilities: list[UsedFacility]
    sample: bool

    @property
    def compared(self) -> int:
        """Of how many facilities both figures are known."""
        return sum(one.compared is not None for one in self.facilities)

    @property
    def uncounted(self) -> int:
        """Of how many nobody counted the visits."""
        return sum(one.visits is None for one in self.facilities)

    @property
    def not_in_run(self) -> int:
        """How many the run did not count."""
        return sum(one.reach is None for one in self.facilities)

    def in_field(self, field: UseField) -> int:
        """Return how many facilities lie in a field."""
        return sum(one.field is field for one in self.facilities)


def use_against_reach(
    database: Database,
    quarter: Quarter | None = None,
    region: str | None = None,
    *,
    at: datetime | None = None,
) -> UseAgainstReach:
    """Return visits beside demand, by facility.

    Parameters
    ----------
    quarter
        None is the latest of which something is known.
    region
        Only what lies in it; the medians are those of what is told of.
    at
        When the run had been published; None is now.

    Raises
    ------
    InvalidValueError
        If there is no such region.
    """
    with database.snapshot() as session:
        check_region(session, region)
        known = days_known(session)
    published = official(database, region, at)
    quarters = []
    if known is not None:
        first, last = quarter_of(known[0]), quarter_of(known[1])
        quarters = list(quarters_between(first, last))[::-1]
        quarter = quarter or last
    if published is None or quarter is None:
        return UseAgainstReach(quarter, quarters, published, False, None, [], False)
    area = region or run_region(published.run)
    with database.snapshot() as session:
        reach = facility_reach(session, published.run.id)
        visits = _visits(session, quarter)
        names = {one.code: one for one in region_names(session, outlined=False)}
        below = None if area is None else regions_below(session, area)
        found = [
            one
            for one in facilities_by_family(session, below)
            if one.id in visits or one.code in (reach or {})
        ]
        places = positions_of(session, [one.id for one in found])
    rows = [_row(one, visits, reach or {}, names, places) for one in found]
    middles = middles_of([pair for one in rows if (pair := one.compared) is not None])
    return UseAgainstReach(
        quarter=quarter,
        quarters=quarters,
        official=published,
        reach_known=reach is not None,
        middles=middles,
        facilities=_placed(rows, middles),
        sample=rests_on_sample(database, published.run),
    )


def _visits(session: Session, quarter: Quarter) -> dict[int, Visits]:
    rows: dict[int, list[QuarterVisits]] = defaultdict(list)
    for row in quarter_visits(session, quarter.first, quarter.end):
        rows[row.facility_id].append(row)
    return {
        number: Visits(sum(row.n for row in each), {row.basis: row.days for row in each})
        for number, each in rows.items()
    }


def _row(
    one: NamedFamily,
    visits: Mapping[int, Visits],
    reach: Mapping[str, Reach],
    names: Mapping[str, RegionName],
    places: Mapping[int, tuple[float, float]],
) -> UsedFacility:
    above = regions_above(one.region_code, names)
    return UsedFacility(
        code=one.code,
        name=Text(one.name_zh, one.name_en or one.name_zh),
        sample=one.is_sample,
        has_page=one.has_page,
        district=next((each.code for each in above if each.level == Level.DISTRICT), None),
        lonlat=places.get(one.id),
        visits=visits.get(one.id),
        reach=reach.get(one.code),
        field=None,
    )


def _placed(rows: Sequence[UsedFacility], middles: Middles | None) -> list[UsedFacility]:
    """Return facilities with their fields, in the order in which they are told."""
    if middles is not None:
        rows = [
            one if (pair := one.compared) is None else replace(one, field=field_of(pair, middles))
            for one in rows
        ]
    return sorted(
        rows,
        key=lambda one: (
            _ORDER.index(one.field),
            one.visits_a_day is None,
            -(one.visits_a_day or 0.0),
            -(one.reach.weight if one.reach else 0.0),
            one.code,
        ),
    )
