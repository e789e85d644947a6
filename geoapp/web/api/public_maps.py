"""``/api/v1/public-maps``: what a public map lists, held against the register."""

from datetime import datetime

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from geoapp.core.limits import MOST_REGION_CHARACTERS
from geoapp.core.public_maps import (
    LEAST_MOVED_M,
    MOST_MOVED_M,
    MOVED_M,
    Finding,
    ListedStatus,
    PublicMap,
    Sureness,
)
from geoapp.core.roles import Permission
from geoapp.operations.public_maps.compare import compare, compared_document, line_document
from geoapp.web.api.schemas import Problem
from geoapp.web.edge.access import require
from geoapp.web.edge.parameters import WITHOUT_NUL, Parameters
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.services import services

api = APIBlueprint(
    "public_maps",
    __name__,
    url_prefix="/api/v1/public-maps",
    abp_tags=[Tag(name="public-maps", description="公共地图 / public maps")],
    abp_responses={404: Problem, 422: Problem, 503: Problem},
)


class MapPath(BaseModel):
    """Which map."""

    map: PublicMap = Field(description="哪个地图 / which map")


class FindingParameters(Parameters):
    """Where, what is told of, and which page of it."""

    region: str | None = Field(
        None,
        max_length=MOST_REGION_CHARACTERS,
        pattern=WITHOUT_NUL,
        description="区域代码，含下级 / region code, with those below",
    )
    finding: Finding | None = Field(None, description="只列这一类 / only lines of this finding")
    over: int = Field(
        MOVED_M,
        ge=LEAST_MOVED_M,
        le=MOST_MOVED_M,
        description="相距超过多少米算位置不对 / from how many metres on it is in another place",
    )
    limit: int = Field(100, ge=1, le=1000)
    cursor: str | None = Field(
        None, pattern=r"^\d{1,6}$", description="上一页给出的 / from the page before"
    )


class FoundLine(BaseModel):
    """What is found of a facility, a listing or both; the one that is not there is null.

    ``distance_m`` is how far apart they stand on the spheroid, ``alike`` (0 to 1) how alike their
    names are; ``candidates`` are the facilities that a listing is or may be.
    """

    finding: Finding
    facility: str | None
    facility_name: str | None
    listing: str | None
    listing_name: str | None
    listed_status: ListedStatus | None
    sureness: Sureness | None
    alike: float | None
    distance_m: float | None
    candidates: list[str]


class MapAnswer(BaseModel):
    """A list against the register: where it counts as complete, what is found, how often.

    ``covered`` is the region in which what is not listed is missing, as was stated of the list; where
    nothing was, ``looked_at`` are the districts with a listing, in which that is unknown. ``unplaced``
    facilities in use have no position and are not compared. ``total`` is how many lines all pages have.
    """

    map: PublicMap
    read_at: datetime
    covered: list[str]
    looked_at: list[str]
    counts: dict[Finding, int]
    unplaced: int
    total: int
    lines: list[FoundLine]
    cursor: str | None


@api.get(
    "/<string:map>",
    summary="公共地图与名册对照 / A public map against the register",
    responses={200: MapAnswer},
)
@require(Permission.SEE_UNPUBLISHED)
def show(path: MapPath, query: FindingParameters) -> Response:
    """Tell what is missing, moved, closed or not known here, by what wants doing most."""
    found = compare(services().database, path.map, query.region, moved_m=query.over)
    wanted = [one for one in found.lines if query.finding in (None, one.finding)]
    start = int(query.cursor or 0)
    end = start + query.limit
    return json_reply(
        compared_document(found)
        | {
            "total": len(wanted),
            "lines": [line_document(one) for one in wanted[start:end]],
            "cursor": str(end) if end < len(wanted) else None,
        }
    )
