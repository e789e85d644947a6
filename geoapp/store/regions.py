"""Named queries on regions: their outlines, and which of them holds a point."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.core.words import Level
from geoapp.store.region_tree import WITHIN_REGION

# Large outlines are cut into pieces of at most this many vertices, so that an index finds the few
# that matter to a point.
_PIECE_VERTICES = 96
# Outlines of neighbours from one source are this near to each other, in degrees (some 100 m).
_TOUCHING_DEG = 0.001
_ANY_COAST = (
    "create temporary table region_coast on commit drop as select distinct code from region_piece"
)
# The top of a region is the highest one above it, or itself, whose outline is known.
_KNOWN_COAST = f"""
    create temporary table region_coast on commit drop as
    with recursive line(code, above, rank) as (
        select code, code, 0 from (select distinct code from region_piece) here
        union all
        select l.code, r.parent_code, l.rank + 1 from line l join region r on r.code = l.above
        where r.parent_code is not null
    ), top as (
        select distinct on (l.code) l.code, r.code as top, r.level, r.geom
        from line l join region r on r.code = l.above where r.geom is not null
        order by l.code, l.rank desc
    ), known as (
        select t.top from (select distinct on (top) top, level, geom from top order by top) t
        where t.level = '{Level.PROVINCE}' or exists (
            select from region other where other.geom is not null and other.code <> t.top
            and st_dwithin(other.geom, t.geom, {_TOUCHING_DEG})
            and not exists (
                with recursive up(code) as (
                    select other.code union all
                    select r.parent_code from region r join up on r.code = up.code
                    where r.parent_code is not null
                ) select from up where up.code = t.top
            )
        )
    )
    select code from top where top in (select top from known)
"""
_DEPTH = "array_position(array['{}'], {{}})".format("','".join(Level))


@dataclass(frozen=True, slots=True)
class StoredRegion:
    """A region; its outline as WKB (EPSG:4326), None if it is not known."""

    code: str
    parent_code: str | None
    level: str
    name_zh: str
    outline_wkb: bytes | None


def region_codes(session: Session) -> list[str]:
    """Return the codes of all regions."""
    return list(session.scalars(text("select code from region order by code")))


def region_names_of(session: Session, codes: Sequence[str]) -> dict[str, tuple[str, str | None]]:
    """Return the names of some regions, Chinese and English, by code."""
    rows = session.execute(
        text("select code, name_zh, name_en from region where code = any(:codes)"),
        {"codes": list(codes)},
    )
    return {code: (zh, en) for code, zh, en in rows}


def named_regions(session: Session) -> list[tuple[str, str | None, str]]:
    """Return code, parent's code and name of all regions in order of code, without their outlines."""
    rows = session.execute(text("select code, parent_code, name_zh from region order by code"))
    return [(code, parent, name) for code, parent, name in rows]


def stored_regions(session: Session) -> list[StoredRegion]:
    """Return all regions in order of code."""
    rows = session.execute(
        text(
            "select code, parent_code, level, name_zh, st_asbinary(geom) from region order by code"
        )
    )
    return [
        StoredRegion(code, parent, level, name, None if wkb is None else bytes(wkb))
        for code, parent, level, name, wkb in rows
    ]


@dataclass(frozen=True, slots=True)
class RegionShape:
    """A region with its outline (WKB, WGS-84), or None where the outline is unknown."""

    geometry_wkb: bytes | None
    properties: dict[str, Any]


_SHAPES = text(
    f"""
    select code, parent_code, level, name_zh, name_en, population, population_source, source,
        case when geom is null then null
            -- In degrees of latitude; coverage borders are simplified alike on both sides.
            when :simplify_deg > 0
                then st_asbinary(st_multi(st_simplifypreservetopology(geom, :simplify_deg)))
            else st_asbinary(geom) end as shape
    from region
    where (cast(:level as text) is null or level = :level)
        and (cast(:parent as text) is null or parent_code = :parent)
        and (cast(:region as text) is null or {WITHIN_REGION.format(column="code")})
    order by code
    """
)
_METRES_PER_DEGREE = 111_000.0


def region_shapes(
    session: Session,
    level: Level | None,
    parent: str | None,
    *,
    simplify_m: float,
    within: str | None = None,
) -> list[RegionShape]:
    """Return regions in order of code, of a level and below another if so asked.

    Parameters
    ----------
    parent, within
        Only regions directly below this one; only this one and all in it, at whatever level.
    simplify_m
        How far, about, an outline may move to have fewer points; 0 keeps every point.
    """
    parameters = {
        "level": level,
        "parent": parent,
        "region": within,
        "simplify_deg": simplify_m / _METRES_PER_DEGREE,
    }
    return [
        RegionShape(
            geometry_wkb=None if row.shape is None else bytes(row.shape),
            properties={
                "code": row.code,
                "parent": row.parent_code,
                "level": row.level,
                "name": row.name_zh,
                "name_zh": row.name_zh,
                "name_en": row.name_en,
                "population": row.population,
                "population_source": row.population_source,
                "source": row.source,
            },
        )
        for row in session.execute(_SHAPES, parameters)
    ]


