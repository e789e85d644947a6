"""The words by which stored facilities are known again, and what stands near a list's rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

_WORDS = ("name_zh", "address", "phone", "host", "operator")


def read_words(session: Session, fields: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
    """Return every stored facility's code and some of its words."""
    names = [name for name in _WORDS if name in fields]
    rows = session.execute(text(f"select code, {', '.join(names)} from facility order by code"))
    return [(row[0], dict(zip(names, row[1:], strict=True))) for row in rows]


def codes_once_had(session: Session) -> list[str]:
    """Return the codes that lead to facilities now deleted, merged or called otherwise."""
    return list(
        session.scalars(
            text("select old from facility_code_alias union select code from facility_tombstone")
        )
    )


def old_codes(session: Session) -> dict[str, str]:
    """Return the codes that facilities had and nobody has now, with the codes that they lead to."""
    rows = session.execute(
        text(
            "select a.old, f.code from facility_code_alias a join facility f on f.id = a.facility_id "
            "where not exists (select from facility o where o.code = a.old)"
        )
    )
    return {old: now for old, now in rows}


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A facility as far as it is held against others: a point (EPSG:4326) and words."""

    code: str
    name_zh: str
    kind: str
    phone: str | None
    lon: float
    lat: float


def read_neighbours(session: Session, box: tuple[float, float, float, float]) -> list[Neighbour]:
    """Return the facilities in a box of degrees (west, south, east, north)."""
    rows = session.execute(
        text(
            "select code, name_zh, kind_code, phone, st_x(p), st_y(p) from (select *, case when "
            "geometrytype(geom) = 'POINT' then geom else st_pointonsurface(geom) end as p "
            "from facility where geom && st_makeenvelope(:w, :s, :e, :n, 4326)) f order by code"
        ),
        dict(zip("wsen", box, strict=True)),
    )
    return [Neighbour(*row) for row in rows]
