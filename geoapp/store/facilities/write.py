"""Writing facilities by code, many at once: one transaction, only what differs.

Rows are streamed into a temporary table, get their regions there, and are held against what is
stored. Nothing is written, and no counter rises, for rows that are stored already.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.core.acting import acting
from geoapp.core.errors import RefusedStepError
from geoapp.core.states import may_follow, refused_step
from geoapp.core.words import PositionBasis, Status
from geoapp.store.facilities.columns import PLAIN, STAGED, STAGED_COLUMNS, WRITTEN
from geoapp.store.facilities.differences import MOST_DESCRIBED, Difference, read_differences
from geoapp.store.facilities.elsewhere import Elsewhere, read_elsewhere
from geoapp.store.facilities.places_write import PlaceValues, differing_places, replace_places
from geoapp.store.history.chain import current_set
from geoapp.store.regions import match_regions

# Positions that differ by less (degrees, about a centimetre) are the same: conversions between
# datums and decimal notation may move a point by less than that.
SAME_POSITION_DEG = 1e-7
_REPORT_EVERY = 2000


@dataclass(frozen=True, slots=True)
class FacilityCounts:
    """What a write did, or in a dry run would do; ``change_set`` names it in the log.

    ``differences`` are what a dry run would change, the first of many; ``elsewhere`` is what of it
    would be refused, as whoever acts is kept to other regions.
    """

    inserted: int
    updated: int
    unchanged: int
    change_set: int | None = None
    differences: tuple[Difference, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()


@dataclass(frozen=True, slots=True)
class FacilityBatch:
    """Rows to write.

    ``rows`` are by ``STAGED_COLUMNS``: geometries as hexadecimal EWKB (EPSG:4326), ``extra`` as
    JSON text. ``given`` are the columns of the file (``geometry`` among them); what is not given
    keeps its stored value. ``places`` are by code.
    """

    rows: Iterable[Mapping[str, Any]]
    total: int
    given: frozenset[str]
    extra_columns: tuple[str, ...]
    places: dict[str, tuple[PlaceValues, ...]]


def lock_facilities(session: Session) -> None:
    """Wait for other writers of facilities; they wait for this transaction's end from now on."""
    session.execute(text("select from data_version where name = 'facilities' for update"))


