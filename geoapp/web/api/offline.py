"""``/api/v1/offline/stations``: what a phone keeps to answer without a network."""

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from geoapp.core.limits import MOST_CODE_CHARACTERS
from geoapp.operations.nearest.offline import MOST_STATIONS, offline_stations
from geoapp.web.api.schemas import Problem
from geoapp.web.edge.heavy import kept
from geoapp.web.edge.parameters import Parameters
from geoapp.web.edge.replies import public_reply
from geoapp.web.edge.services import services

api = APIBlueprint(
    "offline",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="offline", description="没有网络时 / without a network")],
    abp_responses={422: Problem, 503: Problem},
)


class OfflineParameters(Parameters):
    """Of which region."""

    region: str | None = Field(
        None,
        max_length=MOST_CODE_CHARACTERS,
        description=f"区域代码；超过 {MOST_STATIONS:,} 处时必填 / a region's code; wanted beyond so many",
    )


class OfflineStations(BaseModel):
    """The stations in service, and their hours day by day.

    ``patterns`` are days: from which minute on open (true), closed (false) or unknown (null, with the
    reason); a schedule names one for each day from ``first_day`` (days since 1970) on. Hours are told
    for ``known_days``; what follows serves to say when they change next. ``region`` is the name of the one
    that was asked for; ``unplaced`` counts those in service whose position is not known, which are not there.
    ``parents`` tells of each region the one above it; ``above`` what the regions without an outline are called.
    ``traditional`` holds traditional characters, and at the same places their simplified ones.
    Outside ``area`` (rings, [lon, lat]) no region lies, outside ``china`` nothing of China; both are drawn
    wider than they are, ``area`` is null where no region has an outline. Inside ``sea`` it is surely sea.
    """

    format: int
    version: str
    region: dict[str, str] | None
    unplaced: int
    first_day: int
    known_days: int
    horizon_days: int
    detour_factor: float
    speed_m_per_s: float
    ebike_m_per_s: float
    walk_limit_minutes: float
    zones: dict[str, list[list[int]]]
    patterns: list[list[list[object]]]
    schedules: list[dict[str, object]]
    kinds: list[dict[str, object]]
    families: dict[str, dict[str, str]]
    amenities: list[dict[str, object]]
    entries: dict[str, dict[str, str]]
    access: dict[str, dict[str, str]]
    question: dict[str, list[str]]
    places: list[dict[str, object]]
    parents: dict[str, str]
    above: list[dict[str, object]]
    stations: list[dict[str, object]]
    traditional: list[str]
    area: list[list[list[float]]] | None
    sea: list[list[list[float]]]
    china: list[list[list[float]]]


def _moment() -> str:
    return services().nearest.moment()


@api.get(
    "/offline/stations",
    summary="存在手机上的站点 / The stations that a phone keeps",
    responses={200: OfflineStations},
)
@kept(_moment)
def stations(query: OfflineParameters) -> Response:
    """Return the public stations with all that it takes to find the nearest without a network.

    The ETag changes with the data and with the day; 304 where it is the same.
    """
    parts = services()
    return public_reply(
        offline_stations(parts.nearest, parts.database, parts.settings, query.region)
    )
