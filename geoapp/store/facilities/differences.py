"""What a write of facilities would change, field by field, read from the rows that are staged."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.store.facilities.columns import COLUMNS, WRITTEN

MOST_DESCRIBED: Final = 1000
Listing = Literal["new", "changed", "same"]
_LISTED: Final[Mapping[Listing, str]] = {
    "new": "s.id is null",
    "changed": "s.id is not null and s.changed",
    "same": "s.id is not null and not s.changed",
}
_NAMES: Final = {one.column: one.name for one in COLUMNS}
# They follow from the place; alone they are told, beside it they say nothing new.
_FOLLOWING: Final = frozenset({"region_match", "region_distance_m"})


@dataclass(frozen=True, slots=True)
class Difference:
    """A facility that is new (``changes`` is None), or each field that changes: before and after.

    Positions are GeoJSON geometries; ``places`` of a facility that moves are named without content.
    """

    code: str
    name_zh: str
    changes: dict[str, tuple[Any, Any]] | None


def read_differences(session: Session, most: int = MOST_DESCRIBED) -> tuple[Difference, ...]:
    """Return the first differences between the staged rows and the store, in the file's order."""
    return _read(session, "s.id is null or s.changed", 0, most)


def read_staged(
    session: Session, which: Listing, *, offset: int, most: int
) -> tuple[Difference, ...]:
    """Return some of the staged rows that are new, change or stay, in the file's order."""
    return _read(session, _LISTED[which], offset, most)


def _read(session: Session, which: str, offset: int, most: int) -> tuple[Difference, ...]:
    rows = session.execute(
        text(
            "select s.code, s.name_zh, case when s.id is not null then to_jsonb(f) end, "
            "to_jsonb(s), s.moved from staged s left join facility f on f.id = s.id "
            f"where {which} order by s.n offset :offset limit :most"
        ),
        {"offset": offset, "most": most},
    )
    return tuple(
        Difference(code, name, None if before is None else _changes(before, after, moved))
        for code, name, before, after, moved in rows
    )


def _changes(
    before: dict[str, Any], after: dict[str, Any], moved: bool
) -> dict[str, tuple[Any, Any]]:
    changes = {
        _NAMES.get(column, column): (before[column], after[column])
        for column in WRITTEN
        if before[column] != after[column]
    }
    if moved:
        changes["places"] = (None, None)
    if set(changes) - _FOLLOWING:
        return {name: pair for name, pair in changes.items() if name not in _FOLLOWING}
    return changes
