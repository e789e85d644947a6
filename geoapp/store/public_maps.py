"""Named queries on what public maps list, and on what was decided of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg import Connection
from sqlalchemy import text

from geoapp.core.public_maps import ListedStatus, PublicMap, Verdict
from geoapp.store.engine import Session
from geoapp.store.regions import match_regions

_COPY: Final = "copy staged_listing (listing, name, address, status, lon, lat) from stdin"
_SAME: Final = (
    "o.name = s.name and o.address is not distinct from s.address "
    "and o.status is not distinct from s.status and st_distance(o.geom, t.point) <= 1e-7"
)


@dataclass(frozen=True, slots=True)
class ListingCounts:
    """What became of a map's listings; ``gone`` names those that the list has no more, by code."""

    inserted: int
    updated: int
    unchanged: int
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadList:
    """The list of a map as it was last read; ``covers`` is the region that it covers, None unknown."""

    map: PublicMap
    file: str
    read_at: datetime
    covers: str | None
    listings: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A place on a map, WGS-84; ``status`` and ``region`` are None where they are not known."""

    listing: str
    name: str
    address: str | None
    status: ListedStatus | None
    region: str | None
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class OwnFacility:
    """A facility to be held against listings; of an area the point inside it; None is nowhere."""

    id: int
    code: str
    name_zh: str
    name_en: str | None
    kind: str
    status: str
    region: str | None
    address: str | None
    phone: str | None
    sample: bool
    lon: float | None
    lat: float | None


def write_listings(
    session: Session,
    public_map: PublicMap,
    file: str,
    rows: Sequence[Sequence[Any]],
    *,
    covers: str | None,
    add: bool,
    tolerance_m: float,
    dry_run: bool,
) -> ListingCounts:
    """Make some places the list of a map, in the place of the one that there is.

    Parameters
    ----------
    rows
        Code, name, address, status, longitude and latitude (WGS-84) of each.
    covers
        The region that the list covers; with ``add`` None leaves the one that is stored.
    add
        Whether they are added to the list, or take the place of listings of the same codes.
    tolerance_m
        How far outside a region's outline a place may lie to be counted to it.
    """
    session.execute(
        text("select pg_advisory_xact_lock(hashtextextended('public_map ' || :map, 0))"),
        {"map": public_map},
    )
    session.execute(text("drop table if exists staged_listing"))
    session.execute(
        text(
            "create temporary table staged_listing (n bigint generated always as identity, "
            "listing text, name text, address text, status text, lon double precision, "
            "lat double precision) on commit drop"
        )
    )
    driver: Connection[Any] = session.connection().connection.driver_connection  # type: ignore[assignment]
    with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row(row)
    match_regions(
        session,
        "select n, st_setsrid(st_makepoint(lon, lat), 4326) as point from staged_listing",
        tolerance_m,
    )
    inserted, unchanged, total = session.execute(
        text(
            "select count(*) filter (where o.listing is null), "
            f"count(*) filter (where {_SAME}), count(*) from staged_listing s "
            "join to_match t using (n) left join public_map_listing o "
            "on o.map = :map and o.listing = s.listing"
        ),
        {"map": public_map},
    ).one()
    gone = session.scalars(
        text(
            "select name from public_map_listing o where map = :map and not :add and not exists "
            "(select from staged_listing s where s.listing = o.listing) order by listing"
        ),
        {"map": public_map, "add": add},
    ).all()
    if not dry_run:
        _write(session, public_map, file, covers, add=add)
    return ListingCounts(inserted, total - inserted - unchanged, unchanged, tuple(gone))


def _write(
    session: Session, public_map: PublicMap, file: str, covers: str | None, *, add: bool
) -> None:
    session.execute(
        text(
            "insert into public_map_list as o (map, file, region_code) values (:map, :file, :covers) "
            "on conflict (map) do update set file = excluded.file, read_at = now(), region_code = "
            "case when :add then coalesce(excluded.region_code, o.region_code) "
            "else excluded.region_code end"
        ),
        {"map": public_map, "file": file, "covers": covers, "add": add},
    )
    which = " and listing in (select listing from staged_listing)" if add else ""
    session.execute(
        text(f"delete from public_map_listing where map = :map{which}"), {"map": public_map}
    )
    session.execute(
        text(
            "insert into public_map_listing (map, listing, name, address, status, geom, region_code) "
            "select :map, s.listing, s.name, s.address, s.status, t.point, m.code "
            "from staged_listing s join to_match t using (n) left join matched m using (n)"
        ),
        {"map": public_map},
    )


def write_covers(session: Session, public_map: PublicMap, covers: str | None) -> bool:
    """Store which region a map's list covers, and tell whether there is such a list."""
    found = session.execute(
        text("update public_map_list set region_code = :covers where map = :map returning map"),
        {"map": public_map, "covers": covers},
    )
    return found.first() is not None


