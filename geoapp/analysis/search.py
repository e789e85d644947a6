"""The search behind `geoapp.analysis.nearest`: trees by chord, decided by geodesics.

A k-d tree over earth-centred coordinates gives candidates by chord; their geodesics decide. An
answer is given only when the bound proven in `geoapp.analysis.spheroid` says that no place left
out can be as near as the k-th one; otherwise every place within that reach is measured. An area
counts by its point and its radius until its outline must be measured.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geoapp.analysis.outlines import Outlines
from geoapp.analysis.spheroid import (
    BoolArray,
    FloatArray,
    IntArray,
    checked_lonlat,
    ecef,
    ecef_point,
    geodesic_m,
    greatest_chord_m,
    least_geodesic_m,
    least_geodesics_m,
)
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

# Areas are kept apart by size, so that one large park does not widen every search.
_RADIUS_CLASSES_M: Final = (50.0, 500.0, 5_000.0, 50_000.0, np.inf)
_SPARE: Final = 6  # candidates beyond k: nearly always enough to prove the answer at once
_MOST_CANDIDATES: Final = 256  # above, one pass over the allowed places is cheaper than the tree


Mask = BoolArray | Callable[[IntArray], BoolArray]


class Nearest(NamedTuple):
    """Positions of the nearest places, nearest first, and their geodesic distances in metres."""

    positions: IntArray
    distance_m: FloatArray


@dataclass(frozen=True, slots=True)
class Layer:
    """Places searched by one tree: points alone, or areas of similar size."""

    tree: Any
    positions: IntArray
    lon: FloatArray
    lat: FloatArray
    outlines: Outlines | None
    radius_m: FloatArray | None
    greatest_radius_m: float

    def distance_m(self, which: IntArray, *, lon: float, lat: float) -> FloatArray:
        if self.outlines is None:
            return geodesic_m(lon, lat, self.lon[which], self.lat[which])
        return self.outlines.distance_m(which, lon=lon, lat=lat)

    def least_m(self, chord_m: FloatArray, which: IntArray) -> FloatArray:
        """Return what the chords to the points prove about the distances to the places."""
        least_m = least_geodesics_m(chord_m)
        return least_m if self.radius_m is None else least_m - self.radius_m[which]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which positions count, and about which share of all that is."""

    masks: tuple[BoolArray, ...] = ()
    test: Callable[[IntArray], BoolArray] | None = None
    share: float = 1.0

    def __bool__(self) -> bool:
        return bool(self.masks) or self.test is not None

    def of(self, positions: IntArray) -> BoolArray:
        good = np.ones(len(positions), dtype=np.bool_)
        for mask in self.masks:
            good &= mask[positions]
        if self.test is not None:
            good &= self.test(positions)
        return good

    def whole(self, layer: Layer) -> IntArray:
        """Return the layer's own numbers of all places that count."""
        size = len(layer.positions)
        first = int(layer.positions[0])
        if int(layer.positions[-1]) - first + 1 != size or self.test is not None:
            return np.flatnonzero(self.of(layer.positions))
        good: BoolArray = np.ones(size, dtype=np.bool_)  # in one piece: slices beat gathering
        for mask in self.masks:
            good &= mask[first : first + size]
        return np.flatnonzero(good)


@dataclass(frozen=True, slots=True)
class _Question:
    xyz: tuple[float, float, float]
    lon: float
    lat: float
    k: int
    filter: Filter


def build_layers(
    lon: FloatArray, lat: FloatArray, areas: NDArray[Any] | None, positions: IntArray
) -> tuple[Layer, ...]:
    """Build the trees of the given positions."""
    if len(positions) == 0:
        return ()
    if areas is None:
        return (_point_layer(lon, lat, positions),)
    is_area = np.array([area is not None for area in areas[positions]], dtype=np.bool_)
    layers = []
    if not is_area.all():
        layers.append(_point_layer(lon, lat, positions[~is_area]))
    held = positions[is_area]
    if len(held):
        radius_m = Outlines.build(areas[held]).radius_m(lon[held], lat[held])
        size_class = np.searchsorted(_RADIUS_CLASSES_M, radius_m)
        for number in np.unique(size_class):
            some = np.flatnonzero(size_class == number)
            layers.append(_area_layer(lon, lat, areas, held[some], radius_m[some]))
    return tuple(layers)


def _point_layer(lon: FloatArray, lat: FloatArray, positions: IntArray) -> Layer:
    own_lon, own_lat = lon[positions], lat[positions]
    tree = cKDTree(ecef(own_lon, own_lat))
    return Layer(tree, positions, own_lon, own_lat, None, None, 0.0)


def _area_layer(
    lon: FloatArray,
    lat: FloatArray,
    areas: NDArray[Any],
    positions: IntArray,
    radius_m: FloatArray,
) -> Layer:
    own_lon, own_lat = lon[positions], lat[positions]
    outlines = Outlines.build(areas[positions])
    tree = cKDTree(ecef(own_lon, own_lat))
    greatest_m = float(radius_m.max())
    return Layer(tree, positions, own_lon, own_lat, outlines, radius_m, greatest_m)


