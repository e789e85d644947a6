"""``/api/v1/action-runs``: longer hours or new stations? What helps most for one budget."""

from typing import Any, Literal

from flask import Response, request
from flask_login import current_user
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel

from geoapp.core.geo import from_wgs84
from geoapp.core.questions.actions import ACTIONS
from geoapp.core.results.actions import ACTION_RUNS, ActionProperties
from geoapp.core.roles import Permission
from geoapp.operations.actions import results as action_results
from geoapp.operations.actions import run as action_run
from geoapp.operations.runs.queue import cancel_run
from geoapp.operations.runs.state import read_run, recent_runs
from geoapp.web.api.coverage_runs import GeometryParameters, RunPath, describe
from geoapp.web.api.question_bodies import asked, question_body
from geoapp.web.api.run_schemas import ActionRunAnswer, ActionRunList
from geoapp.web.api.schemas import Feature, Geometry, Problem
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.services import services

api = APIBlueprint(
    "action_runs",
    __name__,
    url_prefix="/api/v1/action-runs",
    abp_tags=[Tag(name="actions", description="措施 / runs of actions")],
    abp_responses={404: Problem, 422: Problem, 503: Problem},
)

# Made from the table of the question's fields, so its type is none that mypy could know.
ActionRequest: Any = question_body(
    ACTIONS,
    "ActionRequest",
    "What is asked; exactly one of the two standards, and a cost for each action that is offered.",
)


class ActionFeature(Feature):
    """An action where it takes place."""

    id: int
    geometry: Geometry
    properties: ActionProperties


class ActionFeatureCollection(BaseModel):
    """The actions, in order of what each adds."""

    type: Literal["FeatureCollection"]
    features: list[ActionFeature]


@api.post("", summary="开始比较措施 / Start a run of actions", responses={202: ActionRunAnswer})
@require(Permission.RUN)
def start(body: ActionRequest) -> Response:
    """Queue a run of actions and answer its state; follow it at its own address."""
    parts = services()
    wanted = asked(ACTIONS, body, parts.settings.timezone)
    run = action_run.start(parts.database, wanted, created_by=current_user.name)
    response = json_reply(describe(run), 202)
    response.headers["Location"] = f"{request.script_root}/api/v1/action-runs/{run.id}"
    return response


@api.get("", summary="最近的 / The newest runs of actions", responses={200: ActionRunList})
@require(Permission.SEE_UNPUBLISHED)
def recent() -> Response:
    """List the newest runs of actions, newest first."""
    return json_reply(
        {"runs": [describe(run) for run in recent_runs(services().database, ACTION_RUNS)]}
    )


@api.get("/<int:id>", summary="状态与结果 / State and results", responses={200: ActionRunAnswer})
@require(Permission.SEE_UNPUBLISHED)
def state(path: RunPath) -> Response:
    """Return the state of a run; once it is done, the plan, its bound, and the plans compared."""
    return json_reply(describe(read_run(services().database, ACTION_RUNS, path.id)))


@api.post("/<int:id>/cancel", summary="取消 / Cancel", responses={200: ActionRunAnswer})
@require(Permission.RUN)
def cancel(path: RunPath) -> Response:
    """Cancel a run. One that looks for the whole plan keeps its best so far as its result."""
    return json_reply(
        describe(cancel_run(services().database, ACTION_RUNS, path.id, by=signed_in()))
    )


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
    for one in run.found.actions:
        lon, lat = from_wgs84(lon=one.lon, lat=one.lat, datum=query.datum)
        features.append(
            {
                "type": "Feature",
                "id": one.order,
                "geometry": {
                    "type": "Point",
                    "coordinates": [round(float(lon), 7), round(float(lat), 7)],
                },
                "properties": one.model_dump(exclude={"lon", "lat"}),
            }
        )
    body = {"type": "FeatureCollection", "features": features}
    return json_reply(body, mimetype="application/geo+json")