def write_facilities(
    session: Session,
    batch: FacilityBatch,
    *,
    tolerance_m: float,
    dry_run: bool = False,
    most_described: int = MOST_DESCRIBED,
    report: Callable[[float], None] = lambda _share: None,
) -> FacilityCounts:
    """Insert new facilities and update those that differ, by code.

    Parameters
    ----------
    tolerance_m
        How far from a region a facility may lie and still be counted to it.
    most_described
        Of how many facilities a dry run tells what it would change.
    report
        Called with the share done (0 to 1).

    Raises
    ------
    RefusedStepError
        If a facility's status cannot become the one that a row states; nothing was changed.
    """
    _stage(session, batch, report)
    report(0.5)
    match_regions(
        session,
        "select n, case when geometrytype(geom) = 'POINT' then geom "
        "else st_pointonsurface(geom) end as point from staged where geom is not null",
        tolerance_m,
    )
    report(0.6)
    lock_facilities(session)
    _compare(session, batch)
    _refuse_steps(session)
    moved = _moved_places(session, batch)
    session.execute(
        text("update staged set changed = true, moved = true where code = any(:codes)"),
        {"codes": list(moved)},
    )
    total, inserted, updated = session.execute(
        text(
            "select count(*), count(*) filter (where id is null), "
            "count(*) filter (where id is not null and changed) from staged"
        )
    ).one()
    report(0.7)
    differences: tuple[Difference, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    if dry_run:
        differences = read_differences(session, most_described)
        who = acting()
        elsewhere = read_elsewhere(session) if who is not None and who.regions else ()
    if not dry_run:
        if inserted:
            columns = ", ".join(WRITTEN)
            session.execute(
                text(
                    f"insert into facility ({columns}) "
                    f"select {columns} from staged where id is null order by n"
                )
            )
        report(0.9)
        if updated:
            changes = ", ".join(f"{column} = s.{column}" for column in WRITTEN if column != "code")
            session.execute(
                text(
                    f"update facility f set {changes} from staged s where s.id = f.id and s.changed"
                )
            )
        replace_places(session, {code: batch.places.get(code, ()) for code in moved})
    report(1.0)
    unchanged = total - inserted - updated
    return FacilityCounts(
        inserted, updated, unchanged, current_set(session), differences, elsewhere
    )


def _stage(session: Session, batch: FacilityBatch, report: Callable[[float], None]) -> None:
    """Stream the rows into the temporary table ``staged``."""
    columns = ", ".join(f"{name} {kind}" for name, kind in STAGED)
    session.execute(text("drop table if exists staged"))
    session.execute(
        text(
            f"create temporary table staged (n bigint generated always as identity, {columns}, "
            "id bigint, changed boolean not null default false, "
            "moved boolean not null default false, region_code text, "
            "region_match text, region_distance_m double precision) on commit drop"
        )
    )
    driver: Connection[Any] = session.connection().connection.driver_connection  # type: ignore[assignment]
    with (
        driver.cursor() as cursor,
        cursor.copy(f"copy staged ({', '.join(STAGED_COLUMNS)}) from stdin") as copy,
    ):
        for number, row in enumerate(batch.rows):
            copy.write_row([row[column] for column in STAGED_COLUMNS])
            if number % _REPORT_EVERY == 0:
                report(0.5 * number / max(batch.total, 1))
    session.execute(text("create index on staged (code)"))
    session.execute(text("analyze staged"))


def _compare(session: Session, batch: FacilityBatch) -> None:
    """Complete each staged row by what is stored and mark those that differ from it."""
    session.execute(text("update staged s set id = f.id from facility f where f.code = s.code"))
    session.execute(
        text(
            "update staged s set region_code = coalesce(s.region, m.code), "
            "region_match = case when s.region is null or s.region = m.code then m.match "
            "else 'given' end, "
            "region_distance_m = case when s.region is null or s.region = m.code "
            "then m.distance_m end, "
            "position_basis = case when s.id is null and s.geom is not null "
            f"then coalesce(s.position_basis, '{PositionBasis.GIVEN}') else s.position_basis end "
            "from staged t left join matched m on m.n = t.n where t.n = s.n"
        )
    )
    changes = [f"{column} = {value}" for column, value in _kept(batch).items()]
    parameters = {"names": list(batch.extra_columns), "same": SAME_POSITION_DEG}
    session.execute(
        text(f"update staged s set {', '.join(changes)} from facility f where f.id = s.id"),
        {name: value for name, value in parameters.items() if f":{name}" in " ".join(changes)},
    )
    # What has no position is known by its region, which somebody stated, or not at all.
    session.execute(
        text(
            "update staged set position_basis = case when region_code is not null "
            f"then '{PositionBasis.REGION_ONLY}' else '{PositionBasis.UNKNOWN}' end, "
            "region_match = case when region_code is not null then 'given' end, "
            "region_distance_m = null where geom is null"
        )
    )
    differs = " or ".join(
        f"(f.{column} is distinct from s.{column})" for column in WRITTEN if column != "geom"
    )
    session.execute(
        text(
            f"update staged s set changed = true from facility f where f.id = s.id and ({differs} "
            "or st_asbinary(f.geom) is distinct from st_asbinary(s.geom))"
        )
    )


def _refuse_steps(session: Session) -> None:
    """Refuse a status that cannot follow the stored one, which nobody can change meanwhile."""
    steps = session.execute(
        text(
            "select s.code, f.status, s.status from staged s join facility f on f.id = s.id "
            "where s.changed and s.status <> f.status order by s.n"
        )
    )
    for code, before, after in steps:
        if not may_follow(Status(before), Status(after)):
            raise RefusedStepError(refused_step(code, Status(before), Status(after)))


# A row without a position takes none away unless it says that none is known.
_SAME_PLACE = """(case when s.geom is null then s.position_basis is null or f.geom is null
    else f.geom is not null and geometrytype(f.geom) = geometrytype(s.geom) and (
        st_asbinary(f.geom) = st_asbinary(s.geom)
        or case when geometrytype(f.geom) = 'POINT' then st_distance(f.geom, s.geom) <= :same
            else st_npoints(f.geom) = st_npoints(s.geom)
                and st_hausdorffdistance(f.geom, s.geom) <= :same end
    ) end
)"""


def _kept(batch: FacilityBatch) -> dict[str, str]:
    """Return, by column, the value that a stored facility gets: what it has unless given anew."""
    given = batch.given
    values = {column: f"f.{column}" for name, column in PLAIN.items() if name not in given}
    same = _SAME_PLACE if "geometry" in given else "true"
    values["geom"] = f"case when {same} then f.geom else s.geom end"
    stated = "s.position_basis, " if "position_basis" in given else ""
    # Another position rests on what was stated with it, not on what the one before rested on.
    values["position_basis"] = (
        f"coalesce({stated}case when {same} then f.position_basis end, '{PositionBasis.GIVEN}')"
    )
    values |= _kept_hours(given) | _kept_amenities(given)
    if "extra" in given:
        pass  # the whole is stated
    elif "extra_columns" in given:
        values["extra"] = "(f.extra - cast(:names as text[])) || s.extra"
    else:
        values["extra"] = "f.extra"
    # A stored region stands as long as the place stays and no other region is stated.
    stands = (
        "f.region_match is distinct from 'given'"
        if "region" in given
        else "(f.region_match = 'given' or f.region_code is not null)"
    )
    keep = (
        f"(s.region is not null and s.region = f.region_code) or (s.region is null and "
        f"f.region_code is not null and {stands} and {same})"
    )
    if "region" not in given:
        keep = f"f.region_match = 'given' or {keep}"
    for column in ("region_code", "region_match", "region_distance_m"):
        values[column] = f"case when {keep} then f.{column} else s.{column} end"
    return values


def _kept_hours(given: frozenset[str]) -> dict[str, str]:
    if "opening_hours" not in given:
        raw = "coalesce(s.opening_hours_raw, f.opening_hours_raw)"
        if "opening_hours_raw" not in given:
            raw = "f.opening_hours_raw"
        return {"opening_hours": "f.opening_hours", "opening_hours_raw": raw}
    if "opening_hours_raw" in given:
        return {}
    # The same hours in other words are the same hours.
    return {
        "opening_hours_raw": "case when s.opening_hours is not distinct from f.opening_hours "
        "then f.opening_hours_raw else s.opening_hours_raw end"
    }


def _kept_amenities(given: frozenset[str]) -> dict[str, str]:
    """Return how a stored list stays: as a set, without what the other list newly states."""
    values = {}
    for column, other in (("amenities", "no_amenities"), ("no_amenities", "amenities")):
        if column in given:
            values[column] = (
                f"case when s.{column} @> f.{column} and f.{column} @> s.{column} "
                f"then f.{column} else s.{column} end"
            )
        elif other in given:
            values[column] = (
                f"array(select word from unnest(f.{column}) with ordinality as w(word, place) "
                f"where word <> all(s.{other}) order by place)"
            )
        else:
            values[column] = f"f.{column}"
    return values


def _moved_places(session: Session, batch: FacilityBatch) -> set[str]:
    """Return the codes whose timetabled places differ from the stored ones."""
    if "places" not in batch.given:
        return set()
    return differing_places(session, batch.places, SAME_POSITION_DEG)


def delete_facility(session: Session, code: str) -> bool:
    """Delete a facility; return whether there was one."""
    lock_facilities(session)
    gone = session.execute(
        text("delete from facility where code = :code returning id"), {"code": code}
    ).all()
    return bool(gone)
