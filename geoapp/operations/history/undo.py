"""Take a change set back: a new set with before and after swapped, all of it or nothing."""

from geoapp.core.acting import act
from geoapp.core.errors import ConflictError, NotAllowedError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.operations.history.conflicts import UndoConflictError
from geoapp.operations.history.plan import Keep, Plan, UndoReport
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.write import lock_facilities
from geoapp.store.history.chain import current_set
from geoapp.store.history.rows import fix_output
from geoapp.store.history.sets import stored_set
from geoapp.store.regions import rematch_facilities

SET = Text("变更", "change set")
_RIGHTS = frozenset({"app_user", "user_region", "api_key", "user_identity", "second_factor"})


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
        plan = Plan(session, set_id, keep)
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