def _search(layer: Layer, question: _Question, limit_m: float) -> tuple[IntArray, FloatArray]:
    """Return every allowed place of a layer that may be among the k nearest and within limit_m.

    Exact: no place left out is within the limit and as near as the k-th returned.
    """
    size = len(layer.positions)
    k = question.k
    wanted = k + _SPARE
    if question.filter:
        wanted = int(1.25 * wanted / question.filter.share)
    most = max(_MOST_CANDIDATES, k + _SPARE)
    while wanted <= most:
        wanted = max(2, min(size, wanted))  # for k=1 the tree would answer with bare numbers
        reach_m = greatest_chord_m(limit_m + layer.greatest_radius_m)
        chord_m, found = layer.tree.query(question.xyz, k=wanted, distance_upper_bound=reach_m)
        held = int(np.searchsorted(chord_m, np.inf))
        which, distance_m = _measured(layer, question, chord_m[:held], found[:held], limit_m)
        if held < wanted or wanted >= size:
            return layer.positions[which], distance_m
        if len(which) >= k:
            limit_m = min(limit_m, float(np.partition(distance_m, k - 1)[k - 1]))
        if least_geodesic_m(float(chord_m[-1])) - layer.greatest_radius_m > limit_m:
            return layer.positions[which], distance_m  # proven: what was not fetched is farther
        if len(which) >= k:
            return _within(layer, question, limit_m)
        wanted *= 4
    return _scan(layer, question, limit_m)


def _measured(
    layer: Layer, question: _Question, chord_m: FloatArray, which: IntArray, limit_m: float
) -> tuple[IntArray, FloatArray]:
    """Return the allowed ones of some candidates (by rising chord) within the limit."""
    if question.filter:
        good = question.filter.of(layer.positions[which])
        which, chord_m = which[good], chord_m[good]
    if layer.radius_m is not None and len(which) > question.k:
        # Outlines cost more than points: measure k first, and only what can compete after them.
        first = layer.distance_m(which[: question.k], lon=question.lon, lat=question.lat)
        limit_m = min(limit_m, float(first.max()))
        which = which[layer.least_m(chord_m, which) <= limit_m]
    distance_m = layer.distance_m(which, lon=question.lon, lat=question.lat)
    if limit_m < np.inf:
        near = distance_m <= limit_m
        return which[near], distance_m[near]
    return which, distance_m


def _within(layer: Layer, question: _Question, limit_m: float) -> tuple[IntArray, FloatArray]:
    """Return every allowed place of a layer within the limit."""
    reach_m = greatest_chord_m(limit_m + layer.greatest_radius_m)
    which = np.array(layer.tree.query_ball_point(question.xyz, reach_m), dtype=np.int64)
    if question.filter:
        which = which[question.filter.of(layer.positions[which])]
    return _decided(layer, question, which, _chord_2_m2(layer, question, which), limit_m)


def _scan(layer: Layer, question: _Question, limit_m: float) -> tuple[IntArray, FloatArray]:
    """Look at every allowed place of a layer: the way for rare or far-off places."""
    which = question.filter.whole(layer)
    chord_2_m2 = _chord_2_m2(layer, question, which)
    if len(which) > question.k:
        some = np.argpartition(chord_2_m2, question.k - 1)[: question.k]
        first = layer.distance_m(which[some], lon=question.lon, lat=question.lat)
        limit_m = min(limit_m, float(first.max()))
    near = chord_2_m2 <= greatest_chord_m(limit_m + layer.greatest_radius_m) ** 2
    return _decided(layer, question, which[near], chord_2_m2[near], limit_m)


def _chord_2_m2(layer: Layer, question: _Question, which: IntArray) -> FloatArray:
    offset = layer.tree.data[which] - question.xyz
    squares: FloatArray = np.einsum("ij,ij->i", offset, offset)
    return squares


def _decided(
    layer: Layer, question: _Question, which: IntArray, chord_2_m2: FloatArray, limit_m: float
) -> tuple[IntArray, FloatArray]:
    """Measure those candidates that can be within the limit, and return those that are."""
    if layer.radius_m is not None:
        which = which[layer.least_m(np.sqrt(chord_2_m2), which) <= limit_m]
    distance_m = layer.distance_m(which, lon=question.lon, lat=question.lat)
    near = distance_m <= limit_m
    return layer.positions[which[near]], distance_m[near]


def nearest_of(
    layers: tuple[Layer, ...],
    keys: NDArray[Any],
    chosen: Filter,
    *,
    lon: float,
    lat: float,
    k: int,
    max_m: float | None,
) -> Nearest:
    """Return the k nearest places of some layers; see `FacilityIndex.query`."""
    if not (abs(lon) <= 180.0 and abs(lat) <= 90.0):
        checked_lonlat([lon], [lat])
    if k < 1:
        raise InvalidValueError("k", k, Text("正整数", "a positive whole number"))
    if max_m is not None and not max_m >= 0:
        raise InvalidValueError("max_m", max_m, Text("不小于 0 的米数", "metres, 0 or more"))
    question = _Question(ecef_point(lon, lat), lon, lat, k, chosen)
    limit_m = np.inf if max_m is None else float(max_m)
    found: list[tuple[IntArray, FloatArray]] = []
    for layer in layers:
        found.append(_search(layer, question, limit_m))
        if len(layers) > 1:
            reached_m = np.concatenate([distance_m for _, distance_m in found])
            if len(reached_m) >= k:
                limit_m = min(limit_m, float(np.partition(reached_m, k - 1)[k - 1]))
    if len(found) == 1:
        return _ranked(*found[0], keys, k)
    positions = np.concatenate([np.empty(0, np.int64), *(one for one, _ in found)])
    return _ranked(positions, np.concatenate([np.empty(0), *(one for _, one in found)]), keys, k)


def _ranked(positions: IntArray, distance_m: FloatArray, keys: NDArray[Any], k: int) -> Nearest:
    """Order by distance, then by key, and keep k."""
    order = np.argsort(distance_m)
    ranked_m = distance_m[order]
    if (ranked_m[1:] == ranked_m[:-1]).any():
        if len(order) > k:
            order = order[ranked_m <= ranked_m[k - 1]]
        chosen = sorted(order.tolist(), key=lambda one: (distance_m[one], keys[positions[one]]))
        order = np.array(chosen, dtype=np.int64)
    order = order[:k]
    return Nearest(positions[order], distance_m[order])
