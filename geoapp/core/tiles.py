"""Tiles of the web's common square pyramid (WebMercatorQuad, EPSG:3857), and where they lie."""

import math
from dataclasses import dataclass
from typing import Final

from geoapp.core.parsing import Bbox

MOST_ZOOM: Final = 18
# Steps of a tile's own coordinates along each side.
EXTENT: Final = 4096
# How far areas and lines are drawn beyond a tile's sides, so that no border shows there.
BUFFER: Final = 64
# Half the length of the equator on the sphere that EPSG:3857 projects to.
HALF_M: Final = math.pi * 6_378_137.0
# A tile of this name and no other is served.
MATRIX_SET: Final = "WebMercatorQuad"


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: at zoom 0 one is the world; columns count from the west, rows from the north."""

    zoom: int
    row: int
    column: int

    @property
    def size_m(self) -> float:
        """The length of a side in metres of EPSG:3857, which are shorter than real ones."""
        return math.ldexp(2 * HALF_M, -self.zoom)

    def frame(self) -> Bbox:
        """Return a box in degrees (EPSG:4326) that holds the tile with all that is drawn of it."""
        aside = (BUFFER + 1) / EXTENT
        side = 2**self.zoom
        west, east = (_longitude((self.column + step) / side) for step in (-aside, 1 + aside))
        south, north = (_latitude((self.row + step) / side) for step in (1 + aside, -aside))
        return max(west, -180.0), south, min(east, 180.0), north


def tile_at(zoom: int, row: int, column: int) -> Tile | None:
    """Return a tile; None where there is none."""
    side = 2**zoom if 0 <= zoom <= MOST_ZOOM else 0
    return Tile(zoom, row, column) if 0 <= row < side and 0 <= column < side else None


def _longitude(share: float) -> float:
    return share * 360.0 - 180.0


def _latitude(share: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * share))))
