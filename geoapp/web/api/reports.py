"""``POST /api/v1/reports``: what a worker found at a place; no account is needed."""

from typing import Any

from flask import Response, abort, current_app, request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field

from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import check_lonlat, to_wgs84
from geoapp.core.i18n import Text
from geoapp.core.limits import (
    LEAST_REPORT_KEY_CHARACTERS,
    MOST_CODE_CHARACTERS,
    MOST_NAME_CHARACTERS,
    MOST_PLACE_WORDS_CHARACTERS,
    MOST_REGION_CHARACTERS,
    MOST_REPORT_KEY_CHARACTERS,
    MOST_REPORT_NOTE_CHARACTERS,
)
from geoapp.core.voices import ReportKind, doubtful_answer
from geoapp.core.words import Datum
from geoapp.operations.voices.take import Taken, Told, take_report
from geoapp.web.api.schemas import Doubtful, Problem
from geoapp.web.edge.parameters import WITHOUT_NUL
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.security import csrf
from geoapp.web.edge.services import services
from geoapp.web.edge.strangers import refuse_other_sites

api = APIBlueprint(
    "reports",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="reports", description="工人反馈 / workers' reports")],
    abp_responses={403: Problem, 422: Problem, 429: Problem, 503: Problem},
)


_MOST_AGE_SECONDS = 10**10  # beyond any clock; how old is too old is a setting


@api.before_request
def _json_alone() -> None:
    """Refuse what another site's form can send: before the body is read, which would be said to be none."""
    if request.method == "POST" and request.mimetype != "application/json":
        abort(415)


class ReportBody(BaseModel):
    """What a worker found."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(
        min_length=LEAST_REPORT_KEY_CHARACTERS,
        max_length=MOST_REPORT_KEY_CHARACTERS,
        description="本次反馈的随机标识；同一标识只算一次 / random, made by the sender; the same twice is one report",
    )
    code: str | None = Field(
        None,
        min_length=1,
        max_length=MOST_CODE_CHARACTERS,
        pattern=WITHOUT_NUL,
        description="站点编号；建议新增时不填 / the facility's code; none with a suggestion",
    )
    kind: ReportKind | None = Field(
        None, description="只打分或留言时可不填 / may be left out with stars or a note"
    )
    stars: int | None = Field(
        None, ge=1, le=5, strict=True, description="1 至 5 分；只计合计 / kept as sums alone"
    )
    missing: str | None = Field(
        None,
        max_length=MOST_CODE_CHARACTERS,
        description="缺少的设施代码 / code of the amenity that was missing",
    )
    note: str | None = Field(
        None,
        max_length=MOST_REPORT_NOTE_CHARACTERS,
        description="留言，仅工作人员可见 / words, for staff alone",
    )
    name: str | None = Field(
        None,
        max_length=MOST_NAME_CHARACTERS,
        description="建议新增的名称 / name of a suggested place",
    )
    where: str | None = Field(
        None,
        max_length=MOST_PLACE_WORDS_CHARACTERS,
        description="建议新增的地址或说明 / where a suggested place is, in words",
    )
    lon: float | None = Field(None, ge=-180, le=180, allow_inf_nan=False, strict=True)
    lat: float | None = Field(None, ge=-90, le=90, allow_inf_nan=False, strict=True)
    datum: Datum = Field(Datum.WGS84, description="lon、lat 的坐标系 / datum of lon and lat")
    region: str | None = Field(
        None,
        max_length=MOST_REGION_CHARACTERS,
        description="建议新增所在的区域代码 / code of a suggested place's region",
    )
    age_seconds: int = Field(
        0,
        ge=0,
        le=_MOST_AGE_SECONDS,
        strict=True,
        description="多少秒以前的情况 / how long ago it was made, where it waited for a network",
    )


class ReportAnswer(BaseModel):
    """What became of a report."""

    key: str
    code: str | None
    kind: ReportKind | None
    new: bool
    rated: bool
    doubtful: Doubtful | None


@api.post(
    "/reports",
    summary="反馈站点情况 / Report what was found at a place",
    responses={200: ReportAnswer, 201: ReportAnswer, 404: Problem, 415: Problem},
)
def report(body: ReportBody) -> Response:
    """Take a report: 201, or 200 where one of this key came before, which stays as it was.

    Who sent it is not kept. After 30 within an hour from one network the answer is 429, with
    ``Retry-After``. ``doubtful`` is what workers now agree on.
    """
    refuse_other_sites()
    taken = take(
        Told(
            key=body.key,
            code=body.code,
            kind=body.kind,
            stars=body.stars,
            missing=body.missing,
            note=body.note,
            place_name=body.name,
            place_words=body.where,
            place=place_of(body.lon, body.lat, body.datum),
            region=body.region,
            age_seconds=body.age_seconds,
        )
    )
    answer: dict[str, Any] = {
        "key": body.key,
        "code": taken.code,
        "kind": taken.kind,
        "new": taken.new,
        "rated": taken.rated,
        "doubtful": doubtful_answer(taken.doubt),
    }
    return json_reply(answer, 201 if taken.new else 200)


# Whoever reports is nobody whom a cookie names; other sites' pages are refused above.
csrf.exempt(report)


def take(told: Told) -> Taken:
    """Take a report that came with the present request."""
    parts, secret = services(), current_app.config["SECRET_KEY"]
    return take_report(
        parts.database, parts.settings, secret, request.remote_addr or "unknown", told
    )


def place_of(lon: float | None, lat: float | None, datum: Datum) -> tuple[float, float] | None:
    """Return a position in WGS-84; None if there is none."""
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        raise InvalidValueError(
            "lon" if lon is None else "lat", None, Text("经纬度都填", "both lon and lat")
        )
    check_lonlat(lon, lat)
    if datum is not Datum.WGS84:
        lon, lat = (float(one) for one in to_wgs84(lon=lon, lat=lat, datum=datum))
    return lon, lat
