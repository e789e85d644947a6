"""The named streets of an OpenStreetMap extract, with their crossings and house numbers."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import osmium
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.core.arrays import FloatArray
from geoapp.core.sounds import sounds_of
from geoapp.core.streets import Spot, Street, StreetNames, house_number
from geoapp.importers.osm.base_map import STREETS, names_of, unusable

# A street goes on beyond a square or a bridge; one of the same name elsewhere in town is another.
_TOGETHER_M: Final = 500.0
# The two carriageways of a broad street meet another's in four points, which are one crossing.
_ONE_CROSSING_M: Final = 80.0
# A number that is found twice farther apart than this is not one place.
_ONE_HOUSE_M: Final = 200.0
_SIMPLIFIED_DEG: Final = 3e-5  # 3 m
_DEGREE_M: Final = 111_320.0

_Spots = list[tuple[float, float]]


@dataclass(slots=True)
class _Named:
    """The ways of one name: for each, its points' numbers and places."""

    tags: dict[str, str]
    ways: list[tuple[list[int], _Spots]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _House:
    street: str
    number: str
    lon: float
    lat: float
    half_m: float


def read_street_names(path: Path, *, clip: BaseGeometry | None = None) -> StreetNames:
    """Read the streets that have a name.

    Parameters
    ----------
    clip
        Only ways that touch this are taken, whole.

    Raises
    ------
    UnusableInputError
        If the file cannot be read.
    """
    named: dict[str, _Named] = {}
    houses: list[_House] = []
    wanted = osmium.filter.KeyFilter("highway", "addr:housenumber")
    if clip is not None:
        shapely.prepare(clip)
    try:
        box = osmium.FileProcessor(str(path)).header.box()
        for one in osmium.FileProcessor(str(path)).with_locations().with_filter(wanted):
            tags = dict(one.tags)
            if isinstance(one, osmium.osm.Way) and tags.get("highway") in STREETS:
                _take_way(named, one, tags, clip)
            if tags.get("addr:housenumber") and tags.get("addr:street"):
                house = _house(one, tags)
                if house is not None:
                    houses.append(house)
    except (RuntimeError, ValueError) as error:
        raise unusable(path, f"无法读取（{error}）", f"cannot be read ({error})") from None
    streets: list[Street] = []
    at: dict[int, list[int]] = defaultdict(list)  # point of a way -> streets
    for _, ways in sorted(named.items()):
        for piece in _pieces(ways.ways):
            for numbers, _ in piece:
                for number in numbers:
                    if not at[number] or at[number][-1] != len(streets):
                        at[number].append(len(streets))
            streets.append(_street(ways.tags, [spots for _, spots in piece]))
    return StreetNames(
        tuple(streets),
        _crossings(named, at),
        _houses(houses, streets, _by_name(streets)),
        _extent(box, clip),
    )


def _extent(box: Any, clip: BaseGeometry | None) -> BaseGeometry | None:
    """Return where the extract, as far as it is taken, holds all there is; None where it does not say."""
    if not box.valid():
        return clip
    low, high = box.bottom_left, box.top_right
    whole: BaseGeometry = shapely.box(low.lon, low.lat, high.lon, high.lat)
    return whole if clip is None else whole.intersection(clip)


def _take_way(
    named: dict[str, _Named], way: Any, tags: dict[str, str], clip: BaseGeometry | None
) -> None:
    names = names_of(tags)
    if not names or tags.get("area") == "yes":
        return
    runs: list[tuple[list[int], _Spots]] = [([], [])]
    for node in way.nodes:
        if not node.location.valid():
            runs.append(([], []))
        elif not runs[-1][0] or runs[-1][0][-1] != node.ref:
            runs[-1][0].append(node.ref)
            runs[-1][1].append((node.lon, node.lat))
    runs = [run for run in runs if len(run[0]) > 1]
    if clip is not None:
        runs = [run for run in runs if clip.intersects(shapely.LineString(run[1]))]
    if not runs:
        return
    one = named.setdefault(names["name"], _Named({}))
    one.tags |= {key: value for key, value in tags.items() if key not in one.tags}
    one.ways.extend(runs)


def _scaled(spots: Sequence[Sequence[float]], at_lat: float) -> FloatArray:
    """Return degrees as metres on a plane that is good to a part in a hundred within a city."""
    across = _DEGREE_M * math.cos(math.radians(at_lat))
    scaled: FloatArray = np.asarray(spots, dtype=np.float64) * (across, _DEGREE_M)
    return scaled


def _apart_m(spots: _Spots, spot: tuple[float, float]) -> FloatArray:
    """Return how far points are from one."""
    plane = _scaled(spots, spot[1]) - _scaled([spot], spot[1])
    return np.hypot(plane[:, 0], plane[:, 1])


def _pieces(ways: list[tuple[list[int], _Spots]]) -> list[list[tuple[list[int], _Spots]]]:
    """Return ways of one name as groups that lie together, the longest first."""
    at_lat = ways[0][1][0][1]
    lines = [shapely.LineString(_scaled(spots, at_lat)) for _, spots in ways]
    group = list(range(len(ways)))

    def root(one: int) -> int:
        while group[one] != one:
            group[one] = group[group[one]]
            one = group[one]
        return one

    if len(ways) > 1:
        pairs = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=_TOGETHER_M)
        for one, other in pairs.T.tolist():
            group[root(one)] = root(other)
    found: dict[int, list[int]] = {}
    for place in range(len(ways)):
        found.setdefault(root(place), []).append(place)
    ranked = sorted(
        found.values(), key=lambda some: (-sum(lines[place].length for place in some), some)
    )
    return [[ways[place] for place in some] for some in ranked]


