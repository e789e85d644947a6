"""The two nearest facilities of very many points at once, as exact as one at a time.

Places of one facility are one source of service: the second nearest is a place of another facility.

For points: three candidates by chord, geodesics of the first two, and wherever the proven bound
does not say that the third is farther, more candidates until it does. Areas then compete with what
the points left: only those that their radius lets come near enough are measured by their outline.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np

from geoapp.analysis.geometry.outlines import Outlines
from geoapp.analysis.geometry.spheroid import ecef, geodesic_m, greatest_chord_m, least_geodesics_m
from geoapp.analysis.nearest.index import FacilityIndex
from geoapp.analysis.nearest.search import Layer
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.errors import CancelledError
from geoapp.core.i18n import Text

Progress = Callable[[float], None]
Cancelled = Callable[[], bool]

_CHUNK: Final = 25_000
_MOST_PAIRS: Final = 1_000_000  # geodesics in flight in one thread
_MOST_EDGES: Final = 1_000_000
_MOST_THREADS: Final = 4


@dataclass(frozen=True, slots=True)
class TwoNearest:
    """For each of n points the nearest and the second-nearest facility, each by its nearest place.

    Attributes
    ----------
    positions
        The places, shape (n, 2); -1 where there is none. The two are never of one facility.
    line_m
        Shape (n, 2), geodesic metres; inf where there is none.
    """

    positions: IntArray
    line_m: FloatArray


@dataclass(frozen=True, slots=True)
class _Places:
    """By position: the place of its key in the order of keys, and the facility whose place it is."""

    rank: IntArray
    facility: IntArray

    def best_two(self, rows: IntArray, positions: IntArray) -> tuple[BoolArray, BoolArray]:
        """Tell which entries, in order of row, metres and rank, are a row's two nearest facilities."""
        of = self.facility[positions]
        first = _first_of_each(rows)
        leader = np.maximum.accumulate(np.where(first, np.arange(len(rows)), 0))
        others = np.flatnonzero(of != of[leader])
        second = np.zeros(len(rows), np.bool_)
        second[others[_first_of_each(rows[others])]] = True
        return first, second


@dataclass(frozen=True, slots=True)
class _Asked:
    """A chunk of points, and what has been found for them so far."""

    lon: FloatArray
    lat: FloatArray
    xyz: FloatArray
    positions: IntArray
    line_m: FloatArray


def raise_if(cancelled: Cancelled | None) -> None:
    """Raise CancelledError if the caller's question says so."""
    if cancelled is not None and cancelled():
        raise CancelledError(Text("已取消", "Cancelled"))


def two_nearest(
    index: FacilityIndex,
    lon: FloatArray,
    lat: FloatArray,
    *,
    mask: BoolArray | None = None,
    facility_of: IntArray | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    threads: int | None = None,
) -> TwoNearest:
    """Return for each point its two nearest facilities, exactly; ties are ordered by key.

    Parameters
    ----------
    index
        The facilities.
    lon, lat
        The asking points, decimal degrees, EPSG:4326; arrays of n, checked by the caller.
    mask
        Which positions of the index count; None = all alive.
    facility_of
        By position, the number of the facility whose place it is; None = each is one of its own.
    progress
        Called with the share done (0 to 1), in the calling thread.
    cancelled
        Asked between chunks; when it says True, the work stops.
    threads
        How many threads search; None = one for each core, at most four.

    Raises
    ------
    CancelledError
        If cancelled.
    """
    layers = index.layers_of(mask)
    places = _Places(
        _key_rank(index, layers),
        np.arange(index.position_count) if facility_of is None else facility_of,
    )
    count = len(lon)
    positions = np.full((count, 2), -1, dtype=np.int64)
    line_m = np.full((count, 2), np.inf)

    def work(first: int) -> None:
        raise_if(cancelled)
        part = slice(first, first + _CHUNK)
        asked = _Asked(
            lon[part], lat[part], ecef(lon[part], lat[part]), positions[part], line_m[part]
        )
        for layer in layers:
            if layer.outlines is None:
                _ask_points(layer, asked, places)
            else:
                _ask_areas(layer, layer.outlines, asked, places)

    starts = range(0, count, _CHUNK)
    several = threads or min(_MOST_THREADS, os.cpu_count() or 1)
    with ThreadPoolExecutor(several) as pool:  # scipy and pyproj release the lock
        for done, _ in enumerate(pool.map(work, starts), start=1):
            raise_if(cancelled)
            if progress is not None:
                progress(done / len(starts))
    return TwoNearest(positions, line_m)


def _key_rank(index: FacilityIndex, layers: tuple[Layer, ...]) -> IntArray:
    """Return by position the place of its key in the order of keys."""
    rank = np.zeros(index.position_count, dtype=np.int64)
    if layers:
        used = np.concatenate([layer.positions for layer in layers])
        rank[used[np.argsort(index.keys[used], kind="stable")]] = np.arange(len(used))
    return rank


