"""``GET /api/v1/along``: the stations that add least to a way."""

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from geoapp.core.entering import parse_entering
from geoapp.core.limits import MOST_MOMENT_CHARACTERS
from geoapp.core.parsing import parse_moment, split_codes
from geoapp.core.travel import By
from geoapp.core.words import Datum
from geoapp.operations.along.answer import render_along
from geoapp.operations.along.question import (
    MOST_LINE_POINTS,
    MOST_MORE_MINUTES,
    MOST_STOPS,
    USUAL_MORE_MINUTES,
    AlongQuery,
    points_of,
)
from geoapp.operations.along.service import along
from geoapp.web.api.along_schemas import AlongFeatureCollection
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
from geoapp.web.api.schemas import Problem
from geoapp.web.edge.parameters import Parameters, read_at_once
from geoapp.web.edge.services import services

api = APIBlueprint(
    "along",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="nearest", description="最近的站点 / nearest facilities")],
    abp_responses={400: Problem, 422: Problem, 503: Problem},
)

_POINT_CHARACTERS = 60


class AlongParameters(Parameters):
    """What may be asked: ``stops`` or ``path``, and what the nearest are asked."""

    stops: str | None = Field(
        None,
        max_length=MOST_STOPS * _POINT_CHARACTERS,
        description=f"要去的地方，按先后，2 至 {MOST_STOPS} 处：经度,纬度;经度,纬度 / "
        f"the stops in order, 2 to {MOST_STOPS}: lon,lat;lon,lat",
    )
    path: str | None = Field(
        None,
        max_length=MOST_LINE_POINTS * _POINT_CHARACTERS,
        description=f"照着走的线，2 至 {MOST_LINE_POINTS} 点 / "
        f"or a line that is kept to, 2 to {MOST_LINE_POINTS} points",
    )
    by: Going = By.WALK
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
        description="此刻出发，只要确知到时开放的；now 或 ISO 8601 / "
        "leaving then, only those known to be open on arrival",
    )
    max_m: float | None = Field(
        None,
        gt=0,
        le=30_000_000,
        allow_inf_nan=False,
        description="离开路线处到站点的直线上限（米）/ greatest straight line from the route, metres",
    )
    more_minutes: float = Field(
        USUAL_MORE_MINUTES,
        gt=0,
        le=MOST_MORE_MINUTES,
        allow_inf_nan=False,
        description="最多多走几分钟 / minutes added at most",
    )
    datum: InDatum = Datum.WGS84


@api.get(
    "/along",
    summary="顺路的站点 / Facilities on the way, least added first",
    responses={200: AlongFeatureCollection},
)
@read_at_once
def along_the_way(query: AlongParameters) -> Response:
    """Return the facilities in service that add least to a way, as GeoJSON.

    ``added_m`` and ``added_seconds`` are the way from a stop by the facility to the next stop, less
    the way without it; of a line, there and back. ``walk_m`` leads from where the way is left to the
    facility. All are on the walking network where it reaches, also by e-bike, and say so (``basis``).
    The stops are neither stored nor logged.
    """
    parts = services()
    at = None
    if query.open_at is not None:
        at = parse_moment("open_at", query.open_at, parts.settings.timezone)
    question = AlongQuery(
        points=points_of(query.stops, query.path, query.datum),
        is_line=query.path is not None,
        by=query.by,
        k=query.k,
        kinds=split_codes(query.kind),
        families=split_codes(query.family),
        amenities=split_codes(query.amenity),
        entering=parse_entering(
            query.may_enter or "", split_codes(query.without), surely=query.surely
        ),
        at=at,
        open_only=query.open_at is not None,
        max_m=query.max_m,
        more_minutes=query.more_minutes,
    )
    answer = along(parts.nearest, question)
    body = render_along(parts.nearest, answer, query.datum)
    response = Response(body, mimetype="application/geo+json")
    response.headers["Cache-Control"] = "private, no-store"
    return response
