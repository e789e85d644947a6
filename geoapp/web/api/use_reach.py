"""``/api/v1/use/reach``: visits of a quarter beside the demand that each facility should see."""

from datetime import date
from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from geoapp.core.roles import Permission
from geoapp.core.use import UseField, parse_quarter
from geoapp.operations.use.reach import UsedFacility, use_against_reach
from geoapp.web.api.schemas import Problem
from geoapp.web.api.use import UseParameters
from geoapp.web.api.use_schemas import VisitsAnswer, visits_of
from geoapp.web.edge.access import require
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.services import services

api = APIBlueprint(
    "use_reach_api",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="use", description="到访、满意度、关爱活动 / visits, satisfaction, care")],
    abp_responses={422: Problem, 503: Problem},
)


class ReachParameters(UseParameters):
    """Which quarter, where, which field, and which page of it."""

    field: UseField | None = Field(None, description="只列这一类 / only those of this field")
    limit: int = Field(100, ge=1, le=1000)
    cursor: str | None = Field(
        None, pattern=r"^\d{1,6}$", description="上一页给出的 / from the page before"
    )


class ReachMedians(BaseModel):
    """What parts the fields; ``sole_share`` is null where none reaches anybody."""

    visits_a_day: float
    reach_workers: float
    sole_share: float | None


class ReachedFacility(BaseModel):
    """A facility; null is unknown: visits that nobody counted, demand that the run has not.

    ``reach_workers`` are the outdoor workers within the standard whose nearest facility it is,
    ``sole_share`` (0 to 1) how many of them no other covers.
    """

    facility: str
    name_zh: str
    name_en: str
    sample: bool
    district: str | None
    field: UseField | None
    visits: VisitsAnswer | None
    visits_a_day: float | None
    reach_workers: float | None
    sole_share: float | None


class UseReachAnswer(BaseModel):
    """A quarter beside a published run; ``run`` is null where none is published for the region.

    ``fields`` counts all facilities by field, and ``compared`` those of which both figures are
    known; ``medians`` are null where these are too few. ``total`` is how many are listed on all pages.
    """

    quarter: str | None
    first_day: date | None
    quarters: list[str]
    run: int | None
    reach_known: bool
    sample: bool
    medians: ReachMedians | None
    fields: dict[UseField, int]
    compared: int
    uncounted: int
    not_in_run: int
    total: int
    facilities: list[ReachedFacility]
    cursor: str | None


@api.get(
    "/use/reach",
    summary="到访与应服务的人 / Visits beside the demand",
    responses={200: UseReachAnswer},
)
@require(Permission.SEE_UNPUBLISHED)
def show(query: ReachParameters) -> Response:
    """Set a quarter's visits beside the published coverage run of the region, page by page."""
    quarter = None if query.quarter is None else parse_quarter("quarter", query.quarter)
    told = use_against_reach(services().database, quarter, query.region)
    wanted = [one for one in told.facilities if query.field in (None, one.field)]
    start = int(query.cursor or 0)
    end = start + query.limit
    middles = told.middles
    return json_reply(
        {
            "quarter": None if told.quarter is None else told.quarter.code,
            "first_day": None if told.quarter is None else told.quarter.first,
            "quarters": [one.code for one in told.quarters],
            "run": None if told.official is None else told.official.run.id,
            "reach_known": told.reach_known,
            "sample": told.sample,
            "medians": None
            if middles is None
            else {
                "visits_a_day": middles.visits,
                "reach_workers": middles.reach,
                "sole_share": middles.sole_share,
            },
            "fields": {one.value: told.in_field(one) for one in UseField},
            "compared": told.compared,
            "uncounted": told.uncounted,
            "not_in_run": told.not_in_run,
            "total": len(wanted),
            "facilities": [_facility(one) for one in wanted[start:end]],
            "cursor": str(end) if end < len(wanted) else None,
        }
    )


def _facility(one: UsedFacility) -> dict[str, Any]:
    reach = one.reach
    return {
        "facility": one.code,
        "name_zh": one.name.zh,
        "name_en": one.name.en,
        "sample": one.sample,
        "district": one.district,
        "field": one.field,
        "visits": visits_of(one.visits),
        "visits_a_day": one.visits_a_day,
        "reach_workers": None if reach is None else reach.weight,
        "sole_share": None if reach is None else reach.sole_share,
    }
