"""What lies in a window of the base map, for maps on paper."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyogrio
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.core.limits import MOST_TILE_ZOOM
from geoapp.core.settings import Settings
from geoapp.operations.streets.keeper import base_map
from geoapp.reports.ground import Bounds, Ground, GroundOf, Street

# So many tiles across a window at most: finer ones would not be seen on paper.
_TILES_ACROSS: Final = 8
_EARTH_M: Final = 6_378_137.0
_MOST_LAT: Final = 85.0


def ground_reader(settings: Settings) -> GroundOf | None:
    """Return what reads windows of the base map in use; None where there is none.

    Where the operator has a base map of their own in another datum, streets of ours stay away on the
    screen; on paper everything is WGS-84, and they are drawn.
    """
    base = base_map(settings)
    if base is None:
        return None
    path = base.path
    return lambda bounds: read_window(path, bounds)


def read_window(path: Path, bounds: Bounds) -> Ground:
    """Return what a base map has in a window (west, south, east, north in degrees)."""
    west, south, east, north = bounds
    window = (
        *_to_plane(max(-180.0, west), south),
        *_to_plane(min(180.0, east), north),
    )
    across = 360.0 / max(1e-6, east - west)
    zoom = min(MOST_TILE_ZOOM, max(0, int(math.log2(across * _TILES_ACROSS))))
    layers = {str(name) for name, _ in pyogrio.list_layers(path)}
    read: dict[str, list[tuple[BaseGeometry, dict[str, Any]]]] = {
        layer: list(_features(path, layer, window, zoom))
        for layer in ("water", "green", "squares", "buildings", "rail", "streets")
        if layer in layers
    }

    def shapes(layer: str, kinds: str = "Polygon") -> list[BaseGeometry]:
        return [shape for shape, _ in read.get(layer, ()) if shape.geom_type.endswith(kinds)]

    return Ground(
        water=shapes("water"),
        green=shapes("green"),
        buildings=shapes("buildings"),
        rail=[
            shape for shape, told in read.get("rail", ()) if told["kind"] not in ("subway", "tram")
        ],
        streets=[
            Street(told["kind"], told.get("zh") or told.get("name") or "", shape)
            for shape, told in read.get("streets", ())
        ],
    )


def _features(
    path: Path, layer: str, window: tuple[float, float, float, float], zoom: int
) -> Iterator[tuple[BaseGeometry, dict[str, Any]]]:
    meta, _, shapes, columns = pyogrio.raw.read(
        path, layer=layer, bbox=window, ZOOM_LEVEL=str(zoom)
    )
    names = [str(name) for name in meta["fields"]]
    for number, wkb in enumerate(shapes):
        if wkb is None:
            continue
        shape = shapely.transform(shapely.from_wkb(wkb), _to_degrees)
        yield shape, {name: column[number] for name, column in zip(names, columns, strict=True)}


def _to_plane(lon: float, lat: float) -> tuple[float, float]:
    lat = max(-_MOST_LAT, min(_MOST_LAT, lat))
    return (
        math.radians(lon) * _EARTH_M,
        math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) * _EARTH_M,
    )


def _to_degrees(spots: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    lon = np.degrees(spots[:, 0] / _EARTH_M)
    lat = np.degrees(2 * np.arctan(np.exp(spots[:, 1] / _EARTH_M)) - np.pi / 2)
    return np.column_stack([lon, lat])