def _ask_points(layer: Layer, asked: _Asked, places: _Places) -> None:
    """Fill in the two nearest of a layer of points (the first layer, where there is one)."""
    rows = np.arange(len(asked.lon))
    wanted = 3
    while len(rows):
        undecided = [
            _try_points(layer, asked, places, some, wanted)
            for some in _batches(rows, max(1, _MOST_PAIRS // wanted))
        ]
        rows = np.concatenate(undecided)
        wanted *= 5


def _try_points(
    layer: Layer, asked: _Asked, places: _Places, rows: IntArray, wanted: int
) -> IntArray:
    """Decide rows by their `wanted` nearest chords; return those rows that need more."""
    size = len(layer.positions)
    wanted = min(size, wanted)
    chord_m, found = layer.tree.query(asked.xyz[rows], k=range(1, wanted + 1))
    # With three candidates the third only vouches for the first two; later all are measured.
    measured = 2 if wanted == 3 < size else wanted
    which = found[:, :measured]
    line_m = geodesic_m(
        np.repeat(asked.lon[rows], measured),
        np.repeat(asked.lat[rows], measured),
        layer.lon[which].ravel(),
        layer.lat[which].ravel(),
    ).reshape(which.shape)
    positions = layer.positions[which]
    order = np.lexsort((places.rank[positions], line_m), axis=1)
    positions = np.take_along_axis(positions, order, axis=1)
    line_m = np.take_along_axis(line_m, order, axis=1)
    _keep(asked, places, np.repeat(rows, measured), positions.ravel(), line_m.ravel())
    if measured >= size:
        return rows[:0]
    # Not measured: the last candidate of three, else everything beyond the last candidate.
    undecided: IntArray = rows[least_geodesics_m(chord_m[:, -1]) <= asked.line_m[rows, 1]]
    return undecided


def _first_of_each(rows: IntArray) -> BoolArray:
    """Tell which entries are the first of their row, where rows stand together."""
    first = np.ones(len(rows), np.bool_)
    first[1:] = rows[1:] != rows[:-1]
    return first


def _keep(
    asked: _Asked, places: _Places, rows: IntArray, positions: IntArray, line_m: FloatArray
) -> None:
    """Put down the two nearest facilities of rows; entries in order of row, metres and rank."""
    for column, best in enumerate(places.best_two(rows, positions)):
        asked.positions[rows[best], column] = positions[best]
        asked.line_m[rows[best], column] = line_m[best]


def _ask_areas(layer: Layer, outlines: Outlines, asked: _Asked, places: _Places) -> None:
    """Let the areas of a layer compete with what has been found so far."""
    count = len(asked.lon)
    first_two = range(1, min(2, len(layer.positions)) + 1)
    _, found = layer.tree.query(asked.xyz, k=first_two)
    rows = np.repeat(np.arange(count), found.shape[1])
    _compete(layer, outlines, asked, places, rows, found.ravel().astype(np.int64))
    reach_m = np.array(
        [greatest_chord_m(one + layer.greatest_radius_m) for one in asked.line_m[:, 1].tolist()]
    )
    near = layer.tree.query_ball_point(asked.xyz, reach_m)
    rows = np.repeat(np.arange(count), [len(one) for one in near])
    which = np.fromiter((one for some in near for one in some), dtype=np.int64, count=len(rows))
    chord_m = np.linalg.norm(layer.tree.data[which] - asked.xyz[rows], axis=1)
    able = layer.least_m(chord_m, which) <= asked.line_m[rows, 1]
    _compete(layer, outlines, asked, places, rows[able], which[able])


def _compete(
    layer: Layer,
    outlines: Outlines,
    asked: _Asked,
    places: _Places,
    rows: IntArray,
    which: IntArray,
) -> None:
    """Measure pairs (row, area) and keep for each row the best two of old and new."""
    edges = outlines.offsets[which + 1] - outlines.offsets[which]
    batch = np.cumsum(edges) // _MOST_EDGES
    ends = np.flatnonzero(np.diff(batch, append=-1)) + 1
    begins = np.concatenate(([0], ends))[:-1]
    line_m = np.empty(len(which))
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        some = slice(begin, end)
        line_m[some] = outlines.distance_m(
            which[some], lon=asked.lon[rows[some]], lat=asked.lat[rows[some]]
        )
    old_rows, old_column = np.nonzero(asked.positions >= 0)
    all_rows = np.concatenate((old_rows, rows))
    positions = np.concatenate((asked.positions[old_rows, old_column], layer.positions[which]))
    all_m = np.concatenate((asked.line_m[old_rows, old_column], line_m))
    order = np.lexsort((places.rank[positions], all_m, all_rows))
    # A pair that was measured twice is of one facility, and so is kept once.
    _keep(asked, places, all_rows[order], positions[order], all_m[order])


def _batches(rows: IntArray, size: int) -> Iterator[IntArray]:
    for first in range(0, len(rows), size):
        yield rows[first : first + size]
