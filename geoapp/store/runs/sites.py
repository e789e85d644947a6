"""Named queries of siting runs: candidate sets, the regions of new places, the sites proposed."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geoapp.store.models import Candidate, CandidateSet
from geoapp.store.regions import match_regions


@dataclass(frozen=True, slots=True)
class CandidateRows:
    """Candidates as arrays of equal length, WGS-84, in order of code.

    ``cost`` is nan, ``region`` and ``host_type`` None where unknown.
    """

    code: NDArray[np.object_]
    name: NDArray[np.object_]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    cost: NDArray[np.float64]
    region: NDArray[np.object_]
    host_type: NDArray[np.object_]

    def __len__(self) -> int:
        """Return the number of candidates."""
        return len(self.code)


@dataclass(frozen=True, slots=True)
class CandidateSetRow:
    """A candidate set and how many candidates it has."""

    id: int
    code: str
    name_zh: str
    name_en: str | None
    version: int
    candidates: int


def list_candidate_sets(session: Session) -> list[CandidateSetRow]:
    """Return the candidate sets, the newest first."""
    count = (
        select(func.count())
        .where(Candidate.set_id == CandidateSet.id)
        .correlate(CandidateSet)
        .scalar_subquery()
    )
    rows = session.execute(select(CandidateSet, count).order_by(CandidateSet.id.desc())).all()
    return [
        CandidateSetRow(one.id, one.code, one.name_zh, one.name_en, one.version, size)
        for one, size in rows
    ]


def host_types_of_sets(session: Session) -> dict[str, list[str]]:
    """Return by code of a candidate set the types of host that its candidates have, in their order."""
    rows = session.execute(
        select(CandidateSet.code, Candidate.host_type)
        .join(Candidate, Candidate.set_id == CandidateSet.id)
        .where(Candidate.host_type.is_not(None))
        .distinct()
        .order_by(CandidateSet.code, Candidate.host_type)
    ).all()
    found: dict[str, list[str]] = {}
    for code, kind in rows:
        found.setdefault(code, []).append(str(kind))
    return found


def find_candidate_set(session: Session, code: str) -> CandidateSet | None:
    """Return the candidate set of a code."""
    return session.scalars(select(CandidateSet).where(CandidateSet.code == code)).one_or_none()


def read_candidates(session: Session, set_id: int, regions: list[str] | None) -> CandidateRows:
    """Return a set's candidates, all of them or those in the given regions."""
    where = "set_id = :set_id" + ("" if regions is None else " and region_code = any(:regions)")
    rows = session.execute(
        text(
            "select code, name, st_x(geom), st_y(geom), cost, region_code, host_type from candidate "
            f"where {where} order by code"
        ),
        {"set_id": set_id, "regions": regions or []},
    ).all()
    columns = list(zip(*rows, strict=True)) or [()] * 7
    code, name, lon, lat, cost, region, host_type = columns
    return CandidateRows(
        code=np.array(code, dtype=object),
        name=np.array(name, dtype=object),
        lon=np.array(lon, dtype=np.float64),
        lat=np.array(lat, dtype=np.float64),
        cost=np.array([np.nan if one is None else one for one in cost], dtype=np.float64),
        region=np.array(region, dtype=object),
        host_type=np.array(host_type, dtype=object),
    )


def regions_of_points(
    session: Session,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    tolerance_m: float,
) -> NDArray[np.object_]:
    """Return by point (WGS-84) its region's code as an import would find it; None = unknown."""
    found = np.full(len(lon), None, dtype=object)
    if not len(lon):
        return found
    session.execute(text("drop table if exists asked_point"))
    session.execute(
        text(
            "create temporary table asked_point (n bigint, lon double precision, "
            "lat double precision) on commit drop"
        )
    )
    driver: Connection[Any] = session.connection().connection.driver_connection  # type: ignore[assignment]
    with driver.cursor() as cursor, cursor.copy("copy asked_point from stdin") as copy:
        for number, (one, other) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True)):
            copy.write_row((number, one, other))
    match_regions(
        session,
        "select n, st_setsrid(st_makepoint(lon, lat), 4326) as point from asked_point",
        tolerance_m,
        known_coast=True,
    )
    for number, code in session.execute(text("select n, code from matched")):
        found[number] = code
    return found
