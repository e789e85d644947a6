"""Demand gathered into equal hexagons or squares, for heat and grid layers."""

from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geoapp.analysis.geometry.planes import LocalPlane, middle_of
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

Shape = Literal["hexagon", "square"]


@dataclass(frozen=True, slots=True)
class GridCells:
    """Cells that hold points, from south to north and west to east.

    Attributes
    ----------
    geometry
        Polygons, EPSG:4326.
    weight, point_count
        Sum of the weights and number of the points in each.
    cell_of_point
        By point the number of its cell.
    """

    geometry: NDArray[Any]
    weight: FloatArray
    point_count: IntArray
    cell_of_point: IntArray

    def to_geodataframe(self) -> gpd.GeoDataFrame:
        """Return the cells with columns weight and point_count, CRS EPSG:4326."""
        columns = {"weight": self.weight, "point_count": self.point_count}
        return gpd.GeoDataFrame(columns, geometry=self.geometry, crs="EPSG:4326")


def grid_cells(
    lon: FloatArray,
    lat: FloatArray,
    weight: FloatArray,
    *,
    cell_m2: float,
    shape: Shape = "hexagon",
    middle: tuple[float, float] | None = None,
) -> GridCells:
    """Gather weighted points into cells of equal area.

    Parameters
    ----------
    lon, lat, weight
        Arrays of n; decimal degrees, EPSG:4326.
    cell_m2
        Area of a cell in square metres.
    shape
        Hexagons stand on a corner.
    middle
        (lon, lat) of the plane's middle, where four squares meet or a hexagon has its middle; the same
        middle gives the same cells for other points. None = the middle of the points' extent,
        rounded to a tenth of a degree.

    Raises
    ------
    InvalidValueError
        If cell_m2 is not a positive number.
    """
    if not 0 < cell_m2 < np.inf:
        raise InvalidValueError("cell_m2", cell_m2, Text("正数（平方米）", "a positive area in m2"))
    if len(lon) == 0:
        nothing: IntArray = np.zeros(0, dtype=np.int64)
        return GridCells(np.zeros(0, dtype=object), np.zeros(0), nothing, nothing)
    if middle is None:
        raw = middle_of(lon, lat)
        middle = round(raw[0], 1), round(raw[1], 1)
    plane = LocalPlane.around(*middle)
    xy = plane.forward(lon, lat)
    if shape == "square":
        side_m = float(np.sqrt(cell_m2))
        number = np.floor(xy / side_m).astype(np.int64)
        corner = np.array(((0, 0), (1, 0), (1, 1), (0, 1))) * side_m
    else:
        side_m = float(np.sqrt(cell_m2 * 2 / (3 * np.sqrt(3))))
        number = _hexagon_of(xy / side_m)
        angle = np.radians(30 + 60 * np.arange(6))
        corner = np.stack((np.cos(angle), np.sin(angle)), axis=1) * side_m
    # By row, then by column: south to north, west to east.
    rows, cell_of_point = np.unique(number[:, ::-1], axis=0, return_inverse=True)
    found = rows[:, ::-1]
    origin = found * side_m if shape == "square" else _hexagon_middle(found) * side_m
    polygons = np.asarray(shapely.polygons(origin[:, None, :] + corner[None, :, :]), dtype=object)
    return GridCells(
        plane.lonlat(polygons),
        np.bincount(cell_of_point, weight, minlength=len(found)).astype(np.float64),
        np.bincount(cell_of_point, minlength=len(found)).astype(np.int64),
        cell_of_point.astype(np.int64),
    )


def _hexagon_of(xy: FloatArray) -> IntArray:
    """Return axial numbers (q, r) of the unit hexagons that hold points (cube rounding)."""
    q = np.sqrt(3) / 3 * xy[:, 0] - xy[:, 1] / 3
    r = 2 / 3 * xy[:, 1]
    cube = np.stack((q, r, -q - r), axis=1)
    whole = np.rint(cube)
    off = np.abs(whole - cube)
    worst = np.argmax(off, axis=1)
    rows = np.arange(len(cube))
    whole[rows, worst] -= whole.sum(axis=1)
    number: IntArray = whole[:, :2].astype(np.int64)
    return number


def _hexagon_middle(number: IntArray) -> FloatArray:
    q, r = number[:, 0], number[:, 1]
    return np.stack((np.sqrt(3) * (q + r / 2), 1.5 * r), axis=1)
