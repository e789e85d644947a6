"""Streets by their names, however these are written, and where each of them lies."""

import math
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.geometry.spheroid import geodesic_m
from geoapp.analysis.streets.near import StreetsAround
from geoapp.core.streets import Spot, Street, StreetNames, folded_street

# What ends so near the extract's edge may be cut by it: 50 m.
_EDGE_DEG: Final = 0.00045
# What a street is, in Chinese, with its sound and the English words that are used for it.
_KINDS: Final = (
    ("大道", "dadao", ("avenue",)),
    ("大街", "dajie", ("street", "avenue")),
    ("路", "lu", ("road",)),
    ("街", "jie", ("street",)),
    ("巷", "xiang", ("lane",)),
)
_SIDES: Final = {
    "东": ("dong", "east"),
    "西": ("xi", "west"),
    "南": ("nan", "south"),
    "北": ("bei", "north"),
    "中": ("zhong", "middle"),
}


class StreetIndex:
    """The streets of an extract, found by name; streets are named by their place in ``streets``."""

    def __init__(self, names: StreetNames) -> None:
        self.names = names
        self.streets = names.streets
        self._sounds = [
            "".join(f" {spelt}" for one in street.sounds for spelt in one)
            for street in names.streets
        ]

    @cached_property
    def chinese(self) -> dict[str, tuple[int, ...]]:
        """Streets by their folded Chinese names."""
        return _gathered(
            (name, place)
            for place, street in enumerate(self.streets)
            for name in map(folded_street, street.names)
            if _is_chinese(name)
        )

    @cached_property
    def latin(self) -> dict[str, tuple[int, ...]]:
        """Streets by their folded names without blanks: those of other languages, and pinyin."""
        return _gathered(
            (name, place) for place, street in enumerate(self.streets) for name in _in_latin(street)
        )

    @cached_property
    def around(self) -> StreetsAround:
        """The same streets, found by place."""
        return StreetsAround(self.names)

    @cached_property
    def places_of(self) -> dict[str, tuple[int, ...]]:
        """Streets by their name as it stands, the longest piece first."""
        return _gathered((one.name, place) for place, one in enumerate(self.streets))

    def holding(self, terms: Sequence[str], most: int) -> list[int]:
        """Return the streets of which the names, their pinyin or initials hold all folded terms.

        Where there are more than ``most``, those of which one begins with the terms go before.
        """
        found = [place for place, sounds in enumerate(self._sounds) if terms[0] in sounds]
        for term in terms[1:]:
            found = [place for place in found if term in self._sounds[place]]
        if len(found) > most:
            whole = " " + "".join(terms)
            found = [place for place in found if whole in self._sounds[place]] or found
        return found[:most]

    @cached_property
    def _meetings(self) -> dict[int, int]:
        """For each street that meets others, the longest of these."""
        found: dict[int, tuple[float, int]] = {}
        for pair in self.names.crossings:
            for one, other in (pair, pair[::-1]):
                rank = (-self.streets[other].lines.length, other)
                found[one] = min(found.get(one, rank), rank)
        return {one: other for one, (_, other) in found.items()}

    def meeting(self, place: int) -> int | None:
        """Return the longest street that meets a street; None where none does."""
        return self._meetings.get(place)

    def middle(self, place: int, within: BaseGeometry | None = None) -> Spot | None:
        """Return a point on a street, and within how many metres of it all of the street lies.

        Parameters
        ----------
        within
            An area (EPSG:4326): only the part of the street in it counts; None is returned where there is none.
        """
        lines = self._part(place, within)
        return None if lines.is_empty else middle_of_lines(lines)

    def may_go_on(self, place: int, within: BaseGeometry | None = None) -> bool:
        """Tell whether a street, or its part in an area, reaches the end of the extract."""
        return self._inner is not None and not self._inner.covers(self._part(place, within))

    @cached_property
    def _inner(self) -> BaseGeometry | None:
        extent = self.names.extent
        return None if extent is None else extent.buffer(-_EDGE_DEG)

    def _part(self, place: int, within: BaseGeometry | None) -> BaseGeometry:
        lines: BaseGeometry = self.streets[place].lines
        return lines if within is None else lines.intersection(within)


def middle_of_lines(lines: BaseGeometry) -> Spot:
    """Return a point on lines (EPSG:4326) about in their middle, and how far their farthest end is."""
    lon, lat = shapely.get_coordinates(lines).T
    scale = np.array([math.cos(math.radians(float(lat.mean()))), 1.0])
    plane = shapely.transform(lines, lambda xy: xy * scale)
    centre = shapely.centroid(shapely.minimum_bounding_circle(plane))
    ends = shapely.get_coordinates(shapely.shortest_line(plane, centre))
    here_lon, here_lat = (ends[0] / scale).round(7).tolist()
    # A straight piece is nowhere farther than at one of its ends.
    reach_m = float(np.max(geodesic_m(here_lon, here_lat, lon, lat)))
    return Spot(here_lon, here_lat, reach_m)


def _gathered(pairs: Iterable[tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, dict[int, None]] = {}
    for name, place in pairs:
        found.setdefault(name, {})[place] = None
    return {name: tuple(places) for name, places in found.items()}


def _is_chinese(name: str) -> bool:
    return any(sign > "\u2e7f" for sign in name)


def _in_latin(street: Street) -> Iterable[str]:
    """Yield what a street may be called in Latin letters: 香港中路 is also Xianggang Middle Road."""
    for name, (_, pinyin, _) in zip(street.names, street.sounds, strict=True):
        folded = folded_street(name)
        if not _is_chinese(folded):
            yield folded.replace(" ", "")
            continue
        for spoken in pinyin.split(" "):
            yield spoken
            for kind, sound, words in _KINDS:
                if folded.endswith(kind) and spoken.endswith(sound):
                    yield from _translated(folded[: -len(kind)], spoken[: -len(sound)], words)
                    break


def _translated(name: str, spoken: str, kinds: tuple[str, ...]) -> Iterable[str]:
    sound, side = _SIDES.get(name[-1:], ("", ""))
    for kind in kinds:
        yield spoken + kind
        if side and spoken.endswith(sound):
            yield spoken.removesuffix(sound) + side + kind
