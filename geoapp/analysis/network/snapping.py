"""Puts places on the network: at the nearest point of an edge, with the straight leg to it.

A small part of a network that is joined to nothing (a courtyard, a mapping mistake) would trap
whoever is put on it: an edge that can reach others is taken before a nearer one that cannot. Where
there is only such a part within the limit, the place is *cut off*; where there is nothing, it is
*off the network*. Both are answers of their own.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geoapp.analysis.geometry.spheroid import checked_lonlat
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.kernels import search as kernels
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

SNAP_LIMIT_M: Final = 300.0
_MANY: Final = 2_000  # from here on, sorting and threads pay


class Snap(IntEnum):
    """How a place stands to the network."""

    ON = 0
    CUT_OFF = 1
    OFF = 2


@dataclass(frozen=True, slots=True)
class Snapped:
    """Places on a network.

    Attributes
    ----------
    state
        `Snap` of each place, uint8, shape (p,).
    edge
        Its edge, int32; -1 off the network.
    to_start, to_end
        From the foot point along the edge to its ends, decimetres, int32.
    leg
        Straight from the place to the foot point, on foot, decimetres, int32.
    lon, lat
        The place itself, decimal degrees, EPSG:4326, float64; NaN (as without an argument) where
        only the foot point is known: such a place is walked to by the network alone.
    """

    state: NDArray[np.uint8]
    edge: NDArray[np.int32]
    to_start: NDArray[np.int32]
    to_end: NDArray[np.int32]
    leg: NDArray[np.int32]
    lon: NDArray[np.float64] = None  # type: ignore[assignment]
    lat: NDArray[np.float64] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        """Fill in positions that are not known."""
        if self.lon is None or self.lat is None:
            object.__setattr__(self, "lon", np.full(len(self.edge), np.nan))
            object.__setattr__(self, "lat", np.full(len(self.edge), np.nan))

    def __len__(self) -> int:
        """Return the number of places."""
        return len(self.edge)

    def columns(self) -> tuple[NDArray[Any], ...]:
        """Return all arrays, in the order in which a `Snapped` is made of them."""
        return (self.state, self.edge, self.to_start, self.to_end, self.leg, self.lon, self.lat)

    def one(self, place: int) -> "Snapped":
        """Return one of the places alone."""
        return Snapped(*(values[place : place + 1] for values in self.columns()))

    def only(self, kept: NDArray[np.bool_]) -> "Snapped":
        """Return the same places, with all others taken off the network."""
        edge = np.where(kept, self.edge, -1).astype(np.int32)
        return Snapped(self.state, edge, self.to_start, self.to_end, self.leg, self.lon, self.lat)


def snap(
    network: WalkingNetwork,
    lon: ArrayLike,
    lat: ArrayLike,
    *,
    limit_m: float = SNAP_LIMIT_M,
    threads: int = 2,
) -> Snapped:
    """Put places (decimal degrees, EPSG:4326) on the network.

    Parameters
    ----------
    limit_m
        Longest leg to the network, 1 to 5,000 m.
    threads
        How many work at once where there are many places.

    Raises
    ------
    InvalidValueError
        If a coordinate or the limit is not acceptable.
    """
    if not 1.0 <= limit_m <= 5000.0:
        raise InvalidValueError("limit_m", limit_m, Text("1 到 5000 米", "1 to 5,000 m"))
    at_lon, at_lat = checked_lonlat(lon, lat)
    if len(at_lon) == 1:
        return _snap_one(network, at_lon, at_lat, limit_m)
    grid = network.grid
    # Place after place along the rows of the grid: what one has read is still at hand for the next.
    order = np.arange(len(at_lon))
    if len(at_lon) >= _MANY:
        row = np.floor((at_lat - grid.south) / grid.cell)
        order = np.argsort(row * grid.columns + (at_lon - grid.west) / grid.cell)
    parts = np.array_split(order, threads) if len(order) >= _MANY else [order]

    def put(part: NDArray[np.int64]) -> tuple[NDArray[Any], ...]:
        return _feet(network, at_lon[part], at_lat[part], limit_m)

    if len(parts) == 1:
        edge, share, leg_m, is_fine = put(order)
    else:
        with ThreadPoolExecutor(len(parts)) as pool:
            found = list(pool.map(put, parts))
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        edge, share, leg_m, is_fine = (
            np.concatenate(some)[back] for some in zip(*found, strict=True)
        )
    on = edge >= 0
    length: NDArray[Any] = np.where(on, network.edge_length_dm[np.maximum(edge, 0)], 0)
    to_start = np.round(share * length).astype(np.int32)
    leg = np.where(on, np.round(leg_m * 10), 0).astype(np.int32)
    state = np.where(on, np.where(is_fine, Snap.ON, Snap.CUT_OFF), Snap.OFF).astype(np.uint8)
    to_end = (length - to_start).astype(np.int32)
    return Snapped(state, edge, to_start, to_end, leg, at_lon, at_lat)


def _feet(
    network: WalkingNetwork, lon: NDArray[Any], lat: NDArray[Any], limit_m: float
) -> tuple[NDArray[Any], ...]:
    """Return for each place its edge, the share along it, the leg in metres, and if it is fine."""
    grid = network.grid
    return kernels.snap(
        lon,
        lat,
        network.lon,
        network.lat,
        network.edge_start,
        network.edge_end,
        network.edge_fine,
        grid.first,
        grid.edges,
        grid.west,
        grid.south,
        grid.cell,
        grid.columns,
        grid.rows,
        float(limit_m),
    )


def _snap_one(
    network: WalkingNetwork, lon: NDArray[Any], lat: NDArray[Any], limit_m: float
) -> Snapped:
    """Put one place on the network, as `snap` does: somebody waits for it."""
    edges, share, leg_m, fine = _feet(network, lon, lat, limit_m)
    edge = int(edges[0])
    state, to_start, to_end, leg = Snap.OFF, 0, 0, 0
    if edge >= 0:
        length = int(network.edge_length_dm[edge])
        state = Snap.ON if fine[0] else Snap.CUT_OFF
        to_start = round(float(share[0]) * length)
        to_end, leg = length - to_start, round(float(leg_m[0]) * 10)
    return Snapped(
        np.array([state], np.uint8),
        edges,
        np.array([to_start], np.int32),
        np.array([to_end], np.int32),
        np.array([leg], np.int32),
        lon,
        lat,
    )
