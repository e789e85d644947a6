"""``/api/v1/webhooks``: which addresses are told of what; for administrators by name and password."""

from typing import Annotated, Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field

from geoapp.core.limits import MOST_REGION_CHARACTERS
from geoapp.core.roles import Permission
from geoapp.core.webhooks import (
    DELIVERY_TEXT,
    MOST_ADDRESS_CHARACTERS,
    MOST_OVERLAP_HOURS,
    MOST_WEBHOOK_NAME_CHARACTERS,
    OVERLAP_HOURS,
    TROUBLE_TEXT,
    DeliveryRecord,
    Event,
    Webhook,
)
from geoapp.operations.webhooks.edit import (
    add_webhook,
    get_webhook,
    list_deliveries,
    list_webhooks,
    ordered,
    redeliver,
    remove_webhook,
    rotate_secret,
    send_test,
    set_enabled,
)
from geoapp.web.api.schemas import Problem, Words
from geoapp.web.edge.access import require
from geoapp.web.edge.parameters import WITHOUT_NUL
from geoapp.web.edge.replies import json_reply
from geoapp.web.edge.services import services

api = APIBlueprint(
    "webhooks",
    __name__,
    url_prefix="/api/v1/webhooks",
    abp_tags=[Tag(name="webhooks", description="推送 / webhooks")],
    abp_responses={422: Problem, 503: Problem},
)


