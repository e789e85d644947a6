"""Take a change set back: a new set with before and after swapped, all of it or nothing."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from geoapp.core.acting import act
from geoapp.core.errors import ConflictError, NotAllowedError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.write import lock_facilities
from geoapp.store.history.chain import current_set
from geoapp.store.history.net import Image, NetChange, Op, net_changes, steps_of
from geoapp.store.history.rows import (
    LoggedTable,
    current_images,
    delete_rows,
    dependents_in_the_way,
    fix_output,
    insert_rows,
    logged_tables,
    tables_by_reference,
    update_rows,
)
from geoapp.store.history.sets import Touch, last_touches, stored_set
from geoapp.store.regions import rematch_facilities

Side = Literal["current", "before"]
Keep = Side | Mapping[str, Side]
_Steps = tuple[tuple[Op, list[str]], ...]
ROW = "*"
SET = Text("变更", "change set")
# Follows from positions and outlines unless it was given; a later import of regions is no objection.
_DERIVED = frozenset({"region_code", "region_match", "region_distance_m"})

_RIGHTS = frozenset({"app_user", "user_region", "api_key"})


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


@dataclass(frozen=True, slots=True)
class UndoReport:
    """What was taken back: the new set, and how many rows went, came back and were changed."""

    undone: int
    change_set: int | None
    removed: int
    restored: int
    changed: int
    kept: int


def undo_change_set(
    database: Database,
    settings: Settings,
    set_id: int,
    *,
    keep: Keep | None = None,
    reason: str | None = None,
    administrator: bool = True,
) -> UndoReport:
    """Take a change set back in one transaction.

    Parameters
    ----------
    keep
        How conflicts with later changes are settled: 'current' keeps what is there now, 'before'
        restores what was there before, for all or by a conflict's ``id``. None settles none.
    administrator
        Whether who asks may change users' rights.

    Raises
    ------
    NotFoundError
        If there is no such set.
    UndoConflictError
        If later changes are in the way and not settled; it lists them.
    NotAllowedError
        If the set changed users' rights and who asks is no administrator.
    ConflictError
        If there is nothing to take back, it was taken back already, or other records depend on it.
    """
    with act(undoes=set_id, reason=reason), database.session() as session:
        lock_facilities(session)
        _require_undoable(session, set_id, settling=keep is not None, administrator=administrator)
        fix_output(session)
        plan = _Plan(session, set_id, keep)
        plan.look()
        open_conflicts = plan.unsettled()
        if open_conflicts:
            raise UndoConflictError(open_conflicts)
        plan.carry_out()
        if plan.positions_follow:
            rematch_facilities(session, settings.region_tolerance_m)
        return plan.report(current_set(session))


def _require_undoable(
    session: Session, set_id: int, *, settling: bool, administrator: bool
) -> None:
    stored = stored_set(session, set_id)
    if stored is None:
        raise NotFoundError(SET, str(set_id))
    if not administrator and _RIGHTS & stored.counts.keys():
        raise NotAllowedError(
            Text(
                "这组变更涉及用户权限，只有系统管理员可以撤销。",
                "This set changed users' rights: only an administrator may take it back.",
            )
        )
    if not stored.counts:
        raise ConflictError(
            Text(
                f"变更 {set_id} 没有可以撤销的内容。",
                f"There is nothing to take back in change set {set_id}.",
            )
        )
    standing = [one for one in stored.undone_by if not _is_undone(session, one)]
    if standing and not settling:
        raise ConflictError(
            Text(
                f"变更 {set_id} 已由变更 {standing[-1]} 撤销。",
                f"Change set {set_id} was taken back by {standing[-1]}.",
            )
        )


def _is_undone(session: Session, set_id: int) -> bool:
    stored = stored_set(session, set_id)
    return stored is not None and any(not _is_undone(session, other) for other in stored.undone_by)


class _Plan:
    """What taking a set back comes to, row by row."""

    def __init__(self, session: Session, set_id: int, keep: Keep | None) -> None:
        self.session = session
        self.set_id = set_id
        self.keep = keep
        self.tables = logged_tables(session)
        self.rows = net_changes(steps_of(session, set_id))
        self.conflicts: list[Conflict] = []
        self.work: list[tuple[NetChange, Image | None]] = []
        self.kept = 0
        self.positions_follow = False

    def look(self) -> None:
        """Hold what the set left against what is there now."""
        by_table: dict[str, list[NetChange]] = defaultdict(list)
        for row in self.rows:
            by_table[row.table].append(row)
        now: dict[tuple[str, str], Image] = {}
        touched: dict[tuple[str, str], list[Touch]] = defaultdict(list)
        for name, rows in by_table.items():
            table, keys = self._table(name), [row.key for row in rows]
            for key, image in current_images(self.session, table, keys).items():
                now[name, key] = image
        for touch in last_touches(self.session, self.set_id):
            touched[touch.table, touch.key].append(touch)
        for row in self.rows:
            place = row.table, row.key
            self._look_at(row, now.get(place), touched[place])

    def _table(self, name: str) -> LoggedTable:
        table = self.tables.get(name)
        if table is None:
            raise ConflictError(
                Text(f"表 {name} 已不存在。", f"The table {name} is there no longer.")
            )
        return table

    def _look_at(self, row: NetChange, now: Image | None, touched: list[Touch]) -> None:
        if row.op is Op.INSERT:
            if now is None:
                return  # it is gone already, which is what was asked for
            changed = self._differing(row, now)
            if changed and not self._settled(row, ROW, None, row.after, now, touched):
                return
            self.work.append((row, None))
        elif row.op is Op.DELETE:
            hidden = self._table(row.table).hidden
            if now is not None or hidden:
                self._settled(row, ROW, row.before, None, now, touched, may_take_back=False)
                return
            self.work.append((row, row.before))
        elif now is None:
            self._settled(row, ROW, row.before, row.after, None, touched, may_take_back=False)
        else:
            self._look_at_fields(row, now, touched)

    def _differing(self, row: NetChange, now: Image) -> list[str]:
        """Return the fields that are no longer as the set left them."""
        return [
            name
            for name in row.after.keys() | (now.keys() if row.op is Op.INSERT else set())
            if now.get(name) != row.after.get(name) and not self._follows(row, name, now)
        ]

    def _follows(self, row: NetChange, name: str, now: Image) -> bool:
        """Tell whether a value follows from the position, so that it is found anew."""
        follows = (
            row.table == "facility" and name in _DERIVED and now.get("region_match") != "given"
        )
        self.positions_follow |= follows
        return follows

    def _look_at_fields(self, row: NetChange, now: Image, touched: list[Touch]) -> None:
        hidden = self._table(row.table).hidden
        differing = set(self._differing(row, now))
        back: Image = {}
        for name, value in row.before.items():
            after = row.after[name]
            if name in hidden:
                self._settled(row, name, value, after, None, touched, may_take_back=False)
            elif now.get(name) == after or (
                name in differing
                and now.get(name) != value
                and self._settled(row, name, value, after, now.get(name), touched)
            ):
                back[name] = value
        if back:
            self.work.append((row, back))

    def _settled(
        self,
        row: NetChange,
        name: str,
        before: Any,
        after: Any,
        current: Any,
        touched: list[Touch],
        *,
        may_take_back: bool = True,
    ) -> bool:
        """Note a conflict; tell whether it was settled for what was there before."""
        names = f"{row.table}/{row.key}/{name}"
        side = self.keep if isinstance(self.keep, str) else (self.keep or {}).get(names)
        if side == "before" and may_take_back:
            return True
        if side == "current":
            self.kept += 1
            return False
        later = next((one for one in touched if name == ROW or one.touches(name)), None)
        self.conflicts.append(
            Conflict(
                id=names,
                table=row.table,
                key=row.key,
                field=name,
                before=before,
                after=after,
                current=current,
                later=later,
                may_take_back=may_take_back,
            )
        )
        return False

    def unsettled(self) -> list[Conflict]:
        """Return the conflicts that nothing was said of, in the order of the set."""
        return self.conflicts

    def carry_out(self) -> None:
        """Write, table by table.

        Rows come back before others refer to them again, and go after the last reference to them
        is gone. Only where one that comes back needs the code or place of one that goes, the rows
        go first.
        """
        order = tables_by_reference(self.session)
        steps = ((Op.DELETE, order), (Op.UPDATE, order), (Op.INSERT, order[::-1]))
        if not self._try(steps):
            with dependents_in_the_way(self.session):
                self._write_all(steps[::-1])
        self._refuse_losses()

    def _try(self, steps: _Steps) -> bool:
        try:
            with dependents_in_the_way(self.session):
                self._write_all(steps)
        except ConflictError:
            return False
        return True

    def _write_all(self, steps: _Steps) -> None:
        groups: dict[tuple[Op, str], list[tuple[NetChange, Image]]] = defaultdict(list)
        for row, image in self.work:
            groups[row.op, row.table].append((row, image or {}))
        for op, names in steps:
            for name in names:
                rows = groups.get((op, name))
                if rows is None:
                    continue
                table = self._table(name)
                if op is Op.INSERT:
                    delete_rows(self.session, table, [row.key for row, _ in rows])
                elif op is Op.DELETE:
                    insert_rows(self.session, table, [image for _, image in rows])
                else:
                    update_rows(self.session, table, [(row.key, image) for row, image in rows])

    def _refuse_losses(self) -> None:
        """Refuse where rows went along that the set had not made: they hang on what it made."""
        new = current_set(self.session)
        if new is None:
            return
        made = {(row.table, row.key) for row in self.rows}
        lost = [
            row
            for row in net_changes(steps_of(self.session, new))
            if row.op is Op.DELETE and (row.table, row.key) not in made
        ]
        if lost:
            raise UndoConflictError(
                [
                    Conflict(
                        id=f"{row.table}/{row.key}/{ROW}",
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
            )

    def report(self, new: int | None) -> UndoReport:
        """Return what was done."""
        ops = [row.op for row, _ in self.work]
        return UndoReport(
            undone=self.set_id,
            change_set=new,
            removed=ops.count(Op.INSERT),
            restored=ops.count(Op.DELETE),
            changed=ops.count(Op.UPDATE),
            kept=self.kept,
        )


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


def undo_document(done: UndoReport) -> dict[str, Any]:
    """Return what was taken back as programs read it."""
    return {
        "undone": done.undone,
        "change_set": done.change_set,
        "removed": done.removed,
        "restored": done.restored,
        "changed": done.changed,
        "kept": done.kept,
    }
