"""``GET /api/v1/coverage/official``: the published coverage answer of a region."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from geoapp.core.limits import MOST_REGION_CHARACTERS
from geoapp.operations.coverage import official as answers
from geoapp.web.api.coverage_runs import answer_json, describe, pair
from geoapp.web.api.run_schemas import CoverageRunAnswer
from geoapp.web.api.schemas import Problem
from geoapp.web.edge.parameters import Parameters
from geoapp.web.edge.services import services

api = APIBlueprint(
    "official",
    __name__,
    url_prefix="/api/v1/coverage",
    abp_tags=[Tag(name="coverage", description="覆盖分析 / coverage runs")],
    abp_responses={404: Problem, 422: Problem, 503: Problem},
)


class OfficialParameters(Parameters):
    """Which answer."""

    region: str | None = Field(
        None,
        max_length=MOST_REGION_CHARACTERS,
        description="区域代码；没有自己的公布结果时，取包含它的区域的 / code of a region; without one of "
        "its own, what is published for a region that contains it",
    )
    as_of: date | None = Field(
        None, description="那一天结束时公布的 / what was published at the end of this day"
    )


class OfficialAnswer(BaseModel):
    """A published run; ``region`` null is the whole area, ``changed_since`` counts facilities."""

    publication: int
    region: str | None
    run: CoverageRunAnswer
    published_at: datetime
    published_by: str | None
    note: str | None
    changed_since: int
    other_changes: list[dict[str, str]]


@api.get(
    "/official",
    summary="公布的覆盖结果 / The published coverage answer",
    responses={200: OfficialAnswer},
)
def show(query: OfficialParameters) -> Response:
    """Return the published run of a region: who published it, when, and what has changed since.

    ``changed_since`` counts the facilities of its region that were added, changed or removed after
    the run read them; ``other_changes`` says in words what else is no longer the same.
    """
    parts = services()
    at = None
    if query.as_of is not None and query.as_of < date.max:
        zone = ZoneInfo(parts.settings.timezone)
        at = datetime.combine(query.as_of + timedelta(days=1), time(), zone)
    found = answers.needed(parts.database, query.region, at)
    fresh = answers.freshness(parts.database, parts.settings, found.run)
    one = found.publication
    body: dict[str, Any] = {
        "publication": one.id,
        "region": one.region,
        "run": describe(found.run),
        "published_at": one.published_at.isoformat(),
        "published_by": one.published_by,
        "note": one.note,
        "changed_since": fresh.facilities,
        "other_changes": [pair(words) for words in fresh.others],
    }
    return answer_json(body)