def region_outline(session: Session, code: str | None) -> BaseGeometry | None:
    """Return the outline (EPSG:4326) of a region, or of all together; None if unknown.

    A region without an outline of its own has that of the regions below it.
    """
    wkb = session.scalar(
        text(
            """
            with recursive below as (
                select code, geom from region
                where cast(:code as text) is null or code = :code
                union all
                select r.code, r.geom from region r
                join below b on r.parent_code = b.code where b.geom is null
            )
            select st_asbinary(st_union(geom)) from below
            """
        ),
        {"code": code},
    )
    if wkb is None:
        return None
    outline: BaseGeometry = shapely.from_wkb(bytes(wkb))
    return outline


def match_regions(
    session: Session, points: str, tolerance_m: float, *, known_coast: bool = False
) -> None:
    """Find the region of many points at once.

    Makes the temporary table ``matched(n, code, match, distance_m)``: the deepest region that
    covers the point ('inside'), else the nearest within the tolerance ('nearest'), the deepest
    first where several are equally near to a metre.

    Parameters
    ----------
    points
        A query of our own for the columns ``n`` (a number) and ``point`` (EPSG:4326).
    tolerance_m
        How far from a region's outline a point may lie, metres on the spheroid.
    known_coast
        Whether the tolerance holds only where the store can tell a coast from a border: where the
        nearest region lies in a province that has an outline, or at the top of its own lies beside
        another. Around a city that is stored alone, what is outside may be the next city's land.
        For what figures of a region sum up.
    """
    parameters = {"tolerance_m": tolerance_m}
    for statement in (
        "drop table if exists matched, region_piece, to_match, region_coast",
        f"create temporary table to_match on commit drop as {points}",
        "analyze to_match",
        # Only the regions that may matter are cut up: one edit must not wait for a whole country.
        "create temporary table region_piece on commit drop as "
        f"select code, {_DEPTH.format('level')} as depth, "
        f"st_subdivide(geom, {_PIECE_VERTICES}) as geom from region, "
        "(select st_setsrid(st_extent(point)::geometry, 4326) as box from to_match) here, "
        "lateral (select :tolerance_m / 110000.0 as north, greatest(0.01, cos(radians(least(89.0, "
        "  greatest(abs(st_ymin(box)), abs(st_ymax(box))))))) as narrowing) d "
        "where geom && st_expand(box, d.north / d.narrowing, d.north)",
        "create index on region_piece using gist (geom)",
        "create index on region_piece using gist ((geom::geography))",
        "analyze region_piece",
        _KNOWN_COAST if known_coast else _ANY_COAST,
        "create temporary table matched on commit drop as "
        "select distinct on (t.n) t.n, p.code, 'inside'::text as match, "
        "null::double precision as distance_m "
        "from to_match t join region_piece p on st_intersects(p.geom, t.point) "
        "order by t.n, p.depth desc, p.code",
        "create unique index on matched (n)",
        "analyze matched",
        "insert into matched select t.n, near.code, 'nearest', near.distance_m "
        "from to_match t cross join lateral ("
        "  select p.code, st_distance(p.geom::geography, t.point::geography) as distance_m "
        "  from region_piece p "
        "  where st_dwithin(p.geom::geography, t.point::geography, :tolerance_m) "
        "  order by round(st_distance(p.geom::geography, t.point::geography)), p.depth desc, "
        "    st_distance(p.geom::geography, t.point::geography), p.code limit 1"
        ") near where not exists (select from matched m where m.n = t.n) "
        "and near.code in (select code from region_coast)",
        "analyze matched",
    ):
        session.execute(text(statement), parameters if ":tolerance_m" in statement else {})


@dataclass(frozen=True, slots=True)
class Strays:
    """Points outside every outline; weights as their kind has them.

    Attributes
    ----------
    outside, outside_weight
        Those that no region holds.
    nearest, nearest_weight
        Those at a coast, counted to the nearest region.
    """

    outside: int
    outside_weight: float
    nearest: int
    nearest_weight: float


