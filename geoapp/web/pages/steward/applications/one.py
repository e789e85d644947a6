"""One application: where it stands, what may be done with it, and what was."""

from collections.abc import Callable
from datetime import date
from functools import wraps

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from geoapp.core.errors import ConflictError, GeoappError, InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_DOCUMENT_BYTES
from geoapp.core.roles import Permission
from geoapp.core.schemes import Act, Stage, State
from geoapp.operations.applications.documents import (
    ACCEPTED_SUFFIXES,
    attach,
    detach,
    read_document,
)
from geoapp.operations.applications.due import due
from geoapp.operations.applications.life import (
    NEEDS_REASON,
    NewReview,
    move_application,
    review_application,
)
from geoapp.operations.applications.read import Whole, read_application
from geoapp.operations.applications.titles import RATED, rate, recognise, revoke
from geoapp.operations.applications.write import (
    PLANNED,
    PlannedStep,
    add_to_plan,
    change_plan,
    remove_from_plan,
)
from geoapp.operations.deciders import OPINION, act_of_step, acts_of
from geoapp.operations.facilities.read import is_within
from geoapp.operations.moment import today
from geoapp.reports.words.applications import DECISION_TEXT, PLAN_TEXT, decided_by
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.services import services
from geoapp.web.pages.steward.applications import sent

blueprint = Blueprint("applications_one", __name__)


@blueprint.get("/steward/applications/<int:number>")
@require(Permission.EDIT)
def show(number: int) -> str:
    """Show the application, and what may be done with it."""
    return _page(number, done=request.args.get("done") is not None)


def _page(number: int, *, wrong: Text | None = None, about: str = "", done: bool = False) -> str:
    parts = services()
    day = today(parts.settings)
    whole = read_application(parts.database, parts.settings, number)
    held = [one for one in whole.recognitions if one.in_force(day)]
    own = signed_in().regions
    may_write = is_within(parts.database, whole.known.record.region_code, own)
    acts = acts_of(parts.database, whole.known.scheme, own) if may_write else frozenset[Act]()
    return render_template(
        "steward/applications/one.html",
        whole=whole,
        known=whole.known,
        scheme=whole.known.scheme,
        held=held,
        may_write=may_write,
        moves=_moves(whole, acts, held=bool(held)) if may_write else [],
        acts=acts,
        Act=Act,
        decided_by=decided_by,
        needs_reason=NEEDS_REASON,
        Stage=Stage,
        rated=RATED,
        planned=PLANNED if may_write else frozenset(),
        plans=PLAN_TEXT,
        decisions=DECISION_TEXT,
        decides=[code for code in DECISION_TEXT if code == OPINION or Act.APPROVE in acts],
        grounds=whole.known.scheme.grounds_of(whole.known.record.track),
        title=whole.known.scheme.title_of(whole.known.record.track),
        dues=[one for one in due(parts.database, parts.settings, day) if one.application == number],
        today=day,
        me=signed_in().name,
        sent=request.form if wrong is not None else {},
        wrong=wrong,
        about=about,
        done=done,
        suffixes=",".join(ACCEPTED_SUFFIXES),
        most_mb=MOST_DOCUMENT_BYTES // 1024 // 1024,
    )


def _moves(whole: Whole, acts: frozenset[Act], *, held: bool) -> list[State]:
    """Return the states that a plain press leads to; the others follow from a review or a title.

    What is not for who asks is left out.
    """
    known = whole.known
    return [
        one
        for one in known.scheme.next_states(known.record.state)
        if act_of_step(known.stage, one.stage) in (None, *acts)
        and not (
            (known.stage is Stage.SUBMITTED and one.stage in (Stage.APPROVED, Stage.REFUSED))
            or (one.stage is Stage.RECOGNISED and not held)
            or (one.stage is Stage.APPROVED and held)
        )
    ]


def _acting(
    about: str,
) -> Callable[[Callable[..., None]], Callable[..., BaseResponse | tuple[str, int]]]:
    """Let a view show what was refused beside what was sent, and lead back where it was done."""

    def decorate(view: Callable[..., None]) -> Callable[..., BaseResponse | tuple[str, int]]:
        @wraps(view)
        def acting(number: int, **more: int) -> BaseResponse | tuple[str, int]:
            try:
                view(number, **more)
            except (InvalidValueError, ConflictError) as error:
                return _refused(number, error, about)
            return redirect(url_for("applications_one.show", number=number, done=1))

        return acting

    return decorate


def _refused(number: int, error: GeoappError, about: str) -> tuple[str, int]:
    status = 422 if isinstance(error, InvalidValueError) else 409
    return _page(number, wrong=error.text, about=about), status


