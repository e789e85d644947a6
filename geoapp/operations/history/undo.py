"""Take a change set back: a new set with before and after swapped, all of it or nothing."""

from geoapp.core.acting import act, acting
from geoapp.core.errors import ConflictError, NotAllowedError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.results.undo import Undone, UndoReport
from geoapp.core.settings import Settings
from geoapp.core.units import format_moment
from geoapp.operations.deciders import check_undo
from geoapp.operations.history.conflicts import UndoConflictError
from geoapp.operations.history.plan import Keep, Plan
from geoapp.operations.weighing import weigh_at
from geoapp.reports.words.history import actor_text
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.write import lock_facilities
from geoapp.store.history.chain import current_set
from geoapp.store.history.erased import Erasure
from geoapp.store.history.rows import fix_output
from geoapp.store.history.sets import StoredSet, stored_set
from geoapp.store.history.undone import how_far_undone
from geoapp.store.regions import rematch_facilities
from geoapp.store.voices_merged import lock_reports_back, take_reports_back

SET = Text("变更", "change set")
_RIGHTS = frozenset(
    {"app_user", "user_region", "api_key", "share", "user_identity", "second_factor", "webhook"}
)
# What no steward writes by any other way: it holds for the whole city.
_OF_ALL = frozenset(
    {"publication", "coverage_schedule", "report_schedule", "region", "kind", "amenity"}
    | {"amenity_standard", "amenity_standard_item", "calendar_day", "calendar_year"}
)
_NOT_KEPT_TO_REGIONS = frozenset({"service_item"})


def undo_change_set(
    database: Database,
    settings: Settings,
    set_id: int,
    *,
    keep: Keep | None = None,
    reason: str | None = None,
    administrator: bool = True,
) -> UndoReport:
    """Take a change set back in one transaction, or what is left of one that was taken back in part.

    Parameters
    ----------
    keep
        How conflicts with later changes are settled: 'current' keeps what is there now, 'before'
        restores what was there before, for all or by a conflict's ``id``. None settles none.
    administrator
        Whether who asks may change users' rights and what holds for all: published results,
        regions, vocabularies, the calendar.

    Raises
    ------
    NotFoundError
        If there is no such set.
    UndoConflictError
        If later changes are in the way and not settled; it lists them.
    NotAllowedError
        If the set changed users' rights or what holds for all and who asks is no administrator; or
        services, which are for all regions, and who asks is kept to some; or decided on an
        application, and the decision is not for who asks.
    ConflictError
        If there is nothing to take back, it was taken back already, what it removed was erased for
        good or is there again, or other records depend on it.
    """
    with act(undoes=set_id, reason=reason), database.session() as session:
        lock_reports_back(session, set_id)
        lock_facilities(session)
        stored = _require_undoable(session, settings, set_id, administrator=administrator)
        fix_output(session)
        plan = Plan(session, stored, keep)
        plan.look()
        open_conflicts = plan.unsettled()
        if open_conflicts:
            raise UndoConflictError(open_conflicts)
        if not plan.work and not plan.kept:
            _refuse_nothing(settings, plan)
        plan.carry_out()
        for facility in take_reports_back(session, plan.facilities_back()):
            weigh_at(session, settings, facility)
        if plan.positions_follow:
            rematch_facilities(session, settings.region_tolerance_m)
        return plan.report(current_set(session))


def is_for_administrators(stored: StoredSet) -> bool:
    """Tell whether only an administrator may take a set back."""
    return bool((_RIGHTS | _OF_ALL) & stored.counts.keys())


def _require_undoable(
    session: Session, settings: Settings, set_id: int, *, administrator: bool
) -> StoredSet:
    """Return the set, once it is one that may be taken back."""
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
    if not administrator and _OF_ALL & stored.counts.keys():
        raise NotAllowedError(
            Text(
                "这组变更涉及公布的结果、区域、词表或日历，只有系统管理员可以撤销。",
                "This set changed published results, regions, vocabularies or the calendar: only an "
                "administrator may take it back.",
            )
        )
    who = acting()
    if who is not None and who.regions and _NOT_KEPT_TO_REGIONS & stored.counts.keys():
        raise NotAllowedError(
            Text(
                "服务事项全市共用，限定区域的账号不能撤销对它的改动。",
                "A service is for all regions; an account that is kept to some cannot take back what "
                "was changed of it.",
            )
        )
    check_undo(session, settings, set_id)
    if not stored.counts:
        raise ConflictError(
            Text(
                f"变更 {set_id} 没有可以撤销的内容。",
                f"There is nothing to take back in change set {set_id}.",
            )
        )
    far, undoing = how_far_undone(session, stored)
    if far is Undone.WHOLE and undoing is not None:
        raise ConflictError(_undone_text(settings, set_id, undoing))
    return stored


def _refuse_nothing(settings: Settings, plan: Plan) -> None:
    """Say why nothing comes back: it was erased, or it is there again."""
    if plan.erased:
        raise ConflictError(_erased_text(settings, plan.set_id, plan.erased[-1]))
    if plan.already_there:
        raise ConflictError(
            Text(
                f"变更 {plan.set_id} 拿掉的照片或文件后来又加过，现在就在；没有撤销任何内容。",
                f"What change set {plan.set_id} removed was added again since and is there; nothing "
                "was taken back.",
            )
        )


def _undone_text(settings: Settings, set_id: int, undoing: StoredSet) -> Text:
    who = actor_text(undoing.actor, undoing.role, undoing.api_key)
    when = format_moment(undoing.at, settings.timezone)
    return Text(
        f"变更 {set_id} 已由 {who.zh} 于 {when.zh} 撤销（变更 {undoing.id}）；要恢复它，请撤销变更 "
        f"{undoing.id}。",
        f"Change set {set_id} was taken back by {who.en} on {when.en} (change set {undoing.id}); "
        f"to have it again, take back change set {undoing.id}.",
    )


def _erased_text(settings: Settings, set_id: int, erasure: Erasure) -> Text:
    who = actor_text(erasure.by, None)
    when = format_moment(erasure.at, settings.timezone)
    return Text(
        f"变更 {set_id} 拿掉的内容已由 {who.zh} 于 {when.zh} 永久删除，撤销也找不回；没有撤销任何内容。",
        f"What change set {set_id} removed was erased for good by {who.en} on {when.en} and does "
        "not come back; nothing was taken back.",
    )
