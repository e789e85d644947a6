"""Named queries on facilities that may be one: what is compared, and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.core.words import Status

Verdict = Literal["different", "later"]

_POINT: Final = (
    "case when geometrytype(geom) = 'POINT' then geom else st_pointonsurface(geom) end as p"
)


@dataclass(frozen=True, slots=True)
class Compared:
    """The facilities that are held against each other, column by column, in order of their number.

    ``lon`` and ``lat`` are degrees, EPSG:4326; of an area, those of a point inside it.
    """

    ids: Sequence[int]
    codes: Sequence[str]
    names: Sequence[str]
    kinds: Sequence[str]
    phones: Sequence[str | None]
    regions: Sequence[str | None]
    lon: Sequence[float]
    lat: Sequence[float]


def read_compared(session: Session) -> Compared:
    """Return the facilities that stand somewhere and are not closed for good."""
    rows = session.execute(
        text(
            "select id, code, name_zh, kind_code, phone, region_code, st_x(p), st_y(p) from ("
            f"select *, {_POINT} from facility where status <> :closed and geom is not null) f "
            "order by id"
        ),
        {"closed": Status.CLOSED},
    ).all()
    return Compared(*(zip(*rows, strict=True) if rows else ((),) * 8))


def related_pairs(session: Session) -> set[tuple[int, int]]:
    """Return the facilities of which one is part of the other, the smaller number first."""
    rows = session.execute(
        text("select least(whole_id, part_id), greatest(whole_id, part_id) from facility_part")
    )
    return {(first, second) for first, second in rows}


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of two facilities, by whom, when, and by which names and places.

    Places are (lon, lat), WGS-84, or None where one stood nowhere.
    """

    first: int
    second: int
    verdict: Verdict
    decided_by: str | None
    decided_at: datetime
    names: tuple[str, str]
    places: tuple[tuple[float, float] | None, tuple[float, float] | None]


def decisions(session: Session) -> dict[tuple[int, int], Decision]:
    """Return all decisions by the two facilities, the smaller number first."""
    rows = session.execute(
        text(
            "select first_id, second_id, verdict, decided_by, decided_at, first_name, second_name, "
            "st_x(first_place), st_y(first_place), st_x(second_place), st_y(second_place) "
            "from duplicate_decision"
        )
    )
    return {
        (row[0], row[1]): Decision(
            row[0],
            row[1],
            row[2],
            row[3],
            row[4],
            (row[5], row[6]),
            (
                None if row[7] is None else (row[7], row[8]),
                None if row[9] is None else (row[9], row[10]),
            ),
        )
        for row in rows
    }


def write_decision(
    session: Session, first: int, second: int, verdict: Verdict, who: str | None
) -> None:
    """Store what somebody decided of two facilities, with their names and places of now."""
    session.execute(
        text(
            "insert into duplicate_decision (first_id, second_id, verdict, decided_by, first_name, "
            "second_name, first_place, second_place) "
            "select a.id, b.id, :verdict, :who, a.name_zh, b.name_zh, a.p, b.p "
            f"from (select id, name_zh, {_POINT} from facility where id = :first) a, "
            f"(select id, name_zh, {_POINT} from facility where id = :second) b "
            "on conflict (first_id, second_id) do update set verdict = excluded.verdict, "
            "decided_by = excluded.decided_by, decided_at = excluded.decided_at, "
            "first_name = excluded.first_name, second_name = excluded.second_name, "
            "first_place = excluded.first_place, second_place = excluded.second_place"
        ),
        {
            "first": min(first, second),
            "second": max(first, second),
            "verdict": verdict,
            "who": who,
        },
    )


def delete_decision(session: Session, first: int, second: int) -> bool:
    """Forget what was decided of two facilities; return whether anything was."""
    gone = session.execute(
        text(
            "delete from duplicate_decision where first_id = :first and second_id = :second "
            "returning first_id"
        ),
        {"first": min(first, second), "second": max(first, second)},
    ).all()
    return bool(gone)
