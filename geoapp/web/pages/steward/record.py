"""``/steward/facilities/CODE``: one facility's record, edited beside the map."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from geoapp.core.errors import (
    ConflictError,
    GeoappError,
    InvalidValueError,
    NotFoundError,
    RefusedStepError,
    UnusableInputError,
)
from geoapp.core.geo import geometry_from_wgs84
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_CAPTION_CHARACTERS, MOST_PHOTOS, MOST_REASON_CHARACTERS
from geoapp.core.roles import Permission
from geoapp.core.rough_days import written
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.words import (
    ACCESS_TEXT,
    ENTRY_TEXT,
    FAMILY_TEXT,
    ORGANISATION_ROLE_TEXT,
    POSITION_BASIS_TEXT,
    STATUS_TEXT,
    Datum,
    Family,
)
from geoapp.importers.rows.degrees import plain_degrees
from geoapp.operations.applications.read import lives_of
from geoapp.operations.facilities.edit import add_facility, change_facility, remove_facility
from geoapp.operations.facilities.former import current_code
from geoapp.operations.facilities.hours import preview_week
from geoapp.operations.facilities.merge import Clash
from geoapp.operations.facilities.parts import relations_of
from geoapp.operations.facilities.read import is_within, read_facility
from geoapp.operations.history.read import last_change_of
from geoapp.operations.organisations.read import list_organisations
from geoapp.operations.standards.read import own_compliance
from geoapp.reports.words.standards import own_text
from geoapp.reports.words.states import state_text
from geoapp.store.facilities.records import FacilityRecord
from geoapp.store.organisations import OrganisationFilter
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.language import t
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.photo_addresses import photo_address
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.services import services
from geoapp.web.pages.region_names import region_names
from geoapp.web.pages.steward.form import (
    LIST,
    amenity_marks,
    base,
    clash_rows,
    expected_rev,
    given_reason,
    merge_edit,
    sent,
)
from geoapp.web.pages.steward.outline import outline_text, read_outline
from geoapp.web.pages.steward.sources import source_lines
from geoapp.web.pages.steward.suggested import (
    suggested_values,
    suggestion_is_entered,
    suggestion_number,
)

blueprint = Blueprint("steward_record", __name__)

FIELD_TEXT: dict[str, Text] = {
    "code": Text("编号", "Code"),
    "name_zh": Text("名称", "Name"),
    "name_en": Text("英文名", "English name"),
    "kind": Text("类型", "Kind"),
    "status": Text("状态", "Status"),
    "status_note": Text("状态说明（大家看得到）", "Note on the status (public)"),
    "lon": Text("经度", "Longitude"),
    "lat": Text("纬度", "Latitude"),
    "geometry": Text("范围", "Area"),
    "position_basis": Text("位置依据", "What the position rests on"),
    "region": Text("所在区域", "Region"),
    "address": Text("地址", "Address"),
    "opening_hours": Text("开放时间", "Opening hours"),
    "entry": Text("怎么进门", "Way in"),
    "access": Text("谁能进", "Who may enter"),
    "amenities": Text("有的设施", "Amenities there"),
    "no_amenities": Text("没有的设施", "Amenities known not to be there"),
    "phone": Text("电话", "Telephone"),
    "operator": Text("管理单位", "Managed by"),
    "host": Text("所在单位", "Host"),
    "capacity": Text("容纳人数", "Capacity"),
    "source": Text("资料来源", "Source"),
    "opened_on": Text("启用日期", "Opened on"),
    "closed_on": Text("停用日期", "Closed on"),
    "verified_on": Text("核实日期", "Verified on"),
    "reason": Text("原因（可不填）", "Why (optional)"),
}
_PLAIN = (
    "name_zh",
    "name_en",
    "kind",
    "status",
    "status_note",
    "position_basis",
    "region",
    "address",
    "opening_hours",
    "entry",
    "access",
    "phone",
    "operator",
    "host",
    "capacity",
    "source",
    "opened_on",
    "closed_on",
    "verified_on",
)
_POSITION = ("lon", "lat")
# A facility is a point or an area; the fields of the other are empty.
_WHERE = (*_POSITION, "geometry")
_BOTH = Text(
    "范围和经纬度只能填一样：是一片范围就清空经纬度，是一个点就清空范围。",
    "Give an area or a longitude and latitude: empty the one that is not meant.",
)
# Of organisations; any other is named by its code or full name.
MOST_OFFERED = 500


@dataclass(frozen=True, slots=True)
class RefusedPhoto:
    """What was written beside a photo that was not taken, and why it was not."""

    why: Text
    caption_zh: str
    caption_en: str
    is_public: bool


@dataclass(frozen=True, slots=True)
class FormState:
    """What the page shows of a form that was sent and not taken.

    ``wrong`` names the field that was refused and why; ``clashes`` what somebody else changed.
    """

    values: dict[str, str]
    wrong: tuple[str, Text] | None = None
    clashes: tuple[Clash, ...] = ()
    photo: RefusedPhoto | None = None


@blueprint.get("/steward/facilities/<path:code>")
@require(Permission.EDIT)
def show(code: str) -> str | BaseResponse:
    """Show the record, ready to be changed; an old code leads to the present one."""
    parts = services()
    try:
        record = read_facility(parts.database, code, unpublished=True)
    except NotFoundError:
        now = current_code(parts.database, parts.settings, code, unpublished=True)
        if now is None:
            raise
        return redirect(url_for("steward_record.show", code=now))
    saved = request.args.get("saved")
    return _page(record, FormState(_values(record)), saved=saved is not None)


def page_of_refused_photo(code: str, photo: RefusedPhoto) -> str:
    """Return the record's page, which says why a photo was not added and keeps what was written beside it.

    Raises
    ------
    NotFoundError
        If there is no such facility.
    """
    record = read_facility(services().database, code, unpublished=True)
    return _page(record, FormState(_values(record), photo=photo))


@blueprint.get("/steward/new")
@require(Permission.EDIT)
def blank() -> str:
    """Show an empty record, or one filled with a worker's suggestion."""
    number = suggestion_number(request.args)
    if number is None:
        return _page(None, FormState({"status": "open"}))
    return _page(None, FormState(suggested_values(number)), suggestion=number)


