"""``/api/v1/facilities``: read facilities page by page or one by one; stewards add and edit them."""

from dataclasses import asdict
from datetime import date
from typing import Any, Literal

from flask import Response, redirect, url_for
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field

from geoapp.core.dated_states import StateOnDay
from geoapp.core.errors import InvalidValueError, NotFoundError
from geoapp.core.geo import parse_datum
from geoapp.core.i18n import Text
from geoapp.core.limits import (
    MOST_BOX_CHARACTERS,
    MOST_CODE_CHARACTERS,
    MOST_CURSOR_CHARACTERS,
    MOST_REASON_CHARACTERS,
    MOST_REGION_CHARACTERS,
    MOST_TIME_CHARACTERS,
)
from geoapp.core.links import links
from geoapp.core.parsing import parse_bbox, split_codes
from geoapp.core.roles import Permission
from geoapp.core.words import Datum, Family, Status
from geoapp.operations.facilities.edit import add_facility, change_facility, remove_facility
from geoapp.operations.facilities.feature import facility_feature
from geoapp.operations.facilities.former import current_code
from geoapp.operations.facilities.parts import Relations, read_with_relations, relations_of
from geoapp.operations.facilities.read import PUBLIC_STATUSES, list_facilities, parse_as_of
from geoapp.store.facilities.as_of import IN_PLACE, AsOf
from geoapp.store.facilities.read import FacilityFilter
from geoapp.store.facilities.records import FacilityRecord
from geoapp.web.api.facility_photos import photo_link
from geoapp.web.api.recognitions import recognitions_answer
from geoapp.web.api.schemas import FacilityFeatureCollection, OneFacilityFeature, Problem
from geoapp.web.api.service_schemas import desk_of, offer_of
from geoapp.web.edge.access import may, require
from geoapp.web.edge.cursors import code_after, cursor_of
from geoapp.web.edge.parameters import WITHOUT_NUL, Parameters
from geoapp.web.edge.replies import json_reply, public_reply
from geoapp.web.edge.services import services
from geoapp.web.edge.versions import EditHeaders, required_version

api = APIBlueprint(
    "facilities",
    __name__,
    url_prefix="/api/v1/facilities",
    abp_tags=[Tag(name="facilities", description="站点 / facilities")],
    abp_responses={422: Problem, 503: Problem},
)

_GEOJSON = "application/geo+json"


_AS_OF = Field(
    None,
    max_length=MOST_TIME_CHARACTERS,
    description="那一天在的，连同可能在的 / those there on a day, with those that may have been",
)

_REASON = Field(
    None,
    max_length=MOST_REASON_CHARACTERS,
    pattern=WITHOUT_NUL,
    description="为什么，记入变更记录 / why, for the log",
)


class ListParameters(Parameters):
    """Which facilities, and which page."""

    bbox: str | None = Field(
        None, max_length=MOST_BOX_CHARACTERS, description="西,南,东,北 / west,south,east,north"
    )
    region: str | None = Field(
        None,
        max_length=MOST_REGION_CHARACTERS,
        description="区域代码，含下级 / region code, with those below",
    )
    kind: list[str] = Field([], description="类型代码 / kind codes")
    family: list[Family] = Field([], description="station, base, home")
    status: list[Status] = Field([], description="状态 / lifecycle status")
    limit: int = Field(100, ge=1, le=1000)
    cursor: str | None = Field(
        None, max_length=MOST_CURSOR_CHARACTERS, description="上一页给出的 / from the page before"
    )
    datum: Datum = Datum.WGS84
    as_of: str | None = _AS_OF


class FacilityPath(BaseModel):
    """Which facility."""

    code: str = Field(
        min_length=1, max_length=MOST_CODE_CHARACTERS, description="编号 / stable code"
    )


class DatumParameter(Parameters):
    """Which datum."""

    datum: Datum = Datum.WGS84


class OneParameters(DatumParameter):
    """Which datum, and as of which day."""

    as_of: str | None = _AS_OF


class ReasonParameter(Parameters):
    """Why something is removed."""

    reason: str | None = _REASON


