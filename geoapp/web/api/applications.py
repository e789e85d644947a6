"""``/api/v1/applications``: entry, management and exit; for stewards."""

from typing import Any

from flask import Response, url_for
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel

from geoapp.core.roles import Permission
from geoapp.operations.applications.document import (
    application_document,
    due_document,
    summary_document,
)
from geoapp.operations.applications.due import due
from geoapp.operations.applications.life import NewReview, move_application, review_application
from geoapp.operations.applications.read import list_applications, read_application
from geoapp.operations.applications.titles import rate, recognise, revoke
from geoapp.operations.applications.write import (
    PlannedStep,
    add_to_plan,
    save_answers,
    start_application,
)
from geoapp.operations.moment import today
from geoapp.web.api.application_schemas import (
    AnswersBody,
    ApplicationAnswer,
    ApplicationList,
    ApplicationParameters,
    ApplicationPath,
    DueList,
    NewApplicationBody,
    PlanBody,
    RatingBody,
    RecognitionBody,
    RecognitionPath,
    ReviewBody,
    RevokeBody,
    StepBody,
)
from geoapp.web.api.schemas import Problem
from geoapp.web.edge.access import require
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.services import services
from geoapp.web.edge.versions import EditHeaders, required_version

api = APIBlueprint(
    "applications",
    __name__,
    url_prefix="/api/v1/applications",
    abp_tags=[Tag(name="applications", description="申报与认定 / applications and titles")],
    abp_responses={422: Problem, 503: Problem},
)
_ONE: dict[str | int, type[BaseModel] | dict[Any, Any] | None] = {404: Problem, 409: Problem}


def _whole(number: int, status: int = 201) -> Response:
    parts = services()
    whole = read_application(parts.database, parts.settings, number)
    response = json_reply(application_document(whole), status)
    response.set_etag(str(whole.known.record.rev))
    return response


@api.get("", summary="申报列表 / List applications", responses={200: ApplicationList})
@require(Permission.EDIT)
def list_(query: ApplicationParameters) -> Response:
    """List applications of a stage or a region, in the order in which they were made."""
    parts = services()
    found = list_applications(
        parts.database, parts.settings, stage=query.stage, region=query.region
    )
    return json_reply({"applications": [summary_document(one) for one in found]})


@api.get("/due", summary="到期的事 / What is due", responses={200: DueList})
@require(Permission.EDIT)
def due_list() -> Response:
    """List what is due to the end of the next year, and what is overdue."""
    parts = services()
    found = due(parts.database, parts.settings, today(parts.settings))
    return json_reply({"due": [due_document(one) for one in found]})


@api.get(
    "/<int:id>",
    summary="一份申报 / One application",
    responses={200: ApplicationAnswer, 404: Problem},
)
@require(Permission.EDIT)
def show(path: ApplicationPath) -> Response:
    """Return an application with all that belongs to it."""
    return _whole(path.id, 200)


@api.post(
    "",
    summary="开始申报 / Begin an application",
    responses={201: ApplicationAnswer, 409: Problem},
)
@require(Permission.EDIT)
def begin(body: NewApplicationBody) -> Response:
    """Begin a draft for a facility or an organisation that is registered."""
    parts = services()
    number = start_application(
        parts.database,
        parts.settings,
        scheme=body.scheme,
        track=body.track,
        facility=body.facility,
        organisation=body.organisation,
        answers=body.answers,
    )
    response = _whole(number)
    response.headers["Location"] = url_for("applications.show", id=number)
    return response


@api.patch(
    "/<int:id>",
    summary="填写申报表 / Fill in the form",
    responses={200: ApplicationAnswer, **_ONE},
)
@require(Permission.EDIT)
def fill_in(path: ApplicationPath, header: EditHeaders, body: AnswersBody) -> Response:
    """Save answers of a draft; ``If-Match`` names the version that they were made against."""
    parts = services()
    save_answers(
        parts.database,
        parts.settings,
        path.id,
        body.answers,
        expected_rev=required_version(header.if_match),
    )
    return _whole(path.id, 200)


@api.post(
    "/<int:id>/plan",
    summary="加一步计划 / Add a step to the plan",
    responses={201: ApplicationAnswer, **_ONE},
)
@require(Permission.EDIT)
def plan(path: ApplicationPath, body: PlanBody) -> Response:
    """Add a step to the three-year plan or the plan of a year."""
    add_to_plan(services().database, services().settings, path.id, PlannedStep(**body.model_dump()))
    return _whole(path.id)


@api.post(
    "/<int:id>/steps",
    summary="变更状态 / Change its state",
    responses={201: ApplicationAnswer, **_ONE},
)
@require(Permission.EDIT)
def step(path: ApplicationPath, body: StepBody) -> Response:
    """Give it another state; one that may not follow is refused with what may (409)."""
    parts = services()
    move_application(
        parts.database, parts.settings, path.id, body.to, on_day=body.on_day, reason=body.reason
    )
    return _whole(path.id)


@api.post(
    "/<int:id>/reviews",
    summary="登记评审 / Enter a review",
    responses={201: ApplicationAnswer, **_ONE},
)
@require(Permission.EDIT)
def review(path: ApplicationPath, body: ReviewBody) -> Response:
    """Store a review; its decision is the application's next state."""
    parts = services()
    review_application(parts.database, parts.settings, path.id, NewReview(**body.model_dump()))
    return _whole(path.id)


@api.post(
    "/<int:id>/recognitions",
    summary="登记认定 / Give the title",
    responses={201: ApplicationAnswer, **_ONE},
)
@require(Permission.EDIT)
def give(path: ApplicationPath, body: RecognitionBody) -> Response:
    """Give the published title, for a time or without end."""
    parts = services()
    recognise(
        parts.database,
        parts.settings,
        path.id,
        given_on=body.given_on,
        until_on=body.until_on,
        document=body.document,
    )
    return _whole(path.id)


@api.post(
    "/<int:id>/recognitions/<int:recognition>/revoke",
    summary="撤销认定 / Revoke a title",
    responses={201: ApplicationAnswer, **_ONE},
)
@require(Permission.EDIT)
def take_back(path: RecognitionPath, body: RevokeBody) -> Response:
    """Take a title back."""
    parts = services()
    revoke(
        parts.database,
        parts.settings,
        path.id,
        path.recognition,
        on_day=body.on_day,
        reason=body.reason,
    )
    return _whole(path.id)


@api.post(
    "/<int:id>/ratings",
    summary="登记年度评定 / Enter the rating of a year",
    responses={201: ApplicationAnswer, **_ONE},
)
@require(Permission.EDIT)
def store_rating(path: ApplicationPath, body: RatingBody) -> Response:
    """Store the rating of a year, or change it."""
    parts = services()
    rate(
        parts.database,
        parts.settings,
        path.id,
        year=body.year,
        heads=body.heads,
        grade=body.grade,
        note=body.note,
        rated_on=body.rated_on,
    )
    return _whole(path.id)
