"""What stands in the way of taking a change set back."""

from dataclasses import dataclass
from typing import Any

from geoapp.core.errors import ConflictError
from geoapp.core.i18n import Text
from geoapp.store.history.net import NetChange
from geoapp.store.history.sets import Touch

ROW = "*"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value that is no longer what the set left, so that it is not taken back unasked.

    Attributes
    ----------
    id
        Names it when it is settled: table, key and field.
    field
        The column, or ``*`` where it is about the whole row.
    before
        What taking it back would restore; None also where the row was not there.
    after
        What the set left.
    current
        What is there now.
    later
        Who touched it last since, if the log says so.
    may_take_back
        Whether ``before`` may be chosen; where it may not, only ``current`` settles it.
    """

    id: str
    table: str
    key: str
    field: str
    before: Any
    after: Any
    current: Any
    later: Touch | None
    may_take_back: bool = True


class UndoConflictError(ConflictError):
    """Later changes are in the way; nothing was taken back (HTTP 409)."""

    def __init__(self, conflicts: list[Conflict]) -> None:
        count = len(conflicts)
        super().__init__(
            Text(
                f"有 {count} 处后来又改过，没有撤销任何内容；请逐处选择保留现在的值，还是恢复原来的值。",
                f"Changed again since: {count}; nothing was taken back. Choose for each whether to "
                "keep what is there now or to restore what was there before.",
            )
        )
        self.conflicts = conflicts


class LossError(Exception):
    """What others wrote would be lost."""

    def __init__(self, lost: list[NetChange]) -> None:
        super().__init__()
        self.lost = lost


def loss_id(row: NetChange) -> str:
    """Name the conflict about a row that would be lost."""
    return f"{row.table}/{row.key}/{ROW}"


def losses(lost: list[NetChange]) -> list[Conflict]:
    """Return the conflicts about rows that would be lost; only keeping them settles one."""
    return [
        Conflict(
            id=loss_id(row),
            table=row.table,
            key=row.key,
            field=ROW,
            before=None,
            after=None,
            current=row.before,
            later=None,
            may_take_back=False,
        )
        for row in lost
    ]


def conflict_documents(conflicts: list[Conflict]) -> list[dict[str, Any]]:
    """Return conflicts as programs read them."""
    return [
        {
            "id": one.id,
            "table": one.table,
            "key": one.key,
            "field": one.field,
            "before": one.before,
            "after": one.after,
            "current": one.current,
            "changed_by": None if one.later is None else one.later.set_id,
            "may_take_back": one.may_take_back,
        }
        for one in conflicts
    ]
