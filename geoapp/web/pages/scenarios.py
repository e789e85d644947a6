"""``/plan/scenarios``: plans under a name, shared with colleagues, with every version kept."""

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from geoapp.core.questions.siting import SITING
from geoapp.core.roles import Permission
from geoapp.operations.siting import scenarios
from geoapp.operations.siting.scenarios import AUDIENCE_TEXT, LONGEST_NAME, Audience, SavedScenario
from geoapp.reports.words.question import question_title
from geoapp.web.api.question_bodies import asked
from geoapp.web.api.siting_runs import SitingRequest
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.language import t
from geoapp.web.edge.parameters import WITHOUT_NUL
from geoapp.web.edge.problems import on_validation_error
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.services import services
from geoapp.web.pages.coverage.planner_sides import side_of_scenario
from geoapp.web.pages.naming import naming
from geoapp.web.pages.workspace import given_question, modes
from geoapp.web.pages.workspace_layers import SITES, map_layers, own_layers

blueprint = Blueprint("scenarios", __name__)

_MOST_ID = 2**63 - 1


class NewBody(BaseModel):
    """A question to be kept; ``run`` is kept as its answer if it is one."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=10 * LONGEST_NAME, pattern=WITHOUT_NUL)
    audience: Audience = Audience.OWNER
    question: SitingRequest
    run: int | None = Field(None, ge=1, le=_MOST_ID, strict=True)


class VersionBody(NewBody):
    """The next version of a scenario, made from the one that the user has seen."""

    version: int = Field(ge=1, le=2**31 - 1, strict=True)


class RestoreBody(BaseModel):
    """The version to bring back, and the newest that the user has seen."""

    model_config = ConfigDict(extra="forbid")

    old: int = Field(ge=1, le=2**31 - 1, strict=True)
    version: int = Field(ge=1, le=2**31 - 1, strict=True)


class AudienceBody(BaseModel):
    """Who else may read."""

    model_config = ConfigDict(extra="forbid")

    audience: Audience


@blueprint.get("/plan/scenarios")
@require(Permission.SEE_UNPUBLISHED)
def listed() -> str:
    """List the scenarios that one may read, and offer to compare two."""
    database = services().database
    return render_template(
        "planner/scenarios/list.html",
        modes=modes("scenarios.listed"),
        map_layers=map_layers(),
        own_layers=own_layers(),
        lines=[
            (one, question_title(one.question, naming()))
            for one in scenarios.readable(database, signed_in())
        ],
        audiences=AUDIENCE_TEXT,
    )


@blueprint.get("/plan/scenarios/<int:number>")
@require(Permission.SEE_UNPUBLISHED)
def show(number: int) -> str:
    """Show a scenario to whoever may read it, with its history."""
    database, user = services().database, signed_in()
    history = scenarios.history(database, user, number)
    return render_template(
        "planner/scenarios/page.html",
        modes=modes("scenarios.listed", given_question(history[0].question)),
        map_layers=map_layers(),
        own_layers=own_layers(SITES),
        saved=history[0],
        asked=question_title(history[0].question, naming()),
        side=side_of_scenario(history[0]),
        history=[(one, question_title(one.question, naming())) for one in history],
        others=[one for one in scenarios.readable(database, user) if one.id != number],
        audiences=AUDIENCE_TEXT,
        texts={
            "offline": t("连不上服务，请再试。", "The service cannot be reached; try again."),
            "shared": t("已改。", "Changed."),
            "sure": t("再按一次就删除，不能找回。", "Press again to remove it for good."),
        },
    )


@blueprint.post("/plan/scenarios")
@require(Permission.RUN)
def create() -> Response:
    """Keep a question under a name."""
    try:
        body = NewBody.model_validate(request.get_json(silent=True) or {})
    except ValidationError as error:
        return on_validation_error(error)
    parts = services()
    question = asked(SITING, body.question, parts.settings.timezone)
    saved = scenarios.create(
        parts.database, signed_in(), body.name, body.audience, question, body.run
    )
    return _told(saved, 201)


@blueprint.post("/plan/scenarios/<int:number>")
@require(Permission.RUN)
def save(number: int) -> Response:
    """Keep a question as the scenario's next version."""
    try:
        body = VersionBody.model_validate(request.get_json(silent=True) or {})
    except ValidationError as error:
        return on_validation_error(error)
    parts = services()
    question = asked(SITING, body.question, parts.settings.timezone)
    saved = scenarios.save(
        parts.database, signed_in(), number, body.version, body.name, question, body.run
    )
    return _told(saved)


@blueprint.post("/plan/scenarios/<int:number>/restore")
@require(Permission.RUN)
def restore(number: int) -> Response:
    """Make an old version the newest."""
    try:
        body = RestoreBody.model_validate(request.get_json(silent=True) or {})
    except ValidationError as error:
        return on_validation_error(error)
    database = services().database
    return _told(scenarios.restore(database, signed_in(), number, body.version, body.old))


@blueprint.post("/plan/scenarios/<int:number>/audience")
@require(Permission.RUN)
def share(number: int) -> Response:
    """Say who else may read it."""
    try:
        body = AudienceBody.model_validate(request.get_json(silent=True) or {})
    except ValidationError as error:
        return on_validation_error(error)
    return _told(scenarios.share(services().database, signed_in(), number, body.audience))


@blueprint.post("/plan/scenarios/<int:number>/remove")
@require(Permission.RUN)
def remove(number: int) -> Response:
    """Remove it with its history."""
    scenarios.remove(services().database, signed_in(), number)
    return json_reply({"id": number})


def scenario_state(saved: SavedScenario) -> dict[str, Any]:
    """Return what the page's script knows of a scenario."""
    return {
        "id": saved.id,
        "name": saved.name,
        "version": saved.version,
        "newest": saved.newest,
        "audience": str(saved.audience),
        "run": saved.run,
        "address": url_for("scenarios.show", number=saved.id),
    }


def _told(saved: SavedScenario, status: int = 200) -> Response:
    return json_reply(scenario_state(saved), status)
