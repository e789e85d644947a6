"""Where sites may stand: inside some areas, outside others."""

import math
from dataclasses import dataclass
from typing import Final, Self

import shapely
from shapely.geometry.base import BaseGeometry

_INWARD_DEG: Final = 2e-7  # about two centimetres: a place at the border is surely inside
_WORLD: Final = shapely.box(-180, -90, 180, 90)


@dataclass(frozen=True, slots=True)
class AllowedGround:
    """An area (EPSG:4326) in which sites may stand, without those in which none may.

    Edges are straight in degrees, as everywhere where a place is held against a drawn area.

    Attributes
    ----------
    inside, forbidden
        None = everywhere, nowhere.
    left, well_inside
        What both may leave, which the bound holds. And what both surely leave, drawn in a little: the
        plan keeps to it where it has to move.
    """

    inside: BaseGeometry | None
    forbidden: BaseGeometry | None
    left: BaseGeometry
    well_inside: BaseGeometry

    @classmethod
    def of(
        cls,
        inside: BaseGeometry | None,
        forbidden: BaseGeometry | None,
        surely: BaseGeometry | None = None,
    ) -> Self:
        """Prepare the areas.

        Parameters
        ----------
        surely
            What of the forbidden areas is surely forbidden, where their edges are not exact; None = all.
        """
        left = _WORLD if inside is None else inside
        if forbidden is not None:
            left = left.difference(forbidden)
        well_inside = left.buffer(-_INWARD_DEG)
        if surely is not None:
            left = (_WORLD if inside is None else inside).difference(surely)
        for one in (inside, forbidden, left, well_inside):
            if one is not None:
                shapely.prepare(one)
        return cls(inside, forbidden, left, well_inside)

    def allows(self, lon: float, lat: float) -> bool:
        """Tell whether a site may stand at a place."""
        if self.forbidden is not None and bool(shapely.intersects_xy(self.forbidden, lon, lat)):
            return False
        return self.inside is None or bool(shapely.intersects_xy(self.inside, lon, lat))

    def nearest(self, lon: float, lat: float) -> tuple[float, float] | None:
        """Return a place near by at which a site may stand; None where there is none."""
        if self.well_inside.is_empty:
            return None
        # Degrees of longitude are shorter: the nearest in degrees alone would lie too far north.
        shrink = max(math.cos(math.radians(lat)), 0.01)
        reach = 0.5
        about = shapely.box(lon - reach / shrink, lat - reach, lon + reach / shrink, lat + reach)
        close = shapely.intersection(self.well_inside, about)
        if close.is_empty:
            return None
        level = shapely.transform(close, lambda xy: xy * (shrink, 1.0))
        line = shapely.shortest_line(level, shapely.Point(lon * shrink, lat))
        x, y = shapely.get_coordinates(line)[0].tolist()
        return x / shrink, y
