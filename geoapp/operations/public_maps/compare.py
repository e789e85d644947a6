"""A public map's list held against the register: what is missing, moved, closed, or not known here."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from geoapp.analysis.public_maps import (
    Likely,
    Match,
    Named,
    likely_pairs,
    match_listings,
)
from geoapp.core.errors import NotFoundError
from geoapp.core.public_maps import (
    MOVED_M,
    Finding,
    ListedStatus,
    PublicMap,
    Sureness,
    Verdict,
)
from geoapp.core.words import Level, Status
from geoapp.operations.facilities.read import check_region
from geoapp.reports.words.public_maps import list_of
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.places import RegionName, region_names, regions_above
from geoapp.store.facilities.read import regions_below
from geoapp.store.public_maps import (
    Listing,
    OwnFacility,
    ReadList,
    map_decisions,
    map_listings,
    metres_off,
    own_facilities,
    read_lists,
)

_IN_USE: Final = (Status.OPEN, Status.SUSPENDED)
_ORDER: Final = tuple(Finding)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a listing may be; ``alike`` 0 to 1, metres on the spheroid."""

    facility: OwnFacility
    alike: float
    distance_m: float


@dataclass(frozen=True, slots=True)
class Line:
    """What is found of a facility, of a listing, or of both.

    Attributes
    ----------
    facility, listing
        One at least is there.
    sureness
        How sure it is that they are one; None where only one is there.
    alike
        How alike the names are, 0 to 1; None where it was not by them.
    distance_m
        How far apart they stand, metres on the spheroid, 0 inside an area; None where one has no
        position.
    candidates
        Of a listing that is to be decided on, what it may be; of a matched one, what it is.
    """

    finding: Finding
    facility: OwnFacility | None
    listing: Listing | None
    sureness: Sureness | None
    alike: float | None
    distance_m: float | None
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """A map's list held against the register.

    Attributes
    ----------
    told
        Whose list, and of when.
    moved_m
        From how many metres on a place is told to be moved.
    covered
        The region that the list is said to cover, where what is not listed is missing; None if
        nobody said.
    looked_at
        Where nobody said: the districts in which anything is listed. What is not listed there may be
        missing, or the list may not reach it.
    lines
        By what wants doing most, then by code.
    unplaced
        How many facilities in use have no position, and are not compared.
    """

    told: ReadList
    moved_m: float
    covered: str | None
    looked_at: tuple[str, ...]
    lines: list[Line]
    unplaced: int

    @property
    def counts(self) -> Mapping[Finding, int]:
        """How many there are of each finding."""
        found = Counter(one.finding for one in self.lines)
        return {one: found[one] for one in Finding}

    @property
    def has_samples(self) -> bool:
        """Whether any of the facilities is made up."""
        return any(one.facility is not None and one.facility.sample for one in self.lines)


def lists(database: Database) -> list[ReadList]:
    """Return the maps of which a list was read, the newest first."""
    with database.snapshot() as session:
        return read_lists(session)


def compare(
    database: Database,
    public_map: PublicMap,
    region: str | None = None,
    *,
    moved_m: float = MOVED_M,
) -> Compared:
    """Hold a map's list against the register, as both are now.

    Parameters
    ----------
    region
        Only what lies in it; a match may stand beyond.
    moved_m
        Metres from which on a place is told to be moved.

    Raises
    ------
    NotFoundError
        If no list of this map was read.
    InvalidValueError
        If there is no such region.
    """
    with database.snapshot() as session:
        check_region(session, region)
        told = next((one for one in read_lists(session) if one.map is public_map), None)
        if told is None:
            raise NotFoundError(list_of(public_map))
        below = None if region is None else frozenset(regions_below(session, region))
        listings, facilities = map_listings(session, public_map), own_facilities(session)
        names = {one.code: one for one in region_names(session, outlined=False)}
        placed = [one for one in facilities if one.lon is not None]
        matches = _matches(session, public_map, listings, placed)
        pairs = [
            (listing.listing, placed[match.facility].id)
            for listing, match in zip(listings, matches, strict=True)
            if match.facility is not None
        ]
        metres = dict(zip(pairs, metres_off(session, public_map, pairs), strict=True))
        looked_at = () if told.covers else _listed_districts(listings, names)
        reached = frozenset(
            code
            for top in ((told.covers,) if told.covers else looked_at)
            for code in regions_below(session, top)
        )
    lines = _listing_lines(listings, matches, placed, metres, moved_m)
    lines += _without_listing(
        Finding.MISSING if told.covers else Finding.UNLISTED, lines, placed, reached
    )
    if below is not None:
        lines = [one for one in lines if _lies_in(one, below)]
    lines.sort(key=lambda one: (_ORDER.index(one.finding), *_name(one)))
    return Compared(
        told=told,
        moved_m=moved_m,
        covered=told.covers,
        looked_at=looked_at,
        lines=lines,
        unplaced=sum(
            one.lon is None and one.status in _IN_USE and (below is None or one.region in below)
            for one in facilities
        ),
    )


