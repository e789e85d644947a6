"""``/api/v1/services`` and ``/api/v1/service-offers``: what help there is, and where."""

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import check_lonlat, from_wgs84, to_wgs84
from geoapp.core.i18n import Text
from geoapp.core.limits import (
    MOST_CATEGORY_CHARACTERS,
    MOST_CODE_CHARACTERS,
    MOST_REGION_CHARACTERS,
    MOST_SEARCH_CHARACTERS,
)
from geoapp.core.roles import Permission
from geoapp.core.services import ServiceCategory, load_categories
from geoapp.core.words import Datum
from geoapp.operations.services.read import (
    MOST_OFFERS,
    Offer,
    ServiceQuestion,
    find_services,
    list_items,
)
from geoapp.web.api.schemas import Problem
from geoapp.web.api.service_schemas import (
    FoundServices,
    ServiceList,
    desk_of,
    offer_of,
    service_of,
)
from geoapp.web.edge.access import may
from geoapp.web.edge.parameters import WITHOUT_NUL, Parameters
from geoapp.web.edge.replies import public_reply
from geoapp.web.edge.services import services

api = APIBlueprint(
    "services",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="services", description="服务 / services for workers")],
    abp_responses={422: Problem, 503: Problem},
)


class OfferParameters(Parameters):
    """Which services, and near which place."""

    q: str = Field(
        "",
        max_length=MOST_SEARCH_CHARACTERS,
        pattern=WITHOUT_NUL,
        description="要什么帮助：名称、拼音、首字母、英文 / what help: names, pinyin, initials, English",
    )
    category: str | None = Field(
        None, max_length=MOST_CATEGORY_CHARACTERS, pattern=WITHOUT_NUL, description="类别代码"
    )
    service: str | None = Field(
        None,
        max_length=MOST_CODE_CHARACTERS,
        pattern=WITHOUT_NUL,
        description="服务编号 / its code",
    )
    region: str | None = Field(
        None,
        max_length=MOST_REGION_CHARACTERS,
        pattern=WITHOUT_NUL,
        description="区域代码，含下级 / region code, with those below",
    )
    lon: float | None = Field(None, description="经度，与纬度一起给 / with lat: nearest first")
    lat: float | None = Field(None, description="纬度 / latitude")
    open: bool = Field(False, description="只要确知现在提供的 / only those known to be offered now")
    limit: int = Field(50, ge=1, le=MOST_OFFERS)
    datum: Datum = Datum.WGS84


@api.get("/services", summary="服务事项 / Services", responses={200: ServiceList})
def list_() -> Response:
    """List the categories with their source, and all services."""
    known = load_categories()
    return public_reply(
        {
            "document": known.document,
            "published_on": known.published_on,
            "place_in_document": known.place_in_document,
            "categories": [_category(one) for one in known.categories],
            "services": [service_of(one) for one in list_items(services().database)],
        }
    )


@api.get(
    "/service-offers",
    summary="哪里提供 / Where a service is offered",
    responses={200: FoundServices, 404: Problem},
)
def offers(query: OfferParameters) -> Response:
    """Find where help is offered today, nearest first where a position is given."""
    lon, lat = wgs84_of(query.lon, query.lat, query.datum)
    parts = services()
    found = find_services(
        parts.database,
        parts.settings,
        ServiceQuestion(
            query.q, query.category, query.service, query.region, lon, lat, open_only=query.open
        ),
        unpublished=may(Permission.SEE_UNPUBLISHED),
        limit=query.limit,
    )
    return public_reply(
        {
            "categories": [_category(one) for one in found.categories],
            "services": [service_of(one) for one in found.items],
            "offers": [_offer(one, query.datum) for one in found.offers],
            "more": found.more,
        }
    )


def wgs84_of(
    lon: float | None, lat: float | None, datum: Datum
) -> tuple[float, float] | tuple[None, None]:
    """Return a position of a request in WGS-84; none without one.

    Raises
    ------
    InvalidValueError
        If one of the two is missing, or out of range.
    """
    if lon is None and lat is None:
        return None, None
    if lon is None or lat is None:
        missing = "lon" if lon is None else "lat"
        accepted = Text("经度和纬度一起给", "longitude and latitude together")
        raise InvalidValueError(missing, None, accepted)
    check_lonlat(lon, lat)
    x, y = to_wgs84(lon=lon, lat=lat, datum=datum)
    return float(x), float(y)


def _category(one: ServiceCategory) -> dict[str, Any]:
    return {"code": one.code, "name_zh": one.name_zh, "name_en": one.name_en}


def _offer(offer: Offer, datum: Datum) -> dict[str, Any]:
    one = offer.record
    lon = lat = None
    if one.lon is not None and one.lat is not None:
        x, y = from_wgs84(lon=one.lon, lat=one.lat, datum=datum)
        lon, lat = round(float(x), 7), round(float(y), 7)
    return {
        **offer_of(one, offer.item),
        "facility": one.facility,
        "organisation": one.organisation,
        "place_zh": one.name_zh,
        "place_en": one.name_en,
        "status": one.status,
        "address": one.address,
        "region": one.region_code,
        "lon": lon,
        "lat": lat,
        "distance_m": None if one.line_m is None else round(one.line_m, 1),
        "open": offer.open,
        "place_open": offer.place_open,
        "call": offer.phone,
        "duty_desks": [{**desk_of(desk.record), "open": desk.open} for desk in offer.desks],
    }
