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
from geoapp.store.facilities.columns import STAGED, STAGED_COLUMNS, WRITTEN
from geoapp.store.facilities.differences import MOST_DESCRIBED, Difference, read_differences
from geoapp.store.facilities.elsewhere import Elsewhere, read_elsewhere
from geoapp.store.facilities.kept import count_cleared, count_kept, kept_values
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
    would be refused, as whoever acts is kept to other regions. ``kept`` is how many known values stay
    as a cell is blank, ``cleared`` how many would become unknown in a dry run.
    """

    inserted: int
    updated: int
    unchanged: int
    change_set: int | None = None
    differences: tuple[Difference, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    kept: int = 0
    cleared: int = 0


@dataclass(frozen=True, slots=True)
class FacilityBatch:
    """Rows to write.

    ``rows`` are by ``STAGED_COLUMNS``: geometries as hexadecimal EWKB (EPSG:4326), ``extra`` as
    JSON text. ``given`` are the columns of the file (``geometry`` among them); what is not given
    keeps its stored value. ``places`` are by code. ``keeps`` says whether some row keeps what is
    stored of single columns, as its ``kept`` says.
    """

    rows: Iterable[Mapping[str, Any]]
    total: int
    given: frozenset[str]
    extra_columns: tuple[str, ...]
    places: dict[str, tuple[PlaceValues, ...]]
    keeps: bool = False


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
    kept = count_kept(session) if batch.keeps else 0
    cleared = 0
    if dry_run:
        cleared = count_cleared(session)
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
        inserted,
        updated,
        unchanged,
        current_set(session),
        differences,
        elsewhere,
        kept,
        cleared,
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
    values = kept_values(batch.given, by_row=batch.keeps)
    changes = [f"{column} = {value}" for column, value in values.items()]
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


def _moved_places(session: Session, batch: FacilityBatch) -> set[str]:
    """Return the codes whose timetabled places differ from the stored ones."""
    if "places" not in batch.given:
        return set()
    moved = differing_places(session, batch.places, SAME_POSITION_DEG)
    if batch.keeps:
        asked = text("select code from staged where 'places' = any(kept)")
        moved -= set(session.scalars(asked))
    return moved


def delete_facility(session: Session, code: str) -> bool:
    """Delete a facility; return whether there was one."""
    lock_facilities(session)
    gone = session.execute(
        text("delete from facility where code = :code returning id"), {"code": code}
    ).all()
    return bool(gone)
