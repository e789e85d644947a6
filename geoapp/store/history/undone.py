"""How far a change set was taken back: not at all, in part, whole; and which part is left."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy.orm import Session

from geoapp.core.results.undo import Undone
from geoapp.store.history.net import NetChange, Op, net_changes, steps_of
from geoapp.store.history.sets import StoredSet, stored_set

# A row that came or went (no field), or one field of a row.
Part = tuple[str, str, str | None]


def how_far_undone(session: Session, stored: StoredSet) -> tuple[Undone, StoredSet | None]:
    """Return how far a set was taken back, and the last undo of it that stands."""
    standing: StoredSet | None = None
    lost_later = False
    for number in reversed(stored.undone_by):
        undoing = stored_set(session, number)
        if undoing is None:
            continue
        far, by = how_far_undone(session, undoing)
        if standing is None:
            if far is Undone.WHOLE:
                continue
            standing = undoing
            if undoing.kept or far is Undone.IN_PART:
                return Undone.IN_PART, standing
        else:
            # The last one left what this one had taken back; since then that is there again.
            lost_later |= by is not None and by.id > standing.id
    if standing is None:
        return Undone.NO, None
    return (Undone.IN_PART if lost_later else Undone.WHOLE), standing


def undone_parts(session: Session, stored: StoredSet) -> set[Part]:
    """Return what undos that stand did to the rows of a set and others."""
    found: set[Part] = set()
    for number in stored.undone_by:
        undoing = stored_set(session, number)
        if undoing is not None:
            did = _parts(net_changes(steps_of(session, number)))
            found |= did - undone_parts(session, undoing)
    return found


def _parts(rows: Iterable[NetChange]) -> set[Part]:
    return {
        (row.table, row.key, name)
        for row in rows
        for name in (row.after if row.op is Op.UPDATE else (None,))
    }


def without_parts(rows: Iterable[NetChange], parts: set[Part]) -> list[NetChange]:
    """Return the rows, and of changed ones the fields, that are left."""
    left = []
    for row in rows:
        if (row.table, row.key, None) in parts:
            continue
        names = [name for name in row.after if (row.table, row.key, name) not in parts]
        if row.op is not Op.UPDATE or len(names) == len(row.after):
            left.append(row)
        elif names:
            before = {name: row.before[name] for name in names}
            left.append(
                replace(row, before=before, after={name: row.after[name] for name in names})
            )
    return left
