"""``/steward/facilities``: facilities found by words and conditions, on the map and in a table."""

import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, url_for

from geoapp.core.errors import InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_LIST_CHARACTERS
from geoapp.core.roles import Permission
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.words import FAMILY_TEXT, STATUS_TEXT
from geoapp.operations.facilities.calls import write_call_sheet
from geoapp.operations.facilities.desk import list_desk
from geoapp.operations.facilities.export import export_facilities
from geoapp.operations.facilities.stewardship import lack_texts
from geoapp.reports.words.states import band_text, state_on_day_text
from geoapp.store.facilities.records import FacilityRecord
from geoapp.web.edge.access import require
from geoapp.web.edge.heavy import whole_file
from geoapp.web.edge.language import language
from geoapp.web.edge.services import services
from geoapp.web.pages.region_names import region_names
from geoapp.web.pages.steward.asked import Asked, asked_now, found_all
from geoapp.web.pages.steward.saved_lists import list_lines

blueprint = Blueprint("steward_list", __name__)

FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
}


@blueprint.get("/steward/facilities")
@require(Permission.EDIT)
def show() -> str | tuple[str, int]:
    """Show a page of the list; of a day that is none the conditions alone, to be put right."""
    asked = asked_now()
    database = services().database
    try:
        wanted = asked.wanted()
    except InvalidValueError as error:
        wrong = Text(
            f"“哪天在的”写的是“{error.value}”，应为{error.accepted.zh}。",
            f"There on which day: {error.value!r} is not accepted; expected {error.accepted.en}.",
        )
        return render_template("steward/listing.html", **_asked(asked), wrong=wrong, points=[]), 422
    unread = services().search.catch_up() if wanted.terms else 0
    page = list_desk(database, wanted, asked.after or None)
    return render_template(
        "steward/listing.html",
        **_asked(asked),
        page=page,
        unread=unread,
        points=[point for point in map(_point, page.records) if point is not None],
        next=asked.query(after=page.after) if page.after else None,
        formats=list(FORMATS),
        band=None
        if wanted.as_of is None or page.band is None
        else band_text(wanted.as_of.day, page.band),
        on_day={code: state_on_day_text(found) for code, found in page.on_day.items()},
    )


def _asked(asked: Asked) -> dict[str, Any]:
    """Return what the page says of its conditions, whatever they find."""
    query, lists = asked.query(), list_lines()
    return {
        "asked": asked,
        "query": query,
        "statuses": STATUS_TEXT,
        "families": FAMILY_TEXT,
        "lacks": lack_texts(knows_streets=services().work_lists.knows_streets),
        "kinds": {kind.code: kind.text for kind in load_vocabulary().kinds},
        "regions": region_names(services().database),
        "is_filtered": bool(query),
        "lists": lists,
        "is_own": any(one.kept.is_own and one.kept.query == query for one in lists),
        "most_list": MOST_LIST_CHARACTERS,
        "today": datetime.now(ZoneInfo(services().settings.timezone)).date(),
    }


@blueprint.get("/steward/facilities.<suffix>")
@require(Permission.EDIT)
@whole_file
def download(suffix: str) -> Response:
    """Answer all that the list holds as a file."""
    if suffix not in FORMATS:
        raise NotFoundError(Text("格式", "format"), suffix)

    def write(path: Path) -> None:
        export_facilities(
            services().database, path, headers=language(), wanted=found_all(asked_now())
        )

    return _file(f"facilities.{suffix}", write)


@blueprint.get("/steward/facilities/call-sheet.xlsx")
@require(Permission.EDIT)
@whole_file
def call_sheet() -> Response:
    """Answer whom of the list to ring and what to ask, to be printed or filled in."""

    def write(path: Path) -> None:
        write_call_sheet(
            services().database, path, found_all(asked_now()), english=language() == "en"
        )

    return _file("call-sheet.xlsx", write)


def _file(name: str, write: Callable[[Path], None]) -> Response:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        response = Response(path.read_bytes(), mimetype=FORMATS[path.suffix[1:]])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _point(record: FacilityRecord) -> dict[str, object] | None:
    """Return where a facility is drawn, in WGS-84; None without a position."""
    at = record.lonlat
    if at is None:
        return None
    lon, lat = at
    return {
        "code": record.code,
        "lon": round(lon, 7),
        "lat": round(lat, 7),
        "name_zh": record.properties["name_zh"],
        "name_en": record.properties["name_en"],
        "href": url_for("steward_record.show", code=record.code),
    }
