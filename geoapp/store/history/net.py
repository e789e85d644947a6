"""What a change set did to each row in the end, however many steps it took."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

Image = dict[str, Any]


class Op(StrEnum):
    """What happened to a row."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the log, as written; an image of a whole row leaves out what is null."""

    seq: int
    table: str
    key: str
    belongs: tuple[str, ...]
    op: Op
    before: Image | None
    after: Image | None


@dataclass(slots=True)
class NetChange:
    """What a set did to one row.

    Attributes
    ----------
    op
        insert: ``after`` is the row as it was left; delete: ``before`` is the row as it was found;
        update: both hold the fields that differ, by the same names.
    seq
        When the row was touched last.
    """

    table: str
    key: str
    belongs: tuple[str, ...]
    seq: int
    op: Op
    before: Image = field(default_factory=dict)
    after: Image = field(default_factory=dict)


def net_changes(steps: Iterable[Step]) -> list[NetChange]:
    """Join the steps of each row; rows that end as they began are left out.

    Parameters
    ----------
    steps
        Of one set, in order.

    Returns
    -------
    In the order in which the rows were touched last.
    """
    rows: dict[tuple[str, str], NetChange | None] = {}
    for step in steps:
        place = step.table, step.key
        known = rows.pop(place, None)  # put back at the end: the order is that of the last touch
        if known is None:
            rows[place] = NetChange(
                *(step.table, step.key, step.belongs, step.seq, step.op),
                *(dict(step.before or {}), dict(step.after or {})),
            )
        else:
            rows[place] = _joined(known, step)
    return [row for row in rows.values() if row is not None]


def _joined(known: NetChange, step: Step) -> NetChange | None:
    """Return what a row's earlier steps and one more come to; None if to nothing."""
    found = NetChange(known.table, known.key, step.belongs or known.belongs, step.seq, known.op)
    after = step.after or {}
    if step.op is Op.DELETE:
        if known.op is Op.INSERT:
            return None
        found.op = Op.DELETE
        # The row as it was found first: as it was left, with what had been changed put back.
        found.before = _filled((step.before or {}) | known.before)
    elif known.op is Op.INSERT:
        found.after = _filled(known.after | after)
    elif known.op is Op.DELETE:
        names = known.before.keys() | after.keys()
        found.op = Op.UPDATE
        found.before = {name: known.before.get(name) for name in names}
        found.after = {name: after.get(name) for name in names}
    else:
        found.before = (step.before or {}) | known.before
        found.after = known.after | after
    if found.op is Op.UPDATE:
        same = [name for name, value in found.before.items() if found.after[name] == value]
        for name in same:
            del found.before[name], found.after[name]
        if not found.after:
            return None
    return found


def _filled(image: Image) -> Image:
    return {name: value for name, value in image.items() if value is not None}


_STEPS = text(
    "select seq, table_name, key, belongs, op, before, after from change "
    "where set_id = :set_id order by seq"
)


def steps_of(session: Session, set_id: int) -> list[Step]:
    """Return what a set did, step by step."""
    return [
        Step(seq, table, key, tuple(belongs or ()), Op(op), before, after)
        for seq, table, key, belongs, op, before, after in session.execute(
            _STEPS, {"set_id": set_id}
        )
    ]