def read_lists(session: Session) -> list[ReadList]:
    """Return the lists that were read, the newest first."""
    rows = session.execute(
        text(
            "select map, file, read_at, region_code, (select count(*) from public_map_listing i "
            "where i.map = l.map) from public_map_list l order by read_at desc, map"
        )
    )
    return [ReadList(PublicMap(row[0]), *row[1:]) for row in rows]


def map_listings(session: Session, public_map: PublicMap) -> list[Listing]:
    """Return all that a map lists, by code."""
    rows = session.execute(
        text(
            "select listing, name, address, status, region_code, st_x(geom), st_y(geom) "
            "from public_map_listing where map = :map order by listing"
        ),
        {"map": public_map},
    )
    return [
        Listing(row[0], row[1], row[2], None if row[3] is None else ListedStatus(row[3]), *row[4:])
        for row in rows
    ]


def own_facilities(session: Session) -> list[OwnFacility]:
    """Return all facilities by code, closed ones too."""
    rows = session.execute(
        text(
            "select id, code, name_zh, name_en, kind_code, status, region_code, address, phone, "
            "is_sample, st_x(p), st_y(p) from (select *, st_pointonsurface(geom) as p from facility) f "
            "order by code"
        )
    )
    return [OwnFacility(*row) for row in rows]


def map_decisions(session: Session, public_map: PublicMap) -> dict[tuple[str, int], Verdict]:
    """Return what was decided of a map's listings, by listing and facility."""
    rows = session.execute(
        text("select listing, facility_id, verdict from public_map_decision where map = :map"),
        {"map": public_map},
    )
    return {(row[0], row[1]): Verdict(row[2]) for row in rows}


def metres_off(
    session: Session, public_map: PublicMap, pairs: Sequence[tuple[str, int]]
) -> list[float | None]:
    """Return how far listings are from facilities, metres on the spheroid; inside an area is 0.

    None where a facility has no position.
    """
    rows = session.execute(
        text(
            "select st_distance(i.geom::geography, f.geom::geography) from unnest("
            "cast(:listings as text[]), cast(:facilities as bigint[])) with ordinality "
            "p(listing, id, n) join public_map_listing i on i.map = :map and i.listing = p.listing "
            "join facility f on f.id = p.id order by p.n"
        ),
        {
            "map": public_map,
            "listings": [listing for listing, _ in pairs],
            "facilities": [number for _, number in pairs],
        },
    )
    return list(rows.scalars())


def has_listing(session: Session, public_map: PublicMap, listing: str) -> bool:
    """Tell whether a map's list has a listing."""
    found = session.execute(
        text("select from public_map_listing where map = :map and listing = :listing"),
        {"map": public_map, "listing": listing},
    )
    return found.first() is not None


def write_decision(
    session: Session, public_map: PublicMap, listing: str, facility_id: int, verdict: Verdict
) -> None:
    """Store what somebody decided; a listing is one facility at most."""
    given = {"map": public_map, "listing": listing, "facility": facility_id, "verdict": verdict}
    if verdict is Verdict.SAME:
        session.execute(
            text(
                "delete from public_map_decision where map = :map and listing = :listing "
                "and verdict = 'same' and facility_id <> :facility"
            ),
            given,
        )
    session.execute(
        text(
            "insert into public_map_decision (map, listing, facility_id, verdict) "
            "values (:map, :listing, :facility, :verdict) "
            "on conflict (map, listing, facility_id) do update set verdict = excluded.verdict "
            "where public_map_decision.verdict <> excluded.verdict"
        ),
        given,
    )


def delete_decision(
    session: Session, public_map: PublicMap, listing: str, facility_id: int
) -> None:
    """Forget what was decided of a listing and a facility."""
    session.execute(
        text(
            "delete from public_map_decision "
            "where map = :map and listing = :listing and facility_id = :facility"
        ),
        {"map": public_map, "listing": listing, "facility": facility_id},
    )