class WebhookBody(BaseModel):
    """Which address is told of what; ``region`` takes those below it in, none is everywhere."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=MOST_WEBHOOK_NAME_CHARACTERS, pattern=WITHOUT_NUL)
    address: str = Field(min_length=1, max_length=MOST_ADDRESS_CHARACTERS, pattern=WITHOUT_NUL)
    events: Annotated[list[Event], Field(min_length=1)]
    region: str | None = Field(None, max_length=MOST_REGION_CHARACTERS, pattern=WITHOUT_NUL)


class RotateBody(BaseModel):
    """For how many hours the present secret signs along; 0 ends it at once."""

    model_config = ConfigDict(extra="forbid")

    overlap_hours: int = Field(OVERLAP_HOURS, ge=0, le=MOST_OVERLAP_HOURS)


class WebhookPath(BaseModel):
    """Which webhook."""

    id: int


class DeliveryPath(WebhookPath):
    """Which delivery of it."""

    delivery: int


class WebhookAnswer(BaseModel):
    """A webhook; ``stopped_at`` is when it was stopped because nothing arrived.

    ``secret_made_at`` is since when its secret signs, and ``former_until`` until when the one before it
    signs along, null where none does.
    """

    id: int
    name: str
    address: str
    events: list[Event]
    region: str | None
    enabled: bool
    stopped_at: str | None
    created_at: str
    delivered_at: str | None
    waiting: int
    secret_made_at: str
    former_until: str | None


class WebhookList(BaseModel):
    """The webhooks in order of name."""

    webhooks: list[WebhookAnswer]


class NewWebhook(WebhookAnswer):
    """A webhook with its secret, which is told this once."""

    secret: str


class DeliveryAnswer(BaseModel):
    """A delivery; ``next_at`` is when it is tried again, null once it is over."""

    id: int
    message: str
    event: str
    status: str
    status_text: Words
    tries: int
    created_at: str
    last_at: str | None
    next_at: str | None
    http_status: int | None
    trouble: str | None
    trouble_text: Words | None


class DeliveryList(BaseModel):
    """The newest deliveries, newest first."""

    deliveries: list[DeliveryAnswer]


def _answer(one: Webhook) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "address": one.address,
        "events": ordered(one.events),
        "region": one.region,
        "enabled": one.enabled,
        "stopped_at": one.stopped_at,
        "created_at": one.created_at,
        "delivered_at": one.delivered_at,
        "waiting": one.waiting,
        "secret_made_at": one.secret_made_at,
        "former_until": one.former_until,
    }


def _delivery(one: DeliveryRecord) -> dict[str, Any]:
    status = DELIVERY_TEXT[one.status]
    trouble = None if one.trouble is None else TROUBLE_TEXT[one.trouble]
    return {
        "id": one.id,
        "message": one.message,
        "event": one.event,
        "status": one.status,
        "status_text": {"zh": status.zh, "en": status.en},
        "tries": one.tries,
        "created_at": one.created_at,
        "last_at": one.last_at,
        "next_at": one.next_at,
        "http_status": one.http_status,
        "trouble": one.trouble,
        "trouble_text": None if trouble is None else {"zh": trouble.zh, "en": trouble.en},
    }


@api.get("", summary="推送 / Webhooks", responses={200: WebhookList})
@require(Permission.ADMINISTER)
def list_() -> Response:
    """List the webhooks."""
    return _listed()


def _listed() -> Response:
    found = list_webhooks(services().database)
    return json_reply({"webhooks": [_answer(one) for one in found]})


@api.post("", summary="添加推送 / Add a webhook", responses={201: NewWebhook, 409: Problem})
@require(Permission.ADMINISTER)
def add(body: WebhookBody) -> Response:
    """Let an address be told of events; the secret by which messages are signed is told this once."""
    parts = services()
    made, secret = add_webhook(
        parts.database,
        parts.settings,
        name=body.name,
        address=body.address,
        events=body.events,
        region=body.region,
    )
    return _with_secret(made, secret, 201)


def _with_secret(made: Webhook, secret: str, status: int) -> Response:
    response = json_reply({**_answer(made), "secret": secret}, status)
    response.headers["Cache-Control"] = "no-store"
    return response


@api.post(
    "/<int:id>/rotate",
    summary="换密钥 / Change the secret",
    responses={200: NewWebhook, 404: Problem},
)
@require(Permission.ADMINISTER)
def rotate(path: WebhookPath, body: RotateBody) -> Response:
    """Make a new secret, told this once; for some hours messages carry the signatures of both."""
    return _with_secret(*rotate_secret(services().database, path.id, body.overlap_hours), 200)


@api.post("/<int:id>/pause", summary="暂停 / Pause", responses={200: WebhookAnswer, 404: Problem})
@require(Permission.ADMINISTER)
def pause(path: WebhookPath) -> Response:
    """Tell an address nothing from now on; what waits is not sent."""
    set_enabled(services().database, path.id, enabled=False)
    return json_reply(_answer(get_webhook(services().database, path.id)))


@api.post("/<int:id>/resume", summary="启用 / Resume", responses={200: WebhookAnswer, 404: Problem})
@require(Permission.ADMINISTER)
def resume(path: WebhookPath) -> Response:
    """Tell an address again of what happens from now on."""
    set_enabled(services().database, path.id, enabled=True)
    return json_reply(_answer(get_webhook(services().database, path.id)))


@api.post("/<int:id>/remove", summary="删除 / Remove", responses={200: WebhookList, 404: Problem})
@require(Permission.ADMINISTER)
def remove(path: WebhookPath) -> Response:
    """Remove a webhook and its deliveries, and return those that are left."""
    remove_webhook(services().database, path.id)
    return _listed()


@api.post(
    "/<int:id>/test",
    summary="试发 / Send a test",
    responses={202: DeliveryList, 404: Problem, 409: Problem},
)
@require(Permission.ADMINISTER)
def test(path: WebhookPath) -> Response:
    """Send a message without news, and return the newest deliveries with it."""
    send_test(services().database, path.id)
    return _deliveries(path.id, 202)


@api.get(
    "/<int:id>/deliveries",
    summary="推送记录 / Deliveries",
    responses={200: DeliveryList, 404: Problem},
)
@require(Permission.ADMINISTER)
def deliveries(path: WebhookPath) -> Response:
    """List the newest deliveries: how they stand, how often they were tried, what was wrong last."""
    return _deliveries(path.id)


@api.post(
    "/<int:id>/deliveries/<int:delivery>/redeliver",
    summary="再发一次 / Send again",
    responses={202: DeliveryList, 404: Problem, 409: Problem},
)
@require(Permission.ADMINISTER)
def send_again(path: DeliveryPath) -> Response:
    """Send a delivery again that is over, with the same id and the same content."""
    redeliver(services().database, path.id, path.delivery)
    return _deliveries(path.id, 202)


def _deliveries(number: int, status: int = 200) -> Response:
    found = list_deliveries(services().database, number)
    return json_reply({"deliveries": [_delivery(one) for one in found]}, status)
