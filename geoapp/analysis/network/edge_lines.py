"""Edges, pieces of them and nodes as geometries on a plane."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geoapp.analysis.geometry.planes import LocalPlane
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.core.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class EdgeLines:
    """The edges of a network on a plane, metres."""

    network: WalkingNetwork
    plane: LocalPlane

    def ends(self, edge: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        """Return where edges start and end, both of shape (n, 2)."""
        start, end = self.network.edge_start[edge], self.network.edge_end[edge]
        lon, lat = self.network.lon, self.network.lat
        return self.plane.forward(lon[start], lat[start]), self.plane.forward(lon[end], lat[end])

    def pieces(self, edge: NDArray[Any], low_dm: FloatArray, high_dm: FloatArray) -> NDArray[Any]:
        """Return pieces from low to high decimetres after the edges' starts."""
        start, end = self.ends(edge)
        length = self.network.edge_length_dm[edge].astype(np.float64)
        a = start + (end - start) * (low_dm / length)[:, None]
        b = start + (end - start) * (high_dm / length)[:, None]
        return np.asarray(shapely.linestrings(np.stack([a, b], axis=1)))

    def points(self, node: NDArray[Any]) -> NDArray[Any]:
        """Return nodes as points."""
        at = self.plane.forward(self.network.lon[node], self.network.lat[node])
        return np.asarray(shapely.points(at))
