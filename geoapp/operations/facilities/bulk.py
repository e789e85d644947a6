"""Change many facilities at once: chosen, looked at field by field, made in one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from geoapp.core.acting import act
from geoapp.core.errors import ConflictError, NotFoundError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.limits import BULK_DAYS, MOST_BULK
from geoapp.core.settings import Settings
from geoapp.operations.facilities.bulk_preview import (
    BulkChanges,
    BulkPreview,
    check_changes,
    look,
    write_edits,
)
from geoapp.operations.facilities.read import check_kinds, check_region
from geoapp.store.engine import Database, Session
from geoapp.store.facilities import bulk as store
from geoapp.store.facilities.read import FacilityFilter
from geoapp.store.facilities.write import lock_facilities
from geoapp.store.history.chain import current_set

_BULK: Final = Text("批量修改", "bulk edit")


@dataclass(frozen=True, slots=True)
class Bulk:
    """A bulk edit as it is now.

    Attributes
    ----------
    asked
        The query of the list that the facilities come from.
    statuses
        How many of the facilities have which status now.
    done
        What became of it, None before it is applied.
    """

    number: int
    asked: str
    facilities: int
    statuses: dict[str, int]
    changes: BulkChanges
    done: dict[str, Any] | None


def begin_bulk(
    database: Database,
    user_id: int,
    asked: str,
    *,
    wanted: FacilityFilter | None = None,
    codes: Sequence[str] = (),
) -> int:
    """Keep which facilities are to be changed, all of a list or those of some codes.

    Raises
    ------
    UnusableInputError
        If there are none, or too many.
    InvalidValueError
        If a kind or region of the list is not known.
    """
    with database.session() as session:
        store.sweep_bulks(session)
        if wanted is None:
            found = store.chosen_facilities(session, codes, MOST_BULK + 1)
        else:
            check_kinds(session, wanted.kinds)
            check_region(session, wanted.region)
            found = store.found_facilities(session, wanted, MOST_BULK + 1)
        if not found:
            raise UnusableInputError(
                Text(
                    "没有选中设施：请先勾选几处，或修改清单里的全部。",
                    "No facility is chosen: tick some, or change all of the list.",
                )
            )
        if len(found) > MOST_BULK:
            raise UnusableInputError(
                Text(
                    f"清单超过 {MOST_BULK:,} 处，一次最多改这么多；请加条件分几次改，或用导入。",
                    f"The list holds more than {MOST_BULK:,} facilities, which is the most for one "
                    "time: narrow it down, or import a file.",
                )
            )
        return store.add_bulk(session, user_id, asked, found, BULK_DAYS)


def read_bulk(database: Database, user_id: int, number: int) -> Bulk:
    """Return somebody's own bulk edit.

    Raises
    ------
    NotFoundError
        If there is none: it is another's, was given up, or has run out.
    """
    with database.snapshot() as session:
        row = _found(session, user_id, number)
        return Bulk(
            row.id,
            row.asked,
            len(row.facility_ids),
            store.count_statuses(session, row.facility_ids),
            BulkChanges.model_validate(row.changes),
            row.done,
        )


def give_up_bulk(database: Database, user_id: int, number: int) -> None:
    """Forget a bulk edit.

    Raises
    ------
    NotFoundError
        If there is no such bulk edit.
    """
    with database.session() as session:
        if not store.delete_bulk(session, user_id, number):
            raise NotFoundError(_BULK, str(number))


def choose_changes(
    database: Database,
    settings: Settings,
    user_id: int,
    number: int,
    changes: BulkChanges,
    within: Collection[str] | None,
) -> None:
    """Keep what the facilities are to get, and at which versions they are.

    Parameters
    ----------
    within
        The regions in which who asks may edit; None is everywhere.

    Raises
    ------
    InvalidValueError
        Naming the first field whose value no facility could get.
    NotFoundError
        If there is no such bulk edit.
    """
    with database.session() as session:
        row = _found(session, user_id, number, lock=True)
        if row.done is not None:
            return
        check_changes(session, settings, changes, within)
        now = store.revs_of(session, row.facility_ids)
        row.changes = changes.model_dump()
        row.revs = [
            now.get(facility, rev) for facility, rev in zip(row.facility_ids, row.revs, strict=True)
        ]


def preview_bulk(
    database: Database,
    settings: Settings,
    user_id: int,
    number: int,
    within: Collection[str] | None,
) -> BulkPreview:
    """Tell what a bulk edit would do; nothing is written.

    Raises
    ------
    NotFoundError
        If there is no such bulk edit.
    """
    with database.session() as session:
        return look(session, settings, _found(session, user_id, number), within).preview


def apply_bulk(
    database: Database,
    settings: Settings,
    user_id: int,
    number: int,
    within: Collection[str] | None,
    *,
    seen: str,
    reason: str,
) -> dict[str, Any]:
    """Change all facilities that may be changed in one transaction, and return what became of it.

    Pressed twice, it is done once.

    Parameters
    ----------
    seen
        What the preview said; where any of the facilities or the outcome is another since, nothing
        is written.

    Raises
    ------
    ConflictError
        If something is another since, or there is nothing to change.
    InvalidValueError
        If the dates of what a facility was would contradict their order; nothing is written.
    NotFoundError
        If there is no such bulk edit.
    """
    with act(reason=reason), database.session() as session:
        row = _found(session, user_id, number, lock=True)
        if row.done is not None:
            return row.done
        # Nobody changes the register between this and the end.
        lock_facilities(session)
        looked = look(session, settings, row, within)
        preview = looked.preview
        if preview.seen != seen:
            raise ConflictError(
                Text(
                    "您看过之后，有设施被他人改动，什么都还没有改；请看过下面的新结果再按一次。",
                    "Facilities were changed by somebody else since you looked, and nothing was "
                    "written: look at the new result below and press again.",
                )
            )
        if not preview.changed:
            raise ConflictError(Text("没有要改的设施。", "There is nothing to change."))
        for reading in looked.readings:
            write_edits(session, settings, reading, dry_run=False)
        row.done = {
            "changed": len(preview.changed),
            "unchanged": len(preview.unchanged),
            "refused": len(preview.refused),
            "gone": len(preview.gone),
            "change_set": current_set(session),
        }
        return row.done


def _found(session: Session, user_id: int, number: int, *, lock: bool = False) -> store.BulkEdit:
    row = store.find_bulk(session, user_id, number, lock=lock)
    if row is None:
        raise NotFoundError(_BULK, str(number))
    return row