class FacilityBody(BaseModel):
    """A GeoJSON feature whose properties are the columns of a facility file; and why it is added."""

    model_config = ConfigDict(extra="allow")

    type: Literal["Feature"]
    geometry: dict[str, Any] | None = None
    properties: dict[str, Any]
    reason: str | None = _REASON


class PatchBody(BaseModel):
    """What changes: a geometry, properties, or both; and why."""

    model_config = ConfigDict(extra="allow")

    type: Literal["Feature"] = "Feature"
    geometry: dict[str, Any] | None = None
    properties: dict[str, Any] = Field(default_factory=dict)
    reason: str | None = _REASON


_MEMBERS = ("type", "id", "bbox", "geometry", "properties", "reason")


def _refuse_unknown(body: BaseModel) -> None:
    """Refuse members that a feature does not have: whoever sent them meant something by it.

    What is read may be sent back as it is.
    """
    unknown = [one for one in (body.model_extra or {}).items() if one[0] not in _MEMBERS]
    if unknown:
        named = ", ".join(_MEMBERS)
        accepted = Text(
            f"{named}；站点的各项写在 properties 里",
            f"{named}; what is said of a facility goes into properties",
        )
        name, value = unknown[0]
        raise InvalidValueError(name[:100], value, accepted)


@api.get("", summary="站点列表 / List facilities", responses={200: FacilityFeatureCollection})
def list_(query: ListParameters) -> Response:
    """List facilities in order of code, page by page.

    As of a day, ``status`` asks what they were then: open or suspended unless it is given.
    """
    parts = services()
    unpublished = may(Permission.SEE_UNPUBLISHED)
    as_of = _as_of(query.as_of, frozenset(query.status) or IN_PLACE)
    wanted = FacilityFilter(
        bbox=None if query.bbox is None else parse_bbox("bbox", query.bbox),
        region=query.region,
        kinds=split_codes(query.kind),
        families=frozenset(query.family),
        statuses=frozenset(query.status) if as_of is None else frozenset(),
        as_of=as_of,
    )
    after = None if query.cursor is None else code_after(query.cursor)
    page = list_facilities(
        parts.database, wanted, after=after, limit=query.limit, unpublished=unpublished
    )
    features = [facility_feature(record, query.datum) for record in page.records]
    body: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": features,
        "numberReturned": len(page.records),
        "cursor": None if page.cursor is None else cursor_of(page.cursor),
    }
    if as_of is not None and page.band is not None:
        body["as_of"] = {"day": as_of.day, **asdict(page.band)}
        for feature in features:
            found = page.on_day[feature["id"]]
            feature["properties"]["as_of"] = _on_day(as_of.day, found, unpublished=unpublished)
    return public_reply(body, _GEOJSON)


@api.get(
    "/<path:code>",
    summary="一个站点 / One facility",
    responses={200: OneFacilityFeature, 404: Problem, 410: Problem},
)
def show(path: FacilityPath, query: OneParameters) -> Response:
    """Return one facility; its ``ETag`` is what an edit names in ``If-Match``.

    A code that the facility had before leads to the present one (308). Of one that was deleted,
    those who may see what is not public are told when and by whom (410).
    """
    as_of = _as_of(query.as_of, IN_PLACE)
    database, unpublished = services().database, may(Permission.SEE_UNPUBLISHED)
    try:
        record, relations = read_with_relations(
            database, path.code, unpublished=unpublished, as_of=as_of
        )
    except NotFoundError:
        now = current_code(database, services().settings, path.code, unpublished=unpublished)
        if now is None:
            raise
        there = url_for("facilities.show", code=now, datum=query.datum, as_of=query.as_of)
        return redirect(there, 308)  # type: ignore[return-value]
    feature = _one(record, relations, query.datum)
    if as_of is not None and relations.on_day is not None:
        told = _on_day(as_of.day, relations.on_day, unpublished=unpublished)
        feature["properties"]["as_of"] = told
    return _with_version(public_reply(feature, _GEOJSON), record)


def _as_of(value: str | None, statuses: frozenset[Status]) -> AsOf | None:
    """Return the day that is asked for, and which states count on it."""
    if value is None:
        return None
    day, today = parse_as_of(value, services().settings.timezone)
    unpublished = may(Permission.SEE_UNPUBLISHED)
    return AsOf(day, today, statuses if unpublished else statuses & PUBLIC_STATUSES)


