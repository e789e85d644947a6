"""``/steward/contests``: contests of service projects, from entries to what becomes catalogue."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geoapp.core.contest_rules import COMMON, contest_rules
from geoapp.core.contests import LIST, points_of
from geoapp.core.errors import ConflictError, InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.roles import Permission
from geoapp.core.services import load_categories
from geoapp.operations.contests import edit
from geoapp.operations.contests.read import OneContest, list_contests, read_contest
from geoapp.operations.facilities.merge import merge
from geoapp.operations.services.read import list_items
from geoapp.reports.words.history import field_text
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.region_names import region_names
from geoapp.web.pages.steward.form import Sent, base, expected_rev, sent

blueprint = Blueprint("steward_contests", __name__)

_CONTEST: Final = (
    "name_zh",
    "name_en",
    "region",
    "rules",
    "entered",
    "finalists",
    "criteria",
    "document",
    "document_on",
    "source",
)
_ENTRY: Final = (
    "organisation",
    "project",
    "votes",
    "finalist",
    "prize",
    "service",
    "source",
)
_SERVICE: Final = (
    "code",
    "category",
    "name_zh",
    "name_en",
    "audience",
    "process",
    "time_limit",
    "promise",
    "first_responsible",
)
_STORED_AS: Final = {"region": "region_code", "project": "name_zh", "service": "item_code"}


@blueprint.get("/steward/contests")
@require(Permission.EDIT)
def listed() -> str:
    """Show all contests, and the form for a new one."""
    return _list_page(Sent())


@blueprint.post("/steward/contests")
@require(Permission.EDIT)
def add() -> Response | tuple[str, int]:
    """Store a new contest at the first stage of its rules."""
    values = sent(("code", *_CONTEST))
    parts = services()
    try:
        code = edit.add_contest(parts.database, parts.settings, _filled(values))
    except (InvalidValueError, ConflictError) as error:
        return _list_page(Sent("new", values, error.text)), _status(error)
    return redirect(url_for("steward_contests.show", code=code, saved=0))


@blueprint.get("/steward/contests/<path:code>")
@require(Permission.EDIT)
def show(code: str) -> str:
    """Show a contest with its entries, ready to be changed; ``entry`` opens one of them."""
    return _page(code, Sent())


@blueprint.post("/steward/contests/<path:code>")
@require(Permission.EDIT)
def save(code: str) -> Response | tuple[str, int]:
    """Change the contest or one of its entries, as ``do`` says."""
    does = {
        "contest": _save_contest,
        "move": _move,
        "remove": _remove,
        "new-entry": _add_entry,
        "entry": _save_entry,
        "remove-entry": _remove_entry,
        "service": _make_service,
    }
    form = request.form.get("do", "")
    if form not in does:
        accepted = ", ".join(does)
        raise InvalidValueError("do", form[:40], Text(accepted, accepted))
    return does[form](code)


def _save_contest(code: str) -> Response | tuple[str, int]:
    parts = services()

    def read() -> tuple[dict[str, str], int]:
        record = read_contest(parts.database, parts.settings, code).contest
        return _values(record, _CONTEST), record.rev

    def change(values: Mapping[str, Any], rev: int) -> int | None:
        return edit.change_contest(parts.database, parts.settings, code, values, expected_rev=rev)

    return _save(code, "contest", sent(_CONTEST), read, change)


def _save_entry(code: str) -> Response | tuple[str, int]:
    parts = services()
    entry = _entry_code()

    def read() -> tuple[dict[str, str], int]:
        record = read_contest(parts.database, parts.settings, code).entry(entry)
        return _values(record, (*_ENTRY, "points")), record.rev

    def change(values: Mapping[str, Any], rev: int) -> int | None:
        return edit.change_entry(
            parts.database, parts.settings, code, entry, values, expected_rev=rev
        )

    mine = sent(_ENTRY) | _sent_points(read_contest(parts.database, parts.settings, code))
    return _save(code, "entry", mine, read, change)


def _save(
    code: str,
    form: str,
    mine: Mapping[str, str],
    read: Callable[[], tuple[dict[str, str], int]],
    change: Callable[[Mapping[str, Any], int], int | None],
) -> Response | tuple[str, int]:
    """Save what was changed; what somebody else changed meanwhile is kept, or shown beside it."""
    now, rev = read()
    found = merge(base(), mine, now)
    if found.clashes and expected_rev() != rev:
        return _page(code, Sent(form, now | found.changes, clashes=tuple(found.clashes))), 409
    try:
        saved = None
        if found.changes:
            given = {name: value or None for name, value in found.changes.items()}
            saved = change(given, rev)
    except ConflictError:
        # Between our reading and our writing somebody else was faster; the next press sees it.
        now, _ = read()
        again = merge(base(), mine, now)
        return _page(code, Sent(form, now | again.changes, clashes=tuple(again.clashes))), 409
    except InvalidValueError as error:
        return _page(code, Sent(form, now | found.changes, error.text)), 422
    return _done(code, saved)


def _move(code: str) -> Response | tuple[str, int]:
    parts = services()
    to = without_nul(request.form.get("to", ""))
    try:
        saved = edit.change_contest(
            parts.database, parts.settings, code, {"stage": to}, expected_rev=expected_rev()
        )
    except (ConflictError, InvalidValueError) as error:
        return _page(code, Sent("move", {}, error.text)), _status(error)
    return _done(code, saved)


def _remove(code: str) -> Response | tuple[str, int]:
    try:
        edit.remove_contest(services().database, code, expected_rev=expected_rev())
    except ConflictError as error:
        return _page(code, Sent("remove", {}, error.text)), 409
    return redirect(url_for("steward_contests.listed", gone=code))


def _add_entry(code: str) -> Response | tuple[str, int]:
    parts = services()
    values = sent(("code", "organisation", "project", "source"))
    try:
        edit.add_entry(parts.database, parts.settings, code, _filled(values))
    except (ConflictError, InvalidValueError) as error:
        return _page(code, Sent("new-entry", values, error.text)), _status(error)
    return _done(code, 0)


def _remove_entry(code: str) -> Response | tuple[str, int]:
    entry = _entry_code()
    try:
        edit.remove_entry(services().database, code, entry, expected_rev=expected_rev())
    except ConflictError as error:
        return _page(code, Sent("remove-entry", {}, error.text)), 409
    return redirect(url_for("steward_contests.show", code=code, saved=0))


def _make_service(code: str) -> Response | tuple[str, int]:
    parts = services()
    values = sent(_SERVICE)
    try:
        saved = edit.make_service(
            parts.database,
            parts.settings,
            code,
            _entry_code(),
            _filled(values),
            expected_rev=expected_rev(),
        )
    except (ConflictError, InvalidValueError) as error:
        return _page(code, Sent("service", values, error.text)), _status(error)
    return _done(code, saved)


def _done(code: str, saved: int | None) -> Response:
    entry = request.args.get("entry") or None
    return redirect(url_for("steward_contests.show", code=code, entry=entry, saved=saved or 0))


def _status(error: ConflictError | InvalidValueError) -> int:
    return 409 if isinstance(error, ConflictError) else 422


def _filled(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _entry_code() -> str:
    return without_nul(request.args.get("entry", ""))


def _sent_points(contest: OneContest) -> dict[str, str]:
    """Return the points that the form has by criterion, as a file has them in one column."""
    asked = [(name, f"points-{number}") for number, name in enumerate(contest.criteria)]
    if not any(key in request.form for _, key in asked):
        return {}
    values = sent(tuple(key for _, key in asked))
    return {"points": LIST.join(f"{name} {values[key]}" for name, key in asked if values.get(key))}


def _values(record: Any, names: tuple[str, ...]) -> dict[str, str]:
    """Return the columns of a record as a form has them."""

    def said(value: Any) -> str:
        if value is None:
            return ""
        return str(value).lower() if isinstance(value, bool) else str(value)

    return {name: said(getattr(record, name)) for name in names}


def _clash_text(name: str) -> Text:
    return field_text(_STORED_AS.get(name, name))


def _saved() -> int | None:
    """Return the change set of what was saved just now; 0 if nothing had to change."""
    saved = request.args.get("saved", "")
    return int(saved) if saved.isascii() and saved.isdigit() and len(saved) < 19 else None


def _list_page(state: Sent) -> str:
    parts = services()
    return render_template(
        "steward/contests.html",
        contests=list_contests(parts.database, parts.settings),
        rules=list(contest_rules(parts.settings).values()),
        regions=region_names(parts.database),
        values=state.values or {"rules": COMMON},
        wrong=state.wrong,
        gone=request.args.get("gone"),
    )


def _page(code: str, state: Sent) -> str:
    parts = services()
    one = read_contest(parts.database, parts.settings, code)
    contest = one.contest
    entry = one.entry(_entry_code()) if request.args.get("entry") else None
    stored = {
        "contest": _values(contest, _CONTEST),
        "entry": {} if entry is None else _values(entry, (*_ENTRY, "points")),
    }
    values = stored | ({state.form: dict(state.values)} if state.form else {})
    return render_template(
        "steward/contest.html",
        one=one,
        contest=contest,
        entry=entry,
        items=list_items(parts.database),
        categories=load_categories().categories,
        rules=list(contest_rules(parts.settings).values()),
        regions=region_names(parts.database),
        for_all=not signed_in().regions,
        values=values,
        points=points_of(values["entry"].get("points")),
        bases={name: orjson.dumps(of).decode() for name, of in stored.items()},
        clash_text=_clash_text,
        state=state,
        saved=_saved(),
    )