def count_strays(session: Session, weight: str) -> Strays | None:
    """Count the points that ``match_regions`` found outside; None where there is no outline at all.

    Parameters
    ----------
    weight
        An expression of our own for the weight of a row ``t`` of ``to_match``.
    """
    if not session.scalar(text("select exists (select from region where geom is not null)")):
        return None
    sums = ", ".join(
        f"count(*) filter (where {those}), coalesce(sum({weight}) filter (where {those}), 0)"
        for those in ("m.n is null", "m.match = 'nearest'")
    )
    row = session.execute(text(f"select {sums} from to_match t left join matched m on m.n = t.n"))
    outside, outside_weight, nearest, nearest_weight = row.one()
    return Strays(outside, float(outside_weight), nearest, float(nearest_weight))


def rematch_facilities(session: Session, tolerance_m: float) -> int:
    """Find the region of every facility that none was stated for again; return how many changed."""
    match_regions(
        session,
        "select id as n, case when geometrytype(geom) = 'POINT' then geom "
        "else st_pointonsurface(geom) end as point from facility "
        "where geom is not null "
        "and (region_match is distinct from 'given' or region_code is null)",
        tolerance_m,
    )
    differs = (
        "(f.region_code, f.region_match, f.region_distance_m) "
        f"is distinct from (m.code, m.match, m.distance_m) and {_rematched('f')}"
    )
    found = "from to_match t left join matched m on m.n = t.n"
    changed: int = session.execute(
        text(f"select count(*) {found} join facility f on f.id = t.n where {differs}")
    ).scalar_one()
    if changed:
        session.execute(
            text(
                "update facility f set region_code = m.code, region_match = m.match, "
                f"region_distance_m = m.distance_m {found} where t.n = f.id and {differs}"
            )
        )
    return changed


def _rematched(table: str) -> str:
    """Return when a row gets another region, or none: one without an outline holds what it held."""
    return (
        "(m.code is not null or exists (select from region r "
        f"where r.code = {table}.region_code and r.geom is not null))"
    )


def rematch_demand(session: Session, tolerance_m: float) -> int:
    """Find the region of every demand point and candidate again; return how many changed.

    A set of which a point changed gets a new version.
    """
    total = 0
    for points, sets in (("demand_point", "demand_set"), ("candidate", "candidate_set")):
        query = f"select id as n, geom as point from {points}"
        match_regions(session, query, tolerance_m, known_coast=True)
        changed = session.execute(
            text(
                f"with moved as (update {points} d set region_code = m.code "
                "from to_match t left join matched m on m.n = t.n where t.n = d.id "
                f"and d.region_code is distinct from m.code and {_rematched('d')} "
                "returning d.set_id) select set_id, count(*) from moved group by set_id"
            )
        ).all()
        if changed:
            session.execute(
                text(f"update {sets} set version = version + 1 where id = any(:ids)"),
                {"ids": [set_id for set_id, _ in changed]},
            )
        total += sum(count for _, count in changed)
    return total


@dataclass(frozen=True, slots=True)
class RegionCounts:
    """What an import of regions did."""

    inserted: int
    updated: int
    unchanged: int


_VALUES = (
    "parent_code",
    "level",
    "name_zh",
    "name_en",
    "population",
    "population_source",
    "source",
    "geom",
)


def write_regions(
    session: Session, rows: Sequence[Mapping[str, Any]], given: Iterable[str], *, dry_run: bool
) -> RegionCounts:
    """Insert or update regions by code, parents before children.

    Parameters
    ----------
    rows
        ``code`` and the columns of ``region``; ``geom`` as hexadecimal EWKB (EPSG:4326) or None.
    given
        The columns that are written to regions that exist; others keep what is stored.
    """
    wanted = [column for column in _VALUES if column in set(given)]
    depth = list(Level)
    inserted = updated = 0
    for row in sorted(rows, key=lambda row: depth.index(row["level"])):
        values = {column: row.get(column) for column in (*_VALUES, "code")}
        exists = session.execute(
            text(
                "select "
                + " or ".join(["false"] + [_differs(column) for column in wanted])
                + " from region where code = :code for update"
            ),
            values,
        ).scalar_one_or_none()
        if exists is None:
            inserted += 1
            statement = (
                f"insert into region (code, {', '.join(_VALUES)}) values "
                f"(:code, {', '.join(map(_value, _VALUES))})"
            )
        elif exists:
            updated += 1
            changes = ", ".join(f"{column} = {_value(column)}" for column in wanted)
            statement = f"update region set {changes} where code = :code"
        else:
            continue
        if not dry_run:
            session.execute(text(statement), values)
    return RegionCounts(inserted, updated, len(rows) - inserted - updated)


def _value(column: str) -> str:
    return {
        "geom": "cast(cast(:geom as text) as geometry)",
        "population": "cast(:population as bigint)",
    }.get(column, f"cast(:{column} as text)")


def _differs(column: str) -> str:
    if column == "geom":
        return f"st_asbinary(geom) is distinct from st_asbinary({_value('geom')})"
    return f"{column} is distinct from {_value(column)}"
