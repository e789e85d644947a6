"""``/api/v1/action-runs``: longer hours or new stations? What helps most for one budget."""

from typing import Annotated, Any, Literal

from flask import Response
from flask_login import current_user
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import from_wgs84
from geoapp.core.i18n import Text
from geoapp.core.parsing import parse_moment
from geoapp.core.questions.actions import (
    DEFAULT_HOURS,
    MOST_MOMENTS,
    MOST_SECONDS,
    ActionParameters,
)
from geoapp.core.questions.siting import DEFAULT_SPACING_M, MOST_DRAWN
from geoapp.core.roles import Permission
from geoapp.core.words import Datum, Family
from geoapp.operations.actions import results as action_results
from geoapp.operations.actions import run as action_run
from geoapp.web.api.coverage_runs import GeometryParameters, RunPath, describe
from geoapp.web.api.run_schemas import RunAnswer, RunList
from geoapp.web.api.schemas import Feature, Geometry, Problem
from geoapp.web.api.siting_runs import Code, DrawnBody, drawn_site
from geoapp.web.edge.access import require
from geoapp.web.edge.parameters import WITHOUT_NUL
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.services import services

api = APIBlueprint(
    "action_runs",
    __name__,
    url_prefix="/api/v1/action-runs",
    abp_tags=[Tag(name="actions", description="措施 / runs of actions")],
    abp_responses={404: Problem, 422: Problem, 503: Problem},
)

Moment = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=WITHOUT_NUL)]
Cost = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False, strict=True)]


class ActionRequest(BaseModel):
    """What is asked; exactly one of the two standards, and a cost for each action that is offered."""

    model_config = ConfigDict(extra="forbid")

    moments: list[Moment] = Field(
        min_length=1, max_length=MOST_MOMENTS, description="看哪些时刻 / the moments that matter"
    )
    budget: Cost = Field(description="费用上限 / the most that all may cost")
    standard_m: float | None = Field(None, ge=1, le=100_000, allow_inf_nan=False, strict=True)
    standard_seconds: float | None = Field(None, ge=1, le=14_400, allow_inf_nan=False, strict=True)
    build_cost: Cost | None = Field(None, description="新建 / of a new station; none: not offered")
    extend_cost: Cost | None = Field(None, description="延长开放时间 / of longer hours")
    move_cost: Cost | None = Field(None, description="迁址 / of moving a facility")
    upgrade_cost: Cost | None = Field(
        None, description="升级不计入的设施 / of upgrading one of a family that does not count"
    )
    close_saving: Cost | None = Field(None, description="撤销所节省 / what closing one saves")
    hours: str = Field(
        DEFAULT_HOURS,
        max_length=1_000,
        pattern=WITHOUT_NUL,
        description="新站点的、延长后的开放时间 / hours of new stations, and longer ones",
    )
    region: Code | None = None
    demand: Code | None = Field(None, description="需求集 / demand set; none: the newest")
    families: list[Family] | None = Field(None, min_length=1, max_length=3)
    candidates: Code | None = None
    spacing_m: float = Field(DEFAULT_SPACING_M, ge=20, le=20_000, allow_inf_nan=False, strict=True)
    drawn: list[DrawnBody] = Field([], max_length=MOST_DRAWN)
    min_spacing_m: float | None = Field(None, ge=1, le=100_000, allow_inf_nan=False, strict=True)
    most_actions: int | None = Field(None, ge=1, le=20_000, strict=True)
    time_limit_seconds: float = Field(
        30.0, ge=0.1, le=MOST_SECONDS, allow_inf_nan=False, strict=True
    )
    target_gap: float = Field(0.0, ge=0, le=1, allow_inf_nan=False, strict=True)
    datum: Datum = Field(Datum.WGS84, description="drawn 的坐标系 / of drawn")


class ActionProperties(BaseModel):
    """An action of a plan; ``adds`` is workers averaged over the moments."""

    order: int
    kind: Literal["build", "extend_hours", "move", "upgrade", "close"]
    code: str
    name: str
    text_zh: str
    text_en: str
    cost: float
    adds: float
    region: str | None


class ActionFeature(Feature):
    """An action where it takes place."""

    id: int
    geometry: Geometry
    properties: ActionProperties


class ActionFeatureCollection(BaseModel):
    """The actions, in order of what each adds."""

    type: Literal["FeatureCollection"]
    features: list[ActionFeature]


def _wanted(body: ActionRequest, zone: str) -> ActionParameters:
    moments = []
    for one in body.moments:
        moment = parse_moment("moments", one, zone)
        if moment is None:
            raise InvalidValueError("moments", one, Text("日期和时刻", "a date and a time"))
        moments.append(moment)
    given = body.model_dump(exclude={"moments", "drawn", "datum", "families"})
    return ActionParameters(
        moments=tuple(moments),
        drawn=tuple(drawn_site(one, body.datum) for one in body.drawn),
        families=None if body.families is None else tuple(sorted(set(body.families))),
        **given,
    )


@api.post("", summary="开始比较措施 / Start a run of actions", responses={202: RunAnswer})
@require(Permission.RUN)
def start(body: ActionRequest) -> Response:
    """Queue a run of actions and answer its state; follow it at its own address."""
    parts = services()
    wanted = _wanted(body, parts.settings.timezone)
    run = action_run.start(parts.database, wanted, created_by=current_user.name)
    response = json_reply(describe(run), 202)
    response.headers["Location"] = f"/api/v1/action-runs/{run.id}"
    return response


@api.get("", summary="最近的 / The newest runs of actions", responses={200: RunList})
@require(Permission.SEE_UNPUBLISHED)
def recent() -> Response:
    """List the newest runs of actions, newest first."""
    return json_reply({"runs": [describe(run) for run in action_run.recent(services().database)]})


@api.get("/<int:id>", summary="状态与结果 / State and results", responses={200: RunAnswer})
@require(Permission.SEE_UNPUBLISHED)
def state(path: RunPath) -> Response:
    """Return the state of a run; once it is done, the plan, its bound, and the plans compared."""
    return json_reply(describe(action_run.read(services().database, path.id)))


@api.post("/<int:id>/cancel", summary="取消 / Cancel", responses={200: RunAnswer})
@require(Permission.RUN)
def cancel(path: RunPath) -> Response:
    """Cancel a run. One that looks for the whole plan keeps its best so far as its result."""
    return json_reply(describe(action_run.cancel(services().database, path.id)))


@api.get(
    "/<int:id>/actions",
    summary="措施清单 / The actions",
    responses={200: ActionFeatureCollection, 409: Problem},
)
@require(Permission.SEE_UNPUBLISHED)
def actions(path: RunPath, query: GeometryParameters) -> Response:
    """Return the actions as GeoJSON points: where the station is, or is to be."""
    run = action_results.finished(services().database, path.id)
    features = []
    for one in (run.result or {})["actions"]:
        known: dict[str, Any] = dict(one)
        lon, lat = from_wgs84(lon=known.pop("lon"), lat=known.pop("lat"), datum=query.datum)
        point = {"type": "Point", "coordinates": [round(float(lon), 7), round(float(lat), 7)]}
        features.append(
            {"type": "Feature", "id": known["order"], "geometry": point, "properties": known}
        )
    body = {"type": "FeatureCollection", "features": features}
    return json_reply(body, mimetype="application/geo+json")
