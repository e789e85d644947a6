"""The search behind `geoapp.analysis.nearest.index`: trees by chord, decided by geodesics.

A k-d tree over earth-centred coordinates gives candidates by chord; their geodesics decide. An
answer is given only when the bound proven in `geoapp.analysis.geometry.spheroid` says that no place left
out can be as near as the k-th one; otherwise every place within that reach is measured. An area
counts by its point and its radius until its outline must be measured.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geoapp.analysis.geometry.outlines import Outlines
from geoapp.analysis.geometry.spheroid import (
    checked_lonlat,
    ecef,
    ecef_point,
    geodesic_m,
    greatest_chord_m,
    least_geodesics_m,
)
from geoapp.analysis.nearest.point_tree import XYZ, PointTree
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

# Areas are kept apart by size, so that one large park does not widen every search.
_RADIUS_CLASSES_M: Final = (50.0, 500.0, 5_000.0, 50_000.0, np.inf)
_SPARE: Final = 6  # candidates beyond k: nearly always enough to prove the answer at once
_MOST_CANDIDATES: Final = 256  # above, one pass over the allowed places is cheaper


Mask = BoolArray | Callable[[IntArray], BoolArray]
Plant = Callable[[FloatArray, IntArray], Any]


class Nearest(NamedTuple):
    """Positions of the nearest places, nearest first, and their geodesic distances in metres."""

    positions: IntArray
    distance_m: FloatArray


@dataclass(frozen=True, slots=True)
class Layer:
    """Places searched by one tree: points alone, or areas of similar size.

    The tree is a `PointTree`, or scipy's where many questions are asked at once.
    """

    tree: Any
    positions: IntArray
    lon: FloatArray
    lat: FloatArray
    outlines: Outlines | None
    radius_m: FloatArray | None
    greatest_radius_m: float

    def distance_m(self, which: IntArray, *, lon: float, lat: float) -> FloatArray:
        """Return the geodesic distance of some facilities from a point; inside an area it is 0."""
        if self.outlines is None:
            return geodesic_m(lon, lat, self.lon[which], self.lat[which])
        return self.outlines.distance_m(which, lon=lon, lat=lat)

    def able(self, which: IntArray, chord_m: FloatArray, limit_m: float) -> IntArray:
        """Return those places that their chords do not prove to be beyond a limit."""
        if self.radius_m is None:
            return which[chord_m <= greatest_chord_m(limit_m)]
        return which[self.least_m(chord_m, which) <= limit_m]

    def least_m(self, chord_m: FloatArray, which: IntArray) -> FloatArray:
        """Return what the chords to the points prove about the distances to the places."""
        least_m = least_geodesics_m(chord_m)
        return least_m if self.radius_m is None else least_m - self.radius_m[which]


@dataclass(frozen=True, slots=True)
class _Question:
    xyz: XYZ
    lon: float
    lat: float
    k: int
    allowed: BoolArray


def build_layers(
    lon: FloatArray,
    lat: FloatArray,
    areas: NDArray[Any] | None,
    positions: IntArray,
    plant: Plant = PointTree.build,
) -> tuple[Layer, ...]:
    """Build the trees of the given positions; ``plant`` makes one of points and their positions."""
    if len(positions) == 0:
        return ()
    if areas is None:
        return (_point_layer(lon, lat, positions, plant),)
    is_area = np.array([area is not None for area in areas[positions]], dtype=np.bool_)
    layers = []
    if not is_area.all():
        layers.append(_point_layer(lon, lat, positions[~is_area], plant))
    held = positions[is_area]
    if len(held):
        radius_m = Outlines.build(areas[held]).radius_m(lon[held], lat[held])
        size_class = np.searchsorted(_RADIUS_CLASSES_M, radius_m)
        for number in np.unique(size_class):
            some = np.flatnonzero(size_class == number)
            layers.append(_area_layer(lon, lat, areas, held[some], radius_m[some], plant))
    return tuple(layers)


def _point_layer(lon: FloatArray, lat: FloatArray, positions: IntArray, plant: Plant) -> Layer:
    own_lon, own_lat = lon[positions], lat[positions]
    tree = plant(ecef(own_lon, own_lat), positions)
    return Layer(tree, positions, own_lon, own_lat, None, None, 0.0)


def _area_layer(
    lon: FloatArray,
    lat: FloatArray,
    areas: NDArray[Any],
    positions: IntArray,
    radius_m: FloatArray,
    plant: Plant,
) -> Layer:
    own_lon, own_lat = lon[positions], lat[positions]
    outlines = Outlines.build(areas[positions])
    tree = plant(ecef(own_lon, own_lat), positions)
    greatest_m = float(radius_m.max())
    return Layer(tree, positions, own_lon, own_lat, outlines, radius_m, greatest_m)


def _search(layer: Layer, question: _Question, limit_m: float) -> tuple[IntArray, FloatArray]:
    """Return every allowed place of a layer that may be among the k nearest and within limit_m.

    Exact: no place left out is within the limit and as near as the k-th returned.
    """
    k, wanted = question.k, question.k + _SPARE
    if wanted > _MOST_CANDIDATES:
        return _scan(layer, question, limit_m)
    reach_m = greatest_chord_m(limit_m + layer.greatest_radius_m)
    which, chord_m = layer.tree.nearest(
        question.xyz, k=wanted, reach_m=reach_m, allowed=question.allowed
    )
    first = which[:k]
    distance_m = layer.distance_m(first, lon=question.lon, lat=question.lat)
    if len(which) <= k:
        near = distance_m <= limit_m
        return layer.positions[first[near]], distance_m[near]
    limit_m = min(limit_m, float(distance_m.max()))
    reach_m = greatest_chord_m(limit_m + layer.greatest_radius_m)
    if len(which) == wanted and chord_m[-1] <= reach_m:
        return _scan(layer, question, limit_m)  # what was not fetched might be as near
    if chord_m[k] <= reach_m:
        more = layer.able(which[k:], chord_m[k:], limit_m)
        more_m = layer.distance_m(more, lon=question.lon, lat=question.lat)
        first, distance_m = np.concatenate((first, more)), np.concatenate((distance_m, more_m))
    near = distance_m <= limit_m
    return layer.positions[first[near]], distance_m[near]


def _scan(layer: Layer, question: _Question, limit_m: float) -> tuple[IntArray, FloatArray]:
    """Look at every allowed place of a layer within a limit: for crowded or far-off places."""
    reach_m = greatest_chord_m(limit_m + layer.greatest_radius_m)
    which, chord_m = layer.tree.within(question.xyz, reach_m=reach_m, allowed=question.allowed)
    if len(which) > question.k:
        some = which[np.argpartition(chord_m, question.k - 1)[: question.k]]
        first = layer.distance_m(some, lon=question.lon, lat=question.lat)
        limit_m = min(limit_m, float(first.max()))
    which = layer.able(which, chord_m, limit_m)
    distance_m = layer.distance_m(which, lon=question.lon, lat=question.lat)
    near = distance_m <= limit_m
    return layer.positions[which[near]], distance_m[near]


def nearest_of(
    layers: tuple[Layer, ...],
    keys: NDArray[Any],
    allowed: BoolArray,
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
    question = _Question(ecef_point(lon, lat), lon, lat, k, allowed)
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
    metres = distance_m.tolist()
    order = sorted(range(len(metres)), key=metres.__getitem__)
    if len(set(metres)) < len(metres):
        if len(order) > k:
            order = [one for one in order if metres[one] <= metres[order[k - 1]]]
        order.sort(key=lambda one: (metres[one], keys[positions[one]]))
    order = order[:k]
    return Nearest(positions[order], distance_m[order])
