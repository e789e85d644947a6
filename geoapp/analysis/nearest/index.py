"""The exact nearest places on the spheroid, among hundreds of thousands, in microseconds."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.geometry.spheroid import checked_lonlat, geodesic_m
from geoapp.analysis.nearest.point_tree import EVERYBODY
from geoapp.analysis.nearest.search import Layer, Mask, Nearest, build_layers, nearest_of
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

__all__ = ["FacilityIndex", "Mask", "Nearest", "Place", "Selection", "warm_up"]

_DENSE_SHARE: Final = 1 / 8  # a selection above this share searches the common tree
_LEAST_OVERLAY: Final = 64


class Place(NamedTuple):
    """One place to put into an index: a key, its point (EPSG:4326) and, perhaps, its area."""

    key: Hashable
    lon: float
    lat: float
    area: BaseGeometry | None = None


class FacilityIndex:
    """An immutable index of places on the spheroid; safe to share between threads.

    A *position* is a place's number. Positions of an index made by `with_changes` go on where the
    former index ended, and the former ones keep their meaning while `layout` stays the same, so
    that a caller can keep arrays beside the index and only append to them.

    Attributes
    ----------
    lon, lat
        Points by position, decimal degrees, EPSG:4326.
    keys
        Keys by position (object array).
    alive
        By position: False where the place was deleted or replaced.
    layout
        Counts the rebuilds that gave the places new positions.
    """

    __slots__ = (
        "_areas",
        "_base",
        "_base_positions",
        "_dead_count",
        "_layers",
        "_overlay_positions",
        "alive",
        "keys",
        "lat",
        "layout",
        "lon",
    )

    lon: FloatArray
    lat: FloatArray
    keys: NDArray[Any]
    alive: BoolArray
    layout: int
    _areas: NDArray[Any] | None
    _base: tuple[Layer, ...]
    _base_positions: Mapping[Hashable, int]
    _overlay_positions: Mapping[Hashable, int]
    _layers: tuple[Layer, ...]
    _dead_count: int

    @classmethod
    def build(
        cls,
        lon: ArrayLike,
        lat: ArrayLike,
        *,
        keys: Sequence[Hashable],
        areas: Sequence[BaseGeometry | None] | None = None,
        layout: int = 0,
    ) -> Self:
        """Index n places.

        Parameters
        ----------
        lon, lat
            The places' points, decimal degrees, EPSG:4326; arrays of n (0 or more).
        keys
            Their n distinct keys; equal distances are ordered by key, so keys must be comparable.
        areas
            For each place its polygon or multipolygon (EPSG:4326), or None for a point; the
            distance to an area is that to its nearest point, 0 inside.
        layout
            The number by which the caller tells numberings of positions apart.

        Raises
        ------
        InvalidValueError
            If a coordinate is not finite or out of range, lengths differ, a key comes twice, or a
            geometry is not an area.
        """
        lon_deg, lat_deg = checked_lonlat(lon, lat)
        count = len(lon_deg)
        if len(keys) != count or (areas is not None and len(areas) != count):
            raise InvalidValueError(
                "keys",
                len(keys),
                Text("与坐标同样多的编号和面", "as many keys and areas as points"),
            )
        held = _objects(keys)
        positions = {key: place for place, key in enumerate(keys)}
        if len(positions) != count:
            raise InvalidValueError(
                "keys", count - len(positions), Text("互不相同的编号", "distinct keys")
            )
        self = cls.__new__(cls)
        self.lon, self.lat, self.keys, self.layout = lon_deg, lat_deg, held, layout
        self._areas = None
        if areas is not None and any(area is not None for area in areas):
            self._areas = _objects(areas)
        self.alive = np.ones(count, dtype=np.bool_)
        self._base = self._layers = build_layers(lon_deg, lat_deg, self._areas, np.arange(count))
        self._base_positions, self._overlay_positions = positions, {}
        self._dead_count = 0
        return self

    def __len__(self) -> int:
        """Return the number of places alive."""
        return len(self.keys) - self._dead_count

    @property
    def position_count(self) -> int:
        """Number of positions given so far, dead ones included: the length that masks have."""
        return len(self.keys)

    def layers_of(self, mask: BoolArray | None = None) -> tuple[Layer, ...]:
        """Return fresh trees (scipy's) of the places alive (in a mask), for analyses in bulk."""
        if mask is not None:
            self._check_mask(mask)
        wanted = self.alive if mask is None else mask & self.alive
        return build_layers(
            self.lon,
            self.lat,
            self._areas,
            np.flatnonzero(wanted),
            lambda xyz, _positions: cKDTree(xyz),
        )

    def area_of(self, position: int) -> BaseGeometry | None:
        """Return the area of the place at a position (EPSG:4326), None for a point."""
        return None if self._areas is None else self._areas[position]

    def position_of(self, key: Hashable) -> int | None:
        """Return the position of the place with this key, None if there is none."""
        position = self._overlay_positions.get(key)
        if position is None:
            position = self._base_positions.get(key)
        return position if position is not None and self.alive[position] else None

    def query(
        self,
        *,
        lon: float,
        lat: float,
        k: int,
        mask: Mask | None = None,
        max_m: float | None = None,
    ) -> Nearest:
        """Return the k nearest places, exactly, nearest first.

        Parameters
        ----------
        lon, lat
            The asking point, decimal degrees, EPSG:4326.
        k
            How many at most; fewer come back where there are fewer.
        mask
            Which places count: a boolean array of `position_count`, or a function from an array
            of positions to a boolean array. For a filter that is asked often, see `select`.
        max_m
            Greatest distance in metres, inclusive; None = any.

        Returns
        -------
        positions, distance_m
            Distances are geodesics from the asking point (to areas: to their nearest point, 0
            inside). Equal distances are ordered by key.

        Raises
        ------
        InvalidValueError
            If a coordinate, k or max_m makes no sense, or the mask has another length.
        """
        allowed = self._allowed(mask)
        return nearest_of(self._layers, self.keys, allowed, lon=lon, lat=lat, k=k, max_m=max_m)

    def distance_m(self, positions: IntArray, *, lon: float, lat: float) -> FloatArray:
        """Return the distances from a point (EPSG:4326) to places at some positions, in metres."""
        if self._areas is None or all(self._areas[place] is None for place in positions):
            return geodesic_m(lon, lat, self.lon[positions], self.lat[positions])
        distance_m = np.empty(len(positions))
        number = {place: one for one, place in enumerate(positions.tolist())}
        for layer in build_layers(self.lon, self.lat, self._areas, np.asarray(positions)):
            own = np.array([number[place] for place in layer.positions.tolist()])
            held = np.arange(len(layer.positions))
            distance_m[own] = layer.distance_m(held, lon=lon, lat=lat)
        return distance_m

    def select(self, mask: BoolArray) -> "Selection":
        """Prepare a filter that will be asked many times: its queries cost as much as plain ones.

        Parameters
        ----------
        mask
            Boolean array of `position_count`.
        """
        self._check_mask(mask)
        wanted = mask & self.alive
        count = int(np.count_nonzero(wanted))
        if count >= _DENSE_SHARE * len(self):
            return Selection(self._layers, self.keys, wanted, count)
        layers = build_layers(self.lon, self.lat, self._areas, np.flatnonzero(wanted))
        return Selection(layers, self.keys, EVERYBODY, count)

    def with_changes(
        self,
        upserts: Sequence[Place] = (),
        deletions: Iterable[Hashable] = (),
        *,
        rebuild_share: float = 0.005,
    ) -> "FacilityIndex":
        """Return an index with some places put in, replaced or taken out; this one stays as it is.

        Parameters
        ----------
        upserts
            Places to put in; a place with the same key is replaced.
        deletions
            Keys to take out, before the upserts; keys that are not there are ignored.
        rebuild_share
            Once changes since the last build exceed this share of the places (and 64), everything
            is built anew: places get new positions and `layout` rises.

        Notes
        -----
        Changes live in small trees beside the large one, so one change among 200,000 places takes
        a few milliseconds; a rebuild of 200,000 takes some tenths of a second.
        """
        latest = {place.key: place for place in upserts}
        lon, lat = checked_lonlat(
            [place.lon for place in latest.values()], [place.lat for place in latest.values()]
        )
        gone = [self.position_of(key) for key in (*deletions, *latest)]
        alive = np.concatenate((self.alive, np.ones(len(latest), dtype=np.bool_)))
        alive[[position for position in gone if position is not None]] = False
        keys = np.concatenate((self.keys, _objects(list(latest))))
        new_areas = _objects([place.area for place in latest.values()])
        areas = self._areas
        if areas is not None or any(area is not None for area in new_areas):
            held = np.full(len(self.keys), None, dtype=object) if areas is None else areas
            areas = np.concatenate((held, new_areas))
        lon, lat = np.concatenate((self.lon, lon)), np.concatenate((self.lat, lat))
        base_count = len(self._base_positions)
        changed = len(keys) - base_count + int(np.count_nonzero(~alive[:base_count]))
        if changed > max(_LEAST_OVERLAY, rebuild_share * base_count):
            return type(self).build(
                lon[alive],
                lat[alive],
                keys=list(keys[alive]),
                areas=None if areas is None else list(areas[alive]),
                layout=self.layout + 1,
            )
        changed_index = type(self).__new__(type(self))
        changed_index.lon, changed_index.lat, changed_index.keys = lon, lat, keys
        changed_index._areas, changed_index.alive, changed_index.layout = areas, alive, self.layout
        overlay = base_count + np.flatnonzero(alive[base_count:])
        changed_index._base, changed_index._base_positions = self._base, self._base_positions
        changed_index._overlay_positions = {keys[place]: int(place) for place in overlay}
        changed_index._layers = (*self._base, *build_layers(lon, lat, areas, overlay))
        changed_index._dead_count = len(keys) - int(np.count_nonzero(alive))
        return changed_index

    def _check_mask(self, mask: BoolArray) -> None:
        if mask.dtype != np.bool_ or mask.shape != self.keys.shape:
            raise InvalidValueError(
                "mask",
                f"{mask.dtype} {mask.shape}",
                Text(f"长度为 {len(self.keys)} 的布尔数组", f"booleans of length {len(self.keys)}"),
            )

    def _allowed(self, mask: Mask | None) -> BoolArray:
        """Join the mask and the dead places."""
        if mask is None:
            return self.alive if self._dead_count else EVERYBODY
        if callable(mask):
            mask = mask(np.arange(len(self.keys)))
        self._check_mask(mask)
        return mask & self.alive if self._dead_count else mask


class Selection:
    """Some places of an index, ready to be asked often; positions are the index's own."""

    __slots__ = ("_allowed", "_count", "_keys", "_layers")

    def __init__(
        self, layers: tuple[Layer, ...], keys: NDArray[Any], allowed: BoolArray, count: int
    ) -> None:
        self._layers, self._keys, self._allowed, self._count = layers, keys, allowed, count

    def __len__(self) -> int:
        """Return the number of places selected."""
        return self._count

    def query(self, *, lon: float, lat: float, k: int, max_m: float | None = None) -> Nearest:
        """Return the k nearest of the selected places; see `FacilityIndex.query`."""
        return nearest_of(
            self._layers, self._keys, self._allowed, lon=lon, lat=lat, k=k, max_m=max_m
        )


def _objects(values: Sequence[Any] | Iterable[Any]) -> NDArray[Any]:
    """Return an object array of the values themselves (tuples and geometries stay whole)."""
    held = list(values)
    array: NDArray[Any] = np.empty(len(held), dtype=object)
    array[:] = held
    return array


def warm_up() -> None:
    """Compile the search, if it is not yet: what is compiled is kept beside the source."""
    index = FacilityIndex.build([0.0, 0.001], [0.0, 0.0], keys=["A", "B"])
    for k in (1, 1000):  # few places and all of them are found in two ways
        index.query(lon=0.0, lat=0.0, k=k)
