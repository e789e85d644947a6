"""A walking network as arrays, saved as files with checksums (`files`) and read whole.

Points are ordered along a space-filling curve, so that what is near on the ground is near in
memory; lengths are whole decimetres, so that equal is equal.
"""

import hashlib
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geoapp.analysis.network.files import damaged, describe, read_array, write_folder
from geoapp.analysis.network.grid_index import EdgeGrid
from geoapp.analysis.network.kernels import straight as straight_kernels
from geoapp.analysis.network.sealed import sealed
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.walking import ACROSS_KIND

# A part of the network with fewer points traps whoever is put on it.
LEAST_PART: Final = 200
NOT_FINE, FINE, SHUT_IN = 0, 1, 2

Int = NDArray[Any]
_NO_ARRAYS: Final = ("grid", "version", "detour_factor")
# Worked out of the others: not part of the version, and missing in networks of older installations.
_STREETS: Final = ("street", "street_start_m", "street_end_m")


@dataclass(frozen=True, slots=True)
class NetworkStatistics:
    """What a network consists of; lengths in metres, shares 0 to 1.

    The length is that of ways: lines straight across squares are edges, and not counted in it.
    """

    nodes: int
    edges: int
    length_m: float
    components: int
    largest_share: float
    dead_ends: int


@dataclass(frozen=True)  # no slots: what is worked out once is kept beside the fields
class WalkingNetwork:
    """An immutable walking network of n nodes and m edges, walked in both directions.

    Attributes
    ----------
    lon, lat
        Of the nodes, decimal degrees, EPSG:4326, float64, shape (n,).
    indptr, indices, length_dm
        Neighbours in compressed sparse rows: those of node u are
        ``indices[indptr[u]:indptr[u + 1]]``, at ``length_dm`` decimetres.
    edge_start, edge_end, edge_length_dm, edge_kind
        Each edge once, shape (m,), with its start's number below its end's.
    part
        Of each node the number of its connected part; 0 is the largest.
    part_size
        Nodes of each part.
    edge_fine
        Of each edge, uint8, `FINE` where its part is the largest or has `LEAST_PART` nodes, so that
        whoever is put on it can reach others; else `SHUT_IN` where a closed barrier ends one of its
        part's ways, so that whoever is nearest to it stands behind that; else `NOT_FINE`.
    street
        Of each edge its street, int32: edges that go straight on, from one crossing or bend to the
        next.
    street_start_m, street_end_m
        Where an edge's start and end lie along its street, metres, float32.
    grid
        Finds edges by place.
    version
        Hash of what is walked on: equal networks have equal versions.
    detour_factor
        Walked metres per straight metre, as `measured_detour` finds it; None = not measured.
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    indptr: Int
    indices: Int
    length_dm: Int
    edge_start: Int
    edge_end: Int
    edge_length_dm: Int
    edge_kind: Int
    part: Int
    part_size: Int
    edge_fine: Int
    street: Int
    street_start_m: Int
    street_end_m: Int
    grid: EdgeGrid
    version: str
    detour_factor: float | None = None

    @property
    def node_count(self) -> int:
        """Number of nodes."""
        return len(self.lon)

    @property
    def edge_count(self) -> int:
        """Number of edges."""
        return len(self.edge_start)

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees."""
        return (
            float(self.lon.min()),
            float(self.lat.min()),
            float(self.lon.max()),
            float(self.lat.max()),
        )

    def statistics(self) -> NetworkStatistics:
        """Return what the network consists of."""
        degree = np.diff(self.indptr)
        return NetworkStatistics(
            nodes=self.node_count,
            edges=self.edge_count,
            length_m=float(self.edge_length_dm[self.edge_kind != ACROSS_KIND].sum(dtype=np.int64))
            / 10,
            components=len(self.part_size),
            largest_share=float(self.part_size[0]) / self.node_count,
            dead_ends=int((degree == 1).sum()),
        )

    @classmethod
    def build(
        cls,
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
        start: Int,
        end: Int,
        length_dm: Int,
        kind: Int | None = None,
        closed: NDArray[np.bool_] | None = None,
    ) -> Self:
        """Make a network of points and the segments between them.

        Parameters
        ----------
        lon, lat
            Decimal degrees, EPSG:4326, shape (n,); points without a segment are left out.
        start, end
            Positions of the points, shape (m,). Of segments between the same two points the
            shortest counts; from a point to itself none does.
        length_dm
            Decimetres, whole, at least 1.
        kind
            A number of 0 to 255 for each segment; None is 0 for all.
        closed
            Of each point, whether a barrier that lets nobody through stands there; None = nowhere.

        Raises
        ------
        InvalidValueError
            If there is no segment or a length is below 1.
        """
        start, end = np.asarray(start, np.int64), np.asarray(end, np.int64)
        length = np.asarray(length_dm, np.int64)
        kinds = np.zeros(len(start), np.uint8) if kind is None else np.asarray(kind, np.uint8)
        proper = start != end
        start, end, length, kinds = start[proper], end[proper], length[proper], kinds[proper]
        if len(start) == 0 or length.min() < 1 or length.max() >= 2**31:
            shown = 0 if len(start) == 0 else int(length.min())
            raise InvalidValueError(
                "length_dm",
                shown,
                Text("至少一段路，长度为正整数分米", "at least one segment of 1 dm or more"),
            )
        is_used = np.zeros(len(lon), np.bool_)
        is_used[start] = is_used[end] = True
        used = np.flatnonzero(is_used)
        order = used[np.argsort(hilbert(lon[used], lat[used]), kind="stable")]
        number = np.full(len(lon), -1, np.int64)
        number[order] = np.arange(len(order))
        low = np.minimum(number[start], number[end])
        high = np.maximum(number[start], number[end])
        ranked = np.lexsort((kinds, length, high, low))
        low, high, length, kinds = low[ranked], high[ranked], length[ranked], kinds[ranked]
        single = np.ones(len(low), dtype=bool)
        single[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
        low, high, length, kinds = low[single], high[single], length[single], kinds[single]
        shut = np.zeros(len(lon), np.bool_) if closed is None else np.asarray(closed, np.bool_)
        return cls._of_edges(lon[order], lat[order], low, high, length, kinds, shut[order])

    @classmethod
    def _of_edges(
        cls,
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
        low: Int,
        high: Int,
        length: Int,
        kinds: Int,
        shut: NDArray[np.bool_],
    ) -> Self:
        count = len(lon)
        both = coo_array(
            (np.r_[length, length], (np.r_[low, high], np.r_[high, low])), shape=(count, count)
        ).tocsr()
        both.sort_indices()
        part_count, label = connected_components(both, directed=False)
        size = np.bincount(label, minlength=part_count)
        rank = np.argsort(-size, kind="stable")
        place = np.empty(part_count, np.int32)
        place[rank] = np.arange(part_count, dtype=np.int32)
        arrays: dict[str, Int] = {
            "lon": np.ascontiguousarray(lon, np.float64),
            "lat": np.ascontiguousarray(lat, np.float64),
            "indptr": both.indptr.astype(np.int64),
            "indices": both.indices.astype(np.int32),
            "length_dm": both.data.astype(np.int32),
            "edge_start": low.astype(np.int32),
            "edge_end": high.astype(np.int32),
            "edge_length_dm": length.astype(np.int32),
            "edge_kind": kinds.astype(np.uint8),
            "part": place[label],
            "part_size": size[rank].astype(np.int32),
        }
        own_part = arrays["part"][low]
        is_fine = (own_part == 0) | (arrays["part_size"][own_part] >= LEAST_PART)
        has_gate = np.bincount(arrays["part"][shut], minlength=part_count) > 0
        arrays["edge_fine"] = np.where(
            is_fine, FINE, np.where(has_gate[own_part], SHUT_IN, NOT_FINE)
        ).astype(np.uint8)
        version = _version(arrays)
        grid = EdgeGrid.build(lon, lat, low, high)
        return cls(**_with_streets(arrays), grid=grid, version=version, detour_factor=None)

    def arrays(self) -> dict[str, Int]:
        """Return all arrays by their names in a folder."""
        named = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name not in _NO_ARRAYS
        }
        return {**named, "grid_first": self.grid.first, "grid_edges": self.grid.edges}

    def save(self, folder: Path, about: dict[str, Any] | None = None) -> None:
        """Write the network to a new folder, which appears whole or not at all.

        Parameters
        ----------
        about
            Told back by `describe`: a name, the source.
        """
        manifest = {
            "version": self.version,
            "detour_factor": self.detour_factor,
            "bounds": self.bounds,
            "statistics": asdict(self.statistics()),
            "grid": self.grid.shape(),
            "about": about or {},
        }
        write_folder(folder, self.arrays(), manifest)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a saved network, and hold every array against its checksum.

        The arrays lie in memory of their own (`sealed`) and cannot be written to: what happens to
        the files afterwards (cut short, overwritten) changes no answer and ends no process.

        Raises
        ------
        UnusableInputError
            If the folder holds no network of this format, or an array is not as it was saved.
        """
        manifest = describe(folder)
        names = [field.name for field in fields(cls) if field.name not in _NO_ARRAYS]
        try:
            checksums = manifest["checksums"]
            held = [name for name in names if name not in _STREETS or name in checksums]
            arrays = {
                name: read_array(folder, name, checksums)
                for name in [*held, "grid_first", "grid_edges"]
            }
            arrays["edge_fine"] = arrays["edge_fine"].view(np.uint8)  # once it was yes or no
            arrays = sealed(arrays)
            grid = EdgeGrid(arrays.pop("grid_first"), arrays.pop("grid_edges"), **manifest["grid"])
            if _STREETS[0] not in arrays:
                arrays = _with_streets(arrays)
            return cls(
                **arrays,
                grid=grid,
                version=manifest["version"],
                detour_factor=manifest.get("detour_factor"),
            )
        except (OSError, ValueError, EOFError, KeyError, TypeError, SyntaxError) as error:
            raise damaged(folder, error) from None


def _with_streets(arrays: dict[str, Int]) -> dict[str, Int]:
    """Return the arrays of a network and, worked out of them, those of its streets."""
    named = ("indptr", "indices", "lon", "lat", "edge_start", "edge_end")
    found = straight_kernels.streets(*(arrays[name] for name in named))
    return {**arrays, **dict(zip(_STREETS, found, strict=True))}


def verify(folder: Path) -> None:
    """Read a saved network as a whole and hold it against the checksums of its manifest.

    Raises
    ------
    UnusableInputError
        If the folder holds no network of this format, or an array is not as it was saved.
    """
    WalkingNetwork.load(folder)


def _version(arrays: dict[str, Int]) -> str:
    digest = hashlib.sha256()
    for name, values in arrays.items():
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(values).data)
    return digest.hexdigest()[:16]


def hilbert(lon: NDArray[np.float64], lat: NDArray[np.float64], order: int = 16) -> Int:
    """Return each point's place along a Hilbert curve over their box, int64.

    The curve by Skilling (2004), in two dimensions: quadrant by quadrant, turned as it goes.
    """
    side = 1 << order

    def scaled(values: NDArray[np.float64]) -> Int:
        low, extent = values.min(), max(float(np.ptp(values)), 1e-12)
        return np.asarray(np.minimum(((values - low) / extent * side).astype(np.int64), side - 1))

    x, y = scaled(np.asarray(lon)), scaled(np.asarray(lat))
    place = np.zeros(len(x), np.int64)
    step = side >> 1
    while step > 0:
        right, upper = (x & step) > 0, (y & step) > 0
        place += step * step * ((3 * right) ^ upper)
        turn = ~upper
        flip = turn & right
        x = np.where(flip, side - 1 - x, x)
        y = np.where(flip, side - 1 - y, y)
        x, y = np.where(turn, y, x), np.where(turn, x, y)
        step >>= 1
    return place
