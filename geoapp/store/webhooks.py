"""Named queries on webhooks: the addresses, what is still to be told, and each delivery."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from geoapp.core.webhooks import Delivery, Trouble
from geoapp.store.facilities.columns import ANSWERED
from geoapp.store.models import Publication, Run, Webhook, WebhookDelivery, WebhookEvent

__all__ = [
    "Publication",
    "Run",
    "Webhook",
    "WebhookDelivery",
    "WebhookEvent",
]

QUEUE = "webhooks"
TASK = "geoapp.webhook"
# What everybody may read of a facility; a change of anything else is nobody's news.
_PUBLIC = sorted({*ANSWERED.values(), "geom"})


def add_webhook(session: Session, webhook: Webhook) -> None:
    """Store a webhook."""
    session.add(webhook)
    session.flush()


def lock_webhooks(session: Session) -> None:
    """Let nobody else add a webhook until the end."""
    session.execute(text("lock table webhook in share row exclusive mode"))


def all_webhooks(session: Session) -> list[tuple[Webhook, int]]:
    """Return the webhooks in order of name, each with how many of its deliveries wait."""
    waiting = (
        select(func.count())
        .where(WebhookDelivery.webhook_id == Webhook.id, WebhookDelivery.status == Delivery.WAITING)
        .scalar_subquery()
    )
    return [
        (one, int(n)) for one, n in session.execute(select(Webhook, waiting).order_by(Webhook.name))
    ]


def enabled_webhooks(session: Session) -> list[Webhook]:
    """Return the webhooks that are told of events."""
    return list(session.scalars(select(Webhook).where(Webhook.enabled).order_by(Webhook.id)))


def get_webhook(session: Session, number: int) -> Webhook | None:
    """Return a webhook, locked to the end of the transaction."""
    return session.get(Webhook, number, with_for_update={"key_share": True})


def signing_secrets(session: Session, webhook: Webhook) -> list[str]:
    """Return what a webhook's messages are signed with now: its secret first."""
    former, until = webhook.former_secret, webhook.former_until
    if former is None or until is None or until <= now(session):
        return [webhook.secret]
    return [webhook.secret, former]


def forget_former_secrets(session: Session) -> None:
    """Delete the former secrets whose time is over."""
    session.execute(
        update(Webhook)
        .where(Webhook.former_until <= func.clock_timestamp())
        .values(former_secret=None, former_until=None)
    )


def delete_webhook(session: Session, number: int) -> bool:
    """Delete a webhook with its deliveries, and tell whether there was one."""
    gone = session.execute(delete(Webhook).where(Webhook.id == number).returning(Webhook.id))
    return gone.first() is not None


def count_stopped(session: Session) -> int:
    """Return how many webhooks were stopped because nothing arrived."""
    stopped = select(func.count()).select_from(Webhook).where(Webhook.stopped_at.is_not(None))
    return int(session.execute(stopped).scalar_one())


# Waits without a job that waits, or that a worker which lives is at.
_NO_JOB = """
    d.status = 'waiting' and not exists (
        select from procrastinate_jobs j left join procrastinate_workers w on w.id = j.worker_id
        where j.id = d.job_id and (
            j.status = 'todo' or
            j.status = 'doing' and w.last_heartbeat between
                clock_timestamp() - interval '1 minute' and clock_timestamp() + interval '1 minute'))
"""
_UNCARRIED = text(
    f"select d.id from webhook_delivery d where {_NO_JOB} "
    "order by d.id limit 1000 for update of d skip locked"
)
_WORK = text(
    f"""
    select exists (select from webhook_event) or exists (
        select from procrastinate_jobs where queue_name = :queue and status = 'todo'
            and (scheduled_at is null or scheduled_at <= clock_timestamp())
    ) or exists (select from webhook_delivery d where {_NO_JOB})
    """
)
# In the transaction that writes the deliveries: neither is there without the other.
_DEFER = text(
    """
    update webhook_delivery set next_at = coalesce(next_at, clock_timestamp()), job_id = (
        procrastinate_defer_jobs_v1(array[row(
            :queue, :task, 0, null, null, jsonb_build_object('delivery_id', id), next_at
        )::procrastinate_job_to_defer_v1]))[1]
    where id = any(:ids)
    """
)


def has_work(session: Session) -> bool:
    """Tell whether there is something to be told, or to be tried now."""
    return bool(session.execute(_WORK, {"queue": QUEUE}).scalar_one())


def uncarried(session: Session) -> list[int]:
    """Return deliveries that wait and that no job carries any more, locked."""
    return list(session.scalars(_UNCARRIED))


def defer(session: Session, deliveries: Collection[int]) -> None:
    """Put deliveries into the queue, to be tried when they say."""
    session.execute(_DEFER, {"queue": QUEUE, "task": TASK, "ids": list(deliveries)})


def take_events(session: Session, limit: int) -> list[WebhookEvent]:
    """Return the oldest events that nobody else is at, locked."""
    found = select(WebhookEvent).order_by(WebhookEvent.id).limit(limit)
    return list(session.scalars(found.with_for_update(skip_locked=True)))


def delete_events(session: Session, events: Collection[int]) -> None:
    """Delete events that have been written as deliveries."""
    session.execute(delete(WebhookEvent).where(WebhookEvent.id.in_(events)))


