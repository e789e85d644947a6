"""An application's form: filled in here, and printed as the published page."""

from collections.abc import Mapping
from datetime import date

import orjson
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geoapp.core.errors import ConflictError, GeoappError, InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.roles import Permission
from geoapp.core.schemes import Stage
from geoapp.operations.applications.read import Whole, read_application
from geoapp.operations.applications.write import PlannedStep, save_answers
from geoapp.operations.facilities.merge import Clash, merge
from geoapp.reports.words.applications import PLAN_TEXT
from geoapp.web.edge.access import require
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.steward.applications.sent import parse_day

blueprint = Blueprint("applications_form", __name__)

_ANSWER, _ROW = "a-", "s-"
_COLUMNS = ("plan", "time_words", "content", "units", "funds", "due_on")
_NEW_ROWS = 3
_LEAST_PRINTED_ROWS = 9  # as many as the published page has
_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
STEP_TEXT = {
    "plan": Text("哪个计划", "Which plan"),
    "time_words": Text("时间", "Time"),
    "content": Text("阶段工作内容", "Content"),
    "units": Text("负责单位及参与单位", "Units that are responsible and join"),
    "funds": Text("经费", "Funds"),
    "due_on": Text("到期日（进日历）", "Due on (goes into the calendar)"),
}


@blueprint.get("/steward/applications/<int:number>/form")
@require(Permission.EDIT)
def show(number: int) -> str:
    """Show the form with what is filled in, and what is missing."""
    whole = read_application(services().database, services().settings, number)
    return _page(whole, _values(whole), saved=request.args.get("saved") is not None)


@blueprint.post("/steward/applications/<int:number>/form")
@require(Permission.EDIT)
def save(number: int) -> Response | tuple[str, int]:
    """Save the draft; what somebody else changed meanwhile is kept, or shown beside it."""
    parts = services()
    whole = read_application(parts.database, parts.settings, number)
    now = _values(whole)
    mine = {
        without_nul(name): without_nul(value).replace("\r\n", "\n").strip()
        for name, value in request.form.items()
        if name.startswith((_ANSWER, _ROW))
    }
    found = merge(_base(), mine, now)
    shown = now | found.changes
    if found.clashes and request.form.get("rev") != str(whole.known.record.rev):
        return _page(whole, shown, clashes=tuple(found.clashes)), 409
    answers = {
        name.removeprefix(_ANSWER): value
        for name, value in found.changes.items()
        if name.startswith(_ANSWER)
    }
    try:
        save_answers(
            parts.database,
            parts.settings,
            number,
            answers,
            expected_rev=whole.known.record.rev,
            plan=_rows(found.changes, now),
        )
    except GeoappError as error:
        # Nothing that was written is lost: the form comes back as it was sent.
        whole = read_application(parts.database, parts.settings, number)
        refused = isinstance(error, InvalidValueError)
        if not refused and not isinstance(error, ConflictError):
            raise
        return _page(whole, shown, wrong=error.text), 422 if refused else 409
    return redirect(url_for("applications_form.show", number=number, saved=1))


@blueprint.get("/steward/applications/<int:number>/print")
@require(Permission.EDIT)
def printed(number: int) -> str:
    """Show the form as the published page, for paper."""
    whole = read_application(services().database, services().settings, number)
    handed_in = [
        one.on_day
        for one in whole.steps
        if whole.known.scheme.state(one.after).stage is Stage.SUBMITTED
    ]
    return render_template(
        "steward/applications/print.html",
        whole=whole,
        form=whole.known.form,
        answers=whole.known.record.answers,
        months=_months,
        dated=_dated(handed_in[-1] if handed_in else None),
        empty_rows=max(0, _LEAST_PRINTED_ROWS - len(whole.plan)),
    )


