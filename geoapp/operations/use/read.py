"""Figures of use by quarters: visits with their basis, satisfaction with its bounds, care events."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from geoapp.analysis.satisfaction import (
    Estimate,
    mean_of_stars,
    share_of_voices,
    standing_ranks,
)
from geoapp.core.use import LEAST_VOICES, SATISFIED_STARS, Quarter, quarter_of, quarters_between
from geoapp.core.words import Level
from geoapp.operations.facilities.read import check_region, facility_number
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.places import RegionName, region_names, regions_above
from geoapp.store.facilities.read import regions_below
from geoapp.store.use.read import (
    CareRecord,
    CareTotal,
    NamedFacility,
    QuarterVisits,
    VisitRecord,
    care_records,
    care_totals,
    count_silent,
    days_known,
    last_visits,
    named_facilities,
    quarter_tallies,
    quarter_visits,
)

# What a page lists at most; the files of an export hold everything.
MOST_FACILITIES: Final = 500
MOST_CARE_EVENTS: Final = 200
MOST_COUNTS: Final = 30
_SUMMED_UP: Final = (Level.PROVINCE, Level.CITY, Level.DISTRICT)

Tally = Sequence[int]


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits in a quarter; of days that were not counted nothing is known.

    Attributes
    ----------
    n
        The visits of the days that were counted.
    days
        On how many days of one facility somebody counted, by what the counts rest on.
    """

    n: int
    days: Mapping[str, int]

    @property
    def counted_days(self) -> int:
        """On how many days of one facility somebody counted."""
        return sum(self.days.values())


@dataclass(frozen=True, slots=True)
class Voices:
    """What workers think in a quarter; without a number fewer than five spoke, and that is all.

    Attributes
    ----------
    stars
        The mean of 1 to 5 stars.
    satisfied
        The share (0 to 1) of those that gave four or five.
    """

    n: int | None
    stars: Estimate | None
    satisfied: Estimate | None


@dataclass(frozen=True, slots=True)
class Figures:
    """A quarter of a facility or region; None is unknown.

    Attributes
    ----------
    rank
        By stars among what it is listed with; None unless its interval is parted from every other.
    fell
        Whether it lies below the quarter before so that the intervals part.
    """

    quarter: Quarter
    visits: Visits | None
    voices: Voices | None
    rank: int | None = None
    fell: bool = False


@dataclass(frozen=True, slots=True)
class FacilityFigures:
    """A facility with its figures; ``district`` is the code of the district that it lies in."""

    facility: NamedFacility
    district: str | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class RegionFigures:
    """A region with the figures of all that lies in it.

    Attributes
    ----------
    counted
        How many of its facilities somebody counted visits at.
    heard, too_few
        At how many of its facilities enough spoke to enter the figure, and at how many too few did.
    """

    region: RegionName
    figures: Figures
    counted: int
    heard: int
    too_few: int


@dataclass(frozen=True, slots=True)
class QuarterOfUse:
    """What is known of a quarter; ``quarter`` is None where nothing was ever entered.

    Attributes
    ----------
    quarters
        Those that one may look at, the latest first.
    ranked
        Of how many facilities and districts the ranks are.
    silent
        At how many facilities in service nothing was counted and nobody was asked.
    known, samples
        At how many something was, and how many of these are samples.
    more_facilities, more_care
        How many are not listed.
    """

    quarter: Quarter | None
    quarters: list[Quarter]
    regions: list[RegionFigures]
    facilities: list[FacilityFigures]
    ranked_facilities: int
    ranked_districts: int
    silent: int
    known: int
    samples: int
    more_facilities: int
    care: list[CareRecord]
    totals: list[CareTotal]
    more_care: int


def voices_of(tally: Tally) -> Voices | None:
    """Return what a tally of one to five stars tells; None where nobody spoke."""
    count = sum(tally)
    if count == 0:
        return None
    if count < LEAST_VOICES:
        return Voices(None, None, None)
    satisfied = sum(tally[SATISFIED_STARS - 1 :])
    return Voices(count, mean_of_stars(tally), share_of_voices(satisfied, count))


