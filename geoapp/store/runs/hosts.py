"""What the register knows in some boxes: facilities of any state, and named candidates."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class HostRow:
    """A place in one of the boxes, degrees in WGS-84; ``box`` counts from 0.

    ``source`` is 'facility', or the code of a set of candidates; those have no status.
    """

    box: int
    source: str
    code: str
    name_zh: str
    name_en: str | None
    kind: str | None
    status: str | None
    lon: float
    lat: float


def hosts_in(session: Session, boxes: Sequence[tuple[float, float, float, float]]) -> list[HostRow]:
    """Return what stands in boxes of degrees (west, south, east, north), by box, source and code.

    Candidates without a name and a host type are places alone, and are left out.
    """
    columns = [list(column) for column in zip(*boxes, strict=True)] or [[], [], [], []]
    rows = session.execute(
        text(
            """
            with box as (
                select n - 1 as n, st_makeenvelope(w, s, e, o, 4326) as shape
                from unnest(cast(:w as float8[]), cast(:s as float8[]), cast(:e as float8[]),
                            cast(:o as float8[])) with ordinality as u(w, s, e, o, n)
            )
            select n, source, code, name_zh, name_en, kind, status, st_x(p), st_y(p) from (
                select box.n, 'facility' as source, f.code, f.name_zh, f.name_en,
                    f.kind_code as kind, f.status,
                    case when geometrytype(f.geom) = 'POINT' then f.geom
                         else st_pointonsurface(f.geom) end as p
                from box join facility f on f.geom && box.shape
                union all
                select box.n, s.code, c.code, coalesce(c.name, c.code), null, c.host_type, null, c.geom
                from box join candidate c on c.geom && box.shape
                join candidate_set s on s.id = c.set_id
                where c.name is not null or c.host_type is not null
            ) as found order by n, source, code
            """
        ),
        dict(zip(("w", "s", "e", "o"), columns, strict=True)),
    )
    return [HostRow(*row) for row in rows]
