"""Which services there are, who offers them, and whether they are offered at a moment."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from geoapp.core.calendar import WorkCalendar
from geoapp.core.errors import NotFoundError
from geoapp.core.geo import check_lonlat
from geoapp.core.hours import state
from geoapp.core.i18n import Text
from geoapp.core.services import ServiceCategory, load_categories
from geoapp.core.settings import Settings
from geoapp.core.simplified import simplified
from geoapp.core.sounds import search_terms, sounds_of
from geoapp.core.words import Status
from geoapp.operations.facilities.read import PUBLIC_STATUSES, check_region
from geoapp.store.engine import Database, Session
from geoapp.store.services import (
    DeskRecord,
    ItemRecord,
    OfferFilter,
    OfferRecord,
    desk_records,
    item_records,
    offer_records,
)
from geoapp.store.vocabulary import load_calendar

MOST_OFFERS = 200


@dataclass(frozen=True, slots=True)
class Desk:
    """A duty desk, and whether it is staffed at the moment (None is unknown)."""

    record: DeskRecord
    open: bool | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A service at a place or by an organisation.

    Attributes
    ----------
    open
        Whether it is offered at the moment, by the service's own hours; None where these are not
        known. That its place is open says nothing of the service.
    place_open
        Whether the place is open at the moment; None is unknown, or there is no place.
    """

    record: OfferRecord
    item: ItemRecord
    open: bool | None
    place_open: bool | None
    desks: tuple[Desk, ...]

    @property
    def phone(self) -> str | None:
        """Whom to call: the offer's own telephone, the duty desk's, the place's; None is unknown."""
        desk = self.desks[0].record.phone if self.desks else None
        return self.record.phone or desk or self.record.place_phone


@dataclass(frozen=True, slots=True)
class ServiceQuestion:
    """What is looked for: words, a category, one service; near a place, in a region.

    ``lon`` and ``lat`` are WGS-84, both or neither.
    """

    words: str = ""
    category: str | None = None
    item: str | None = None
    region: str | None = None
    lon: float | None = None
    lat: float | None = None
    open_only: bool = False


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """The services that were meant, and where they are offered, nearest first where one stands.

    ``more`` tells that further offers were left out.
    """

    categories: list[ServiceCategory]
    items: list[ItemRecord]
    offers: list[Offer]
    more: bool


def list_items(database: Database) -> list[ItemRecord]:
    """Return all services in order of code."""
    with database.snapshot() as session:
        return item_records(session)


def find_services(
    database: Database,
    settings: Settings,
    question: ServiceQuestion,
    *,
    unpublished: bool = False,
    limit: int = MOST_OFFERS,
) -> ServiceAnswer:
    """Find where services are offered on the day of today.

    Without words, category and service all services are meant. Words are held against the names of
    categories and services, also by pinyin, by initials and in traditional characters; all of them must
    be found in one name.

    Raises
    ------
    InvalidValueError
        If a position or region is not accepted.
    NotFoundError
        If there is no such category or service.
    """
    if question.lon is not None and question.lat is not None:
        check_lonlat(question.lon, question.lat)
    with database.snapshot() as session:
        check_region(session, question.region)
        every = item_records(session)
        categories, items = _meant(question, every)
        at = datetime.now(UTC)
        wanted = OfferFilter(
            items=frozenset(one.code for one in items),
            region=question.region,
            on_day=at.astimezone(ZoneInfo(settings.timezone)).date(),
            statuses=None if unpublished else frozenset(map(str, PUBLIC_STATUSES)),
        )
        found = offer_records(session, wanted, lon=question.lon, lat=question.lat)
        offers = _answered(session, settings.timezone, found, items, at)
    offers = [one for one in offers if one.record.status != Status.CLOSED]
    if question.open_only:
        offers = [one for one in offers if one.open]
    return ServiceAnswer(categories, items, offers[:limit], len(offers) > limit)


def services_of(
    database: Database, settings: Settings, code: str
) -> tuple[list[Offer], list[Desk]]:
    """Return all offers of a facility, past and to come too, and its duty desks."""
    with database.snapshot() as session:
        return services_within(session, settings.timezone, code)


