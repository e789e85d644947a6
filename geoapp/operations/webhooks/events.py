"""What has happened, as messages for those who asked: never more than everybody may read.

Triggers note each change set and each run that ends, in its own transaction (migration 0056). Here
the notes become deliveries and jobs in one transaction, so nothing is lost and nothing is told twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from geoapp.core.webhooks import FACILITIES_OF_DELIVERY, MOST_TOLD_FACILITIES, Event
from geoapp.core.words import Datum, Status
from geoapp.operations.facilities.feature import facility_feature
from geoapp.operations.facilities.read import PUBLIC_STATUSES
from geoapp.operations.webhooks.edit import delivery, message_body
from geoapp.store import webhooks as store
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.read import facilities_by_id, regions_below
from geoapp.store.facilities.records import facility_records

_EVENTS_AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True)
class _Listener:
    """A webhook and the regions that it listens to; None is everywhere."""

    number: int
    events: frozenset[str]
    regions: frozenset[str] | None

    def hears(self, event: Event, regions: frozenset[str]) -> bool:
        """Tell whether it is told of an event that concerns some regions."""
        return event in self.events and (self.regions is None or bool(self.regions & regions))


def plan(database: Database) -> None:
    """Make deliveries of what has happened, and queue those that no job carries."""
    with database.session() as session:
        events = store.take_events(session, _EVENTS_AT_ONCE)
        listeners = [
            _Listener(one.id, frozenset(one.events), _regions(session, one.region_code))
            for one in (store.enabled_webhooks(session) if events else ())
        ]
        if listeners:
            for event in events:
                store.add_deliveries(session, list(_deliveries(session, event, listeners)))
        store.delete_events(session, [one.id for one in events])
        store.defer(session, store.uncarried(session))


def _regions(session: Session, code: str | None) -> frozenset[str] | None:
    return None if code is None else frozenset(regions_below(session, code))


def _deliveries(
    session: Session, event: store.WebhookEvent, listeners: Sequence[_Listener]
) -> Iterator[dict[str, Any]]:
    if event.run_id is not None:
        yield from _of_run(session, event.run_id, listeners)
    if event.set_id is not None:
        for row in store.changed_publications(session, event.set_id):
            yield from _of_publication(row, event.at, listeners)
        yield from _of_facilities(session, event.set_id, event.at, listeners)


def _of_run(
    session: Session, number: int, listeners: Sequence[_Listener]
) -> Iterator[dict[str, Any]]:
    run = session.get(store.Run, number)
    if run is None or run.finished_at is None:
        return
    region = run.params.get("region")
    data = {"run": run.id, "kind": run.kind, "status": run.status, "region": region}
    body = message_body(Event.RUN, run.finished_at, data)
    for one in listeners:
        if one.hears(Event.RUN, frozenset() if region is None else frozenset({region})):
            yield delivery(one.number, Event.RUN, body)


def _of_publication(
    row: store.Publication, at: datetime, listeners: Sequence[_Listener]
) -> Iterator[dict[str, Any]]:
    region = row.region_code
    data = {
        "run": row.run_id,
        "region": region,
        "published_at": row.published_at,
        "withdrawn_at": row.withdrawn_at,
    }
    body = message_body(Event.PUBLICATION, at, data)
    for one in listeners:
        if one.hears(Event.PUBLICATION, frozenset() if region is None else frozenset({region})):
            yield delivery(one.number, Event.PUBLICATION, body)


def event_of(change: store.ChangedFacility) -> Event | None:
    """Return what everybody may know that a change set did to a facility; None if nothing."""
    was, is_now = change.before in PUBLIC_STATUSES, change.after in PUBLIC_STATUSES
    if not was:
        return Event.CREATED if is_now else None
    if not is_now or (change.after == Status.CLOSED and change.before != Status.CLOSED):
        return Event.CLOSED
    return Event.CHANGED if change.public else None


def _of_facilities(
    session: Session, set_id: int, at: datetime, listeners: Sequence[_Listener]
) -> Iterator[dict[str, Any]]:
    listeners = [
        one for one in listeners if one.events & {Event.CREATED, Event.CHANGED, Event.CLOSED}
    ]
    if not listeners:
        return
    by_event: dict[Event, list[store.ChangedFacility]] = {}
    for change in store.changed_facilities(session, set_id):
        event = event_of(change)
        if event is not None:
            by_event.setdefault(event, []).append(change)
    for event, changes in by_event.items():
        for one in listeners:
            heard = [change for change in changes if one.hears(event, change.regions)]
            for data in _told(session, heard):
                yield delivery(one.number, event, message_body(event, at, data))


def _told(session: Session, changes: Sequence[store.ChangedFacility]) -> Iterator[dict[str, Any]]:
    """Yield what is told of some facilities, so many at a time; of very many how many they are."""
    if len(changes) > MOST_TOLD_FACILITIES:
        yield {"count": len(changes), "facilities": None, "gone": None}
        return
    for start in range(0, len(changes), FACILITIES_OF_DELIVERY):
        part = changes[start : start + FACILITIES_OF_DELIVERY]
        # As they are now: whoever is told late is told what is true then.
        there = {
            number: one
            for number, one in facilities_by_id(session, [one.number for one in part]).items()
            if one.status in PUBLIC_STATUSES
        }
        records = facility_records(
            session, [there[one.number] for one in part if one.number in there]
        )
        features = [facility_feature(one, Datum.WGS84) for one in records]
        gone = [one.code for one in part if one.number not in there and one.code is not None]
        yield {"count": len(part), "facilities": features, "gone": gone}