def facility_use(database: Database, code: str) -> tuple[NamedFacility, list[Figures]]:
    """Return a facility, and its figures of every quarter of which something is known, latest first.

    Raises
    ------
    NotFoundError
        If there is no such facility.
    """
    with database.snapshot() as session:
        number = facility_number(session, code)
        facility = named_facilities(session, [number])[0]
        known = days_known(session, number)
        if known is None:
            return facility, []
        first, last = quarter_of(known[0]), quarter_of(known[1])
        found = _by_quarter(session, first, last, number)
    figures: list[Figures] = []
    for quarter in quarters_between(first, last):
        visits, tally = found.get((number, quarter), (None, ()))
        if visits is not None or tally:
            figures.append(Figures(quarter, visits, voices_of(tally)))
    told = {one.quarter: one for one in figures}
    return facility, [
        replace(one, fell=_fell(one, told.get(one.quarter.before))) for one in reversed(figures)
    ]


def latest_counts(database: Database, code: str) -> list[VisitRecord]:
    """Return the counts of a facility's latest days, to be looked through and taken away.

    Raises
    ------
    NotFoundError
        If there is no such facility.
    """
    with database.snapshot() as session:
        return last_visits(session, facility_number(session, code), MOST_COUNTS)


def latest_care(database: Database) -> list[CareRecord]:
    """Return the latest care events, to be looked through and taken away."""
    with database.snapshot() as session:
        return care_records(session, date.min, date.max, limit=MOST_CARE_EVENTS)


def quarter_of_use(
    database: Database, quarter: Quarter | None = None, region: str | None = None
) -> QuarterOfUse:
    """Return the figures of a quarter: by region, by facility, and care events.

    Parameters
    ----------
    quarter
        None is the latest of which something is known.
    region
        Only what lies in it.

    Raises
    ------
    InvalidValueError
        If there is no such region.
    """
    with database.snapshot() as session:
        check_region(session, region)
        below = None if region is None else regions_below(session, region)
        known = days_known(session)
        if known is None:
            silent = count_silent(session, [], below)
            return QuarterOfUse(None, [], [], [], 0, 0, silent, 0, 0, 0, [], [], 0)
        first, last = quarter_of(known[0]), quarter_of(known[1])
        quarter = quarter or last
        # Of the quarter before only the voices are held against this one.
        found = _by_quarter(session, quarter.before, quarter, visits_from=quarter)
        facilities = named_facilities(session, sorted({number for number, _ in found}))
        if below is not None:
            facilities = [one for one in facilities if one.region_code in below]
        names = {one.code: one for one in region_names(session, outlined=False)}
        care = care_records(session, quarter.first, quarter.end, below, limit=MOST_CARE_EVENTS)
        totals = care_totals(session, quarter.first, quarter.end, below)
        here = [one for one in facilities if (one.id, quarter) in found]
        silent = count_silent(session, [one.id for one in here], below)
    regions = _regions(facilities, found, quarter, names)
    listed = _ranked_facilities(here, found, quarter, names)
    return QuarterOfUse(
        quarter=quarter,
        quarters=list(quarters_between(first, last))[::-1],
        regions=regions,
        facilities=listed[:MOST_FACILITIES],
        ranked_facilities=_told(one.figures for one in listed),
        ranked_districts=_told(
            one.figures for one in regions if one.region.level == Level.DISTRICT
        ),
        silent=silent,
        known=len(listed),
        samples=sum(one.facility.is_sample for one in listed),
        more_facilities=max(0, len(listed) - MOST_FACILITIES),
        care=care,
        totals=totals,
        more_care=sum(one.events for one in totals) - len(care),
    )


_Found = dict[tuple[int, Quarter], tuple[Visits | None, Tally]]


def _by_quarter(
    session: Session,
    first: Quarter,
    last: Quarter,
    facility_id: int | None = None,
    *,
    visits_from: Quarter | None = None,
) -> _Found:
    """Return the visits and the tally of each facility and quarter that has either.

    Parameters
    ----------
    visits_from
        The first quarter of which visits are wanted; None is ``first``.
    """
    visits: dict[tuple[int, Quarter], list[QuarterVisits]] = defaultdict(list)
    for row in quarter_visits(session, (visits_from or first).first, last.end, facility_id):
        visits[row.facility_id, Quarter(row.year, row.quarter)].append(row)
    tallies = {
        (row.facility_id, Quarter(row.year, row.quarter)): row.tally
        for row in quarter_tallies(session, first.first, last.end, facility_id)
    }
    found: _Found = {}
    for key in visits.keys() | tallies.keys():
        rows = visits.get(key)
        counted = None
        if rows:
            counted = Visits(sum(row.n for row in rows), {row.basis: row.days for row in rows})
        found[key] = (counted, tallies.get(key, ()))
    return found