def _base() -> dict[str, str]:
    """Return the fields as they were when the form was opened."""
    try:
        base = orjson.loads(request.form.get("base", "{}"))
    except orjson.JSONDecodeError:
        base = None
    if not isinstance(base, dict):
        raise InvalidValueError("base", None, Text("打开页面时的内容", "what the page had"))
    return {str(name): str(value) for name, value in base.items()}


def _values(whole: Whole) -> dict[str, str]:
    """Return what is stored as the form shows it."""
    values = {
        f"{_ANSWER}{key}": whole.known.record.answers.get(key, "")
        for key in whole.known.form.answer_keys
    }
    if whole.known.form.has_steps:
        for step in whole.plan:
            for column in _COLUMNS:
                value = getattr(step, column)
                values[f"{_ROW}{step.id}-{column}"] = "" if value is None else str(value)
    return values


def _rows(
    changes: Mapping[str, str], now: Mapping[str, str]
) -> list[tuple[int | None, PlannedStep | None]]:
    """Return the rows of the plan that were changed; those without words are taken out."""
    rows: list[tuple[int | None, PlannedStep | None]] = []
    touched = {name.split("-")[1] for name in changes if name.startswith(_ROW)}
    together = {**now, **changes}
    for key in sorted(touched, key=lambda one: (len(one), one)):
        cells = {column: together.get(f"{_ROW}{key}-{column}", "") for column in _COLUMNS}
        number = int(key) if key.isascii() and key.isdecimal() and len(key) < 18 else None
        words = [cells[column] for column in _COLUMNS if column != "plan"]
        if not any(words):
            if number is not None:
                rows.append((number, None))
            continue
        due = parse_day("due_on", cells["due_on"]) if cells["due_on"] else None
        step = PlannedStep(
            cells["plan"] or "three_years",
            cells["time_words"],
            cells["content"],
            cells["units"] or None,
            cells["funds"] or None,
            due,
        )
        rows.append((number, step))
    return rows


def _fresh(values: Mapping[str, str]) -> set[str]:
    """Return the new rows: those that were sent and not taken stand with the empty ones."""
    sent = {name.split("-")[1] for name in values if name.startswith(f"{_ROW}n")}
    return sent | {f"n{one}" for one in range(_NEW_ROWS)}


def _page(
    whole: Whole,
    values: Mapping[str, str],
    *,
    saved: bool = False,
    wrong: Text | None = None,
    clashes: tuple[Clash, ...] = (),
) -> str:
    rows = [str(step.id) for step in whole.plan]
    return render_template(
        "steward/applications/form.html",
        whole=whole,
        form=whole.known.form,
        values=values,
        base=orjson.dumps(_values(whole)).decode(),
        rows=[*rows, *sorted(_fresh(values))],
        columns=STEP_TEXT,
        plans=PLAN_TEXT,
        missing=whole.missing,
        may_fill=whole.known.stage is Stage.DRAFT,
        saved=saved,
        wrong=wrong,
        clashes=clashes,
        clash_text=lambda name: _clash_text(whole, name),
    )


def _clash_text(whole: Whole, name: str) -> Text:
    if name.startswith(_ROW):
        return STEP_TEXT[name.rpartition("-")[2]]
    key = name.removeprefix(_ANSWER)
    for field in whole.known.form.fields:
        if key in (field.code, f"{field.code}_from", f"{field.code}_to"):
            return field.text
    stamps = whole.known.form.opinions.stamps
    return next((one.text for one in stamps if key == f"opinion_{one.code}"), Text(key, key))


def _months(start: str | None, end: str | None) -> str:
    """Return a period as the published page has it, with gaps where months are not known."""

    def one(month: str | None) -> str:
        if not month:
            return "　　　年　　月"
        year, _, number = month.partition("-")
        return f"{year} 年 {int(number)} 月"

    return f"{one(start)}至{one(end)}"


def _dated(day: date | None) -> str:
    """Return the line at the foot of the cover, with gaps where the day is not known."""
    if day is None:
        return "二〇二　年　　月"
    months = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
    return f"{str(day.year).translate(_DIGITS)}年{months[day.month]}月"
