"""``/admin/webhooks``: which addresses are told of what, and how it went; for administrators."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from geoapp.core.errors import ConflictError, InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.parsing import parse_whole
from geoapp.core.roles import Permission
from geoapp.core.webhooks import (
    DELIVERY_TEXT,
    EVENT_TEXT,
    MOST_ADDRESS_CHARACTERS,
    MOST_OVERLAP_HOURS,
    MOST_WEBHOOK_NAME_CHARACTERS,
    OVERLAP_HOURS,
    TROUBLE_TEXT,
    Webhook,
)
from geoapp.operations.webhooks.edit import (
    add_webhook,
    get_webhook,
    list_deliveries,
    list_webhooks,
    parse_events,
    redeliver,
    remove_webhook,
    rotate_secret,
    send_test,
    set_enabled,
)
from geoapp.web.edge.access import require
from geoapp.web.edge.parameters import without_nul
from geoapp.web.edge.services import services
from geoapp.web.pages.region_names import region_names

blueprint = Blueprint("admin_webhooks", __name__)

# Hours for which a secret that is changed signs along, to choose from.
OVERLAPS = {
    1: Text("1 小时", "1 hour"),
    OVERLAP_HOURS: Text("1 天", "1 day"),
    MOST_OVERLAP_HOURS: Text("7 天", "7 days"),
    0: Text("立刻作废（旧密钥泄露了）", "none: somebody else has the old one"),
}

DONE = {
    "removed": Text("推送已删除。", "The webhook is removed."),
    "on": Text("推送已启用，此后的变化会推送。", "The webhook is enabled, from now on."),
    "off": Text("推送已暂停。", "The webhook is paused."),
    "test": Text(
        "试发已排队，几秒后刷新看结果。",
        "A test is queued; reload in a few seconds to see the result.",
    ),
    "again": Text("已排队再发。", "It is queued to be sent again."),
}


@blueprint.get("/admin/webhooks")
@require(Permission.ADMINISTER)
def listed() -> str:
    """List the webhooks, and offer to add one."""
    return _list()


def _list(problem: Text | None = None) -> str:
    database = services().database
    return render_template(
        "admin/webhooks.html",
        webhooks=list_webhooks(database),
        events=EVENT_TEXT,
        regions=region_names(database),
        # What was typed stays where it was refused.
        given=request.form,
        given_events=request.form.getlist("event") if problem else list(EVENT_TEXT),
        most_name=MOST_WEBHOOK_NAME_CHARACTERS,
        most_address=MOST_ADDRESS_CHARACTERS,
        problem=problem,
        done=DONE.get(request.args.get("done", "")),
    )


@blueprint.post("/admin/webhooks")
@require(Permission.ADMINISTER)
def add() -> Response | tuple[str, int]:
    """Add one and show its secret: the only time that it is known."""
    parts = services()
    try:
        made, secret = add_webhook(
            parts.database,
            parts.settings,
            name=request.form.get("name", ""),
            address=request.form.get("address", ""),
            events=parse_events(request.form.getlist("event")),
            region=without_nul(request.form.get("region", "")) or None,
        )
    except (InvalidValueError, ConflictError) as refused:
        return _list(refused.text), 409 if isinstance(refused, ConflictError) else 422
    return _secret_shown(made, secret)


def _secret_shown(webhook: Webhook, secret: str) -> Response:
    response = make_response(
        render_template("admin/webhook_made.html", webhook=webhook, secret=secret)
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/admin/webhooks/<int:number>")
@require(Permission.ADMINISTER)
def show(number: int) -> str:
    """Show one webhook and its newest deliveries."""
    return _page(number)


def _page(number: int, problem: Text | None = None) -> str:
    database = services().database
    return render_template(
        "admin/webhook.html",
        webhook=get_webhook(database, number),
        deliveries=list_deliveries(database, number),
        events=EVENT_TEXT,
        statuses=DELIVERY_TEXT,
        troubles=TROUBLE_TEXT,
        overlaps=OVERLAPS,
        overlap=OVERLAP_HOURS,
        regions=region_names(database),
        problem=problem,
        done=DONE.get(request.args.get("done", "")),
    )


@blueprint.post("/admin/webhooks/<int:number>/standing")
@require(Permission.ADMINISTER)
def change_standing(number: int) -> BaseResponse:
    """Pause one, or let it be told again."""
    enabled = request.form.get("enabled", "")
    if enabled not in ("yes", "no"):
        raise InvalidValueError("enabled", enabled[:20], Text("yes 或 no", "yes or no"))
    set_enabled(services().database, number, enabled=enabled == "yes")
    return _back(number, "on" if enabled == "yes" else "off")


@blueprint.post("/admin/webhooks/<int:number>/rotate")
@require(Permission.ADMINISTER)
def rotate(number: int) -> Response:
    """Make a new secret and show it: the only time that it is known."""
    hours = parse_whole(
        "overlap_hours", request.form.get("overlap_hours", ""), 0, MOST_OVERLAP_HOURS
    )
    return _secret_shown(*rotate_secret(services().database, number, hours))


@blueprint.post("/admin/webhooks/<int:number>/remove")
@require(Permission.ADMINISTER)
def remove(number: int) -> BaseResponse:
    """Remove one with its deliveries."""
    remove_webhook(services().database, number)
    return redirect(url_for("admin_webhooks.listed", done="removed"))


@blueprint.post("/admin/webhooks/<int:number>/test")
@require(Permission.ADMINISTER)
def test(number: int) -> BaseResponse | tuple[str, int]:
    """Send a message without news."""
    try:
        send_test(services().database, number)
    except ConflictError as refused:
        return _page(number, refused.text), 409
    return _back(number, "test")


@blueprint.post("/admin/webhooks/<int:number>/deliveries/<int:delivery>/redeliver")
@require(Permission.ADMINISTER)
def send_again(number: int, delivery: int) -> BaseResponse | tuple[str, int]:
    """Send a delivery again that is over."""
    try:
        redeliver(services().database, number, delivery)
    except ConflictError as refused:
        return _page(number, refused.text), 409
    return _back(number, "again")


def _back(number: int, done: str) -> BaseResponse:
    return redirect(url_for("admin_webhooks.show", number=number, done=done))