@blueprint.post("/steward/new")
@require(Permission.EDIT)
def add() -> BaseResponse | tuple[str, int]:
    """Store a new facility; one without a code gets the next of its region and kind."""
    values, suggestion = sent(("code", *_PLAIN, *_WHERE)), suggestion_number(request.form)
    given = {name: value for name, value in values.items() if value}
    parts = services()
    try:
        geometry, properties = _edit(given, {})
        record = add_facility(
            parts.database,
            parts.settings,
            geometry,
            properties,
            Datum.WGS84,
            issue=True,
            reason=given_reason(),
        )
    except (InvalidValueError, ConflictError, UnusableInputError) as error:
        state = FormState(values, _wrong(error, "code"))
        page = _page(None, state, suggestion=suggestion)
        return page, 409 if isinstance(error, ConflictError) else 422
    if suggestion is not None:
        suggestion_is_entered(suggestion)
    return redirect(url_for("steward_record.show", code=record.code, saved=1))


@blueprint.post("/steward/facilities/<path:code>")
@require(Permission.EDIT)
def save(code: str) -> BaseResponse | tuple[str, int]:
    """Save what was changed; what somebody else changed meanwhile is kept, or shown beside it."""
    parts = services()
    record = read_facility(parts.database, code, unpublished=True)
    now = _values(record)
    mine = sent((*_PLAIN, *_WHERE))
    found = merge_edit(base(), mine, now)
    if found.clashes and request.form.get("rev") != str(record.rev):
        return _page(record, FormState(now | found.changes, clashes=tuple(found.clashes))), 409
    try:
        if found.changes:
            geometry, properties = _edit(found.changes, now)
            change_facility(
                parts.database,
                parts.settings,
                code,
                geometry,
                properties,
                Datum.WGS84,
                expected_rev=record.rev,
                reason=given_reason(),
            )
    except RefusedStepError as error:
        return _page(record, FormState(now | found.changes, _wrong(error, "status"))), 409
    except ConflictError:
        # Between our reading and our writing somebody else was faster; the next press sees it.
        record = read_facility(parts.database, code, unpublished=True)
        again = merge_edit(base(), mine, _values(record))
        state = FormState(_values(record) | again.changes, clashes=tuple(again.clashes))
        return _page(record, state), 409
    except (InvalidValueError, UnusableInputError) as error:
        return _page(record, FormState(now | found.changes, _wrong(error, "name_zh"))), 422
    return redirect(url_for("steward_record.show", code=code, saved=1))


@blueprint.post("/steward/delete/<path:code>")
@require(Permission.EDIT)
def delete(code: str) -> BaseResponse:
    """Delete the facility; refused where it, or what goes with it, has changed since the page was read."""
    remove_facility(
        services().database,
        code,
        expected_rev=expected_rev(),
        seen=expected_rev("seen"),
        reason=given_reason(),
    )
    return redirect(url_for("steward_list.show", gone=code))


@blueprint.get("/steward/hours")
@require(Permission.EDIT)
def hours() -> Response:
    """Answer how hours in anybody's words are understood, and the week that follows from them."""
    words = without_nul(request.args.get("words", ""))[:500]
    week = preview_week(services().database, words, services().settings.timezone)
    body = {
        "understood": week.expression is not None,
        "expression": week.expression,
        "days": [{"day": t(day.name), "hours": t(day.hours)} for day in week.days],
    }
    return json_reply(body)


