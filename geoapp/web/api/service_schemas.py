"""The shapes of answers about services, and how records are put into them."""

from datetime import date
from typing import Any

from pydantic import BaseModel

from geoapp.core.words import Status
from geoapp.store.services import DeskRecord, ItemRecord, OfferRecord


class CategoryAnswer(BaseModel):
    """A category of services."""

    code: str
    name_zh: str
    name_en: str


class ServiceAnswer(BaseModel):
    """A service; null is unknown. ``first_responsible`` is a post, never a person."""

    code: str
    category: str
    name_zh: str
    name_en: str | None
    audience: str | None
    process: str | None
    time_limit: str | None
    promise: str | None
    first_responsible: str | None
    document: str | None
    document_on: date | None
    source: str | None
    sample: bool


class ServiceList(BaseModel):
    """The categories with the document that lists them, and all services in order of code."""

    document: str
    published_on: date
    place_in_document: str
    categories: list[CategoryAnswer]
    services: list[ServiceAnswer]


class FacilityOffer(BaseModel):
    """A service that a facility offers; both days are included, null is open or unknown."""

    id: int
    service: str
    category: str
    name_zh: str
    name_en: str | None
    hours: str | None
    hours_words: str | None
    phone: str | None
    valid_from: date | None
    valid_to: date | None
    source: str | None
    sample: bool


class FacilityDesk(BaseModel):
    """A duty desk of a facility with its public telephone."""

    id: int
    name_zh: str | None
    phone: str
    hours: str | None
    hours_words: str | None
    source: str | None
    sample: bool


class FoundDesk(FacilityDesk):
    """A duty desk, and whether it is staffed now; null is unknown."""

    open: bool | None


class FoundOffer(FacilityOffer):
    """Where a service is offered.

    ``open`` is told by the service's own hours alone and null where these are not known;
    ``place_open`` is whether the place is. ``call`` is whom to call. ``distance_m`` is a straight
    line from the place that was asked for.
    """

    facility: str | None
    organisation: str | None
    place_zh: str
    place_en: str | None
    status: Status | None
    address: str | None
    region: str | None
    lon: float | None
    lat: float | None
    distance_m: float | None
    open: bool | None
    place_open: bool | None
    call: str | None
    duty_desks: list[FoundDesk]


class FoundServices(BaseModel):
    """What was meant and where it is offered; ``more`` tells that further offers were left out."""

    categories: list[CategoryAnswer]
    services: list[ServiceAnswer]
    offers: list[FoundOffer]
    more: bool


def service_of(item: ItemRecord) -> dict[str, Any]:
    """Return a service as `ServiceAnswer` has it."""
    values = {name: getattr(item, name) for name in ItemRecord.__slots__}
    values["sample"] = values.pop("is_sample")
    return values


def offer_of(offer: OfferRecord, item: ItemRecord) -> dict[str, Any]:
    """Return an offer as `FacilityOffer` has it."""
    return {
        "id": offer.id,
        "service": offer.item_code,
        "category": item.category,
        "name_zh": item.name_zh,
        "name_en": item.name_en,
        "hours": offer.hours,
        "hours_words": offer.hours_raw,
        "phone": offer.phone,
        "valid_from": offer.valid_from,
        "valid_to": offer.valid_to,
        "source": offer.source,
        "sample": offer.is_sample,
    }


def desk_of(desk: DeskRecord) -> dict[str, Any]:
    """Return a duty desk as `FacilityDesk` has it."""
    return {
        "id": desk.id,
        "name_zh": desk.name_zh,
        "phone": desk.phone,
        "hours": desk.hours,
        "hours_words": desk.hours_raw,
        "source": desk.source,
        "sample": desk.is_sample,
    }
