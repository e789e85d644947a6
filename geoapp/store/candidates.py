"""Writing candidate sets: places by code; what a file leaves out stays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.store.regions import Strays, count_strays, match_regions

_SAME_DEG = 1e-7
_OPTIONAL = ("name", "cost", "host_type")
_COPY = "copy staged_candidate (code, lon, lat, name, cost, host_type) from stdin"


@dataclass(frozen=True, slots=True)
class CandidateCounts:
    """What became of the places."""

    inserted: int
    updated: int
    unchanged: int
    strays: Strays | None = None


@dataclass(frozen=True, slots=True)
class CandidateBatch:
    """Places to write: code, longitude, latitude (WGS-84), name, cost and host type of each.

    ``given`` are the optional columns of the file ('name', 'cost', 'host_type'); others keep what is stored.
    ``name`` is the set's; None keeps the stored one, or the code for a new set.
    """

    code: str
    name: str | None
    rows: Iterable[Sequence[Any]]
    given: frozenset[str]


def write_candidates(
    session: Session, batch: CandidateBatch, *, tolerance_m: float, dry_run: bool
) -> CandidateCounts:
    """Insert new places and update those that differ, by code within the set."""
    session.execute(text("select from data_version where name = 'candidates' for update"))
    _stage(session, batch)
    match_regions(
        session,
        "select n, st_setsrid(st_makepoint(lon, lat), 4326) as point from staged_candidate",
        tolerance_m,
        known_coast=True,
    )
    strays = count_strays(session, "1")
    set_id = session.execute(
        text("select id from candidate_set where code = :code"), {"code": batch.code}
    ).scalar_one_or_none()
    keep = ", ".join(f"{name} = c.{name}" for name in _OPTIONAL if name not in batch.given)
    session.execute(
        text(
            "update staged_candidate s set id = c.id"
            + (f", {keep}" if keep else "")
            + " from candidate c where c.set_id = :id and c.code = s.code"
        ),
        {"id": set_id},
    )
    session.execute(
        text(
            "update staged_candidate s set changed = true from candidate c "
            "where c.id = s.id and (c.name is distinct from s.name "
            "or c.cost is distinct from s.cost or c.host_type is distinct from s.host_type "
            "or st_distance(c.geom, st_setsrid(st_makepoint(s.lon, s.lat), 4326)) > :same)"
        ),
        {"same": _SAME_DEG},
    )
    total, inserted, updated = session.execute(
        text(
            "select count(*), count(*) filter (where id is null), "
            "count(*) filter (where changed) from staged_candidate"
        )
    ).one()
    if not dry_run:
        _write(session, batch, set_id, inserted, updated)
    return CandidateCounts(inserted, updated, total - inserted - updated, strays)


def _stage(session: Session, batch: CandidateBatch) -> None:
    session.execute(text("drop table if exists staged_candidate"))
    session.execute(
        text(
            "create temporary table staged_candidate (n bigint generated always as identity, "
            "code text, lon double precision, lat double precision, name text, "
            "cost double precision, host_type text, id bigint, changed boolean not null default false) "
            "on commit drop"
        )
    )
    driver: Connection[Any] = session.connection().connection.driver_connection  # type: ignore[assignment]
    with (
        driver.cursor() as cursor,
        cursor.copy(_COPY) as copy,
    ):
        for row in batch.rows:
            copy.write_row(row)


def _write(
    session: Session, batch: CandidateBatch, set_id: int | None, inserted: int, updated: int
) -> None:
    if set_id is None:
        set_id = session.execute(
            text("insert into candidate_set (code, name_zh) values (:code, :name) returning id"),
            {"code": batch.code, "name": batch.name or batch.code},
        ).scalar_one()
    elif inserted or updated:
        session.execute(
            text("update candidate_set set version = version + 1 where id = :id"), {"id": set_id}
        )
    if batch.name is not None:
        session.execute(
            text("update candidate_set set name_zh = :name where id = :id and name_zh <> :name"),
            {"name": batch.name, "id": set_id},
        )
    session.execute(
        text(
            "insert into candidate (set_id, code, name, geom, cost, host_type, region_code) "
            "select :id, s.code, s.name, t.point, s.cost, s.host_type, m.code from staged_candidate s "
            "join to_match t on t.n = s.n left join matched m on m.n = s.n "
            "where s.id is null order by s.n"
        ),
        {"id": set_id},
    )
    session.execute(
        text(
            "update candidate c set name = s.name, geom = t.point, cost = s.cost, host_type = s.host_type, "
            "region_code = m.code from staged_candidate s join to_match t on t.n = s.n "
            "left join matched m on m.n = s.n where c.id = s.id and s.changed"
        )
    )