@blueprint.post("/steward/applications/<int:number>/move")
@require(Permission.EDIT)
@_acting("move")
def move(number: int) -> None:
    """Give it another state."""
    parts = services()
    move_application(
        parts.database,
        parts.settings,
        number,
        sent.words("to"),
        on_day=sent.day("on_day"),
        reason=sent.words("reason"),
    )


@blueprint.post("/steward/applications/<int:number>/review")
@require(Permission.EDIT)
@_acting("review")
def review(number: int) -> None:
    """Store a review and what follows from it."""
    answers = {"yes": True, "no": False}
    grounds = {
        code: answers[value] for code, value in sent.under("ground-").items() if value in answers
    }
    new = NewReview(
        reviewed_on=sent.day("reviewed_on"),
        reviewer=sent.words("reviewer"),
        heads=sent.under("head-"),
        grounds=grounds,
        decision=sent.words("decision"),
        note=sent.words("note"),
    )
    review_application(services().database, services().settings, number, new)


@blueprint.post("/steward/applications/<int:number>/recognitions")
@require(Permission.EDIT)
@_acting("recognition")
def give(number: int) -> None:
    """Give the title."""
    parts = services()
    recognise(
        parts.database,
        parts.settings,
        number,
        given_on=sent.day("given_on"),
        until_on=sent.optional_day("until_on"),
        document=sent.words("document"),
    )


@blueprint.post("/steward/applications/<int:number>/recognitions/<int:recognition>/revoke")
@require(Permission.EDIT)
@_acting("recognition")
def take_back(number: int, recognition: int) -> None:
    """Take the title back."""
    parts = services()
    revoke(
        parts.database,
        parts.settings,
        number,
        recognition,
        on_day=sent.day("on_day"),
        reason=sent.words("reason"),
    )


@blueprint.post("/steward/applications/<int:number>/ratings")
@require(Permission.EDIT)
@_acting("rating")
def store_rating(number: int) -> None:
    """Store the rating of a year."""
    parts = services()
    rate(
        parts.database,
        parts.settings,
        number,
        year=sent.number("year") or 0,
        heads=sent.under("rated-"),
        grade=sent.words("grade"),
        note=sent.words("note"),
        rated_on=sent.day("rated_on"),
    )


@blueprint.post("/steward/applications/<int:number>/plan")
@require(Permission.EDIT)
@_acting("plan")
def plan(number: int) -> None:
    """Add a row to the plan."""
    step = PlannedStep(
        plan=sent.words("plan"),
        time_words=sent.words("time_words"),
        content=sent.words("content"),
        units=sent.words("units") or None,
        funds=sent.words("funds") or None,
        due_on=sent.optional_day("due_on"),
    )
    add_to_plan(services().database, services().settings, number, step)


@blueprint.post("/steward/applications/<int:number>/plan/<int:row>")
@require(Permission.EDIT)
@_acting("plan")
def plan_row(number: int, row: int) -> None:
    """Write down when a row of the plan was done, or take it out."""
    parts = services()
    if sent.words("remove"):
        remove_from_plan(parts.database, parts.settings, number, row)
        return
    whole = read_application(parts.database, parts.settings, number)
    for one in whole.plan:
        if one.id == row:
            step = PlannedStep(
                one.plan,
                one.time_words,
                one.content,
                one.units,
                one.funds,
                one.due_on,
                _not_later(sent.optional_day("done_on"), today(parts.settings)),
            )
            change_plan(parts.database, parts.settings, number, row, step)
            return
    remove_from_plan(parts.database, parts.settings, number, row)  # says that it is not there


def _not_later(day: date | None, last: date) -> date | None:
    if day is not None and day > last:
        accepted = Text("不晚于今天的日期", "a day no later than today")
        raise InvalidValueError("done_on", day, accepted)
    return day


@blueprint.post("/steward/applications/<int:number>/documents")
@require(Permission.EDIT)
@_acting("document")
def upload(number: int) -> None:
    """Attach a file."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InvalidValueError("file", "", Text("一个文件", "a file"))
    content = file.stream.read(MOST_DOCUMENT_BYTES + 1)
    attach(services().database, services().settings, number, file.filename, content)


@blueprint.get("/steward/applications/<int:number>/documents/<int:document>")
@require(Permission.EDIT)
def download(number: int, document: int) -> Response:
    """Return an attached file, to be saved and not to be shown."""
    parts = services()
    record, content = read_document(parts.database, parts.settings, number, document)
    response = Response(content, mimetype=record.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=record.name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/steward/applications/<int:number>/documents/<int:document>/remove")
@require(Permission.EDIT)
@_acting("document")
def remove_document(number: int, document: int) -> None:
    """Take an attached file away."""
    detach(services().database, services().settings, number, document)
