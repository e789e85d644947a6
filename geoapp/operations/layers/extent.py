"""Where a layer lies: a box around everything that it shows."""

import math

from geoapp.analysis.network.isochrones import WIDTH_M
from geoapp.core.parsing import Bbox
from geoapp.maps.kit import Context, CoverAreas, Grid, Layer, Streets
from geoapp.store.engine import Database
from geoapp.store.layer_rows import layer_extent

# A hexagon is 1.24 times as wide as the side of the square of equal area.
_HEXAGON_WIDTH = 1.25
_METRES_OF_A_DEGREE = 110_574.0


def read_extent(database: Database, layer: Layer, context: Context) -> Bbox | None:
    """Return west, south, east, north (degrees, EPSG:4326) of what a layer shows.

    None where it shows nothing. Shapes that are derived from the stored ones may stick out of
    these; the box is widened by the most that they can.
    """
    if isinstance(layer.derive, Streets):
        return None if context.network is None else context.network.bounds
    query = layer.select(context)
    if query is None:
        return None
    with database.snapshot() as session:
        found = layer_extent(session, query)
    if found is None:
        return None
    west, south, east, north = found
    margin_m = _margin_m(layer, context)
    up = margin_m / _METRES_OF_A_DEGREE
    widest = min(89.0, max(abs(south), abs(north)) + up)
    aside = up / math.cos(math.radians(widest))
    return (
        max(-180.0, west - aside),
        max(-90.0, south - up),
        min(180.0, east + aside),
        min(90.0, north + up),
    )


def _margin_m(layer: Layer, context: Context) -> float:
    if isinstance(layer.derive, Grid):
        return _HEXAGON_WIDTH * math.sqrt(layer.derive.cell_m2)
    if isinstance(layer.derive, CoverAreas):
        # Outlines of circles stray outwards a little, so that their area is the circle's.
        circle_m = context.line_m * 1.01 + 1.0
        return circle_m if context.network is None else max(circle_m, context.walk_m + WIDTH_M + 1)
    return 0.0
