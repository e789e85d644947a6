"""What every step of an application checks and writes: the state, its day, what was filled in."""

from collections.abc import Mapping
from datetime import date

from geoapp.core.acting import acting
from geoapp.core.errors import InvalidValueError, RefusedStepError
from geoapp.core.i18n import Text
from geoapp.core.published import Named
from geoapp.core.schemes import Stage, State
from geoapp.core.settings import Settings
from geoapp.operations.applications.read import Known
from geoapp.operations.applications.write import check_note
from geoapp.operations.moment import today
from geoapp.reports.words import applications as words
from geoapp.store.applications.read import steps_of
from geoapp.store.applications.write import (
    add_step,
    change_application,
)
from geoapp.store.engine import Session


def check_allowed(known: Known, state: State) -> None:
    """Raise RefusedStepError, which says what may follow, where the state may not."""
    allowed = known.scheme.next_states(known.record.state)
    if state not in allowed:
        raise RefusedStepError(
            words.refused_state(
                known.record.id, known.state.text, state.text, [one.text for one in allowed]
            )
        )


def reachable(known: Known, stage: Stage) -> State:
    """Return the state of a stage that may follow; RefusedStepError where none may."""
    for one in known.scheme.next_states(known.record.state):
        if one.stage is stage:
            return one
    check_allowed(known, known.scheme.first(stage))
    raise AssertionError("unreachable: a state of that stage would have been found")


def step(session: Session, known: Known, to: State, on_day: date, reason: str | None) -> None:
    """Write the new state and the step that led to it."""
    who = acting()
    change_application(session, known.record.id, {"state": to.code})
    add_step(
        session,
        {
            "application_id": known.record.id,
            "before": known.record.state,
            "after": to.code,
            "on_day": on_day,
            "by_whom": None if who is None else who.actor,
            "reason": reason,
        },
    )


def check_day(session: Session, settings: Settings, number: int, name: str, day: date) -> None:
    """Raise InvalidValueError for a day to come or before the last step."""
    if day > today(settings):
        raise future(name, day)
    last = max((one.on_day for one in steps_of(session, [number])), default=None)
    if last is not None and day < last:
        raise InvalidValueError(
            name,
            day,
            Text(f"不早于上一步的日期 {last}", f"a day no earlier than the last step, {last}"),
        )


def future(name: str, day: date) -> InvalidValueError:
    """Return the error for a day to come."""
    return InvalidValueError(name, day, Text("不晚于今天的日期", "a day no later than today"))


def under_heads(heads: tuple[Named, ...], given: Mapping[str, str]) -> dict[str, str]:
    """Return the words under the heads that have any; InvalidValueError for a head that there is not."""
    known_codes("heads", heads, given)
    found = {one.code: check_note(one.code, given.get(one.code)) for one in heads}
    return {code: text for code, text in found.items() if text is not None}


def known_codes(name: str, among: tuple[Named, ...], given: Mapping[str, object]) -> None:
    """Raise InvalidValueError for a code that is not among those named."""
    codes = [one.code for one in among]
    for code in given:
        if code not in codes:
            accepted = ", ".join(codes) or "—"
            raise InvalidValueError(name, code, Text(f"{accepted} 之一", f"one of {accepted}"))
