"""Networks and places as GeoDataFrames, for notebooks and layers."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array

from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.snapping import SNAP_LIMIT_M, Snapped, snap
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text


def snap_frame(
    network: WalkingNetwork, frame: gpd.GeoDataFrame, *, limit_m: float = SNAP_LIMIT_M
) -> Snapped:
    """Put the rows of a frame on the network; see `geoapp.analysis.network.snapping.snap`.

    Parameters
    ----------
    frame
        CRS EPSG:4326; a line or an area stands at a point that is surely on it.

    Raises
    ------
    InvalidValueError
        If the CRS is missing or another one, or a geometry is missing or empty.
    """
    if frame.crs is None or frame.crs.to_epsg() != 4326:
        raise InvalidValueError("crs", frame.crs, Text("坐标系 EPSG:4326", "the CRS EPSG:4326"))
    if (frame.geometry.isna() | frame.geometry.is_empty).any():
        raise InvalidValueError("geometry", None, Text("不为空的几何", "no empty geometry"))
    shapes = frame.geometry.to_numpy()
    points = np.where(shapely.get_type_id(shapes) == 0, shapes, shapely.point_on_surface(shapes))
    return snap(network, shapely.get_x(points), shapely.get_y(points), limit_m=limit_m)


def pairs_frame(
    pairs: csr_array, origins: gpd.GeoDataFrame, places: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Return a matrix of `PlacesOnNetwork.within` as rows: origin, place (their index), walk_m."""
    if pairs.shape != (len(origins), len(places)):
        raise InvalidValueError(
            "pairs",
            pairs.shape,
            Text("与两个表同样大小的矩阵", "a matrix as large as the two frames"),
        )
    row = np.repeat(np.arange(len(origins)), np.diff(pairs.indptr))
    return pd.DataFrame(
        {
            "origin": origins.index[row],
            "place": places.index[pairs.indices],
            "walk_m": pairs.data / 10,
        }
    )


def edges_frame(
    network: WalkingNetwork, *, bounds: tuple[float, float, float, float] | None = None
) -> gpd.GeoDataFrame:
    """Return edges as lines (EPSG:4326), to look at.

    Parameters
    ----------
    bounds
        West, south, east, north in degrees: only edges with an end inside; None = all.

    Returns
    -------
    Columns ``length_m``, ``kind`` (class of the way), ``part`` (0 is the largest), ``geometry``;
    the index is the edges' numbers.
    """
    start, end = np.asarray(network.edge_start), np.asarray(network.edge_end)
    edge = np.arange(network.edge_count)
    if bounds is not None:
        west, south, east, north = bounds
        inside = (network.lon >= west) & (network.lon <= east)
        inside &= (network.lat >= south) & (network.lat <= north)
        edge = np.flatnonzero(inside[start] | inside[end])
        start, end = start[edge], end[edge]
    ends = np.stack(
        [
            np.stack([network.lon[start], network.lat[start]], axis=1),
            np.stack([network.lon[end], network.lat[end]], axis=1),
        ],
        axis=1,
    )
    return gpd.GeoDataFrame(
        {
            "length_m": network.edge_length_dm[edge] / 10,
            "kind": network.edge_kind[edge],
            "part": network.part[start],
        },
        geometry=shapely.linestrings(ends),
        index=edge,
        crs="EPSG:4326",
    )
