"""Tiles of the base map for a page that carries them inside."""

import base64
import math
from dataclasses import dataclass
from typing import Final

from pmtiles.reader import MmapSource, Reader

from geoapp.core.limits import MOST_TILE_ZOOM
from geoapp.core.settings import Settings
from geoapp.operations.streets.keeper import base_map

MOST_BYTES: Final = 3_000_000
"""Of the tiles as they are packed; in the page they take a third more."""
_LEAST_ZOOM: Final = 5
_MARGIN: Final = 0.15
_MOST_LAT: Final = 85.0


@dataclass(frozen=True, slots=True)
class TilesInside:
    """Tiles by ``z/x/y``, gzip in base64; ``deepest`` is the last zoom, ``whole`` whether it is all there is."""

    tiles: dict[str, str]
    deepest: int
    whole: bool


def tiles_inside(
    settings: Settings,
    bounds: tuple[float, float, float, float],
    most_bytes: int = MOST_BYTES,
) -> TilesInside | None:
    """Return the tiles of the base map that a map of an extent needs; None where there are none.

    Zooms are taken whole, the coarsest first, as far as the limit goes.

    Parameters
    ----------
    bounds
        West, south, east, north of what is shown, in degrees; a margin is added.
    """
    base = base_map(settings)
    if base is None:
        return None
    with base.path.open("rb") as file:
        reader = Reader(MmapSource(file))  # type: ignore[no-untyped-call]
        header = reader.header()  # type: ignore[no-untyped-call]
        has = tuple(
            header[f"{name}_e7"] / 1e7 for name in ("min_lon", "min_lat", "max_lon", "max_lat")
        )
        extent = _shared(_widened(bounds), (has[0], has[1], has[2], has[3]))
        if extent is None:
            return None
        tiles: dict[str, str] = {}
        used, deepest = 0, 0
        for zoom in range(max(_LEAST_ZOOM, header["min_zoom"]), header["max_zoom"] + 1):
            level: dict[str, bytes] = {}
            for column, row in _tiles_of(extent, zoom):
                tile = reader.get(zoom, column, row)  # type: ignore[no-untyped-call]
                if tile:
                    level[f"{zoom}/{column}/{row}"] = tile
                    used += len(tile)
                if used > most_bytes:
                    break
            if used > most_bytes:
                break
            tiles |= {name: base64.b64encode(tile).decode() for name, tile in level.items()}
            deepest = zoom
    return TilesInside(tiles, deepest, deepest == MOST_TILE_ZOOM) if tiles else None


def _widened(bounds: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    west, south, east, north = bounds
    # One point alone has surroundings, too.
    wide = _MARGIN * max(east - west, 0.02)
    high = _MARGIN * max(north - south, 0.02)
    return west - wide, south - high, east + wide, north + high


def _shared(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> tuple[float, float, float, float] | None:
    west, south = max(one[0], other[0]), max(one[1], other[1], -_MOST_LAT)
    east, north = min(one[2], other[2]), min(one[3], other[3], _MOST_LAT)
    return None if west > east or south > north else (west, south, east, north)


def _tiles_of(extent: tuple[float, float, float, float], zoom: int) -> list[tuple[int, int]]:
    west, south, east, north = extent
    count = 1 << zoom

    def column(lon: float) -> int:
        return min(count - 1, max(0, int((lon + 180) / 360 * count)))

    def row(lat: float) -> int:
        plane = math.asinh(math.tan(math.radians(lat)))
        return min(count - 1, max(0, int((1 - plane / math.pi) / 2 * count)))

    return [
        (x, y)
        for x in range(column(west), column(east) + 1)
        for y in range(row(north), row(south) + 1)
    ]
