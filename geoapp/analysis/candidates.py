"""Places where a station might stand, made from the demand or from the streets.

Nothing here knows who owns a place: a plan made of these says where to look for a host, and a list
of real hosts, imported as candidates, says which of them.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.geometry.grid import grid_cells
from geoapp.analysis.geometry.spheroid import checked_lonlat, ecef
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import LEAST_SPACING_M, MOST_SPACING_M

_DECIMALS: Final = 5  # of a degree: about a metre


@dataclass(frozen=True, slots=True)
class GeneratedSites:
    """Generated candidates.

    Attributes
    ----------
    codes
        Named by their place, so that the same place has the same code in every run.
    lon, lat
        Decimal degrees, EPSG:4326, to about a metre.
    """

    codes: tuple[str, ...]
    lon: FloatArray
    lat: FloatArray

    def __len__(self) -> int:
        """Return the number of candidates."""
        return len(self.codes)


def _checked_spacing(spacing_m: float) -> float:
    if not LEAST_SPACING_M <= spacing_m <= MOST_SPACING_M:  # NaN too
        raise InvalidValueError(
            "spacing_m",
            spacing_m,
            Text(
                f"{LEAST_SPACING_M:g} 到 {MOST_SPACING_M:g} 米",
                f"{LEAST_SPACING_M:g} to {MOST_SPACING_M:g} m",
            ),
        )
    return float(spacing_m)


def thinned(lon: FloatArray, lat: FloatArray, spacing_m: float) -> IntArray:
    """Return the points that stay when each one, in order, removes those nearer than a spacing.

    Parameters
    ----------
    lon, lat
        Decimal degrees, EPSG:4326; the first of two that are too near each other stays.
    spacing_m
        Least straight distance in metres of those that stay, 20 to 20,000.

    Returns
    -------
    positions
        In the order given.
    """
    spacing_m = _checked_spacing(spacing_m)
    xyz = ecef(*checked_lonlat(lon, lat))
    tree = cKDTree(xyz)
    gone = np.zeros(len(xyz), np.bool_)
    stay: list[int] = []
    for one in range(len(xyz)):
        if not gone[one]:
            stay.append(one)
            # No geodesic is shorter than its chord: what is so far apart by chord is far enough.
            near = np.array(tree.query_ball_point(xyz[one], spacing_m), dtype=np.int64)
            away = np.linalg.norm(xyz[near] - xyz[one], axis=1)
            gone[near[away < spacing_m]] = True
    return np.array(stay, dtype=np.int64)


def from_demand(
    lon: FloatArray,
    lat: FloatArray,
    weight: FloatArray,
    *,
    spacing_m: float,
    forbidden: BaseGeometry | None = None,
) -> GeneratedSites:
    """Return candidates where demand is, the heaviest cells of a grid first, thinned to a spacing.

    Parameters
    ----------
    lon, lat, weight
        The demand; decimal degrees, EPSG:4326. Points of weight 0 make no candidates.
    spacing_m
        Side of the grid's cells and least distance of two candidates, 20 to 20,000 m.
    forbidden
        Area (EPSG:4326) in which none may stand.

    Notes
    -----
    Each cell has one: its demand point that is nearest to the weighted middle of its demand.
    """
    spacing_m = _checked_spacing(spacing_m)
    lon, lat = checked_lonlat(lon, lat)
    here = (weight > 0) & ~_inside(forbidden, lon, lat)
    lon, lat, weight = lon[here], lat[here], weight[here]
    if not len(lon):
        return GeneratedSites((), lon, lat)
    cells = grid_cells(lon, lat, weight, cell_m2=spacing_m**2, shape="square")
    cell = cells.cell_of_point
    xyz = ecef(lon, lat)
    total = np.bincount(cell, weight)
    middle = np.stack([np.bincount(cell, weight * axis) / total for axis in xyz.T], axis=1)
    away = np.linalg.norm(xyz - middle[cell], axis=1)
    order = np.lexsort((lat, lon, away, cell))
    first = order[np.unique(cell[order], return_index=True)[1]]
    heaviest = first[np.lexsort((lat[first], lon[first], -total[cell[first]]))]
    return _named(lon[heaviest], lat[heaviest], spacing_m, forbidden)


def from_network(
    network: WalkingNetwork,
    *,
    spacing_m: float,
    near_lon: FloatArray,
    near_lat: FloatArray,
    within_m: float,
    forbidden: BaseGeometry | None = None,
) -> GeneratedSites:
    """Return junctions of the walking network near some places, thinned to a spacing.

    Parameters
    ----------
    network
        Only junctions of its largest part are taken: everybody can come there.
    spacing_m
        Least distance of two candidates, 20 to 20,000 m.
    near_lon, near_lat, within_m
        Junctions farther than so many straight metres from all these places (EPSG:4326) are of no
        use to anybody there, and left out.
    forbidden
        Area (EPSG:4326) in which none may stand.
    """
    spacing_m = _checked_spacing(spacing_m)
    node = np.flatnonzero(network.part == 0)
    lon, lat = network.lon[node].astype(np.float64), network.lat[node].astype(np.float64)
    near_lon, near_lat = checked_lonlat(near_lon, near_lat)
    if not len(near_lon) or not len(node):
        return GeneratedSites((), np.empty(0), np.empty(0))
    away, _ = cKDTree(ecef(near_lon, near_lat)).query(
        ecef(lon, lat), distance_upper_bound=np.nextafter(within_m, np.inf)
    )
    lon, lat = lon[away <= within_m], lat[away <= within_m]
    order = np.lexsort((lat, lon))
    return _named(lon[order], lat[order], spacing_m, forbidden)


def _inside(area: BaseGeometry | None, lon: FloatArray, lat: FloatArray) -> BoolArray:
    if area is None or area.is_empty:
        return np.zeros(len(lon), np.bool_)
    shapely.prepare(area)
    return np.asarray(shapely.intersects_xy(area, lon, lat))


def _named(
    lon: FloatArray, lat: FloatArray, spacing_m: float, forbidden: BaseGeometry | None
) -> GeneratedSites:
    lon, lat = np.round(lon, _DECIMALS), np.round(lat, _DECIMALS)
    free = ~_inside(forbidden, lon, lat)
    lon, lat = lon[free], lat[free]
    stay = thinned(lon, lat, spacing_m)
    lon, lat = lon[stay], lat[stay]
    codes = tuple(f"G_{one:.5f}_{other:.5f}" for one, other in zip(lon, lat, strict=True))
    return GeneratedSites(codes, lon, lat)
