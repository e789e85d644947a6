"""The life of an application: states, review, recognition, yearly rating."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from geoapp.core.acting import acting
from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError, RefusedStepError
from geoapp.core.i18n import Text
from geoapp.core.published import Named
from geoapp.core.schemes import Act, Stage, State
from geoapp.core.settings import Settings
from geoapp.operations.applications.read import Known, known_application
from geoapp.operations.applications.write import check_note
from geoapp.operations.deciders import OPINION, act_of_step, check_act
from geoapp.operations.moment import today
from geoapp.reports.words import applications as words
from geoapp.store.applications import (
    RecognitionRecord,
    add_recognition,
    add_review,
    add_step,
    change_application,
    plan_of,
    recognitions_of,
    revoke_recognition,
    stamp_application,
    steps_of,
    write_rating,
)
from geoapp.store.engine import Database, Session

NEEDS_REASON = frozenset({Stage.SUSPENDED, Stage.WITHDRAWN, Stage.EXITED})
RATED = frozenset({Stage.APPROVED, Stage.RECOGNISED, Stage.SUSPENDED})


@dataclass(frozen=True, slots=True)
class NewReview:
    """A review as it is entered.

    Attributes
    ----------
    heads
        Words by the code of each head.
    grounds
        By the code of each ground: true where it applies, false where it does not; a ground that
        was not looked at is left out.
    """

    reviewed_on: date
    reviewer: str
    heads: Mapping[str, str]
    grounds: Mapping[str, bool]
    decision: str
    note: str | None = None


def move_application(
    database: Database,
    settings: Settings,
    number: int,
    to: str,
    *,
    on_day: date,
    reason: str | None = None,
) -> None:
    """Give an application another state; leaving ends the titles that are in force.

    Raises
    ------
    NotFoundError
        If there is no such application.
    NotAllowedError
        If the scheme leaves the step to somebody whose rights who asks does not have.
    RefusedStepError
        If the state may not follow; it says what may.
    ConflictError
        If the form lacks answers, or the state follows from a review or a recognition.
    InvalidValueError
        If there is no such state, the day lies in the future, before the last step or (handed in)
        before the scheme's document, or a reason is needed.
    """
    with database.session() as session:
        known = known_application(session, settings, number, lock=True)
        state = known.scheme.state(to)
        check_act(session, known.scheme, act_of_step(known.stage, state.stage))
        _check_allowed(known, state)
        said = check_note("reason", reason, required=state.stage in NEEDS_REASON)
        _check_day(session, settings, number, "on_day", on_day)
        published = known.scheme.document.published_on
        if state.stage is Stage.SUBMITTED and on_day < published:
            raise InvalidValueError("on_day", on_day, words.no_earlier_than_document(published))
        held = [one for one in recognitions_of(session, [number]) if one.in_force(on_day)]
        _check_needs(session, known, state, held)
        _step(session, known, state, on_day, said)
        if state.stage is Stage.EXITED:
            for one in held:
                revoke_recognition(session, one.id, on_day, said or "")


def _check_needs(
    session: Session, known: Known, state: State, held: list[RecognitionRecord]
) -> None:
    if state.stage is Stage.SUBMITTED and known.stage is Stage.DRAFT:
        plan = plan_of(session, [known.record.id])
        missing = known.form.missing(known.record.answers, [one.whole for one in plan])
        if missing:
            half = [number for number, one in enumerate(plan, 1) if not one.whole]
            labels = [one.text for one in missing] + [words.step_lacks(one) for one in half]
            raise ConflictError(words.answers_missing(labels))
    elif known.stage is Stage.SUBMITTED and state.stage in (Stage.APPROVED, Stage.REFUSED):
        raise ConflictError(words.by_review(state.text))
    elif state.stage is Stage.RECOGNISED and not held:
        raise ConflictError(
            Text(
                "没有有效的认定；请先登记认定。",
                "No title is in force; enter the recognition first.",
            )
        )
    elif state.stage is Stage.APPROVED and held:
        raise ConflictError(
            Text("认定仍然有效；要撤销请登记撤销。", "A title is in force; revoke it instead.")
        )


def review_application(database: Database, settings: Settings, number: int, new: NewReview) -> None:
    """Store a review and what follows from it: an opinion decides nothing, and may come from anybody.

    Approving needs words under every head and every ground looked at and not there; refusing needs
    a ground or a note.

    Raises
    ------
    NotFoundError
        If there is no such application.
    NotAllowedError
        If the scheme leaves it to somebody whose rights who asks does not have.
    ConflictError
        If it is not handed in, or the decision does not fit what was found.
    InvalidValueError
        Naming a value that is not accepted.
    """
    with database.session() as session:
        known = known_application(session, settings, number, lock=True)
        if new.decision not in words.DECISION_TEXT:
            raise InvalidValueError(
                "decision",
                new.decision,
                Text("approved、refused 或 opinion", "approved, refused or opinion"),
            )
        if new.decision != OPINION:
            check_act(session, known.scheme, Act.APPROVE)
        if known.stage is not Stage.SUBMITTED:
            raise RefusedStepError(
                words.refused_state(
                    number,
                    known.state.text,
                    words.DECISION_TEXT[new.decision],
                    [one.text for one in known.scheme.next_states(known.record.state)],
                )
            )
        heads = _under_heads(known.scheme.review.heads, new.heads)
        listed = known.scheme.grounds_of(known.record.track)
        grounds = () if listed is None else listed.grounds
        _known_codes("grounds", grounds, new.grounds)
        note = check_note("note", new.note)
        _check_decision(known, new, heads, grounds, note)
        _check_day(session, settings, number, "reviewed_on", new.reviewed_on)
        add_review(
            session,
            {
                "application_id": number,
                "reviewed_on": new.reviewed_on,
                "reviewer": check_note("reviewer", new.reviewer, required=True),
                "heads": heads,
                "grounds": dict(new.grounds),
                "decision": new.decision,
                "note": note,
            },
        )
        if new.decision == OPINION:
            stamp_application(session, number)
            return
        stage = Stage.APPROVED if new.decision == "approved" else Stage.REFUSED
        _step(session, known, _reachable(known, stage), new.reviewed_on, note)


def _check_decision(
    known: Known,
    new: NewReview,
    heads: Mapping[str, str],
    grounds: tuple[Named, ...],
    note: str | None,
) -> None:
    if new.decision == OPINION:
        if not heads and not new.grounds and note is None:
            raise InvalidValueError("note", "", Text("初审的意见", "what the opinion is"))
        return
    apply = [one.text for one in grounds if new.grounds.get(one.code)]
    if new.decision == "refused":
        if not apply and note is None:
            raise InvalidValueError(
                "note", "", Text("不通过的理由", "why it is refused, or a ground that applies")
            )
        return
    if apply:
        raise ConflictError(words.grounds_apply(apply))
    unseen = [one.text for one in grounds if one.code not in new.grounds]
    if unseen:
        raise ConflictError(words.grounds_open(unseen))
    silent = [one.text for one in known.scheme.review.heads if one.code not in heads]
    if silent:
        raise ConflictError(words.heads_open(silent))


def recognise(
    database: Database,
    settings: Settings,
    number: int,
    *,
    given_on: date,
    until_on: date | None,
    document: str,
) -> None:
    """Give the title of the scheme, or give it again for a further time.

    Raises
    ------
    NotFoundError
        If there is no such application.
    NotAllowedError
        If the scheme leaves it to somebody whose rights who asks does not have.
    ConflictError
        If the state does not allow it, the document has no title, or one is in force on these days.
    InvalidValueError
        Naming a value that is not accepted.
    """
    with database.session() as session:
        known = known_application(session, settings, number, lock=True)
        check_act(session, known.scheme, Act.RECOGNISE)
        title = known.scheme.title_of(known.record.track)
        if title is None:
            raise ConflictError(
                Text(
                    f"文件没有为“{known.track.zh}”规定称号。",
                    f"The document has no title for a {known.track.en}.",
                )
            )
        if known.stage is not Stage.RECOGNISED:
            _check_allowed(known, known.scheme.first(Stage.RECOGNISED))
        if known.stage is Stage.SUSPENDED:
            raise ConflictError(
                Text(
                    "暂停期间不授予称号；请先恢复。",
                    "No title is given while suspended; resume first.",
                )
            )
        if until_on is not None and until_on < given_on:
            raise InvalidValueError(
                "until_on", until_on, Text("不早于认定之日", "a day no earlier than the first")
            )
        source = check_note("document", document, required=True)
        _check_day(session, settings, number, "given_on", given_on)
        for one in recognitions_of(session, [number]):
            if one.in_force(given_on):
                raise ConflictError(
                    Text(
                        f"{one.given_on} 的认定在该日仍有效。",
                        f"The recognition of {one.given_on} is in force on that day.",
                    )
                )
        add_recognition(
            session,
            {
                "application_id": number,
                "title": title.code,
                "given_on": given_on,
                "until_on": until_on,
                "document": source,
            },
        )
        if known.stage is not Stage.RECOGNISED:
            _step(session, known, _reachable(known, Stage.RECOGNISED), given_on, source)


def revoke(
    database: Database,
    settings: Settings,
    number: int,
    recognition: int,
    *,
    on_day: date,
    reason: str,
) -> None:
    """Take a title back; the application is approved for building again.

    Raises
    ------
    NotFoundError
        If there is no such application, or it has no such recognition.
    NotAllowedError
        If the scheme leaves it to somebody whose rights who asks does not have.
    ConflictError
        If the recognition is not in force, or the state does not allow it.
    InvalidValueError
        Naming a value that is not accepted.
    """
    with database.session() as session:
        known = known_application(session, settings, number, lock=True)
        check_act(session, known.scheme, Act.REVOKE)
        found = [one for one in recognitions_of(session, [number]) if one.id == recognition]
        if not found:
            raise NotFoundError(Text("认定", "recognition"), str(recognition))
        said = check_note("reason", reason, required=True) or ""
        _check_day(session, settings, number, "on_day", on_day)
        if found[0].revoked_on is not None or on_day < found[0].given_on:
            raise ConflictError(
                Text("这项认定在该日无效或已撤销。", "It is not in force on that day, or revoked.")
            )
        revoke_recognition(session, recognition, on_day, said)
        left = [
            one
            for one in recognitions_of(session, [number])
            if one.id != recognition and one.in_force(on_day)
        ]
        if known.stage is Stage.RECOGNISED and not left:
            _step(session, known, _reachable(known, Stage.APPROVED), on_day, said)


def rate(
    database: Database,
    settings: Settings,
    number: int,
    *,
    year: int,
    heads: Mapping[str, str],
    grade: str,
    note: str | None,
    rated_on: date,
) -> None:
    """Store the rating of a year, or change the one that is there.

    Raises
    ------
    NotFoundError
        If there is no such application.
    NotAllowedError
        If the scheme leaves it to somebody whose rights who asks does not have.
    ConflictError
        If it is not approved or recognised.
    InvalidValueError
        Naming a value that is not accepted.
    """
    with database.session() as session:
        known = known_application(session, settings, number, lock=True)
        check_act(session, known.scheme, Act.RATE)
        if known.stage not in RATED:
            raise ConflictError(
                Text(
                    f"申报 {number} 现为“{known.state.zh}”，不作年度评定。",
                    f"Application {number} is {known.state.en} and is not rated.",
                )
            )
        day = today(settings)
        first = _first_rated(session, known)
        if not first <= year <= day.year:
            raise InvalidValueError("year", year, words.rated_years(first, day.year))
        if rated_on > day:
            raise _future("rated_on", rated_on)
        _known_codes("grade", known.scheme.rating.grades, {grade: True})
        write_rating(
            session,
            {
                "application_id": number,
                "year": year,
                "heads": _under_heads(known.scheme.rating.heads, heads),
                "grade": grade,
                "note": check_note("note", note),
                "rated_on": rated_on,
            },
        )


def _first_rated(session: Session, known: Known) -> int:
    """Return the year of the first title, or of the approval while none was given."""
    days = [one.given_on for one in recognitions_of(session, [known.record.id])] or [
        one.on_day
        for one in steps_of(session, [known.record.id])
        if known.scheme.state(one.after).stage in RATED
    ]
    return min(days, default=known.scheme.document.published_on).year


def _check_allowed(known: Known, state: State) -> None:
    allowed = known.scheme.next_states(known.record.state)
    if state not in allowed:
        raise RefusedStepError(
            words.refused_state(
                known.record.id, known.state.text, state.text, [one.text for one in allowed]
            )
        )


def _reachable(known: Known, stage: Stage) -> State:
    """Return the state of a stage that may follow; RefusedStepError where none may."""
    for one in known.scheme.next_states(known.record.state):
        if one.stage is stage:
            return one
    _check_allowed(known, known.scheme.first(stage))
    raise AssertionError("unreachable: a state of that stage would have been found")


def _step(session: Session, known: Known, to: State, on_day: date, reason: str | None) -> None:
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


def _check_day(session: Session, settings: Settings, number: int, name: str, day: date) -> None:
    if day > today(settings):
        raise _future(name, day)
    last = max((one.on_day for one in steps_of(session, [number])), default=None)
    if last is not None and day < last:
        raise InvalidValueError(
            name,
            day,
            Text(f"不早于上一步的日期 {last}", f"a day no earlier than the last step, {last}"),
        )


def _future(name: str, day: date) -> InvalidValueError:
    return InvalidValueError(name, day, Text("不晚于今天的日期", "a day no later than today"))


def _under_heads(heads: tuple[Named, ...], given: Mapping[str, str]) -> dict[str, str]:
    _known_codes("heads", heads, given)
    found = {one.code: check_note(one.code, given.get(one.code)) for one in heads}
    return {code: text for code, text in found.items() if text is not None}


def _known_codes(name: str, among: tuple[Named, ...], given: Mapping[str, object]) -> None:
    codes = [one.code for one in among]
    for code in given:
        if code not in codes:
            accepted = ", ".join(codes) or "—"
            raise InvalidValueError(name, code, Text(f"{accepted} 之一", f"one of {accepted}"))
