"""``/steward/places/CODE``: the timetabled places of a facility that moves."""

import re
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geoapp.core.errors import ConflictError, InvalidValueError, UnusableInputError
from geoapp.core.geo import geometry_from_wgs84
from geoapp.core.i18n import Text
from geoapp.core.roles import Permission
from geoapp.core.words import Datum
from geoapp.importers.rows.degrees import plain_degrees
from geoapp.operations.facilities.edit import change_facility
from geoapp.operations.facilities.read import read_facility
from geoapp.operations.facilities.timetable import preview_timetable
from geoapp.operations.moment import today
from geoapp.store.facilities.records import FacilityRecord
from geoapp.web.edge.access import require
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.steward.form import expected_rev

blueprint = Blueprint("steward_places", __name__)

FIELDS = ("label_zh", "label_en", "lon", "lat", "valid_from", "valid_to", "opening_hours")
_FIELD = re.compile(rf"place-(\d{{1,4}})-({'|'.join(FIELDS)})")
_BLANK_ROWS = 2


@blueprint.get("/steward/places/<path:code>")
@require(Permission.EDIT)
def show(code: str) -> str:
    """Show where the facility stands when, ready to be changed."""
    record = read_facility(services().database, code, unpublished=True)
    return _page(record, _stored(record), saved="saved" in request.args)


@blueprint.post("/steward/places/<path:code>")
@require(Permission.EDIT)
def save(code: str) -> Response | tuple[str, int]:
    """Store the places that the form lists, and no others."""
    parts = services()
    rows = _sent()
    places = [
        {name: value for name, value in row.items() if value and name != "remove"}
        for row in rows
        if any(row[name] for name in FIELDS) and "remove" not in row
    ]
    try:
        change_facility(
            parts.database,
            parts.settings,
            code,
            None,
            {"places": places},
            Datum.WGS84,
            expected_rev=expected_rev(),
        )
    except (ConflictError, InvalidValueError, UnusableInputError) as error:
        record = read_facility(parts.database, code, unpublished=True)
        is_conflict = isinstance(error, ConflictError)
        wrong = _CHANGED if is_conflict else error.text
        return _page(record, rows, wrong=wrong), 409 if is_conflict else 422
    return redirect(url_for("steward_places.show", code=code, saved=1))


_CHANGED = Text(
    "您编辑时，他人改了这处设施。表单里是您填的，下面一周是现在存的；再按一次“保存”就用您的。",
    "While you were editing somebody else changed this facility. The form holds yours, the week "
    "below is what is stored: press Save once more to use yours.",
)


def _sent() -> list[dict[str, str]]:
    """Return the rows of the form in order; what is to be removed has ``remove``."""
    rows: dict[int, dict[str, str]] = {}
    for name, value in request.form.items():
        found = _FIELD.fullmatch(name)
        if found is not None:
            row = rows.setdefault(int(found[1]), dict.fromkeys(FIELDS, ""))
            row[found[2]] = without_nul(value).strip()
    for number, row in rows.items():
        row.update(plain_degrees(row))
        if request.form.get(f"place-{number}-remove"):
            row["remove"] = "yes"
    return [rows[number] for number in sorted(rows)]


def _stored(record: FacilityRecord) -> list[dict[str, str]]:
    """Return the stored places as the form shows them, positions in WGS-84."""
    rows = []
    for place in record.properties["places"]:
        position = geometry_from_wgs84(place["geometry_wkb"], Datum.WGS84)
        lon, lat = position["coordinates"][:2]
        row: dict[str, Any] = {**place, "lon": f"{lon:.7f}", "lat": f"{lat:.7f}"}
        rows.append({name: "" if row[name] is None else str(row[name]) for name in FIELDS})
    return rows


def _page(
    record: FacilityRecord,
    rows: list[dict[str, str]],
    *,
    wrong: Text | None = None,
    saved: bool = False,
) -> str:
    parts = services()
    blank = [dict.fromkeys(FIELDS, "") for _ in range(_BLANK_ROWS)]
    return render_template(
        "steward/places.html",
        record=record,
        rows=[*rows, *blank],
        wrong=wrong,
        saved=saved,
        week=preview_timetable(parts.database, record, today(parts.settings)),
    )
