"""Which addresses are told of what: added, paused, tried out and removed by administrators."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import orjson

from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.core.webhooks import (
    MOST_OVERLAP_HOURS,
    MOST_WEBHOOK_NAME_CHARACTERS,
    MOST_WEBHOOKS,
    OVERLAP_HOURS,
    TEST_EVENT,
    Delivery,
    DeliveryRecord,
    Event,
    Trouble,
    Webhook,
    new_secret,
)
from geoapp.operations.facilities.read import check_region
from geoapp.operations.webhooks.address import check_address
from geoapp.store import webhooks as store
from geoapp.store.engine import Database, Session

_WEBHOOK = Text("推送", "webhook")
_DELIVERY = Text("推送记录", "delivery")
_LISTED = 200
_OFF = Text("这个推送没有启用；请先启用。", "This webhook is not enabled; enable it first.")


def parse_events(values: Collection[str]) -> frozenset[Event]:
    """Return the events of these names.

    Raises
    ------
    InvalidValueError
        If there is none, or one is not known.
    """
    names = ", ".join(Event)
    for value in values:
        if value not in frozenset(Event):
            raise InvalidValueError("events", value[:40], Text(names, names))
    if not values:
        accepted = Text(f"至少一项：{names}", f"at least one of {names}")
        raise InvalidValueError("events", "", accepted)
    return frozenset(Event(value) for value in values)


def add_webhook(
    database: Database,
    settings: Settings,
    *,
    name: str,
    address: str,
    events: Collection[Event],
    region: str | None = None,
) -> tuple[Webhook, str]:
    """Let an address be told of events; return it with its secret, the only time that it is known.

    Parameters
    ----------
    name
        By which administrators know it; the history has it, and never the address.
    region
        Only what is in this region or below it; None is everywhere.

    Raises
    ------
    InvalidValueError
        If name, address or region are not accepted.
    ConflictError
        If there is one of this name, or too many.
    """
    name, address = name.strip(), address.strip()
    if not 1 <= len(name) <= MOST_WEBHOOK_NAME_CHARACTERS or not name.isprintable():
        most = MOST_WEBHOOK_NAME_CHARACTERS
        accepted = Text(f"1 至 {most} 个字符的名称", f"a name of 1 to {most} characters")
        raise InvalidValueError("name", name, accepted)
    check_address(settings, address)
    secret = new_secret()
    with database.session() as session:
        check_region(session, region)
        store.lock_webhooks(session)
        present = store.all_webhooks(session)
        if any(one.name == name for one, _ in present):
            raise ConflictError(
                Text(
                    f"已有名为“{name}”的推送；请换个名称。",
                    f"There is a webhook called “{name}”; choose another name.",
                )
            )
        if len(present) >= MOST_WEBHOOKS:
            raise ConflictError(
                Text(
                    f"已有 {MOST_WEBHOOKS} 个推送；请先删除不用的。",
                    f"There are {MOST_WEBHOOKS} webhooks already; remove those that are not needed.",
                )
            )
        row = store.Webhook(
            name=name,
            address=address,
            events=sorted(events),
            region_code=region,
            secret=secret,
        )
        store.add_webhook(session, row)
        return _value(row, 0), secret


def list_webhooks(database: Database) -> list[Webhook]:
    """Return the webhooks in order of name."""
    with database.session() as session:
        return [_value(row, waiting) for row, waiting in store.all_webhooks(session)]


def get_webhook(database: Database, number: int) -> Webhook:
    """Return one webhook.

    Raises
    ------
    NotFoundError
        If there is none of this number.
    """
    found = next((one for one in list_webhooks(database) if one.id == number), None)
    if found is None:
        raise NotFoundError(_WEBHOOK, str(number))
    return found


def remove_webhook(database: Database, number: int) -> None:
    """Remove a webhook with its deliveries; what waits is not sent.

    Raises
    ------
    NotFoundError
        If there is none of this number.
    """
    with database.session() as session:
        _found(session, number)
        store.delete_webhook(session, number)


def set_enabled(database: Database, number: int, *, enabled: bool) -> None:
    """Pause a webhook, whose waiting deliveries end; or let it be told again from now on.

    Raises
    ------
    NotFoundError
        If there is none of this number.
    """
    with database.session() as session:
        row = _found(session, number)
        row.enabled, row.stopped_at, row.given_up = enabled, None, 0
        if not enabled:
            store.end_waiting(session, number)


def rotate_secret(
    database: Database, number: int, overlap_hours: int = OVERLAP_HOURS
) -> tuple[Webhook, str]:
    """Give a webhook a new secret and return both, the only time that it is known.

    For some hours messages are signed with the new secret and with the present one; one that was
    changed before signs no more.

    Parameters
    ----------
    overlap_hours
        How long the present secret signs along; 0 ends it at once, as where somebody else has it.

    Raises
    ------
    NotFoundError
        If there is none of this number.
    InvalidValueError
        If the hours are not accepted.
    """
    if not 0 <= overlap_hours <= MOST_OVERLAP_HOURS:
        accepted = Text(f"0 至 {MOST_OVERLAP_HOURS} 小时", f"0 to {MOST_OVERLAP_HOURS} hours")
        raise InvalidValueError("overlap_hours", str(overlap_hours), accepted)
    secret = new_secret()
    with database.session() as session:
        row = _found(session, number)
        at = store.now(session)
        row.former_secret = row.secret if overlap_hours else None
        row.former_until = at + timedelta(hours=overlap_hours) if overlap_hours else None
        row.secret, row.secret_made_at = secret, at
        session.flush()
    return get_webhook(database, number), secret


def send_test(database: Database, number: int) -> int:
    """Send a message without news; return the delivery's number.

    Raises
    ------
    NotFoundError
        If there is none of this number.
    ConflictError
        If it is not enabled.
    """
    with database.session() as session:
        if not _found(session, number).enabled:
            raise ConflictError(_OFF)
        body = message_body(TEST_EVENT, datetime.now(UTC), {})
        added = store.add_deliveries(session, [delivery(number, TEST_EVENT, body)])
        store.defer(session, added)
        return added[0]


def redeliver(database: Database, number: int, delivery_number: int) -> None:
    """Send a delivery again that is over, as a further one: the same message with the same id.

    How the earlier one ended stays on record.

    Raises
    ------
    NotFoundError
        If there is no such webhook or delivery.
    ConflictError
        If it waits already, or the webhook is not enabled.
    """
    with database.session() as session:
        enabled = _found(session, number).enabled
        row = (
            store.get_delivery(session, number, delivery_number)
            if _is_number(delivery_number)
            else None
        )
        if row is None:
            raise NotFoundError(_DELIVERY, str(delivery_number))
        if not enabled:
            raise ConflictError(_OFF)
        if store.is_waiting(session, number, row.message):
            raise ConflictError(Text("这一条正在等待发送。", "This delivery waits already."))
        again = delivery(number, row.event, row.body) | {"message": row.message}
        store.defer(session, store.add_deliveries(session, [again]))


def list_deliveries(database: Database, number: int) -> list[DeliveryRecord]:
    """Return the newest deliveries of a webhook, newest first.

    Raises
    ------
    NotFoundError
        If there is none of this number.
    """
    with database.session() as session:
        _found(session, number)
        return [
            DeliveryRecord(
                id=row.id,
                message=row.message,
                event=row.event,
                status=Delivery(row.status),
                tries=row.tries,
                created_at=row.created_at,
                last_at=row.last_at,
                next_at=row.next_at,
                http_status=row.http_status,
                trouble=None if row.trouble is None else Trouble(row.trouble),
            )
            for row in store.deliveries_of(session, number, _LISTED)
        ]


def message_body(event: str, at: datetime, data: object) -> str:
    """Return what is sent: of what, when it happened, and what is told of it."""
    told = {"type": event, "timestamp": at.astimezone(UTC), "data": data}
    return orjson.dumps(told).decode()


def delivery(webhook: int, event: str, body: str) -> dict[str, object]:
    """Return a delivery to be stored."""
    return {"webhook_id": webhook, "event": event, "body": body, "message": f"msg_{uuid4().hex}"}


def _is_number(number: int) -> bool:
    return 0 < number < 2**31


def _found(session: Session, number: int) -> store.Webhook:
    row = store.get_webhook(session, number) if _is_number(number) else None
    if row is None:
        raise NotFoundError(_WEBHOOK, str(number))
    return row


def _value(row: store.Webhook, waiting: int) -> Webhook:
    return Webhook(
        id=row.id,
        name=row.name,
        address=row.address,
        events=frozenset(Event(one) for one in row.events),
        region=row.region_code,
        enabled=row.enabled,
        stopped_at=row.stopped_at,
        created_at=row.created_at,
        delivered_at=row.delivered_at,
        waiting=waiting,
        secret_made_at=row.secret_made_at or row.created_at,
        former_until=_still(row.former_until),
    )


def _still(until: datetime | None) -> datetime | None:
    return until if until is not None and until > datetime.now(UTC) else None


def ordered(events: Collection[Event]) -> Sequence[Event]:
    """Return events in the order in which they are listed."""
    return [one for one in Event if one in events]
