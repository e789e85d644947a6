"""``/api/v1/programmes``: published promises, the facts, and where each stands."""

from datetime import date

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from geoapp.core.limits import MOST_CODE_CHARACTERS
from geoapp.operations.programmes.document import programme_document, standing_document
from geoapp.operations.programmes.read import list_all, read_one
from geoapp.web.api.programme_schemas import OneProgramme, ProgrammeList
from geoapp.web.api.schemas import Problem
from geoapp.web.edge.parameters import Parameters
from geoapp.web.edge.replies import public_reply
from geoapp.web.edge.services import services

api = APIBlueprint(
    "programmes_api",
    __name__,
    url_prefix="/api/v1/programmes",
    abp_tags=[Tag(name="programmes", description="计划与指标 / published promises")],
    abp_responses={422: Problem, 503: Problem},
)


class DayParameters(Parameters):
    """On which day."""

    as_of: date | None = Field(
        None, description="哪一天的情况，默认今天 / on which day, by default today"
    )


class ProgrammePath(BaseModel):
    """Which programme."""

    code: str = Field(min_length=1, max_length=MOST_CODE_CHARACTERS, description="编号 / its code")


@api.get("", summary="计划 / Programmes", responses={200: ProgrammeList})
def list_() -> Response:
    """List the published plans, those with promises first."""
    found = list_all(services().database)
    return public_reply({"programmes": [programme_document(one) for one in found]})


@api.get(
    "/<string:code>",
    summary="一个计划的指标 / A programme's promises",
    responses={200: OneProgramme, 404: Problem},
)
def one(path: ProgrammePath, query: DayParameters) -> Response:
    """Answer where each promise of a plan stands on a day, with what was counted."""
    parts = services()
    found = read_one(parts.database, parts.settings, path.code, query.as_of)
    return public_reply(standing_document(found))
