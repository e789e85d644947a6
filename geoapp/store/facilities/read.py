"""Named queries on facilities: whole, by code, by page, and what changed since a version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, TextClause, func, select, text
from sqlalchemy.orm import Session

from geoapp.core.voices import Doubt, doubt_of
from geoapp.core.words import OSM_NAME, Status
from geoapp.store.facilities.as_of import BAND, AsOf, as_of_condition
from geoapp.store.facilities.stewardship import Shortfall, lack_condition
from geoapp.store.models import Facility, FacilityPlace, Kind
from geoapp.store.region_tree import REGIONS_BELOW
from geoapp.store.search.words import words_condition, words_parameters


@dataclass(frozen=True, slots=True)
class PlacedFacility:
    """A facility at one of its places, WGS-84; ``place`` counts from 1 for those that move.

    Those without a position are none of these (`geoapp.store.facilities.unplaced`).
    ``from_date`` and ``to_date`` bound, inclusively, the days on which it is, or may be, in service
    there; ``sure_from`` and ``sure_to`` those on which that is known. ``is_of_osm`` tells whether its
    source names OpenStreetMap. ``doubt`` and what follows is what workers' reports amount to.
    """

    id: int
    place: int
    code: str
    kind: str
    family: str
    name: str
    name_en: str | None
    lon: float
    lat: float
    area_wkb: bytes | None
    place_zh: str | None
    place_en: str | None
    from_date: date | None
    to_date: date | None
    sure_from: date | None
    sure_to: date | None
    opening_hours: str | None
    timezone: str
    amenities: list[str]
    no_amenities: list[str]
    entry: str | None
    access: str | None
    address: str | None
    phone: str | None
    operator: str | None
    host: str | None
    capacity: int | None
    region_code: str | None
    verified_on: date | None
    position_accuracy_m: float | None
    is_sample: bool
    is_of_osm: bool = False
    doubt: str | None = None
    doubt_voices: int | None = None
    doubt_since: date | None = None
    confirmed_on: date | None = None

    @property
    def doubtful(self) -> Doubt | None:
        """What workers agree to be wrong with it."""
        return doubt_of(self.doubt, self.doubt_voices, self.doubt_since)


@dataclass(frozen=True, slots=True)
class FacilityChanges:
    """What a reader needs to catch up: ``gone`` are facilities no longer in service or deleted."""

    version: int
    placed: list[PlacedFacility]
    changed_ids: set[int]


# What is not a column of the facility alone, by the field that it fills.
_FOUND = {
    "place": "coalesce(p.place, 0)",
    "kind": "f.kind_code",
    "family": "k.family",
    "name": "f.name_zh",
    "lon": "st_x(coalesce(p.geom, f.point))",
    "lat": "st_y(coalesce(p.geom, f.point))",
    "area_wkb": "case when p.geom is null and not f.is_point then st_asbinary(f.geom) end",
    "place_zh": "p.label_zh",
    "place_en": "p.label_en",
    "from_date": "greatest(f.opened_on, p.valid_from)",
    # Of a month or year in which it closes it may be in service to the end.
    "to_date": "least(geoapp_last_day(f.closed_on, f.closed_basis) - 1, p.valid_to)",
    "sure_from": "greatest(geoapp_last_day(f.opened_on, f.opened_basis), p.valid_from)",
    "sure_to": "least(f.closed_on - 1, p.valid_to)",
    "opening_hours": "coalesce(p.opening_hours, f.opening_hours)",
    "is_of_osm": f"coalesce(f.source ilike '%{OSM_NAME}%', false)",
    "doubt": "v.doubt",
    "doubt_voices": "v.doubt_voices",
    "doubt_since": "v.doubt_since",
    "confirmed_on": "v.confirmed_on",
}
_FIELDS = tuple(field.name for field in fields(PlacedFacility))
# As of a day the states say what is known of it, and the periods of places hold.
_FOUND_ON = _FOUND | {
    "from_date": "p.valid_from",
    "to_date": "p.valid_to",
    "sure_from": "case when f.known then cast(:as_of as date) end",
    "sure_to": "cast(:as_of as date)",
}


def _placed_query(found: Mapping[str, str], facilities: str) -> TextClause:
    return text(
        f"select {', '.join(found.get(name, f'f.{name}') for name in _FIELDS)}"
        """
    from (
        select *, geometrytype(geom) = 'POINT' as is_point,
            case when geometrytype(geom) = 'POINT' then geom else st_pointonsurface(geom) end as point
        """
        f"from {facilities}"
        """
    ) f
    join kind k on k.code = f.kind_code
    left join facility_voice v on v.facility_id = f.id
    left join (
        select *, row_number() over (partition by facility_id order by valid_from, id) as place
        from facility_place
    ) p on p.facility_id = f.id
    where coalesce(p.geom, f.point) is not null
    order by f.point, f.id, p.place
    """  # points are ordered along a curve: neighbours are read, and held, side by side
    )


_PLACED = _placed_query(_FOUND, "facility where rev > :since and status = :open")
_PLACED_ON = _placed_query(_FOUND_ON, f"facility join ({BAND}) there on there.facility_id = id")

_PLACED_EVER = _placed_query(_FOUND, "facility where status = any(:statuses)")


def read_changes(session: Session, since: int) -> FacilityChanges:
    """Return the facilities in service that changed after a version, and every changed number.

    Parameters
    ----------
    since
        A version of ``data_version`` 'facilities'; -1 reads everything.

    Notes
    -----
    The session must read one snapshot (repeatable read), so that version and rows agree.
    """
    version = data_version(session, "facilities")
    changed: set[int] = set()
    if since >= 0:
        changed.update(
            session.scalars(
                text(
                    "select id from facility where rev > :since "
                    "union all select facility_id from facility_tombstone where rev > :since"
                ),
                {"since": since},
            )
        )
    rows = session.execute(_PLACED, {"since": since, "open": Status.OPEN}).all()
    held: dict[Any, Any] = {}
    placed = [_placed(row, held) for row in rows]
    return FacilityChanges(version=version, placed=placed, changed_ids=changed)


def read_placed_on(session: Session, as_of: AsOf) -> list[PlacedFacility]:
    """Return the facilities that were or may have been there on a day, at each of their places."""
    held: dict[Any, Any] = {}
    return [_placed(row, held) for row in session.execute(_PLACED_ON, as_of.parameters)]


def read_placed_ever(session: Session) -> list[PlacedFacility]:
    """Return the facilities that stand or once stood, closed ones too, at each of their places."""
    stood = [Status.OPEN, Status.SUSPENDED, Status.CLOSED]
    held: dict[Any, Any] = {}
    rows = session.execute(_PLACED_EVER, {"statuses": stood})
    return [_placed(row, held) for row in rows]


_AREA = _FIELDS.index("area_wkb")
# What few values fill for many facilities is held once for all of them.
_REPEATED = tuple(
    column
    for column, name in enumerate(_FIELDS)
    if name
    in {"kind", "family", "opening_hours", "timezone", "amenities", "no_amenities"}
    | {"entry", "access", "operator", "host", "region_code", "verified_on"}
)


def _placed(row: Sequence[Any], held: dict[Any, Any]) -> PlacedFacility:
    values = list(row)
    values[_AREA] = None if values[_AREA] is None else bytes(values[_AREA])
    for column in _REPEATED:
        value = values[column]
        values[column] = held.setdefault(tuple(value) if isinstance(value, list) else value, value)
    return PlacedFacility(*values)


def stored_statuses(session: Session) -> dict[str, str]:
    """Return the status of every facility by code."""
    rows = session.execute(text("select code, status from facility"))
    return {code: status for code, status in rows}


def ahead_of(
    session: Session, today: date, codes: Sequence[str] | None = None
) -> dict[str, tuple[str, date | None]]:
    """Return, by code, status and day of opening of what is planned, or opens on a day to come.

    Parameters
    ----------
    codes
        Only of these; None means all.
    """
    among = "" if codes is None else " and code = any(:codes)"
    rows = session.execute(
        text(
            "select code, status, opened_on from facility "
            f"where (status in ('proposed', 'approved') or opened_on > :today){among}"
        ),
        {"today": today} | ({} if codes is None else {"codes": list(codes)}),
    )
    return {code: (status, opened) for code, status, opened in rows}


def data_version(session: Session, name: str) -> int:
    """Return the counter of one kind of data."""
    version: int = session.execute(
        text("select version from data_version where name = :name"), {"name": name}
    ).scalar_one()
    return version


def data_versions(session: Session) -> dict[str, int]:
    """Return all counters by name."""
    return {
        name: version
        for name, version in session.execute(text("select name, version from data_version"))
    }


@dataclass(frozen=True, slots=True)
class FacilityFilter:
    """Which facilities a list holds; None does not filter.

    ``bbox`` is west, south, east, north in degrees, WGS-84; ``region`` includes the regions below;
    ``terms`` are words as `geoapp.core.sounds.search_terms` gives them, ``lack`` what is missing;
    what was verified before ``old_before`` is old. ``far`` are the numbers of those far from any
    street, ``suspected`` of those that may be another one, where these are asked for. ``as_of``
    keeps those that were, or may have been, there on a day.
    """

    bbox: tuple[float, float, float, float] | None = None
    region: str | None = None
    kinds: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    terms: tuple[str, ...] = ()
    lack: Shortfall | None = None
    old_before: date | None = None
    far: tuple[int, ...] = ()
    suspected: frozenset[int] | None = None
    as_of: AsOf | None = None


ALL_FACILITIES = FacilityFilter()


def regions_below(session: Session, code: str) -> list[str]:
    """Return a region's code and those of all regions below it; empty if there is no such region."""
    return list(session.scalars(text(REGIONS_BELOW), {"region": code}))


