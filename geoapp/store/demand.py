"""Writing demand sets: points streamed in, matched to regions and swapped in as a whole."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.store.regions import Strays, count_strays, match_regions

_REPORT_EVERY = 20_000


@dataclass(frozen=True, slots=True)
class DemandCounts:
    """What became of the points."""

    inserted: int
    updated: int
    unchanged: int
    strays: Strays | None = None


@dataclass(frozen=True, slots=True)
class DemandBatch:
    """A set to write.

    ``rows`` are longitude, latitude (WGS-84), weight, group and hours (a list or None) of each
    point; ``name`` None keeps the stored name, or the code for a new set.
    """

    code: str
    name: str | None
    source: str | None
    content_hash: str
    rows: Iterable[Sequence[Any]]
    total: int


def write_demand(
    session: Session,
    batch: DemandBatch,
    *,
    tolerance_m: float,
    add: bool,
    dry_run: bool,
    report: Callable[[float], None],
) -> DemandCounts:
    """Write a demand set; its points are replaced as a whole unless the content is the same.

    Parameters
    ----------
    add
        Add the points to the set instead, leaving out those that it holds already.
    """
    session.execute(text("select from data_version where name = 'demand' for update"))
    held = session.execute(
        text("select id, content_hash, points from demand_set where code = :code"),
        {"code": batch.code},
    ).one_or_none()
    if held is not None and not add and held.content_hash == batch.content_hash:
        if not dry_run:
            _rename(session, held.id, batch)
        return DemandCounts(0, 0, batch.total)
    if dry_run and not (add and held is not None):
        known = held is not None
        return DemandCounts(0 if known else batch.total, batch.total if known else 0, 0)
    _stage(session, batch, report)
    if add and held is not None:
        return _add(session, held.id, batch, tolerance_m=tolerance_m, dry_run=dry_run)
    set_id = held.id if held is not None else _new_set(session, batch)
    _rename(session, set_id, batch)
    session.execute(text("delete from demand_point where set_id = :id"), {"id": set_id})
    strays = _fill(session, set_id, tolerance_m, report)
    _seal(session, set_id, batch.content_hash, first=held is None)
    if held is None:
        return DemandCounts(batch.total, 0, 0, strays)
    return DemandCounts(0, batch.total, 0, strays)


def _stage(session: Session, batch: DemandBatch, report: Callable[[float], None]) -> None:
    session.execute(text("drop table if exists staged_point"))
    session.execute(
        text(
            "create temporary table staged_point (n bigint generated always as identity, "
            "lon double precision, lat double precision, weight double precision, grp text, "
            "hours real[]) on commit drop"
        )
    )
    driver: Connection[Any] = session.connection().connection.driver_connection  # type: ignore[assignment]
    with (
        driver.cursor() as cursor,
        cursor.copy("copy staged_point (lon, lat, weight, grp, hours) from stdin") as copy,
    ):
        for number, row in enumerate(batch.rows):
            copy.write_row(row)
            if number % _REPORT_EVERY == 0:
                report(0.4 * number / max(batch.total, 1))
    session.execute(text("analyze staged_point"))


def _new_set(session: Session, batch: DemandBatch) -> int:
    set_id: int = session.execute(
        text(
            "insert into demand_set (code, name_zh, source) values (:code, :code, :source) "
            "returning id"
        ),
        {"code": batch.code, "source": batch.source},
    ).scalar_one()
    return set_id


def _rename(session: Session, set_id: int, batch: DemandBatch) -> None:
    differs = session.execute(
        text(
            "select cast(:name as text) is not null and name_zh <> :name from demand_set "
            "where id = :id"
        ),
        {"name": batch.name, "id": set_id},
    ).scalar_one()
    if differs:
        session.execute(
            text("update demand_set set name_zh = :name where id = :id"),
            {"name": batch.name, "id": set_id},
        )


def _fill(
    session: Session, set_id: int, tolerance_m: float, report: Callable[[float], None]
) -> Strays | None:
    """Move the staged points into the set, each with its region; return those outside."""
    report(0.4)
    match_regions(
        session,
        "select n, st_setsrid(st_makepoint(lon, lat), 4326) as point from staged_point",
        tolerance_m,
        known_coast=True,
    )
    report(0.6)
    strays = count_strays(session, "(select weight from staged_point s where s.n = t.n)")
    session.execute(
        text(
            "insert into demand_point (set_id, geom, weight, grp, hours, region_code) "
            "select :id, t.point, s.weight, s.grp, s.hours, m.code from staged_point s "
            "join to_match t on t.n = s.n left join matched m on m.n = s.n order by s.n"
        ),
        {"id": set_id},
    )
    report(0.95)
    return strays


def _seal(session: Session, set_id: int, content_hash: str | None, *, first: bool) -> None:
    """Write the set's totals and raise its version."""
    session.execute(
        text(
            "update demand_set d set points = p.points, weight = p.weight, "
            "content_hash = cast(:hash as text), is_sample = false, "
            "version = d.version + case when :first then 0 else 1 end "
            "from (select count(*) as points, coalesce(sum(weight), 0) as weight "
            "from demand_point where set_id = :id) p where d.id = :id"
        ),
        {"hash": content_hash, "id": set_id, "first": first},
    )


def _add(
    session: Session, set_id: int, batch: DemandBatch, *, tolerance_m: float, dry_run: bool
) -> DemandCounts:
    """Add the staged points that the set does not hold, a centimetre apart or differing."""
    held = session.execute(
        text(
            "delete from staged_point s using demand_point p where p.set_id = :id "
            "and st_dwithin(p.geom, st_setsrid(st_makepoint(s.lon, s.lat), 4326), 1e-7) "
            "and p.weight = s.weight and p.grp is not distinct from s.grp "
            "and p.hours is not distinct from s.hours returning s.n"
        ),
        {"id": set_id},
    ).all()
    unchanged = len({number for (number,) in held})
    inserted = batch.total - unchanged
    strays = None
    if inserted and not dry_run:
        strays = _fill(session, set_id, tolerance_m, lambda _share: None)
        # The set is no longer what any one file holds.
        _seal(session, set_id, None, first=False)
    return DemandCounts(inserted, 0, unchanged, strays)
