"""Local planes in metres, for drawing and gathering (never for deciding what is near)."""

from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import shapely
import shapely.affinity
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.geometry.spheroid import GEOD, ecef, lonlat_of
from geoapp.core.arrays import FloatArray

_WEST, _EAST = shapely.box(-540, -90, -180, 90), shapely.box(180, -90, 540, 90)
_MIDDLE = shapely.box(-180, -90, 180, 90)


@dataclass(frozen=True, slots=True)
class LocalPlane:
    """An azimuthal plane around a middle; metres, within 0.2 % up to 500 km from the middle."""

    lon: float
    lat: float
    kind: Literal["laea", "aeqd"]
    to_plane: Transformer
    from_plane: Transformer

    @classmethod
    def around(cls, lon: float, lat: float, *, kind: Literal["laea", "aeqd"] = "laea") -> Self:
        """Make the equal-area (laea) or equidistant (aeqd) plane around a point (EPSG:4326)."""
        crs = f"+proj={kind} +lon_0={lon!r} +lat_0={lat!r} +ellps=WGS84 +units=m +type=crs"
        return cls(
            lon,
            lat,
            kind,
            Transformer.from_crs("EPSG:4326", crs, always_xy=True),
            Transformer.from_crs(crs, "EPSG:4326", always_xy=True),
        )

    def forward(self, lon: FloatArray, lat: FloatArray) -> FloatArray:
        """Return x, y in metres, shape (n, 2), of points in EPSG:4326."""
        return np.stack(self.to_plane.transform(lon, lat), axis=-1)

    def lonlat(self, geometries: NDArray[Any]) -> NDArray[Any]:
        """Return plane geometries as valid ones in EPSG:4326, cut at the antimeridian."""

        def back(xy: FloatArray) -> FloatArray:
            lon, lat = self.from_plane.transform(xy[:, 0], xy[:, 1])
            # Close to the middle's own longitude, beyond 180 if need be, so that no edge jumps.
            near = self.lon + (np.asarray(lon) - self.lon + 180) % 360 - 180
            return np.stack((near, lat), axis=-1)

        moved = np.asarray(shapely.transform(geometries, back))
        wrong = ~shapely.is_valid(moved)
        moved[wrong] = shapely.make_valid(moved[wrong])
        bounds = shapely.bounds(moved)
        over = np.flatnonzero((bounds[:, 0] < -180) | (bounds[:, 2] > 180))
        for place in over.tolist():
            moved[place] = _cut(moved[place])
        return moved


def _cut(shape: BaseGeometry) -> BaseGeometry:
    parts = [shape.intersection(_MIDDLE)]
    for side, shift in ((_WEST, 360.0), (_EAST, -360.0)):
        beyond = shape.intersection(side)
        parts.append(shapely.affinity.translate(beyond, xoff=shift))
    return shapely.union_all(parts)


def middle_of(lon: FloatArray, lat: FloatArray) -> tuple[float, float]:
    """Return the middle of the extent of some points (EPSG:4326), whatever their order."""
    xyz = ecef(lon, lat)
    middle = (xyz.min(axis=0) + xyz.max(axis=0)) / 2
    middle_lon, middle_lat = lonlat_of(middle[None])
    return float(middle_lon[0]), float(middle_lat[0])


def as_multipolygon(shape: BaseGeometry) -> shapely.MultiPolygon:
    """Return the polygons of a geometry as one multipolygon; lines and points are dropped."""
    parts = [part for part in shapely.get_parts(shape).tolist() if not part.is_empty]
    polygons: list[shapely.Polygon] = []
    for part in parts:
        if isinstance(part, shapely.Polygon):
            polygons.append(part)
        elif isinstance(part, shapely.MultiPolygon | shapely.GeometryCollection):
            polygons.extend(as_multipolygon(part).geoms)
    return shapely.MultiPolygon(polygons)


def area_m2(geometry: BaseGeometry) -> float:
    """Return the area of polygons (EPSG:4326) on the spheroid in square metres, holes left out.

    Notes
    -----
    Edges count as geodesics (Karney 2013). Orientation does not matter.
    """
    total_m2 = 0.0
    for polygon in as_multipolygon(geometry).geoms:
        shell_m2 = abs(GEOD.geometry_area_perimeter(shapely.Polygon(polygon.exterior))[0])
        holes_m2 = sum(
            abs(GEOD.geometry_area_perimeter(shapely.Polygon(hole))[0])
            for hole in polygon.interiors
        )
        total_m2 += shell_m2 - holes_m2
    return total_m2
