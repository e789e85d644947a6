"""Who approves is not who files: what a scheme leaves to somebody with rights for a whole city."""

from collections.abc import Sequence
from typing import Final

from geoapp.core.acting import acting
from geoapp.core.errors import NotAllowedError
from geoapp.core.schemes import Act, Scheme, Stage, schemes
from geoapp.core.settings import Settings
from geoapp.reports.words.applications import decided_by
from geoapp.store.applications.read import schemes_and_tracks
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.read import regions_below
from geoapp.store.history.net import Op, Step, steps_of

# A review that decides nothing.
OPINION: Final = "opinion"
_TABLES: Final = ("application_step", "application_review", "recognition", "rating")


def act_of_step(before: Stage, after: Stage) -> Act | None:
    """Return the act by which an application goes from a stage to another; None is nobody's own."""
    if after is Stage.EXITED:
        return Act.EXIT
    if Stage.SUSPENDED in (before, after):
        return Act.SUSPEND
    if after is Stage.RECOGNISED:
        return Act.RECOGNISE
    if before is Stage.RECOGNISED:
        return Act.REVOKE
    return Act.APPROVE if after in (Stage.APPROVED, Stage.REFUSED) else None


def open_acts(session: Session, scheme: Scheme, regions: Sequence[str]) -> frozenset[Act]:
    """Return the acts open to an account that is kept to some regions (none: to no regions)."""
    if scheme.decider is None or not regions:
        return frozenset(Act)
    within = {code for one in regions for code in regions_below(session, one)}
    if scheme.decider.region_code in within:
        return frozenset(Act)
    return frozenset(one for one in Act if scheme.place_of_act(one) is None)


def acts_of(database: Database, scheme: Scheme, regions: Sequence[str]) -> frozenset[Act]:
    """Return `open_acts` for a page, which offers nothing that would be refused."""
    with database.snapshot() as session:
        return open_acts(session, scheme, regions)


def check_act(session: Session, scheme: Scheme, act: Act | None) -> None:
    """Raise `NotAllowedError` where an act is left to somebody whose rights who acts does not have."""
    who = acting()
    regions = () if who is None else who.regions
    if act is not None and act not in open_acts(session, scheme, regions):
        raise NotAllowedError(decided_by(scheme, act))


def check_undo(session: Session, settings: Settings, set_id: int) -> None:
    """Raise `NotAllowedError` where a set decided something that who acts may not decide."""
    who = acting()
    if who is None or not who.regions:
        return
    steps = [
        (step, number)
        for step in steps_of(session, set_id)
        if step.table in _TABLES
        for table, _, number in (one.partition(":") for one in step.belongs)
        if table == "application"
    ]
    numbers = sorted({number for _, number in steps})
    known, of = schemes(settings), schemes_and_tracks(session, numbers)
    for step, number in steps:
        code, _ = of.get(number, ("", ""))
        if code in known:
            check_act(session, known[code], _act_of(known[code], step))


def _act_of(scheme: Scheme, step: Step) -> Act | None:
    """Return the act that a row of the log was; an undo has it the other way round."""
    image = step.after if step.op is Op.INSERT else step.before
    if step.table == "application_step":
        stages = {one.code: one.stage for one in scheme.states}
        before, after = ((stages.get((image or {}).get(end, ""))) for end in ("before", "after"))
        return None if before is None or after is None else act_of_step(before, after)
    if step.table == "application_review":
        return None if (image or {}).get("decision") == OPINION else Act.APPROVE
    if step.table == "rating":
        return Act.RATE
    return Act.REVOKE if step.op is Op.UPDATE else Act.RECOGNISE
