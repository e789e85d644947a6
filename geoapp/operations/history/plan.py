"""What taking a change set back comes to, row by row."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final, Literal

from geoapp.core.errors import ConflictError
from geoapp.core.i18n import Text
from geoapp.core.results.undo import UndoReport
from geoapp.operations.history.conflicts import (
    ROW,
    Conflict,
    LossError,
    UndoConflictError,
    loss_id,
    losses,
)
from geoapp.store.engine import Session
from geoapp.store.facilities.states import (
    STATES,
    let_states_follow,
    restoring_states,
    without_taken,
    wrong_steps,
)
from geoapp.store.history.chain import current_set, note_kept
from geoapp.store.history.erased import (
    Erasure,
    content_of,
    erased_since,
    owner_and_content,
    there_already,
)
from geoapp.store.history.net import Image, NetChange, Op, net_changes, steps_of
from geoapp.store.history.rows import (
    LoggedTable,
    current_images,
    delete_rows,
    dependents_in_the_way,
    insert_rows,
    logged_tables,
    tables_by_reference,
    update_rows,
)
from geoapp.store.history.sets import StoredSet, Touch, last_touches
from geoapp.store.history.undone import undone_parts, without_parts

Side = Literal["current", "before"]
Keep = Side | Mapping[str, Side]
_Steps = tuple[tuple[Op, list[str]], ...]
# Follows from positions and outlines unless it was given; a later import of regions is no objection.
_DERIVED: Final = frozenset({"region_code", "region_match", "region_distance_m"})


class Plan:
    """What taking a set back comes to, row by row; without what was taken back of it before."""

    def __init__(self, session: Session, stored: StoredSet, keep: Keep | None) -> None:
        self.session = session
        self.set_id = stored.id
        self.set_at = stored.at
        self.keep = keep
        self.tables = logged_tables(session)
        every = net_changes(steps_of(session, stored.id))
        self._made = {(row.table, row.key) for row in every}
        self.rows = without_parts(every, undone_parts(session, stored))
        self.conflicts: list[Conflict] = []
        self.work: list[tuple[NetChange, Image | None]] = []
        self.kept = 0
        self._may_follow = 0
        self._keeps_status: set[str] = set()
        self.erased: list[Erasure] = []
        self.already_there = 0
        self.positions_follow = False
        self._own_facilities = {
            f"facility:{row.key}" for row in self.rows if row.table == "facility"
        }
        self._now: dict[str, Image] = {}
        self._later: dict[str, Touch] = {}

    def look(self) -> None:
        """Hold what the set left against what is there now."""
        by_table: dict[str, list[NetChange]] = defaultdict(list)
        for row in self.rows:
            by_table[row.table].append(row)
        now: dict[tuple[str, str], Image] = {}
        erased: dict[str, Erasure] = {}
        there: set[tuple[str, str]] = set()
        touched: dict[tuple[str, str], list[Touch]] = defaultdict(list)
        for name, rows in by_table.items():
            table, keys = self._table(name), [row.key for row in rows]
            for key, image in current_images(self.session, table, keys).items():
                now[name, key] = image
            named = (content_of(name, row.before) for row in rows if row.op is Op.DELETE)
            gone = {one for one in named if one is not None}
            erased |= erased_since(self.session, name, gone, self.set_at)
            back = (owner_and_content(name, row.before) for row in rows if row.op is Op.DELETE)
            there |= there_already(self.session, name, {one for one in back if one is not None})
        for touch in last_touches(self.session, self.set_id):
            touched[touch.table, touch.key].append(touch)
            if touch.table == "facility" and touch.touches("status"):
                self._later.setdefault(touch.key, touch)
        self._now = {key: image for (name, key), image in now.items() if name == "facility"}
        for row in self.rows:
            place = row.table, row.key
            if row.op is Op.DELETE and (
                erasure := erased.get(content_of(row.table, row.before) or "")
            ):
                self.erased.append(erasure)
                continue
            if (
                row.op is Op.DELETE
                and place not in now
                and owner_and_content(row.table, row.before) in there
            ):
                self.already_there += 1
                continue
            self._look_at(row, now.get(place), touched[place])
        # A status that stays keeps the state that it is a step of.
        self.work = [
            (row, image)
            for row, image in self.work
            if row.table != STATES or self._keeps_status.isdisjoint(row.belongs)
        ]

    def _table(self, name: str) -> LoggedTable:
        table = self.tables.get(name)
        if table is None:
            raise ConflictError(
                Text(f"表 {name} 已不存在。", f"The table {name} is there no longer.")
            )
        return table

    def _goes_with_facility(self, row: NetChange) -> bool:
        """Tell whether a state follows from a facility that the set changed too."""
        return row.table == STATES and not self._own_facilities.isdisjoint(row.belongs)

    def _look_at(self, row: NetChange, now: Image | None, touched: list[Touch]) -> None:
        if now is None and row.op is Op.UPDATE and self._goes_with_facility(row):
            return
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
        if row.table == STATES:
            return name == "to_on" or self._goes_with_facility(row)
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
            self._may_follow += may_take_back
            if row.table == "facility" and name in (ROW, "status"):
                self._keeps_status.add(f"facility:{row.key}")
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
        go first. What others wrote since and would go along, such as workers' stars, is never lost:
        where it is settled to keep what is there now, what it hangs on stays.
        """
        lost = self._write()
        if not lost:
            return
        held = self._held_by(lost)
        self.kept += len(lost)
        self._may_follow += len(held)
        self.work = [one for one in self.work if not self._hangs_on(one[0], held)]
        if not self.work:
            return
        if still := self._write():
            raise UndoConflictError(losses(still))

    def _held_by(self, lost: list[NetChange]) -> set[str]:
        """Return the records of the set that rows hang on which would be lost, and are to be kept.

        Raises
        ------
        UndoConflictError
            If it is not settled that they are.
        """
        settled = {
            row.key: self.keep
            if isinstance(self.keep, str)
            else (self.keep or {}).get(loss_id(row))
            for row in lost
        }
        open_losses = [row for row in lost if settled[row.key] != "current"]
        if open_losses:
            raise UndoConflictError(losses(open_losses))
        made = {f"{row.table}:{row.key}" for row, _ in self.work if row.op is Op.INSERT}
        # Tallies are logged without saying what they belong to.
        held = made & {
            record
            for row in lost
            for record in (*row.belongs, f"facility:{row.before.get('facility_id')}")
        }
        if not held:
            raise UndoConflictError(losses(lost))
        return held

    @staticmethod
    def _hangs_on(row: NetChange, held: set[str]) -> bool:
        return f"{row.table}:{row.key}" in held or not held.isdisjoint(row.belongs)

    def _write(self) -> list[NetChange]:
        """Write the work; return what others wrote that would be lost, with nothing done then."""
        try:
            with self.session.begin_nested():
                self._write_whole()
                if lost := self._losses():
                    raise LossError(lost)
        except LossError as error:
            return error.lost
        return []

    def _write_whole(self) -> None:
        note_kept(self.session, self._may_follow)
        restoring_states(self.session)
        facilities = self._facilities()
        wrong = wrong_steps(self.session, facilities)
        order = tables_by_reference(self.session)
        steps = ((Op.DELETE, order), (Op.UPDATE, order), (Op.INSERT, order[::-1]))
        if not self._try(steps):
            with dependents_in_the_way(self.session):
                self._write_all(steps[::-1])
        let_states_follow(self.session, facilities)
        self._refuse_steps(wrong_steps(self.session, facilities) - wrong)

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
                    images = [image for _, image in rows]
                    if name == STATES:
                        images = without_taken(self.session, images)
                    insert_rows(self.session, table, images)
                else:
                    update_rows(self.session, table, [(row.key, image) for row, image in rows])

    def facilities_back(self) -> list[int]:
        """Return the numbers of the facilities that come back."""
        return sorted(
            int(row.key) for row, _ in self.work if row.table == "facility" and row.op is Op.DELETE
        )

    def _facilities(self) -> list[int]:
        """Return the numbers of the facilities whose row or states are taken back."""
        own = {row.key for row, _ in self.work if row.table == "facility"}
        theirs = {
            record.partition(":")[2]
            for row, _ in self.work
            if row.table == STATES
            for record in row.belongs
        }
        return sorted(map(int, own | theirs))

    def _refuse_steps(self, wrong: set[int]) -> None:
        """Refuse the statuses that would leave a facility with states that never follow each other.

        Taking a step back is no step: closed becomes open again when the closing is taken back. But
        what is kept of later steps must still follow from what is left.
        """
        if wrong:
            raise UndoConflictError(
                [
                    Conflict(
                        id=f"facility/{row.key}/status",
                        table="facility",
                        key=row.key,
                        field="status",
                        before=row.before.get("status"),
                        after=row.after.get("status"),
                        current=self._now.get(row.key, {}).get("status"),
                        later=self._later.get(row.key),
                        may_take_back=False,
                    )
                    for row in self.rows
                    if row.table == "facility" and int(row.key) in wrong
                ]
            )

    def _losses(self) -> list[NetChange]:
        """Return the rows that went along and the set had not made: they hang on what it made."""
        new = current_set(self.session)
        if new is None:
            return []
        return [
            row
            for row in net_changes(steps_of(self.session, new))
            # States go with their facility.
            if row.op is Op.DELETE
            and (row.table, row.key) not in self._made
            and row.table != STATES
        ]

    def report(self, new: int | None) -> UndoReport:
        """Return what was done."""
        told = [row.op for row, _ in self.work if row.table != STATES]
        # States go and come with their facilities, which are counted.
        ops = told or [row.op for row, _ in self.work]
        return UndoReport(
            undone=self.set_id,
            change_set=new,
            removed=ops.count(Op.INSERT),
            restored=ops.count(Op.DELETE),
            changed=ops.count(Op.UPDATE),
            kept=self.kept,
            erased=len(self.erased),
            already_there=self.already_there,
        )


def undo_document(done: UndoReport) -> dict[str, Any]:
    """Return what was taken back as programs read it."""
    return {
        "undone": done.undone,
        "change_set": done.change_set,
        "removed": done.removed,
        "restored": done.restored,
        "changed": done.changed,
        "kept": done.kept,
        "erased": done.erased,
        "already_there": done.already_there,
    }
