"""``/api/v1/search``: find facilities, regions and what they offer by words."""

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from geoapp.core.geo import from_wgs84
from geoapp.core.roles import Permission
from geoapp.core.words import Datum
from geoapp.operations.search.find import MOST_HITS
from geoapp.operations.search.hits import Hit
from geoapp.web.api.schemas import HitFeatureCollection, Problem
from geoapp.web.api.services import wgs84_of
from geoapp.web.edge.access import may
from geoapp.web.edge.parameters import Parameters
from geoapp.web.edge.replies import public_reply
from geoapp.web.edge.services import services

MOST_CHARACTERS = 100

api = APIBlueprint(
    "search",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="search", description="按字词查找 / find by words")],
    abp_responses={422: Problem, 503: Problem},
)


class SearchParameters(Parameters):
    """What is sought."""

    q: str = Field(
        max_length=MOST_CHARACTERS,
        description="名称、编号、地址、电话、拼音或首字母；空格隔开的词都要有 / "
        "names, codes, addresses, telephones, pinyin or initials; all words must be found",
    )
    limit: int = Field(10, ge=1, le=MOST_HITS)
    lon: float | None = Field(
        None,
        description="经度，与纬度一起给：提供服务的最近的在前 / with lat: who offers a service, nearest first",
    )
    lat: float | None = Field(None, description="纬度 / latitude")
    datum: Datum = Datum.WGS84


@api.get("/search", summary="查找 / Search", responses={200: HitFeatureCollection})
def search(query: SearchParameters) -> Response:
    """Return facilities, regions, kinds, amenities and services that hold all words, best first.

    Words that name a service also find the places that offer it.
    """
    lon, lat = wgs84_of(query.lon, query.lat, query.datum)
    found = services().search.find(
        query.q,
        limit=query.limit,
        unpublished=may(Permission.SEE_UNPUBLISHED),
        near=None if lon is None or lat is None else (lon, lat),
    )
    body = {
        "type": "FeatureCollection",
        "features": [_feature(hit, query.datum) for hit in found.hits],
        "not_yet_searched": found.unread,
        "looked_for": found.meant,
    }
    return public_reply(body, "application/geo+json")


def _feature(hit: Hit, datum: Datum) -> dict[str, Any]:
    geometry = None
    if hit.position is not None:
        lon, lat = from_wgs84(lon=hit.position[0], lat=hit.position[1], datum=datum)
        geometry = {"type": "Point", "coordinates": [round(float(lon), 7), round(float(lat), 7)]}
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {
            "kind_of_hit": hit.kind_of_hit,
            "code": hit.code,
            "name_zh": hit.name.zh,
            "name_en": hit.name.en,
            "context_zh": hit.context.zh,
            "context_en": hit.context.en,
            "sample": hit.is_sample,
            "place": None if hit.place is None else hit.place.code,
        },
    }
