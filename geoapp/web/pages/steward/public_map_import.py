"""``/steward/public-maps/import``: a map's list sent in the browser, looked at, and then imported."""

from typing import Any, Final

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from geoapp.core.errors import (
    InvalidValueError,
    NotFoundError,
    UnavailableError,
    UnusableInputError,
)
from geoapp.core.geo import parse_datum
from geoapp.core.i18n import Text
from geoapp.core.limits import (
    DRAFT_DAYS,
    MOST_DRAFT_BYTES,
    MOST_REGION_CHARACTERS,
    MOST_SET_CHARACTERS,
)
from geoapp.core.public_maps import PUBLIC_MAP_TEXT, PublicMap
from geoapp.core.roles import Permission
from geoapp.core.words import DATUM_TEXT
from geoapp.importers.formats.encoding import ENCODINGS
from geoapp.importers.open import SUFFIXES
from geoapp.importers.rows.listings import ListingRow
from geoapp.operations.public_maps import draft as drafts
from geoapp.operations.public_maps.draft import MapChoices, MapDraft
from geoapp.reports.words import public_maps as words
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.services import services
from geoapp.web.pages.region_names import region_names
from geoapp.web.pages.steward.imports.forms import text_sent
from geoapp.web.pages.steward.imports.words import on_page
from geoapp.web.pages.steward.listing import FORMATS
from geoapp.web.pages.steward.page import reply

blueprint = Blueprint("steward_public_map_import", __name__)

_MOST_DRAWN: Final = 2_000
_MOST_TOLD: Final = 100


@blueprint.get("/steward/public-maps/import")
@require(Permission.EDIT)
def start() -> Response:
    """Ask for a list, and tell of those that are not imported yet."""
    return _start()


def _start(wrong: Text | None = None, status: int = 200) -> Response:
    return reply(
        render_template(
            "steward/public_map_import.html",
            wrong=wrong,
            everywhere=not signed_in().regions,
            suffixes=SUFFIXES,
            most_mb=MOST_DRAFT_BYTES // 1024**2,
            days=DRAFT_DAYS,
            drafts=drafts.own_map_drafts(services().database, signed_in().id),
            **_offered(),
        ),
        status,
    )


def _offered() -> dict[str, Any]:
    return {
        "maps": PUBLIC_MAP_TEXT,
        "datums": DATUM_TEXT,
        "regions": region_names(services().database),
        "encodings": ENCODINGS,
        "words": words,
    }


def _choices_sent() -> MapChoices:
    """Return what the form says of a list.

    Raises
    ------
    InvalidValueError
        If there is no such map, datum or encoding.
    """
    name, datum = text_sent("map"), text_sent("datum")
    if name not in list(PublicMap):
        accepted = " ".join(PublicMap)
        raise InvalidValueError("map", name, Text(accepted, accepted))
    encoding = text_sent("encoding")
    if encoding not in ("", *ENCODINGS):
        accepted = " ".join(ENCODINGS)
        raise InvalidValueError("encoding", encoding, Text(accepted, accepted))
    return MapChoices(
        map=PublicMap(name),
        datum=parse_datum(datum) if datum else None,
        covers=text_sent("covers", MOST_REGION_CHARACTERS) or None,
        encoding=encoding or None,
        sheet=text_sent("sheet", MOST_SET_CHARACTERS) or None,
        anywhere="anywhere" in request.form,
    )


@blueprint.post("/steward/public-maps/import")
@require(Permission.EDIT)
@heavy
def send() -> Response:
    """Keep a list as a draft, and go on to what it would change."""
    drafts.check_everywhere(signed_in().regions)
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _start(Text("请选择一个文件。", "Choose a file."), 422)
    try:
        number = drafts.keep_map_draft(
            services().database,
            signed_in().id,
            sent.filename,
            sent.stream.read(MOST_DRAFT_BYTES + 1),
            _choices_sent(),
        )
    except (InvalidValueError, UnusableInputError) as error:
        return _start(on_page(error.text), 422)
    return make_response(redirect(url_for(".show", number=number)))


def _draft(number: int) -> MapDraft:
    return drafts.read_map_draft(services().database, signed_in().id, number)


@blueprint.get("/steward/public-maps/import/<int:number>")
@require(Permission.EDIT)
@heavy
def show(number: int) -> Response:
    """Show what a list would change, or what became of it."""
    return _show(_draft(number))


def _show(draft: MapDraft, wrong: Text | None = None, status: int = 200) -> Response:
    parts, looked = services(), None
    if draft.done is None:
        try:
            looked = drafts.look_at_map_draft(parts.database, parts.settings, draft)
        except (InvalidValueError, UnusableInputError) as error:
            wrong, status = on_page(error.text), 422
    report = None if looked is None else looked.report
    return reply(
        render_template(
            "steward/public_map_check.html",
            draft=draft,
            wrong=wrong,
            looked=looked,
            report=report,
            problems=[] if report is None else drafts.told_problems(report),
            done=draft.done,
            points=[] if looked is None else [_point(one) for one in looked.rows[:_MOST_DRAWN]],
            most_told=_MOST_TOLD,
            **_offered(),
        ),
        status,
    )


@blueprint.post("/steward/public-maps/import/<int:number>")
@require(Permission.EDIT)
@heavy
def settle(number: int) -> Response:
    """Read a list otherwise, import it, or give it up."""
    drafts.check_everywhere(signed_in().regions)
    parts, draft, user = services(), _draft(number), signed_in().id
    action = request.form.get("action", "")
    if action == "give-up":
        drafts.give_up_map_draft(parts.database, user, number)
        return make_response(redirect(url_for(".start")))
    try:
        if action == "import":
            drafts.import_map_draft(parts.database, parts.settings, user, number)
        else:
            drafts.change_map_draft(parts.database, user, number, _choices_sent())
    except (NotFoundError, UnavailableError):
        raise
    except (InvalidValueError, UnusableInputError) as error:
        return _show(draft, on_page(error.text), 422)
    return make_response(redirect(url_for(".show", number=number)))


@blueprint.get("/steward/public-maps/import/<int:number>/rejects")
@require(Permission.EDIT)
def rejects(number: int) -> Response:
    """Answer the rows that were not taken as a file with their reasons."""
    draft = _draft(number)
    if draft.done is None or "rejects" not in draft.done:
        raise NotFoundError(Text("被拒绝的行", "rejected rows"), draft.name)
    name = draft.done["rejects"]
    response = make_response(draft.content)
    response.mimetype = FORMATS[name.rpartition(".")[2]]
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/steward/public-maps/covers")
@require(Permission.EDIT)
def cover() -> Redirect:
    """State which region a map's list covers whole."""
    drafts.check_everywhere(signed_in().regions)
    name = text_sent("map")
    if name not in list(PublicMap):
        raise NotFoundError(words.MAP, name)
    covers = text_sent("covers", MOST_REGION_CHARACTERS) or None
    drafts.state_covers(services().database, PublicMap(name), covers)
    return redirect(url_for("steward_public_maps.show", map=name, verdict="covers"))


def _point(row: ListingRow) -> dict[str, Any]:
    """Return where the map draws a listing, WGS-84."""
    at = [round(row.lon, 7), round(row.lat, 7)]
    return {
        "finding": "listed",
        "said": row.address or "",
        "name": row.name,
        "at": at,
        "listed": None,
    }
