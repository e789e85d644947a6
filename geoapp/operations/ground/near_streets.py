"""New sites only near streets: those of the walking network, by line."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.geometry.near_lines import Lines
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_STREETS
from geoapp.core.questions.near_streets import NearStreets
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.results.siting import StreetsNear
from geoapp.core.settings import Settings
from geoapp.operations.network.keeper import NetworkKeeper, describe_network, network_folder
from geoapp.operations.streets.edges import street_edges, walkable_edges
from geoapp.operations.streets.names import street_index
from geoapp.store.engine import Database
from geoapp.store.regions import region_outline

_DEGREE_M: Final = 110_500.0


@dataclass(frozen=True, slots=True)
class StreetGround:
    """The streets that count, within how many metres of them sites are to stand, and what the run keeps."""

    lines: Lines
    within_m: float
    used: StreetsNear

    @property
    def area(self) -> BaseGeometry:
        """An area (EPSG:4326) that is surely near enough."""
        return self.lines.within(self.within_m)

    @property
    def whole(self) -> BaseGeometry:
        """An area that holds all that is near enough."""
        return self.lines.about(self.within_m)

    def told(self, lon: FloatArray, lat: FloatArray) -> StreetsNear:
        """Return what the run keeps, with how far its sites (EPSG:4326) are from a street at most."""
        away = self.lines.metres_to(lon, lat)
        farthest = float(away.max()) if len(away) else None
        return self.used.model_copy(update={"farthest_m": farthest})


def check_streets(settings: Settings, wanted: SitingParameters) -> None:
    """Refuse to be near streets where none are loaded.

    Raises
    ------
    InvalidValueError
        That says what to import.
    """
    if wanted.near_streets_m is not None and network_folder(settings) is None:
        accepted = Text(
            "空：没有导入步行路网，不知道哪里有街道（geoapp import streets 文件.osm.pbf）",
            "none: no walking network is loaded, so nobody knows where streets are (geoapp import streets "
            "FILE.osm.pbf)",
        )
        raise InvalidValueError("near_streets_m", wanted.near_streets_m, accepted)


def around_streets(
    database: Database, settings: Settings, wanted: SitingParameters, within_m: float
) -> StreetGround:
    """Return the ground about the streets that a question means: of its region and a little around.

    Raises
    ------
    InvalidValueError
        If there are none, or more than can be looked at.
    """
    check_streets(settings, wanted)
    network = NetworkKeeper(settings).current()
    if network is None:  # removed this very moment
        raise InvalidValueError("near_streets_m", within_m, _none(wanted))
    if wanted.near_streets is NearStreets.WAYS:
        edges = walkable_edges(network)
    else:
        edges = street_edges(network, street_index(settings))
    with database.session() as session:
        # Without a region candidates may be anywhere.
        outline = None if wanted.region is None else region_outline(session, wanted.region)
    if outline is not None:
        reach_m = within_m + settings.region_tolerance_m
        edges = edges[_touching(network, edges, outline, reach_m)]
    if not len(edges):
        raise InvalidValueError("near_streets_m", within_m, _none(wanted))
    if len(edges) > MOST_STREETS:
        accepted = Text(
            f"一个较小的区域：这里有 {len(edges):,} 段路，至多 {MOST_STREETS:,} 段",
            f"a smaller region: this one has {len(edges):,} pieces of street, at most {MOST_STREETS:,} can be "
            "looked at",
        )
        raise InvalidValueError("region", wanted.region, accepted)
    ends = (network.edge_start[edges], network.edge_end[edges])
    start, end = (np.stack((network.lon[one], network.lat[one]), axis=1) for one in ends)
    lines = Lines.of(start, end)
    about = (describe_network(settings) or {}).get("about", {})
    used = StreetsNear(
        which=str(wanted.near_streets), pieces=len(edges), source=about.get("name"), farthest_m=None
    )
    return StreetGround(lines, within_m, used)


def _none(wanted: SitingParameters) -> Text:
    if wanted.near_streets is NearStreets.WAYS:
        return Text(
            "有路的地方：这个区域的步行路网里没有路",
            "a place with ways: the walking network has none in this region",
        )
    return Text(
        "有街道的地方：这个区域的步行路网里没有按等级算街道的路（near_streets=ways 为一切能走的路）",
        "a place with streets: the walking network has none by class in this region (near_streets=ways takes "
        "every way)",
    )


def _touching(
    network: WalkingNetwork, edges: IntArray, outline: BaseGeometry, reach_m: float
) -> BoolArray:
    """Tell which edges may come within some metres of an outline: their boxes do."""
    west, south, east, north = outline.bounds
    up = reach_m / _DEGREE_M
    side = up / max(np.cos(np.radians(min(max(abs(south), abs(north)) + up, 89.0))), 0.01)
    lon = np.stack((network.lon[network.edge_start[edges]], network.lon[network.edge_end[edges]]))
    lat = np.stack((network.lat[network.edge_start[edges]], network.lat[network.edge_end[edges]]))
    return np.asarray(
        (lon.max(axis=0) >= west - side)
        & (lon.min(axis=0) <= east + side)
        & (lat.max(axis=0) >= south - up)
        & (lat.min(axis=0) <= north + up)
    )
