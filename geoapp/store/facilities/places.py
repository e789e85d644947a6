"""Named queries on regions as places and names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.core.parsing import Bbox


@dataclass(frozen=True, slots=True)
class RegionName:
    """A region by name, and the one above it."""

    code: str
    level: str
    name_zh: str
    name_en: str | None
    parent_code: str | None


_NAMES = text(
    """
    select code, level, name_zh, name_en, parent_code from region
    where geom is not null or not :outlined
    order by code
    """
)
_NAME = text("select code, level, name_zh, name_en, parent_code from region where code = :code")
_POINT = text(
    """
    select st_x(point), st_y(point)
    from (select st_pointonsurface(geom) as point from region where code = :code) inside
    where point is not null
    """
)


def region_name(session: Session, code: str) -> RegionName | None:
    """Return a region by name; None where there is none of this code."""
    row = session.execute(_NAME, {"code": code}).one_or_none()
    return None if row is None else RegionName(*row)


def region_names(session: Session, *, outlined: bool) -> list[RegionName]:
    """Return all regions by code; with ``outlined`` those that have an outline."""
    return [RegionName(*row) for row in session.execute(_NAMES, {"outlined": outlined})]


def regions_above(code: str | None, names: Mapping[str, RegionName]) -> Iterator[RegionName]:
    """Yield a region and those above it, as far as they are known."""
    seen = set()
    while code is not None and code in names and code not in seen:
        seen.add(code)
        yield names[code]
        code = names[code].parent_code


@dataclass(frozen=True, slots=True)
class RegionPlace(RegionName):
    """A region with a point inside it, WGS-84 degrees; None where its outline is unknown."""

    lon: float | None
    lat: float | None


_PLACES = text(
    """
    select code, level, name_zh, name_en, parent_code, st_x(point), st_y(point)
    from region, lateral (select st_pointonsurface(geom) as point) inside order by code
    """
)


def region_places(session: Session) -> list[RegionPlace]:
    """Return all regions by code, each with a point inside it."""
    return [RegionPlace(*row) for row in session.execute(_PLACES)]


def point_in_region(session: Session, code: str) -> tuple[float, float] | None:
    """Return a point (lon, lat), WGS-84, inside a region; None without region or outline."""
    row = session.execute(_POINT, {"code": code}).one_or_none()
    return None if row is None else (row[0], row[1])


# The area of the service are the regions whose stations are here. A province or a city of which only some
# parts are stored, and no station is placed in itself, is a frame for them: most of it nobody has looked at.
_IN_AREA = """
    geom is not null and not (level in ('province', 'city')
        and exists (select from region part where part.parent_code = region.code and part.geom is not null)
        and not exists (select from facility where facility.region_code = region.code))
