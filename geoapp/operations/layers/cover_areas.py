"""Areas around facilities to look at: what is walked to from each on the network, else circles."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.coverage.areas import cover_areas
from geoapp.analysis.frames import FacilityFrame
from geoapp.analysis.network.catchments import catchments
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.snapping import Snap, snap
from geoapp.core.walking import Standard, WalkingEstimate
from geoapp.core.words import BASIS_TEXT, OSM_ATTRIBUTION, Basis, is_of_osm
from geoapp.maps.kit import Context


def with_cover_areas(rows: list[dict[str, Any]], context: Context) -> Iterator[dict[str, Any]]:
    """Replace each facility's geometry by its area, and say what that rests on.

    On the network a facility has the ways that are nearer on foot to it than to any other facility
    of the rows and within the standard; one that is nearest to none has no row. Beside the network
    it has a circle.
    """
    if not rows:
        return
    shapes = [row["geometry"] for row in rows]
    points = [
        shape if shape.geom_type == "Point" else shape.representative_point() for shape in shapes
    ]
    lon = np.array([point.x for point in points])
    lat = np.array([point.y for point in points])
    walked: dict[int, BaseGeometry] = {}
    stands = np.zeros(len(rows), np.bool_)
    if context.network is not None:
        stands, walked = _on_network(
            _ByVersion(context.network), lon.tobytes(), lat.tobytes(), context.walk_m
        )
    frame = FacilityFrame.from_arrays(
        lon,
        lat,
        keys=list(range(len(rows))),
        areas=[None if shape.geom_type == "Point" else shape for shape in shapes],
    )
    circles = cover_areas(
        frame,
        Standard.of_metres(max(1.0, context.line_m)),
        estimate=WalkingEstimate(detour_factor=1.0),
        open_mask=~stands,
    )
    for place, row in enumerate(rows):
        basis = Basis.NETWORK if stands[place] else Basis.ESTIMATE
        area = walked.get(place) if stands[place] else circles[place]
        if area is not None:
            text = BASIS_TEXT[basis]
            told = {"basis_zh": text.zh, "basis_en": text.en, "source": _source(row, basis)}
            yield {**row, **told, "geometry": area}


def _source(row: dict[str, Any], basis: Basis) -> str | None:
    """Return whose data an area is made of: the facility's, and the network's."""
    own: str | None = row.get("source")
    if basis is not Basis.NETWORK or is_of_osm(own):
        return own
    return OSM_ATTRIBUTION if own is None else f"{own}; {OSM_ATTRIBUTION}"


class _ByVersion:
    """A network that is told from others by its version, to be kept with what was found on it."""

    def __init__(self, network: WalkingNetwork) -> None:
        self.network = network

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByVersion) and other.network.version == self.network.version

    def __hash__(self) -> int:
        return hash(self.network.version)


# A map asks for the same areas box by box.
@lru_cache(maxsize=4)
def _on_network(
    held: _ByVersion, lon: bytes, lat: bytes, walk_m: float
) -> tuple[np.ndarray[Any, np.dtype[np.bool_]], dict[int, BaseGeometry]]:
    snapped = snap(held.network, np.frombuffer(lon), np.frombuffer(lat))
    stands = snapped.state == Snap.ON
    return stands, dict(catchments(held.network, snapped.only(stands), limit_m=walk_m))
