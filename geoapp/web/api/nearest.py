"""``GET /api/v1/nearest``: the hot path of the service."""

from typing import Literal

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from geoapp.core.entering import parse_entering
from geoapp.core.geo import to_wgs84
from geoapp.core.limits import MOST_MOMENT_CHARACTERS
from geoapp.core.parsing import parse_moment, split_codes
from geoapp.core.travel import By
from geoapp.core.words import Datum
from geoapp.operations.nearest.answer import render_answer
from geoapp.operations.nearest.service import NearestQuery
from geoapp.web.api.asked import (
    Amenities,
    Count,
    Families,
    Going,
    InDatum,
    Kinds,
    MayEnter,
    Surely,
    Without,
)
from geoapp.web.api.schemas import NearFeatureCollection, Problem
from geoapp.web.edge.parameters import Parameters, read_at_once
from geoapp.web.edge.services import services

api = APIBlueprint(
    "nearest",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="nearest", description="最近的站点 / nearest facilities")],
    abp_responses={400: Problem, 422: Problem, 503: Problem},
)


class NearestParameters(Parameters):
    """What may be asked."""

    lon: float = Field(
        ge=-180, le=180, allow_inf_nan=False, description="经度 / longitude, degrees"
    )
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False, description="纬度 / latitude, degrees")
    k: Count = 5
    kind: Kinds = Field([])
    family: Families = Field([])
    amenity: Amenities = Field([])
    may_enter: MayEnter = None
    without: Without = Field([])
    surely: Surely = False
    open_at: str | None = Field(
        None,
        max_length=MOST_MOMENT_CHARACTERS,
        description="只要此刻确知开放的；now 或 ISO 8601 / only those known to be open then",
    )
    datum: InDatum = Datum.WGS84
    max_m: float | None = Field(
        None,
        gt=0,
        le=30_000_000,
        allow_inf_nan=False,
        description="直线距离上限（米）/ greatest straight line, metres",
    )
    order: Literal["walk", "line"] = "walk"
    by: Going = By.WALK
    arrive: bool = Field(
        False,
        description="到时开着吗，从现在或 open_at 出发 / whether it is open on arrival, leaving now or at open_at",
    )


@api.get(
    "/nearest",
    summary="最近的站点 / Nearest facilities, nearest first",
    responses={200: NearFeatureCollection},
)
@read_at_once
def nearest(query: NearestParameters) -> Response:
    """Return the nearest facilities in service as GeoJSON.

    ``distance_m`` is the geodesic on the WGS-84 spheroid; ``open`` is true, false, or null where
    it is unknown. ``arrive`` adds ``open_on_arrival``, ``opens_at`` and ``closes_at``, and
    ``beyond_m`` where all answers lie beyond a walk, and ``outside_note`` where the position lies outside
    the service's area. ``may_enter`` and ``without`` leave out what is
    known to keep the asker out; each facility then tells ``may_enter``, true or null where it is
    unknown. ``unplaced`` counts those that fit and are known only to be somewhere in the position's
    district. The position asked from is neither stored nor logged.
    """
    parts = services()
    lon, lat = query.lon, query.lat
    if query.datum is not Datum.WGS84:
        lon, lat = (float(one) for one in to_wgs84(lon=lon, lat=lat, datum=query.datum))
    entering = parse_entering(
        query.may_enter or "", split_codes(query.without), surely=query.surely
    )
    at = None
    if query.open_at is not None:
        at = parse_moment("open_at", query.open_at, parts.settings.timezone)
    question = NearestQuery(
        lon=lon,
        lat=lat,
        k=query.k,
        kinds=split_codes(query.kind),
        families=split_codes(query.family),
        amenities=split_codes(query.amenity),
        entering=entering,
        at=at,
        open_only=query.open_at is not None,
        max_m=query.max_m,
        order=query.order,
        by=query.by,
        arrive=query.arrive,
        # Who asks for no arrival is told how far the places lie, nearest first, and a walk by the line.
        is_from=query.arrive,
    )
    items = parts.nearest.ask(question)
    somewhere = parts.nearest.somewhere(question)
    where = None
    if query.arrive and parts.nearest.is_outside(lon, lat):
        where = parts.nearest.where(parts.database, lon, lat)
    body = render_answer(parts.nearest, items, query.datum, somewhere, entering, query.by, where)
    response = Response(body, mimetype="application/geo+json")
    response.headers["Cache-Control"] = "private, no-store"
    return response