"""
_COVERED = text(
    f"""
    select case when exists (select from region where geom is not null) then exists (
        select from region where st_covers(geom, st_setsrid(st_makepoint(:lon, :lat), 4326)) and {_IN_AREA}
    ) end
    """
)


def is_in_area(session: Session, lon: float, lat: float) -> bool | None:
    """Tell whether a point (WGS-84) lies in the area of the service; None where no outline is known."""
    inside: bool | None = session.execute(_COVERED, {"lon": lon, "lat": lat}).scalar_one()
    return inside


# The nearest in degrees are few that may be the nearest on the spheroid.
_EDGE = text(
    f"""
    select min(st_distance(near.geom::geography, p.point::geography))
    from (select st_setsrid(st_makepoint(:lon, :lat), 4326) as point) p, lateral (
        select geom from region where {_IN_AREA} order by geom <-> p.point limit 5) near
    """
)


def area_edge_m(session: Session, lon: float, lat: float) -> float:
    """Return how far a point (WGS-84) is from the area of the service, of which something has an outline."""
    edge_m: float = session.execute(_EDGE, {"lon": lon, "lat": lat}).scalar_one()
    return edge_m


_EXTENT = text(
    f"""
    select greatest(st_xmax(box) - st_xmin(box), st_ymax(box) - st_ymin(box))
    from (select st_extent(geom) as box from region where {_IN_AREA}) whole
    """
)
_SIMPLE = text(
    "select st_asbinary(st_simplifypreservetopology(geom, :degrees)) from region "
    f"where {_IN_AREA} order by code"
)


@dataclass(frozen=True, slots=True)
class SimpleOutlines:
    """Outlines of the area of the service, EPSG:4326, no further than ``degrees`` from the true ones."""

    outlines: list[BaseGeometry]
    degrees: float


def simple_outlines(session: Session, *, parts: int, least_degrees: float) -> SimpleOutlines | None:
    """Return the outlines of the service's area, simplified by a part of their whole extent; None without any.

    Parameters
    ----------
    parts
        So many times what they are simplified by goes into the longer side of all of them.
    least_degrees
        They are simplified by this at least.
    """
    side = session.execute(_EXTENT).scalar_one()
    if side is None:
        return None
    degrees = max(least_degrees, side / parts)
    rows = session.execute(_SIMPLE, {"degrees": degrees}).scalars()
    return SimpleOutlines([shapely.from_wkb(bytes(one)) for one in rows], degrees)


_OVER = text(
    "select st_asbinary(geom) from region where geom is not null "
    "and st_intersects(geom, st_geomfromwkb(:ground, 4326))"
)


def outlines_over(session: Session, ground: BaseGeometry) -> list[BaseGeometry]:
    """Return the outlines of the regions that share something with a ground (EPSG:4326)."""
    rows = session.execute(_OVER, {"ground": ground.wkb}).scalars()
    return [shapely.from_wkb(bytes(one)) for one in rows]


_LOWEST = text(
    """
    select (select array[r.name_zh, r.name_en] from region r
        where st_covers(r.geom, st_setsrid(st_makepoint(p.lon, p.lat), 4326))
        order by array_position(array['street', 'district', 'city', 'province'], r.level), r.code
        limit 1)
    from unnest(cast(:lons as double precision[]), cast(:lats as double precision[]))
        with ordinality as p (lon, lat, n)
    order by n
    """
)


def lowest_regions(
    session: Session, points: Sequence[tuple[float, float]]
) -> list[tuple[str, str | None] | None]:
    """Return the names of the lowest region that holds each point (lon, lat), WGS-84; None outside."""
    if not points:
        return []
    lons, lats = zip(*points, strict=True)
    rows = session.execute(_LOWEST, {"lons": list(lons), "lats": list(lats)}).scalars()
    return [None if names is None else (names[0], names[1]) for names in rows]


_DOTS = text(
    """
    select st_x(point), st_y(point), total
    from (
        select case when geometrytype(geom) = 'POINT' then geom else st_pointonsurface(geom) end
                as point,
            md5(code) as place, count(*) over () as total
        from facility
        where status = 'open' and geom is not null and (
            cast(:west as double precision) is null
            or geom && st_makeenvelope(:west, :south, :east, :north, 4326)
        )
        order by place, code limit :limit
    ) placed
    order by place
    """
)


def facility_dots(
    session: Session, limit: int, bbox: Bbox | None
) -> tuple[list[tuple[float, float]], int]:
    """Return points (lon, lat), WGS-84, of facilities in service, and how many there are in all.

    Where there are more than ``limit``, some of everywhere, so that the picture of where they are
    dense stays true; always the same ones.

    Parameters
    ----------
    bbox
        Only those in this box; the count is of these too.
    """
    sides = dict(zip(("west", "south", "east", "north"), bbox or (None,) * 4, strict=True))
    rows = session.execute(_DOTS, {"limit": limit, **sides}).all()
    return [(lon, lat) for lon, lat, _ in rows], rows[0][2] if rows else 0


@dataclass(frozen=True, slots=True)
class PlaceInView:
    """A facility in service by name, as a list of what a map shows has it."""

    code: str
    kind: str
    name_zh: str
    name_en: str | None
    sample: bool


_IN_VIEW = text(
    """
    select code, kind_code, name_zh, name_en, is_sample, count(*) over () as total
    from facility
    where status = 'open' and geom && st_makeenvelope(:west, :south, :east, :north, 4326)
    order by geom <-> st_centroid(st_makeenvelope(:west, :south, :east, :north, 4326)), code
    limit :limit
    """
)


def facilities_in_view(session: Session, limit: int, bbox: Bbox) -> tuple[list[PlaceInView], int]:
    """Return facilities in service in a box of WGS-84, and how many there are in all.

    They come from the middle outwards, by degrees: near enough for the order of a list that tells no distance.
    """
    west, south, east, north = bbox
    sides = {"west": west, "south": south, "east": east, "north": north}
    rows = session.execute(_IN_VIEW, {"limit": limit, **sides}).all()
    return [PlaceInView(*row[:5]) for row in rows], rows[0][5] if rows else 0
