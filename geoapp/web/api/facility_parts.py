"""``/api/v1/facilities/CODE/parts``: stewards say which facilities are parts of one."""

from dataclasses import asdict
from datetime import date

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field

from geoapp.core.limits import MOST_CODE_CHARACTERS
from geoapp.core.roles import Permission
from geoapp.operations.facilities.parts import join_part, part_parts
from geoapp.web.api.schemas import Problem, RelatedFacility
from geoapp.web.edge.access import require
from geoapp.web.edge.parameters import WITHOUT_NUL
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.services import services
from geoapp.web.edge.versions import EditHeaders, required_version

api = APIBlueprint(
    "facility_parts",
    __name__,
    url_prefix="/api/v1/facilities",
    abp_tags=[Tag(name="facilities", description="站点 / facilities")],
    abp_responses={422: Problem, 503: Problem},
)


class WholePath(BaseModel):
    """Which whole."""

    code: str = Field(
        min_length=1, max_length=MOST_CODE_CHARACTERS, description="整体的编号 / the whole's code"
    )


class PartPath(WholePath):
    """Which part of which whole."""

    id: int = Field(ge=1, le=2**63 - 1, description="组成关系号 / the relation's number")


class PartBody(BaseModel):
    """Which facility is a part, from a day to a day; both days are included."""

    model_config = ConfigDict(extra="forbid")

    part: str = Field(
        min_length=1,
        max_length=MOST_CODE_CHARACTERS,
        pattern=WITHOUT_NUL,
        description="部分的编号 / the part's code",
    )
    valid_from: date | None = None
    valid_to: date | None = None


class PartList(BaseModel):
    """The parts of a whole."""

    parts: list[RelatedFacility]


@api.post(
    "/<path:code>/parts",
    summary="加入一个组成部分 / Add a part",
    responses={201: PartList, 404: Problem, 409: Problem},
)
@require(Permission.EDIT)
def add(path: WholePath, body: PartBody) -> Response:
    """Say that a facility is part of this one; nothing becomes a part of itself (409)."""
    parts = join_part(services().database, path.code, body.part, body.valid_from, body.valid_to)
    return json_reply({"parts": [asdict(one) for one in parts]}, 201)


@api.delete(
    "/<path:code>/parts/<int:id>",
    summary="去掉一个组成部分 / Take a part away",
    responses={204: None, 404: Problem, 409: Problem},
)
@require(Permission.EDIT)
def remove(path: PartPath, header: EditHeaders) -> Response:
    """Delete a relation that was entered by mistake; the facility itself stays."""
    part_parts(
        services().database,
        path.code,
        path.id,
        expected_rev=required_version(header.if_match),
    )
    return Response(status=204)