def _edit(
    changes: Mapping[str, str], now: Mapping[str, str]
) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """Return the changes as `change_facility` takes them: a geometry, properties."""
    properties: dict[str, Any] = dict(changes)
    drawn = properties.pop("geometry", None)
    placed = any(properties.get(name) for name in _POSITION)
    if placed and (now.get("geometry", "") if drawn is None else drawn):
        error = InvalidValueError("geometry", None, _BOTH)
        error.text = _BOTH
        raise error
    geometry = None
    if drawn:
        geometry = _area(drawn)
        properties = {name: one for name, one in properties.items() if name not in _POSITION}
    elif drawn is not None or any(name in properties for name in _POSITION):
        # A position is both numbers, or none.
        properties |= {name: properties.get(name, now.get(name, "")) for name in _POSITION}
        properties |= plain_degrees(properties)
    for name in ("amenities", "no_amenities"):
        if name in properties:
            properties[name] = [one for one in properties[name].split(LIST) if one]
    return geometry, {name: None if value == "" else value for name, value in properties.items()}


def _area(drawn: str) -> dict[str, Any]:
    """Return an area as the form sends it: its corners, or GeoJSON where it has holes."""
    if not drawn.startswith("{"):
        return read_outline(drawn)
    try:
        geometry = orjson.loads(drawn)
    except orjson.JSONDecodeError:
        geometry = None
    if not isinstance(geometry, dict):
        raise InvalidValueError("geometry", None, Text("画出的范围", "a drawn area"))
    return geometry


def _values(record: FacilityRecord) -> dict[str, str]:
    """Return what is stored as the form shows it; the position in WGS-84."""
    stored = record.properties
    values = {name: "" if stored[name] is None else str(stored[name]) for name in _PLAIN}
    if record.hours_words:
        values["opening_hours"] = record.hours_words
    for name in ("opened", "closed"):
        values[f"{name}_on"] = written(stored[f"{name}_on"], stored[f"{name}_basis"]) or ""
    for name in ("amenities", "no_amenities"):
        values[name] = LIST.join(sorted(stored[name]))
    if record.geometry_wkb is None:
        return values | dict.fromkeys(_WHERE, "")
    geometry = geometry_from_wgs84(record.geometry_wkb, Datum.WGS84)
    if geometry["type"] == "Point":
        lon, lat = geometry["coordinates"][:2]
        return values | {"lon": f"{lon:.7f}", "lat": f"{lat:.7f}", "geometry": ""}
    corners = outline_text(geometry)
    drawn = orjson.dumps(geometry).decode() if corners is None else corners
    return values | {"lon": "", "lat": "", "geometry": drawn}


def _wrong(error: GeoappError, otherwise: str) -> tuple[str, Text]:
    """Return the field that was refused, and why."""
    named = error.parameter if isinstance(error, InvalidValueError) else otherwise
    return named if named in FIELD_TEXT else otherwise, error.text


def _page(
    record: FacilityRecord | None,
    state: FormState,
    *,
    saved: bool = False,
    suggestion: int | None = None,
) -> str:
    vocabulary = load_vocabulary()
    names = region_names(services().database)
    values = state.values | {"reason": without_nul(request.form.get("reason", ""))}
    kinds: dict[Family, list[tuple[str, Text]]] = {family: [] for family in Family}
    for kind in vocabulary.kinds:
        kinds[kind.family].append((kind.code, kind.text))
    return render_template(
        "steward/record.html",
        record=record,
        elsewhere=record is not None
        and not is_within(services().database, record.properties["region"], signed_in().regions),
        values=values,
        base=orjson.dumps({} if record is None else _values(record)).decode(),
        wrong=state.wrong,
        clashes=clash_rows(state.clashes, FIELD_TEXT, names),
        refused_photo=state.photo,
        saved=saved,
        suggestion=suggestion,
        most_reason=MOST_REASON_CHARACTERS,
        fields=FIELD_TEXT,
        amenities=amenity_marks(values.get("amenities", ""), values.get("no_amenities", "")),
        kinds=[(FAMILY_TEXT[family], kinds[family]) for family in Family],
        statuses=list(STATUS_TEXT.items()),
        entries=list(ENTRY_TEXT.items()),
        accesses=list(ACCESS_TEXT.items()),
        bases=list(POSITION_BASIS_TEXT.items()),
        regions=names,
        standards=[] if record is None else own_compliance(services().settings, record.properties),
        own_text=own_text,
        **({} if record is None else _beside(record.code)),
    )


def _beside(code: str) -> dict[str, Any]:
    """Return what the page shows of a stored facility beside its form."""
    database = services().database
    seen = last_change_of(database, code)  # before what it shows: what comes between is not seen
    relations = relations_of(database, code, unpublished=True)
    known = list_organisations(database, OrganisationFilter(), limit=MOST_OFFERED)
    return {
        "seen": seen,
        "photos": [(one, photo_address(one)) for one in relations.photos],
        "most_photos": MOST_PHOTOS,
        "most_caption": MOST_CAPTION_CHARACTERS,
        "relations": relations,
        "states": [state_text(one) for one in relations.states],
        "life": lives_of(database, services().settings, code),
        "sources": source_lines(code),
        "position_text": Text("位置", "Position"),
        "organisations": known.records,
        "role_texts": ORGANISATION_ROLE_TEXT,
        "kind_texts": {kind.code: kind.text for kind in load_vocabulary().kinds},
    }
