"""``/api/v1/standards``: published standards, and how facilities stand to them."""

from bisect import bisect_right
from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from geoapp.core.limits import (
    MOST_CODE_CHARACTERS,
    MOST_CURSOR_CHARACTERS,
    MOST_REGION_CHARACTERS,
)
from geoapp.core.standards import Compliance, standard_of, standards
from geoapp.operations.standards.document import (
    facility_document,
    figures_document,
    standard_document,
)
from geoapp.operations.standards.read import check_standard
from geoapp.web.api.schemas import Problem
from geoapp.web.api.standard_schemas import OneStandard, StandardList
from geoapp.web.edge.cursors import code_after, cursor_of
from geoapp.web.edge.parameters import WITHOUT_NUL, Parameters
from geoapp.web.edge.replies import public_reply
from geoapp.web.edge.services import services

api = APIBlueprint(
    "standards_api",
    __name__,
    url_prefix="/api/v1/standards",
    abp_tags=[Tag(name="standards", description="建设标准 / standards of equipment")],
    abp_responses={422: Problem, 503: Problem},
)


class CheckParameters(Parameters):
    """Where, which facilities are listed, and which page of them."""

    region: str | None = Field(
        None,
        max_length=MOST_REGION_CHARACTERS,
        pattern=WITHOUT_NUL,
        description="区域代码，含下级 / region code, with those below",
    )
    state: Compliance | None = Field(
        None, description="只列出这样的设施 / only facilities that stand so are listed"
    )
    limit: int = Field(100, ge=1, le=1000)
    cursor: str | None = Field(
        None, max_length=MOST_CURSOR_CHARACTERS, description="上一页给出的 / from the page before"
    )


class StandardPath(BaseModel):
    """Which standard."""

    code: str = Field(min_length=1, max_length=MOST_CODE_CHARACTERS, description="编号 / its code")


@api.get("", summary="建设标准 / Standards", responses={200: StandardList})
def list_() -> Response:
    """List the published standards with their sources and items."""
    found = standards(services().settings).values()
    return public_reply({"standards": [standard_document(one) for one in found]})


@api.get(
    "/<string:code>",
    summary="对照一个标准 / Facilities against a standard",
    responses={200: OneStandard, 404: Problem},
)
def one(path: StandardPath, query: CheckParameters) -> Response:
    """Tell how many facilities comply, lack something, are unknown, and list them page by page."""
    parts = services()
    standard = standard_of(parts.settings, path.code)
    after = None if query.cursor is None else code_after(query.cursor)
    body: dict[str, Any] = {
        "standard": standard_document(standard),
        "result": None,
        "facilities": [],
        "cursor": None,
    }
    if standard.can_be_checked:
        result = check_standard(parts.database, parts.settings, path.code, query.region)
        wanted = [one for one in result.facilities if query.state in (None, one.state)]
        codes = [one.code for one in wanted]
        first = 0 if after is None else bisect_right(codes, after)
        page = wanted[first : first + query.limit]
        more = first + query.limit < len(wanted)
        body |= {
            "result": figures_document(result),
            "facilities": [facility_document(one) for one in page],
            "cursor": cursor_of(page[-1].code) if more else None,
        }
    return public_reply(body)