def page_of_facilities(
    session: Session, wanted: FacilityFilter, *, after: str | None, limit: int
) -> list[Facility]:
    """Return facilities in order of code, starting after a code, at most ``limit``."""
    query = select(Facility).where(*filter_conditions(session, wanted)).order_by(Facility.code)
    if after is not None:
        query = query.where(Facility.code > after)
    return list(session.scalars(query.limit(limit)))


def count_of_facilities(session: Session, wanted: FacilityFilter) -> int:
    """Return how many facilities a list holds."""
    query = select(func.count()).select_from(Facility).where(*filter_conditions(session, wanted))
    return session.scalars(query).one()


def filter_conditions(session: Session, wanted: FacilityFilter) -> list[ColumnElement[bool]]:
    """Return what a query on facilities must hold for a list to have them."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.bbox is not None:
        box = func.st_makeenvelope(*wanted.bbox, 4326)
        conditions.append(func.st_intersects(Facility.geom, box))
    if wanted.region is not None:
        conditions.append(Facility.region_code.in_(regions_below(session, wanted.region)))
    if wanted.kinds:
        conditions.append(Facility.kind_code.in_(wanted.kinds))
    if wanted.families:
        families = select(Kind.code).where(Kind.family.in_(wanted.families))
        conditions.append(Facility.kind_code.in_(families))
    if wanted.statuses:
        conditions.append(Facility.status.in_(wanted.statuses))
    if wanted.as_of is not None:
        conditions.append(as_of_condition(wanted.as_of))
    if wanted.lack is not None:
        lacks = text(lack_condition(wanted.lack))
        if wanted.lack == "verified":
            if wanted.old_before is None:
                raise ValueError("what is old is asked with the day from which it is")
            lacks = lacks.bindparams(old_before=wanted.old_before)
        if wanted.lack == "street":
            lacks = lacks.bindparams(far=list(wanted.far))
        if wanted.lack == "duplicate":
            if wanted.suspected is None:
                raise ValueError("a list of duplicates needs those that are suspected")
            lacks = lacks.bindparams(suspected=sorted(wanted.suspected))
        conditions.append(lacks)  # type: ignore[arg-type]
    if wanted.terms:
        found = text(
            f"select w.facility_id from facility_words w where {words_condition(wanted.terms)}"
        )
        named = found.bindparams(**words_parameters(wanted.terms)).columns(facility_id=BigInteger)
        conditions.append(Facility.id.in_(named))
    return conditions


def facility_by_code(session: Session, code: str, *, for_update: bool = False) -> Facility | None:
    """Return the facility of this code, locked against other writers if asked."""
    query = select(Facility).where(Facility.code == code)
    return session.scalars(query.with_for_update() if for_update else query).one_or_none()


def facility_numbers(session: Session, codes: Sequence[str] | None = None) -> dict[str, int]:
    """Return the numbers of those of some facilities that there are, or of all, by code."""
    query = select(Facility.code, Facility.id)
    if codes is not None:
        query = query.where(Facility.code.in_(codes))
    return {code: number for code, number in session.execute(query)}


def facilities_by_code(session: Session, codes: Sequence[str]) -> list[Facility]:
    """Return the facilities of some codes, in order of code."""
    query = select(Facility).where(Facility.code.in_(codes)).order_by(Facility.code)
    return list(session.scalars(query))


def facilities_by_id(session: Session, ids: Sequence[int]) -> dict[int, Facility]:
    """Return the facilities of some numbers, by number."""
    rows = session.scalars(select(Facility).where(Facility.id.in_(ids)))
    return {one.id: one for one in rows}


def places_of(session: Session, facility_ids: Sequence[int]) -> dict[int, list[FacilityPlace]]:
    """Return the timetabled places of facilities that move, in order of their periods."""
    rows = session.scalars(
        select(FacilityPlace)
        .where(FacilityPlace.facility_id.in_(facility_ids))
        .order_by(FacilityPlace.facility_id, FacilityPlace.valid_from, FacilityPlace.id)
    )
    places: dict[int, list[FacilityPlace]] = {}
    for row in rows:
        places.setdefault(row.facility_id, []).append(row)
    return places
