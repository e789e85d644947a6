"""``GET /api/v1/report``: the report of a month as a file."""

from typing import Any, Literal

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from geoapp.core.limits import MOST_REGION_CHARACTERS
from geoapp.core.roles import Permission
from geoapp.operations.monthly.save import MEDIA_TYPES, report_file
from geoapp.operations.monthly.scope import scope_of
from geoapp.web.api.schemas import Problem
from geoapp.web.edge.access import require
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.parameters import WITHOUT_NUL, Parameters
from geoapp.web.edge.services import services

api = APIBlueprint(
    "monthly_report",
    __name__,
    url_prefix="/api/v1/report",
    abp_tags=[Tag(name="coverage", description="覆盖分析 / coverage runs")],
    abp_responses={422: Problem, 503: Problem},
)

_CONTENT: dict[str, Any] = {
    kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES.values()
}


class ReportParameters(Parameters):
    """Which report, and as what."""

    region: str | None = Field(
        None,
        max_length=MOST_REGION_CHARACTERS,
        pattern=WITHOUT_NUL,
        description="区域代码，默认公布的最大范围 / region code, by default the widest published area",
    )
    month: str | None = Field(
        None,
        pattern="^[0-9]{4}-[0-9]{2}$",
        description="月份，默认本月 / a month, this one by default",
    )
    date: str | None = Field(
        None,
        pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        description="截至哪一天，默认月末或今天 / up to which day, by default the month's last or today",
    )
    format: Literal["pdf", "xlsx", "html", "pptx"] = Field("pdf")
    language: Literal["zh", "en", "both"] = Field("both", description="语言 / language")


@api.get("", summary="月报 / The report of a month", responses={200: {"content": _CONTENT}})
@require(Permission.SEE_UNPUBLISHED)
@heavy
def show(query: ReportParameters) -> Response:
    """Return the report of a region and month: coverage, facilities, promises, use, and its basis.

    Of the same data it is the same, byte for byte, whenever it is made.
    """
    parts = services()
    scope = scope_of(parts.database, parts.settings, query.region, query.month, query.date)
    suffix = f".{query.format}"
    name, content = report_file(scope, suffix, None if query.language == "both" else query.language)
    response = Response(content, mimetype=MEDIA_TYPES[suffix])
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
