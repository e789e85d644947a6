"""The area of the service as a phone keeps it: coarse, and so that what lies outside surely does.

Outlines in full are too large to keep. They are drawn simpler and wider by as much as that may take away:
a position close to a border from outside counts as inside, and nothing is said of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Self

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.geometry.spheroid import geodesic_m
from geoapp.core.arrays import FloatArray
from geoapp.core.china import china_outline
from geoapp.maps.seas import known_sea
from geoapp.store.engine import Session
from geoapp.store.facilities.places import outlines_over, simple_outlines

Rings = list[list[list[float]]]

_CHINA_DEGREES: Final = 0.1
_LEAST_DEGREES: Final = 0.002
# So many times what is simplified away goes into the whole area's longer side.
_PARTS: Final = 500
# Wider by what simplifying takes, by what an octagon lacks to a circle, and by rounding.
_WIDER: Final = 1.5
_SIMPLER_AFTER: Final = 0.2
# Known to about 100 m; piers reach farther out, and land is won. In metres what simplifying leaves of it.
OFF_SHORE_M: Final = 300.0
_OFF_SHORE_DEGREES: Final = 0.006
_SIMPLER_SEA_DEGREES: Final = 0.001
# A line that is over the kept sea for less may cut the corner of a simplified outline. One that is for more
# has crossed well over a kilometre of water, since the kept sea begins that far off both shores.
LEAST_SEA_M: Final = 300.0
# Nobody rides farther to a station.
_RIDE_DEGREES: Final = 0.15


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known of the ground that positions lie on (EPSG:4326), the same here and on the phone.

    Attributes
    ----------
    area
        Outside of it no region lies. None where no region has an outline, so that nobody can tell.
    sea
        What is surely sea around it, and no pier: `OFF_SHORE_M` from all that is known as land.
    """

    area: BaseGeometry | None = None
    sea: BaseGeometry | None = None

    @classmethod
    def read(cls, session: Session) -> Self:
        """Read the regions' outlines."""
        found = simple_outlines(session, parts=_PARTS, least_degrees=_LEAST_DEGREES)
        if found is None:
            return cls()
        area = _around(found.outlines, found.degrees, 4)
        west, south, east, north = area.bounds
        box = (
            west - _RIDE_DEGREES,
            south - _RIDE_DEGREES,
            east + _RIDE_DEGREES,
            north + _RIDE_DEGREES,
        )
        sea = known_sea(box).buffer(-_OFF_SHORE_DEGREES, quad_segs=2).simplify(_SIMPLER_SEA_DEGREES)
        won = shapely.union_all(outlines_over(session, sea)).buffer(_OFF_SHORE_DEGREES, quad_segs=2)
        sea = shapely.difference(sea, won).simplify(_SIMPLER_SEA_DEGREES)
        sea = _rounded(sea, 4)
        shapely.prepare(sea)
        return cls(area, None if sea.is_empty else sea)

    def is_outside(self, lon: float, lat: float) -> bool:
        """Tell whether a position surely lies outside the area of the service."""
        if self.area is None:
            return False
        return self.is_at_sea(lon, lat) or not shapely.intersects_xy(self.area, lon, lat)

    def is_at_sea(self, lon: float, lat: float, off_m: float = 0.0) -> bool:
        """Tell whether a position that may be off by so much is surely at sea."""
        return (
            self.sea is not None
            and off_m <= OFF_SHORE_M
            and bool(shapely.intersects_xy(self.sea, lon, lat))
        )

    def sea_m(self, lon: float, lat: float, to_lon: FloatArray, to_lat: FloatArray) -> FloatArray:
        """Return how much of the line from a position to each of n others is surely over the sea, metres.

        Parameters
        ----------
        lon, lat, to_lon, to_lat
            Decimal degrees, EPSG:4326.
        """
        over_m = np.zeros(len(to_lon))
        if self.sea is None:
            return over_m
        ends = np.empty((len(to_lon), 2, 2))
        ends[:, 0, 0], ends[:, 0, 1], ends[:, 1, 0], ends[:, 1, 1] = lon, lat, to_lon, to_lat
        lines: Any = shapely.linestrings(ends)
        wet = shapely.intersects(self.sea, lines) & (shapely.length(lines) > 0)
        if wet.any():
            # A part of a line is the same part of its length on the earth, to a thousandth.
            part = shapely.length(shapely.intersection(lines[wet], self.sea))
            line_m = geodesic_m(lon, lat, to_lon[wet], to_lat[wet])
            over_m[wet] = part / shapely.length(lines[wet]) * line_m
        return over_m

    @staticmethod
    def is_sea(over_m: float, off_m: float = 0.0) -> bool:
        """Tell whether so much of a line over the sea lies in the way, where its ends may be off by so much.

        Whoever may be off by as much as the water is wide may be on its other side.
        """
        return over_m > max(LEAST_SEA_M, off_m)

    def rings(self) -> tuple[Rings | None, Rings]:
        """Return the area and the sea as rings, holes like others; none where there is no sea."""
        return None if self.area is None else _rings(self.area), _rings(self.sea)


@lru_cache(maxsize=1)
def china_ground() -> Rings:
    """Return rings (EPSG:4326) outside of which nothing of China's outline lies (`geoapp.core.china`)."""
    outline = china_outline().simplify(_CHINA_DEGREES, preserve_topology=True)
    return _rings(_around([outline], _CHINA_DEGREES, 2))


def _around(outlines: Sequence[BaseGeometry], degrees: float, digits: int) -> BaseGeometry:
    wider: Any = shapely.buffer(np.asarray(outlines), _WIDER * degrees, quad_segs=2)
    whole = shapely.union_all(wider).simplify(_SIMPLER_AFTER * degrees, preserve_topology=True)
    return _rounded(whole, digits)


def _rounded(area: BaseGeometry, digits: int) -> BaseGeometry:
    return shapely.set_precision(area, 10.0**-digits)


def _rings(area: BaseGeometry | None) -> Rings:
    rings = shapely.get_rings(shapely.get_parts(area))
    return [shapely.get_coordinates(ring).round(7).tolist() for ring in rings]