def _street(tags: dict[str, str], runs: list[_Spots]) -> Street:
    names = names_of(tags)
    others = tuple(
        part.strip() for part in tags.get("alt_name", "").split(";") if part.strip()
    )  # fmt: skip
    merged = shapely.line_merge(shapely.MultiLineString(runs))
    parts = shapely.get_parts(shapely.simplify(merged, _SIMPLIFIED_DEG)).tolist()
    lines = shapely.MultiLineString([np.round(part.coords, 6) for part in parts])
    zh, en = names.get("zh", ""), names.get("en", "")
    sounds = [sounds_of(one) for one in dict.fromkeys((names["name"], zh, en, *others)) if one]
    return Street(
        names["name"],
        zh,
        en,
        others,
        tuple((one.name, one.pinyin, one.initials) for one in sounds),
        lines,
    )


def _crossings(
    named: dict[str, _Named], at: dict[int, list[int]]
) -> dict[tuple[int, int], tuple[Spot, ...]]:
    """Return where two streets share a point of the map."""
    shared: dict[tuple[int, int], set[tuple[float, float]]] = defaultdict(set)
    for ways in named.values():
        for numbers, spots in ways.ways:
            for number, spot in zip(numbers, spots, strict=True):
                here = at[number]
                for first in here if len(here) > 1 else ():
                    for second in here:
                        if first < second:
                            shared[first, second].add(spot)
    return {pair: _together(sorted(spots)) for pair, spots in sorted(shared.items())}


def _together(spots: _Spots) -> tuple[Spot, ...]:
    """Return points as the middles of groups of near ones."""
    left, found = list(spots), []
    while left:
        group, left = [left[0]], left[1:]
        grown = True
        while grown:
            near = [spot for spot in left if _apart_m(group, spot).min() <= _ONE_CROSSING_M]
            grown = bool(near)
            group += near
            left = [spot for spot in left if spot not in near]
        found.append(_middle(group))
    return tuple(found)


def _middle(spots: _Spots) -> Spot:
    lon, lat = (float(np.mean(ends)) for ends in zip(*spots, strict=True))
    return Spot(round(lon, 7), round(lat, 7), float(_apart_m(spots, (lon, lat)).max()))


def _house(one: Any, tags: dict[str, str]) -> _House | None:
    number = house_number(tags["addr:housenumber"])
    if isinstance(one, osmium.osm.Node):
        return _House(tags["addr:street"], number, one.location.lon, one.location.lat, 0.0)
    if not isinstance(one, osmium.osm.Way):
        return None
    spots = [(node.lon, node.lat) for node in one.nodes if node.location.valid()]
    if not spots:
        return None
    low, high = np.min(spots, axis=0), np.max(spots, axis=0)
    lon, lat = ((low + high) / 2).tolist()
    half_m = float(_apart_m([(float(low[0]), float(low[1]))], (lon, lat))[0])
    return _House(tags["addr:street"], number, lon, lat, half_m)


def _by_name(streets: list[Street]) -> dict[str, list[int]]:
    by_name: dict[str, list[int]] = {}
    for place, street in enumerate(streets):
        for name in street.names:
            by_name.setdefault(name, []).append(place)
    return by_name


def _houses(
    houses: list[_House], streets: list[Street], by_name: dict[str, list[int]]
) -> dict[int, dict[str, Spot]]:
    """Return where each number is, on the nearest street of the name that its address states."""
    found: dict[int, dict[str, list[_House]]] = defaultdict(lambda: defaultdict(list))
    for house in houses:
        near = []
        for place in by_name.get(house.street, ()):
            across = math.cos(math.radians(house.lat))
            # Degrees alone choose among streets that are far apart.
            far = shapely.Point(house.lon, house.lat).distance(streets[place].lines)
            if far * _DEGREE_M * across <= _TOGETHER_M:
                near.append((far, place))
        if near and house.number:
            found[min(near)[1]][house.number].append(house)
    result: dict[int, dict[str, Spot]] = {}
    for street, numbers in sorted(found.items()):
        for number, some in sorted(numbers.items()):
            middle = _middle([(one.lon, one.lat) for one in some])
            reach = middle.reach_m + max(one.half_m for one in some)
            if reach <= _ONE_HOUSE_M:
                spot = Spot(round(middle.lon, 6), round(middle.lat, 6), reach)
                result.setdefault(street, {})[number] = spot
    return result