def services_within(session: Session, timezone: str, code: str) -> tuple[list[Offer], list[Desk]]:
    """Return a facility's offers and duty desks at the session's moment."""
    at = datetime.now(UTC)
    found = offer_records(session, OfferFilter(facility=code))
    items = item_records(session)
    offers = _answered(session, timezone, found, items, at)
    calendar = load_calendar(session)
    desks = [one for one in desk_records(session) if one.facility == code]
    return offers, [_desk(one, at, calendar) for one in desks]


def item_named(items: Iterable[ItemRecord], code: str) -> ItemRecord:
    """Return the service of a code.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    found = next((one for one in items if one.code == code), None)
    if found is None:
        raise NotFoundError(Text("服务", "service"), code)
    return found


def item_text(item: ItemRecord) -> Text:
    """Return a service's name in both languages."""
    return Text(item.name_zh, item.name_en or item.name_zh)


def named_by(
    terms: Sequence[str], items: Sequence[ItemRecord]
) -> tuple[list[ServiceCategory], list[ItemRecord]]:
    """Return the categories and the services whose names hold all terms, in simplified characters.

    A service of a category that is meant is meant too.
    """
    categories = [
        one
        for one in load_categories().categories
        if any(holds_terms(name, terms) for name in one.names)
    ]
    codes = {one.code for one in categories}
    named = [
        one
        for one in items
        if one.category in codes
        or any(holds_terms(name, terms) for name in (one.name_zh, one.name_en or ""))
    ]
    return categories, named


def holds_terms(name: str, terms: Sequence[str]) -> bool:
    """Tell whether a name holds all terms, as it is written, by pinyin or by initials.

    The name may be written in traditional characters; the terms are in simplified ones.
    """
    sounds = sounds_of(simplified(name))
    spelt = (sounds.name, sounds.pinyin, sounds.initials)
    return bool(sounds.name) and all(any(term in one for one in spelt) for term in terms)


def _meant(
    question: ServiceQuestion, every: list[ItemRecord]
) -> tuple[list[ServiceCategory], list[ItemRecord]]:
    items = every
    categories: list[ServiceCategory] = []
    if question.category is not None:
        known = load_categories().categories
        categories = [one for one in known if one.code == question.category]
        if not categories:
            raise NotFoundError(Text("服务类别", "category"), question.category)
        items = [one for one in items if one.category == question.category]
    if question.item is not None:
        items = [item_named(items, question.item)]
    terms = search_terms(simplified(question.words))
    if terms:
        categories, items = named_by(terms, items)
    return categories, items


def _answered(
    session: Session,
    zone: str,
    found: Sequence[OfferRecord],
    items: Sequence[ItemRecord],
    at: datetime,
) -> list[Offer]:
    calendar = load_calendar(session)
    numbers = {one.facility_id for one in found if one.facility_id is not None}
    desks: dict[int, list[Desk]] = defaultdict(list)
    for record in desk_records(session, sorted(numbers)):
        desks[record.facility_id].append(_desk(record, at, calendar))
    by_code = {one.code: one for one in items}
    return [_offer(one, by_code, desks, zone, at, calendar) for one in found]


def _offer(
    record: OfferRecord,
    items: Mapping[str, ItemRecord],
    desks: Mapping[int, list[Desk]],
    zone: str,
    at: datetime,
    calendar: WorkCalendar,
) -> Offer:
    def at_hours(hours: str | None) -> bool | None:
        return state(
            hours,
            at,
            timezone=record.timezone or zone,
            calendar=calendar,
            lon=record.lon,
            lat=record.lat,
        )

    place_open = at_hours(record.place_hours)
    is_open = at_hours(record.hours)
    if record.status is not None and record.status != Status.OPEN:
        # Whatever the sign says, nobody is served where the place is out of service.
        is_open = place_open = False
    return Offer(
        record,
        items[record.item_code],
        is_open,
        place_open,
        tuple(desks.get(record.facility_id or 0, ())),
    )


def _desk(record: DeskRecord, at: datetime, calendar: WorkCalendar) -> Desk:
    return Desk(record, state(record.hours, at, timezone=record.timezone, calendar=calendar))