def _on_day(day: date, found: StateOnDay, *, unpublished: bool) -> dict[str, Any]:
    return {
        "day": day,
        "standing": found.standing,
        "statuses": [one for one in found.statuses if unpublished or one in PUBLIC_STATUSES],
    }


def _edited(record: FacilityRecord, datum: Datum) -> dict[str, Any]:
    """Return a facility that was just written; whoever edits it sees all that belongs to it."""
    relations = relations_of(services().database, record.code, unpublished=True)
    return _one(record, relations, datum)


def _one(record: FacilityRecord, relations: Relations, datum: Datum) -> dict[str, Any]:
    feature = facility_feature(record, datum)
    feature["properties"] |= {
        "parts": [asdict(one) for one in relations.parts],
        "part_of": [asdict(one) for one in relations.part_of],
        "organisations": [
            {
                "id": one.id,
                "code": one.organisation,
                "name_zh": one.organisation_name,
                "role": one.role,
                "valid_from": one.valid_from,
                "valid_to": one.valid_to,
            }
            for one in relations.organisations
        ],
        "recognitions": recognitions_answer(facility=record.code),
        "photos": [photo_link(one) for one in relations.photos],
        "services": [offer_of(offer, item) for offer, item in relations.services],
        "duty_desks": [desk_of(desk) for desk in relations.desks],
        "states": [
            {
                "status": one.status,
                "since": one.from_on,
                "basis": one.basis,
                "until": one.to_on,
                "announced": one.announced,
            }
            for one in relations.states
        ],
    }
    # PointOnSurface of an area lies inside it; for a point it is the point.
    at = record.lonlat
    feature["properties"]["links"] = (
        None if at is None else links(lon=at[0], lat=at[1], name=record.properties["name_zh"])
    )
    return feature


def _with_version(response: Response, record: FacilityRecord) -> Response:
    # The version is for edits; it does not cover the organisations and parts of the answer, so that
    # nobody is told "as before" by it.
    response.set_etag(str(record.rev))
    return response


@api.post(
    "",
    summary="新增站点 / Add a facility",
    responses={201: OneFacilityFeature, 409: Problem},
)
@require(Permission.EDIT)
def add(body: FacilityBody, query: DatumParameter) -> Response:
    """Add a facility; a code that exists already is refused (409)."""
    _refuse_unknown(body)
    parts = services()
    record = add_facility(
        parts.database,
        parts.settings,
        body.geometry,
        body.properties,
        parse_datum(query.datum),
        reason=body.reason,
    )
    response = _with_version(json_reply(_edited(record, query.datum), 201, _GEOJSON), record)
    response.headers["Location"] = url_for("facilities.show", code=record.code)
    return response


@api.patch(
    "/<path:code>",
    summary="修改站点 / Change a facility",
    responses={200: OneFacilityFeature, 404: Problem, 409: Problem},
)
@require(Permission.EDIT)
def change(
    path: FacilityPath, header: EditHeaders, body: PatchBody, query: DatumParameter
) -> Response:
    """Change some properties or the geometry; ``If-Match`` must name the current version."""
    _refuse_unknown(body)
    parts = services()
    record = change_facility(
        parts.database,
        parts.settings,
        path.code,
        body.geometry,
        body.properties,
        parse_datum(query.datum),
        expected_rev=required_version(header.if_match),
        reason=body.reason,
    )
    return _with_version(json_reply(_edited(record, query.datum), 200, _GEOJSON), record)


@api.delete(
    "/<path:code>",
    summary="删除站点 / Delete a facility",
    responses={204: None, 404: Problem, 409: Problem},
)
@require(Permission.EDIT)
def remove(path: FacilityPath, header: EditHeaders, query: ReasonParameter) -> Response:
    """Delete a facility; its history stays, and ``geoapp undo`` brings it back."""
    remove_facility(
        services().database,
        path.code,
        expected_rev=required_version(header.if_match),
        reason=query.reason,
    )
    return Response(status=204)
