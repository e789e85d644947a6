"""``/api/v1/use`` and a facility's use: visits, satisfaction and care events by quarters."""

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from geoapp.core.limits import MOST_CODE_CHARACTERS, MOST_REGION_CHARACTERS
from geoapp.core.roles import Permission
from geoapp.core.use import parse_quarter
from geoapp.operations.use.read import facility_use, quarter_of_use
from geoapp.web.api.schemas import Problem
from geoapp.web.api.use_schemas import (
    FacilityUse,
    QuarterAnswer,
    care_of,
    figures_of,
    ranked_of,
    total_of,
)
from geoapp.web.edge.access import require
from geoapp.web.edge.parameters import WITHOUT_NUL, Parameters
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.services import services

api = APIBlueprint(
    "facility_use",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="use", description="到访、满意度、关爱活动 / visits, satisfaction, care")],
    abp_responses={422: Problem, 503: Problem},
)


class UsedPath(BaseModel):
    """Which facility."""

    code: str = Field(min_length=1, max_length=MOST_CODE_CHARACTERS, description="编号 / code")


class UseParameters(Parameters):
    """Which quarter, and where."""

    quarter: str | None = Field(
        None,
        pattern=r"^\d{4}-?[Qq][1-4]$",
        description="季度，如 2026Q3；不填是最近有数的 / by default the latest that is known",
    )
    region: str | None = Field(
        None,
        max_length=MOST_REGION_CHARACTERS,
        pattern=WITHOUT_NUL,
        description="区域代码，含下级 / region code, with those below",
    )


@api.get(
    "/facilities/<path:code>/use",
    summary="一个设施的到访和满意度 / Visits and satisfaction of one facility",
    responses={200: FacilityUse, 404: Problem},
)
@require(Permission.SEE_UNPUBLISHED)
def of_facility(path: UsedPath) -> Response:
    """Tell visits and satisfaction by quarters; fewer than five voices enter no figure."""
    facility, figures = facility_use(services().database, path.code)
    return json_reply({"facility": facility.code, "quarters": [figures_of(one) for one in figures]})


@api.get(
    "/use",
    summary="一个季度的到访、满意度、关爱活动 / A quarter's visits, satisfaction and care",
    responses={200: QuarterAnswer},
)
@require(Permission.SEE_UNPUBLISHED)
def of_quarter(query: UseParameters) -> Response:
    """Tell a quarter by region and by facility, and its care events."""
    quarter = None if query.quarter is None else parse_quarter("quarter", query.quarter)
    told = quarter_of_use(services().database, quarter, query.region)
    return json_reply(
        {
            "quarter": None if told.quarter is None else told.quarter.code,
            "quarters": [one.code for one in told.quarters],
            "regions": [
                {
                    "region": one.region.code,
                    "level": one.region.level,
                    "name_zh": one.region.name_zh,
                    "name_en": one.region.name_en,
                    **ranked_of(one.figures),
                    "counted_facilities": one.counted,
                    "heard_facilities": one.heard,
                    "too_few_facilities": one.too_few,
                }
                for one in told.regions
            ],
            "facilities": [
                {
                    "facility": one.facility.code,
                    "name_zh": one.facility.name_zh,
                    "name_en": one.facility.name_en,
                    "district": one.district,
                    **ranked_of(one.figures),
                }
                for one in told.facilities
            ],
            "more_facilities": told.more_facilities,
            "silent": told.silent,
            "care": [care_of(one) for one in told.care],
            "more_care": told.more_care,
            "care_totals": [total_of(one) for one in told.totals],
        }
    )
