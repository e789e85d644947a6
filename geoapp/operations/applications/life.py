"""The life of an application: states and reviews."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from geoapp.core.errors import ConflictError, InvalidValueError, RefusedStepError
from geoapp.core.i18n import Text
from geoapp.core.published import Named
from geoapp.core.schemes import Act, Stage, State
from geoapp.core.settings import Settings
from geoapp.operations.applications.read import Known, known_application
from geoapp.operations.applications.steps import (
    check_allowed,
    check_day,
    known_codes,
    reachable,
    step,
    under_heads,
)
from geoapp.operations.applications.write import check_note
from geoapp.operations.deciders import OPINION, act_of_step, check_act
from geoapp.reports.words import applications as words
from geoapp.store.applications.read import plan_of, recognitions_of
from geoapp.store.applications.records import RecognitionRecord
from geoapp.store.applications.write import (
    add_review,
    revoke_recognition,
    stamp_application,
)
from geoapp.store.engine import Database, Session

NEEDS_REASON = frozenset({Stage.SUSPENDED, Stage.WITHDRAWN, Stage.EXITED})


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
        check_allowed(known, state)
        said = check_note("reason", reason, required=state.stage in NEEDS_REASON)
        check_day(session, settings, number, "on_day", on_day)
        published = known.scheme.document.published_on
        if state.stage is Stage.SUBMITTED and on_day < published:
            raise InvalidValueError("on_day", on_day, words.no_earlier_than_document(published))
        held = [one for one in recognitions_of(session, [number]) if one.in_force(on_day)]
        _check_needs(session, known, state, held)
        step(session, known, state, on_day, said)
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
        heads = under_heads(known.scheme.review.heads, new.heads)
        listed = known.scheme.grounds_of(known.record.track)
        grounds = () if listed is None else listed.grounds
        known_codes("grounds", grounds, new.grounds)
        note = check_note("note", new.note)
        _check_decision(known, new, heads, grounds, note)
        check_day(session, settings, number, "reviewed_on", new.reviewed_on)
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
        step(session, known, reachable(known, stage), new.reviewed_on, note)


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