def compared_document(compared: Compared) -> dict[str, Any]:
    """Return what is found as programs read it, but for its lines."""
    return {
        "map": compared.told.map,
        "read_at": compared.told.read_at.isoformat(),
        "covered": [] if compared.covered is None else [compared.covered],
        "looked_at": compared.looked_at,
        "counts": {str(one): count for one, count in compared.counts.items()},
        "unplaced": compared.unplaced,
    }


def line_document(one: Line) -> dict[str, Any]:
    """Return a line as programs read it."""
    facility, listing = one.facility, one.listing
    return {
        "finding": one.finding,
        "facility": None if facility is None else facility.code,
        "facility_name": None if facility is None else facility.name_zh,
        "listing": None if listing is None else listing.listing,
        "listing_name": None if listing is None else listing.name,
        "listed_status": None if listing is None else listing.status,
        "sureness": one.sureness,
        "alike": one.alike,
        "distance_m": None if one.distance_m is None else round(one.distance_m, 1),
        "candidates": [each.facility.code for each in one.candidates],
    }


def _matches(
    session: Session,
    public_map: PublicMap,
    listings: Sequence[Listing],
    placed: Sequence[OwnFacility],
) -> list[Match]:
    """Return what each listing is; facilities are named by their position among those placed."""
    position = {one.id: place for place, one in enumerate(placed)}
    number = {one.listing: place for place, one in enumerate(listings)}
    decided: dict[int, int] = {}
    refused: set[tuple[int, int]] = set()
    for (listing, facility), verdict in map_decisions(session, public_map).items():
        if listing not in number or facility not in position:
            continue  # neither can be told of: the listing is gone, or nobody knows where it is
        if verdict is Verdict.SAME:
            decided[number[listing]] = position[facility]
        else:
            refused.add((number[listing], position[facility]))
    likely = likely_pairs(
        _named([one.name for one in listings], listings),
        _named([one.name_zh for one in placed], placed),
    )
    in_use = [one.status in _IN_USE for one in placed]
    return match_listings(len(listings), likely, in_use, decided, refused)


def _named(names: list[str], places: Sequence[Listing] | Sequence[OwnFacility]) -> Named:
    return Named(
        names,
        np.array([one.lon for one in places], dtype=np.float64),
        np.array([one.lat for one in places], dtype=np.float64),
    )


def _listing_lines(
    listings: Sequence[Listing],
    matches: Sequence[Match],
    placed: Sequence[OwnFacility],
    metres: Mapping[tuple[str, int], float | None],
    moved_m: float,
) -> list[Line]:
    lines = []
    for listing, match in zip(listings, matches, strict=True):
        candidates = tuple(_candidate(one, placed) for one in match.likely)
        if match.facility is None:
            finding = Finding.UNDECIDED if match.likely else Finding.NOT_OURS
            lines.append(Line(finding, None, listing, match.sureness, None, None, candidates))
            continue
        facility = placed[match.facility]
        off = metres[listing.listing, facility.id]
        alike = next((one.alike for one in match.likely if one.facility == match.facility), None)
        finding = _finding(facility, listing, off, moved_m)
        own = tuple(one for one in candidates if one.facility is facility)
        lines.append(Line(finding, facility, listing, match.sureness, alike, off, own))
    return lines


def _finding(
    facility: OwnFacility, listing: Listing, off_m: float | None, moved_m: float
) -> Finding:
    if facility.status == Status.CLOSED:
        closed = listing.status is ListedStatus.CLOSED
        return Finding.LISTED if closed else Finding.CLOSED_LISTED
    if facility.status == Status.OPEN and listing.status is ListedStatus.CLOSED:
        return Finding.LISTED_CLOSED
    return Finding.MOVED if off_m is not None and off_m > moved_m else Finding.LISTED


def _candidate(one: Likely, placed: Sequence[OwnFacility]) -> Candidate:
    return Candidate(placed[one.facility], one.alike, one.distance_m)


def _without_listing(
    finding: Finding, lines: Sequence[Line], placed: Sequence[OwnFacility], reached: frozenset[str]
) -> list[Line]:
    """Return the open facilities in these regions that no listing is or may be."""
    told = {one.facility.id for one in lines if one.facility is not None}
    told |= {each.facility.id for one in lines for each in one.candidates}
    return [
        Line(finding, one, None, None, None, None)
        for one in placed
        if one.status == Status.OPEN and one.region in reached and one.id not in told
    ]


def _listed_districts(
    listings: Sequence[Listing], names: Mapping[str, RegionName]
) -> tuple[str, ...]:
    """Return the districts in which anything is listed."""
    districts = {
        each.code
        for one in listings
        for each in regions_above(one.region, names)
        if each.level == Level.DISTRICT
    }
    return tuple(sorted(districts))


def _lies_in(one: Line, below: frozenset[str]) -> bool:
    place = one.facility or one.listing
    return place is not None and place.region in below


def _name(one: Line) -> tuple[str, str]:
    return (
        "" if one.facility is None else one.facility.code,
        "" if one.listing is None else one.listing.listing,
    )