@dataclass(frozen=True, slots=True)
class ChangedFacility:
    """What a change set did to a facility.

    ``before`` and ``after`` are its status, None where it was not there; ``regions`` are those that
    it lay or lies in; ``public`` tells whether something changed that everybody may read.
    """

    number: int
    code: str | None
    before: str | None
    after: str | None
    regions: frozenset[str]
    public: bool


_CHANGED = text(
    """
    with steps as (
        select cast(key as bigint) as id, seq, op, before, after,
            op <> 'update' or exists (
                select from jsonb_object_keys(after) k where k = any(:public)) as public
        from change where set_id = :set_id and table_name = 'facility'
        union all
        select cast(substr(b, 10) as bigint), seq, 'update', null, null, true
        from change, unnest(belongs) b
        where set_id = :set_id and table_name = 'facility_place' and b like 'facility:%'
    ), found as (
        select id, bool_or(public) as public,
            (array_agg(op order by seq))[1] as first_op,
            (array_agg(op order by seq desc))[1] as last_op,
            (array_agg(before ->> 'status' order by seq)
                filter (where before ->> 'status' is not null))[1] as before,
            (array_agg(after ->> 'status' order by seq desc)
                filter (where after ->> 'status' is not null))[1] as after,
            array_agg(before ->> 'region_code') as old_regions,
            array_agg(after ->> 'region_code') as new_regions,
            max(coalesce(before, after) ->> 'code') as code
        from steps group by id
    )
    select s.id, coalesce(f.code, s.code),
        case when s.first_op <> 'insert' then coalesce(s.before, f.status) end,
        case when s.last_op <> 'delete' then coalesce(s.after, f.status) end,
        array_remove(s.old_regions || s.new_regions || f.region_code, null), s.public
    from found s left join facility f on f.id = s.id order by s.id
    """
)


def changed_facilities(session: Session, set_id: int) -> list[ChangedFacility]:
    """Return what a change set did to facilities and where they stand, by number."""
    rows = session.execute(_CHANGED, {"set_id": set_id, "public": _PUBLIC})
    return [
        ChangedFacility(number, code, before, after, frozenset(regions or ()), public)
        for number, code, before, after, regions, public in rows
    ]


def changed_publications(session: Session, set_id: int) -> list[Publication]:
    """Return the publications that a change set wrote, as they are now."""
    keys = text(
        "select cast(key as bigint) as id from change "
        "where set_id = :set_id and table_name = 'publication' and op <> 'delete'"
    ).columns(Publication.id)
    found = session.execute(keys, {"set_id": set_id}).scalars().all()
    return list(
        session.scalars(
            select(Publication).where(Publication.id.in_(found)).order_by(Publication.id)
        )
    )


def add_deliveries(session: Session, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Store deliveries and return their numbers."""
    added = [WebhookDelivery(**row) for row in rows]
    session.add_all(added)
    session.flush()
    return [one.id for one in added]


def get_delivery(session: Session, webhook: int, number: int) -> WebhookDelivery | None:
    """Return a delivery of a webhook, locked to the end of the transaction."""
    found = select(WebhookDelivery).where(
        WebhookDelivery.id == number, WebhookDelivery.webhook_id == webhook
    )
    return session.scalars(found.with_for_update()).one_or_none()


def is_waiting(session: Session, webhook: int, message: str) -> bool:
    """Tell whether a message waits to be sent to a webhook."""
    found = select(WebhookDelivery.id).where(
        WebhookDelivery.webhook_id == webhook,
        WebhookDelivery.message == message,
        WebhookDelivery.status == Delivery.WAITING,
    )
    return session.scalar(select(found.exists())) or False


def waiting_delivery(session: Session, number: int) -> tuple[WebhookDelivery, Webhook] | None:
    """Return a delivery that waits, and its webhook; both locked to the end of the transaction."""
    # The webhook first, as whoever stops one does: else two could wait for each other.
    its = select(WebhookDelivery.webhook_id).where(WebhookDelivery.id == number)
    webhook = session.scalars(
        select(Webhook).where(Webhook.id == its.scalar_subquery()).with_for_update(key_share=True)
    ).one_or_none()
    found = select(WebhookDelivery).where(
        WebhookDelivery.id == number, WebhookDelivery.status == Delivery.WAITING
    )
    delivery = session.scalars(found.with_for_update()).one_or_none()
    return None if webhook is None or delivery is None else (delivery, webhook)


def deliveries_of(session: Session, webhook: int, limit: int) -> list[WebhookDelivery]:
    """Return the newest deliveries of a webhook, newest first."""
    newest = WebhookDelivery.id.desc()
    found = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook)
    return list(session.scalars(found.order_by(newest).limit(limit)))


def end_waiting(session: Session, webhook: int) -> None:
    """End what waits of a webhook that is told nothing any more."""
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.webhook_id == webhook, WebhookDelivery.status == Delivery.WAITING)
        .values(status=Delivery.FAILED, trouble=Trouble.STOPPED, next_at=None)
    )


def forget_deliveries(session: Session, older_than: timedelta) -> None:
    """Delete deliveries that ended so long ago."""
    session.execute(
        delete(WebhookDelivery).where(
            WebhookDelivery.status != Delivery.WAITING,
            func.coalesce(WebhookDelivery.last_at, WebhookDelivery.created_at)
            < func.clock_timestamp() - older_than,
        )
    )


def now(session: Session) -> datetime:
    """Return the time by the store's clock, by which the queue goes."""
    found: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return found