def _ranked_facilities(
    facilities: Iterable[NamedFacility],
    found: _Found,
    quarter: Quarter,
    names: Mapping[str, RegionName],
) -> list[FacilityFigures]:
    """Return facilities by district and code, with the ranks that stand."""
    rows = []
    for one in facilities:
        visits, tally = found[one.id, quarter]
        now = Figures(quarter, visits, voices_of(tally))
        _, tally_before = found.get((one.id, quarter.before), (None, ()))
        before = Figures(quarter.before, None, voices_of(tally_before))
        district = next(
            (r.code for r in regions_above(one.region_code, names) if r.level == Level.DISTRICT),
            None,
        )
        rows.append(FacilityFigures(one, district, replace(now, fell=_fell(now, before))))
    ranks = _ranks([row.figures for row in rows])
    rows = [
        replace(row, figures=replace(row.figures, rank=rank))
        for row, rank in zip(rows, ranks, strict=True)
    ]
    return sorted(rows, key=lambda row: (row.district is None, row.district, row.facility.code))


def _regions(
    facilities: Iterable[NamedFacility],
    found: _Found,
    quarter: Quarter,
    names: Mapping[str, RegionName],
) -> list[RegionFigures]:
    """Return the figures of provinces, cities and districts, by code; districts are ranked.

    A facility at which fewer than five spoke enters none of them: what is left of a region's figure
    when the others are taken off would be theirs.
    """
    parts: dict[str, list[int]] = defaultdict(list)
    for one in facilities:
        for region in regions_above(one.region_code, names):
            if region.level in _SUMMED_UP:
                parts[region.code].append(one.id)
    rows = []
    for code in sorted(parts):
        now = [found[key] for number in parts[code] if (key := (number, quarter)) in found]
        if not now:
            continue
        before = [
            found[key] for number in parts[code] if (key := (number, quarter.before)) in found
        ]
        figures = _summed_up(now, quarter)
        rows.append(
            RegionFigures(
                names[code],
                replace(figures, fell=_fell(figures, _summed_up(before, quarter.before))),
                counted=sum(visits is not None for visits, _ in now),
                heard=sum(sum(tally) >= LEAST_VOICES for _, tally in now),
                too_few=sum(0 < sum(tally) < LEAST_VOICES for _, tally in now),
            )
        )
    districts = [row for row in rows if row.region.level == Level.DISTRICT]
    ranks = dict(
        zip(
            (row.region.code for row in districts),
            _ranks([row.figures for row in districts]),
            strict=True,
        )
    )
    return [
        replace(row, figures=replace(row.figures, rank=ranks.get(row.region.code))) for row in rows
    ]


def _summed_up(parts: Sequence[tuple[Visits | None, Tally]], quarter: Quarter) -> Figures:
    counted = [visits for visits, _ in parts if visits is not None]
    days: dict[str, int] = defaultdict(int)
    for visits in counted:
        for basis, number in visits.days.items():
            days[basis] += number
    enough = [tally for _, tally in parts if sum(tally) >= LEAST_VOICES]
    voices = voices_of([sum(stars) for stars in zip(*enough, strict=True)])
    if voices is None and any(sum(tally) for _, tally in parts):
        voices = Voices(None, None, None)
    return Figures(
        quarter, Visits(sum(one.n for one in counted), dict(days)) if counted else None, voices
    )


def _ranks(figures: Sequence[Figures]) -> list[int | None]:
    """Return the rank of each that stands among those that have a figure; None for all others."""
    told = [
        (place, one.voices.stars)
        for place, one in enumerate(figures)
        if one.voices is not None and one.voices.stars is not None
    ]
    ranks: list[int | None] = [None] * len(figures)
    if len(told) < 2:  # nothing to be the first of
        return ranks
    for (place, _), rank in zip(told, standing_ranks([one for _, one in told]), strict=True):
        ranks[place] = rank
    return ranks


def _told(figures: Iterable[Figures]) -> int:
    return sum(one.voices is not None and one.voices.n is not None for one in figures)


def _fell(now: Figures, before: Figures | None) -> bool:
    if now.voices is None or before is None or before.voices is None:
        return False
    if now.voices.stars is None or before.voices.stars is None:
        return False
    return now.voices.stars.is_below(before.voices.stars)
