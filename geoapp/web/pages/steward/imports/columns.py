"""The first two steps: a file is sent, and what its columns are is settled."""

from typing import Any, Final

from flask import Response, make_response, redirect, render_template, request, url_for

from geoapp.core.errors import (
    InvalidValueError,
    UnusableInputError,
)
from geoapp.core.i18n import Text
from geoapp.core.limits import DRAFT_DAYS, MOST_DRAFT_BYTES, MOST_SENDER_CHARACTERS
from geoapp.core.roles import Permission
from geoapp.core.vocabulary import load_vocabulary
from geoapp.importers.formats.encoding import ENCODINGS
from geoapp.importers.open import SUFFIXES
from geoapp.importers.rows.columns import IGNORED
from geoapp.importers.rows.issue import DEFAULT_KEY, KEY_FIELDS
from geoapp.importers.together import ALL_ALIKE
from geoapp.operations.imports import drafts
from geoapp.operations.imports.choices import DraftChoices
from geoapp.operations.imports.drafts import Draft
from geoapp.operations.imports.review import Understood
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.services import services
from geoapp.web.pages.steward.imports.forms import (
    FIELDS,
    columns_sent,
    number_sent,
    text_sent,
)
from geoapp.web.pages.steward.imports.step import (
    FIELD_TEXT,
    blueprint,
    change,
    draft_of,
    to,
)
from geoapp.web.pages.steward.imports.words import on_page
from geoapp.web.pages.steward.page import reply

# What a row may be wanting that a choice of the page gives it.
_NEEDED: Final = ("name_zh", "kind", "code")


@blueprint.get("/steward/import")
@require(Permission.EDIT)
def start() -> Response:
    """Ask for a file, and list the drafts that are not imported yet."""
    return _start()


def _start(wrong: Text | None = None, status: int = 200) -> Response:
    return reply(
        render_template(
            "steward/import/start.html",
            wrong=wrong,
            suffixes=SUFFIXES,
            most_mb=MOST_DRAFT_BYTES // 1024**2,
            days=DRAFT_DAYS,
            encodings=ENCODINGS,
            senders=drafts.known_senders(services().database),
            most_sender=MOST_SENDER_CHARACTERS,
            drafts=drafts.own_drafts(services().database, signed_in().id),
        ),
        status,
    )


@blueprint.post("/steward/import")
@require(Permission.EDIT)
@heavy
def send() -> Response:
    """Keep a file as a draft, and go on to its columns."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _start(Text("请选择一个文件。", "Choose a file."), 422)
    try:
        encoding, crs = text_sent("encoding"), text_sent("crs")
        sender = text_sent("sender", MOST_SENDER_CHARACTERS)
        if encoding not in ("", *ENCODINGS):
            listed = " ".join(ENCODINGS)
            raise InvalidValueError("encoding", encoding, Text(listed, listed))
        number = drafts.keep_draft(
            services().database,
            signed_in().id,
            sent.filename,
            sent.stream.read(MOST_DRAFT_BYTES + 1),
            DraftChoices(encoding=encoding or None, crs=crs or None, sender=sender or None),
        )
    except (InvalidValueError, UnusableInputError) as error:
        return _start(on_page(error.text), 422)
    return to("columns", number)


@blueprint.get("/steward/import/<int:number>")
@require(Permission.EDIT)
def show(number: int) -> Response:
    """Go to where a draft stands, or tell what became of it."""
    draft = draft_of(number)
    if draft.done is None:
        choices = draft.choices
        step = "check" if choices.located else "positions" if choices.settled else "columns"
        return to(step, number)
    return reply(
        render_template(
            "steward/import/done.html", draft=draft, done=draft.done, rejected=_told(draft.done)
        )
    )


def _told(done: dict[str, Any]) -> list[tuple[int, Text]]:
    return [(one["line"], on_page(Text(one["zh"], one["en"]))) for one in done["rejected"]]


@blueprint.get("/steward/import/<int:number>/columns")
@require(Permission.EDIT)
@heavy
def columns(number: int) -> Response:
    """Show which sheet and header were found, and what each column is read as."""
    draft = draft_of(number)
    return to("show", number) if draft.done else columns_page(draft)


def columns_page(draft: Draft, wrong: Text | None = None, status: int = 200) -> Response:
    """Return the page of a draft's columns, with what is wrong."""
    understood: Understood | None = None
    try:
        understood = drafts.columns_of(services().database, draft)
    except (InvalidValueError, UnusableInputError) as error:
        wrong, status = on_page(error.text), 422
    choices = draft.choices
    return reply(
        render_template(
            "steward/import/columns.html",
            draft=draft,
            choices=choices,
            wrong=wrong,
            understood=understood,
            lacking=[] if understood is None else _lacking(understood, choices),
            sheets=drafts.sheets_in(draft),
            together=ALL_ALIKE,
            fields=FIELDS,
            field_text=FIELD_TEXT,
            ignored=IGNORED,
            kinds=[(kind.code, kind.text) for kind in load_vocabulary().kinds],
            key_fields=KEY_FIELDS,
            keys=choices.code_key or DEFAULT_KEY,
            # Where no column has codes they are wanted from the beginning.
            issue=choices.code_key is not None
            or (not choices.settled and understood is not None and "code" not in understood.fields),
        ),
        status,
    )


def _lacking(understood: Understood, choices: DraftChoices) -> list[str]:
    """Return the fields without which no row can be imported."""
    had = {*understood.fields}
    had |= {"kind"} if choices.kind or understood.tells_kinds else set()
    had |= {"code"} if choices.code_key else set()
    return [name for name in _NEEDED if name not in had]


@blueprint.post("/steward/import/<int:number>/sheet")
@require(Permission.EDIT)
@heavy
def read_anew(number: int) -> Response:
    """Read another sheet or header row; the choices of columns begin anew."""
    draft = draft_of(number)
    if draft.done is not None:
        return to("show", number)
    try:
        choices = drafts.read_anew(
            services().database,
            draft,
            sheet=text_sent("sheet") or None,
            header=number_sent("header"),
        )
    except (InvalidValueError, UnusableInputError) as error:
        return columns_page(draft, on_page(error.text), 422)
    change(draft, choices)
    return to("columns", number)


@blueprint.post("/steward/import/<int:number>/columns")
@require(Permission.EDIT)
@heavy
def accept_columns(number: int) -> Response:
    """Keep what each column is read as, and go on to the positions."""
    draft = draft_of(number)
    if draft.done is not None:
        return to("show", number)
    try:
        understood = drafts.columns_of(services().database, draft)
        choices = columns_sent(draft.choices, understood.table.columns)
    except (InvalidValueError, UnusableInputError) as error:
        return columns_page(draft, on_page(error.text), 422)
    change(draft, choices)
    draft = draft_of(number)
    lacking = _lacking(drafts.columns_of(services().database, draft), choices)
    if lacking:
        change(draft, choices.changed(settled=False))
        zh = "、".join(FIELD_TEXT[name].zh for name in lacking)
        en = ", ".join(FIELD_TEXT[name].en for name in lacking)
        wrong = Text(
            f"还没有：{zh}。请指明是哪一列。", f"Still wanting: {en}. Say which column it is."
        )
        return columns_page(draft_of(number), wrong, 422)
    return to("positions", number)


@blueprint.post("/steward/import/<int:number>/cancel")
@require(Permission.EDIT)
def cancel(number: int) -> Response:
    """Give a draft up: its file goes with it."""
    drafts.give_up(services().database, signed_in().id, number)
    return make_response(redirect(url_for("steward_import.start")))
