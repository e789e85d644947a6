"""``/api/v1/route`` and ``/api/v1/facilities/CODE/isochrone``: the way to a facility, and its reach."""

from typing import Any

import shapely
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import geometry_from_wgs84, to_wgs84
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_CODE_CHARACTERS, MOST_PLACE_CHARACTERS
from geoapp.core.parsing import parse_number
from geoapp.core.words import Datum
from geoapp.operations.nearest.routes import MOST_WALK_M, route, walk_area
from geoapp.store.facilities.read import PlacedFacility
from geoapp.web.api.schemas import Problem, RouteFeature, WalkAreaFeature
from geoapp.web.edge.heavy import kept
from geoapp.web.edge.parameters import Parameters
from geoapp.web.edge.replies import json_reply, public_reply
from geoapp.web.edge.services import services

api = APIBlueprint(
    "walks",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="walks", description="步行 / walks")],
    abp_responses={404: Problem, 422: Problem, 503: Problem},
)

_GEOJSON = "application/geo+json"


class RouteParameters(Parameters):
    """From where to which facility."""

    from_: str = Field(
        alias="from",
        max_length=MOST_PLACE_CHARACTERS,
        description="起点：经度,纬度 / the start: lon,lat",
    )
    to: str = Field(
        min_length=1, max_length=MOST_CODE_CHARACTERS, description="站点编号 / the facility's code"
    )
    datum: Datum = Field(Datum.WGS84, description="问与答的坐标系 / datum of question and answer")


class IsochroneParameters(Parameters):
    """How long a walk: one of the two."""

    minutes: float | None = Field(None, gt=0, le=240, description="步行分钟 / minutes on foot")
    metres: float | None = Field(
        None, gt=0, le=MOST_WALK_M, description="步行米数 / metres on foot"
    )
    datum: Datum = Field(Datum.WGS84, description="答案的坐标系 / datum of the answer")


class CodePath(BaseModel):
    """Which facility."""

    code: str = Field(
        min_length=1, max_length=MOST_CODE_CHARACTERS, description="编号 / stable code"
    )


def _ground() -> str:
    return services().nearest.moment()


def _named(facility: PlacedFacility) -> dict[str, Any]:
    return {"code": facility.code, "name": facility.name, "name_en": facility.name_en}


@api.get("/route", summary="步行路线 / The way to a facility", responses={200: RouteFeature})
def way(query: RouteParameters) -> Response:
    """Return the shortest walk to a facility: on the network, or a straight line as an estimate.

    Where both ends are on the network and there is no way between them, or where the line would cross
    the sea, geometry and walk are null. The position asked from is neither stored nor logged.
    """
    parts = query.from_.split(",")
    if len(parts) != 2:
        raise InvalidValueError("from", query.from_, Text("经度,纬度", "lon,lat"))
    lon, lat = (parse_number("from", part) for part in parts)
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        accepted = Text("经度 -180 至 180，纬度 -90 至 90", "lon -180 to 180, lat -90 to 90")
        raise InvalidValueError("from", query.from_, accepted)
    if query.datum is not Datum.WGS84:
        lon, lat = (float(one) for one in to_wgs84(lon=lon, lat=lat, datum=query.datum))
    found = route(services().nearest, lon=lon, lat=lat, code=query.to)
    feature = {
        "type": "Feature",
        "id": found.facility.code,
        "geometry": None
        if found.line is None
        else geometry_from_wgs84(shapely.to_wkb(found.line), query.datum),
        "properties": {
            **_named(found.facility),
            "distance_m": round(found.distance_m, 2),
            "walk_m": None if found.walk_m is None else round(found.walk_m, 1),
            "walk_seconds": None if found.walk_seconds is None else round(found.walk_seconds),
            "basis": found.basis,
        },
    }
    response = json_reply(feature, mimetype=_GEOJSON)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@api.get(
    "/facilities/<path:code>/isochrone",
    summary="步行可达范围 / What lies within a walk",
    responses={200: WalkAreaFeature, 429: Problem},
)
@kept(_ground)
def isochrone(path: CodePath, query: IsochroneParameters) -> Response:
    """Return the area within a walk of a facility: by the network, or a circle as an estimate."""
    found = walk_area(
        services().nearest, code=path.code, minutes=query.minutes, metres=query.metres
    )
    feature = {
        "type": "Feature",
        "id": found.facility.code,
        "geometry": geometry_from_wgs84(shapely.to_wkb(found.area), query.datum),
        "properties": {
            **_named(found.facility),
            "walk_m": round(found.walk_m, 1),
            "basis": found.basis,
        },
    }
    return public_reply(feature, mimetype=_GEOJSON)
