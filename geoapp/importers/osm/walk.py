"""The walkable part of an OpenStreetMap extract (``.osm.pbf``), as segments between its points.

Which ways may be walked is said once, in ``RULES`` and the access words below; `docs/network.md`
shows them. One-way signs do not bind people on foot. Ferries are no walks: they have timetables.
"""

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import osmium
from numpy.typing import NDArray
from pyproj import Geod

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.walking import ACROSS_KIND
from geoapp.importers.osm.squares import Corner, Square, is_area

_GEOD = Geod(ellps="WGS84")
_DM = 10.0
_DEGREE = 1e7  # OpenStreetMap's own unit of coordinates
_NEVER = -(2**62)  # far below the numbers that editors give to points not yet uploaded

# highway -> whether people walk there: always, or only where foot or a sidewalk says so.
ALWAYS, WHERE_SAID = True, False
RULES: dict[str, bool] = {
    "footway": ALWAYS,
    "path": ALWAYS,
    "pedestrian": ALWAYS,
    "steps": ALWAYS,
    "corridor": ALWAYS,
    "crossing": ALWAYS,
    "platform": ALWAYS,
    "living_street": ALWAYS,
    "residential": ALWAYS,
    "service": ALWAYS,
    "unclassified": ALWAYS,
    "road": ALWAYS,
    "track": ALWAYS,
    "tertiary": ALWAYS,
    "tertiary_link": ALWAYS,
    "secondary": ALWAYS,
    "secondary_link": ALWAYS,
    "primary": ALWAYS,
    "primary_link": ALWAYS,
    "trunk": WHERE_SAID,
    "trunk_link": WHERE_SAID,
    "cycleway": WHERE_SAID,
    "bridleway": WHERE_SAID,
    "elevator": ALWAYS,
    # Everything else is not walked: motorways, construction, proposals, raceways, busways.
}
# What is walked on without being a highway: key and value -> class.
BESIDE_HIGHWAYS: dict[tuple[str, str], str] = {
    ("railway", "platform"): "platform",
    ("public_transport", "platform"): "platform",
    ("man_made", "pier"): "pier",
}
CLASSES = (*RULES, "pier")
MAY = frozenset({"yes", "designated", "permissive", "official", "public", "destination"})
MAY_NOT = frozenset(
    {
        "no",
        "private",
        "customers",
        "delivery",
        "agricultural",
        "forestry",
        "military",
        "permit",
        "residents",
        "use_sidepath",
        "emergency",
    }
)
SIDEWALK = frozenset({"both", "left", "right", "yes", "separate"})

Progress = Callable[[int], None]
_TOLD_EVERY = 1000


@dataclass(frozen=True, slots=True)
class WalkSegments:
    """Straight pieces of walkable ways between points.

    Attributes
    ----------
    lon, lat
        Of each point, decimal degrees, EPSG:4326, float64.
    start, end
        Of each segment, positions among the points, int64.
    length_dm
        Of each segment, decimetres on the spheroid, int32, at least 1. Rounding does not add up:
        along a way, sums of lengths are within a decimetre.
    kind
        Of each segment, position among ``CLASSES``, uint8; `ACROSS_KIND` straight across a square.
    closed
        Of each point, whether a barrier that lets nobody through stands there; None = nowhere.
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    length_dm: NDArray[np.int32]
    kind: NDArray[np.uint8]
    closed: NDArray[np.bool_] | None = None


def class_of(tags: Mapping[str, str]) -> str | None:
    """Return the class of a way with these tags, one of ``CLASSES``; None if it is not walked."""
    highway = tags.get("highway")
    if highway is None:
        found = (name for key, name in BESIDE_HIGHWAYS.items() if tags.get(key[0]) == key[1])
        name = next(found, None)
    else:
        name = highway if highway in RULES else None
    if name is None or tags.get("motorroad") == "yes":
        return None
    foot = tags.get("foot")
    if foot in MAY_NOT:
        return None
    if foot in MAY:
        return name
    if tags.get("access") in MAY_NOT:
        return None
    said = (
        tags.get(key) in SIDEWALK
        for key in ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")
    )
    return name if RULES.get(name, ALWAYS) is ALWAYS or any(said) else None


def is_closed(tags: Mapping[str, str]) -> bool:
    """Tell whether a barrier on a point with these tags lets nobody through on foot."""
    if "barrier" not in tags:
        return False
    foot = tags.get("foot")
    if foot in MAY:
        return False
    return (
        foot in MAY_NOT
        or tags.get("access") in MAY_NOT
        or tags.get("locked") == "yes"
        or tags["barrier"] in ("wall", "fence")
    )


class _Gatherer:
    """Collects points and ways while the file is read: 20 bytes for each point of a way."""

    def __init__(self) -> None:
        self.closed: set[int] = set()
        self.ref, self.x, self.y = array("q"), array("i"), array("i")
        self.sizes, self.kinds = array("q"), array("B")
        self._begun = 0
        self._fresh = 0
        self.squares: list[Square] = []

    def _add(self, ref: int, x: int, y: int) -> None:
        self.ref.append(ref)
        self.x.append(x)
        self.y.append(y)

    def way(self, nodes: osmium.osm.WayNodeList, kind: int) -> None:
        """Add a way; at a closed barrier it ends, and goes on from a point of its own."""
        for node in nodes:
            if not node.location.valid():  # outside of the extract
                self._end(kind)
                continue
            x, y = node.x, node.y
            if node.ref not in self.closed:
                self._add(node.ref, x, y)
                continue
            for side in range(2):  # numbers that no other point has
                self._fresh -= 1
                self._add(_NEVER + self._fresh, x, y)
                if side == 0:
                    self._end(kind)
        self._end(kind)

    def corners(self, nodes: osmium.osm.WayNodeList) -> list[Corner]:
        """Return the points of a way that are in the extract and can be walked through."""
        return [
            (node.ref, node.x, node.y)
            for node in nodes
            if node.location.valid() and node.ref not in self.closed
        ]

    def cross_squares(self) -> None:
        """Add the lines across squares."""
        number, times = np.unique(np.frombuffer(self.ref, np.int64), return_counts=True)
        # The first point of a ring is its last one too.
        often = set(number[times > 1].tolist())
        for square in self.squares:
            for one, other in list(square.crossings(often)):
                self._add(*one)
                self._add(*other)
                self._end(ACROSS_KIND)

    def _end(self, kind: int) -> None:
        size = len(self.ref) - self._begun
        if size > 1:
            self.sizes.append(size)
            self.kinds.append(kind)
        elif size == 1:
            for values in (self.ref, self.x, self.y):
                values.pop()
        self._begun = len(self.ref)


def read_walk_segments(path: Path, progress: Progress | None = None) -> WalkSegments:
    """Read the walkable ways of an extract.

    Parameters
    ----------
    progress
        Told now and then how many points and ways of streets and barriers were read; how many
        there will be is not known.

    Raises
    ------
    UnusableInputError
        If the file cannot be read, is cut off or is not an OpenStreetMap file, or if nobody can
        walk anywhere in it.
    """
    gathered = _Gatherer()
    try:
        if not path.is_file() or path.stat().st_size == 0:
            raise _unusable(path, "不存在或是空的", "does not exist or is empty")
        entities = osmium.osm.NODE | osmium.osm.WAY
        read = osmium.FileProcessor(str(path), entities).with_locations()
        keys = {"highway", "barrier", *(key for key, _ in BESIDE_HIGHWAYS)}
        read.with_filter(osmium.filter.KeyFilter(*keys))
        for number, one in enumerate(read, start=1):
            if progress is not None and number % _TOLD_EVERY == 0:
                progress(number)
            tags = dict(one.tags)
            if isinstance(one, osmium.osm.Node):
                if is_closed(tags):
                    gathered.closed.add(one.id)
            elif isinstance(one, osmium.osm.Way) and (name := class_of(tags)) is not None:
                gathered.way(one.nodes, CLASSES.index(name))
                if one.is_closed() and is_area(tags):
                    outer = [gathered.corners(one.nodes)]
                    gathered.squares.append(Square(CLASSES.index(name), outer))
        _add_multipolygons(path, gathered)
        gathered.cross_squares()
    except (RuntimeError, ValueError) as error:
        raise _unusable(path, f"无法读取（{error}）", f"cannot be read ({error})") from None
    if not gathered.sizes:
        raise _unusable(path, "里没有可以步行的道路", "has no ways to walk on")
    return _segments(gathered)


def _add_multipolygons(path: Path, gathered: _Gatherer) -> None:
    """Add the edges of areas that are relations; their ways often have no tags of their own."""
    member_of: dict[int, list[tuple[Square, bool]]] = {}
    relations = osmium.FileProcessor(str(path), osmium.osm.RELATION)
    for one in relations.with_filter(osmium.filter.TagFilter(("type", "multipolygon"))):
        name = class_of(dict(one.tags))
        if not isinstance(one, osmium.osm.Relation) or name is None:
            continue
        square = Square(CLASSES.index(name))
        gathered.squares.append(square)
        for member in one.members:
            if member.type == "w":
                member_of.setdefault(member.ref, []).append((square, member.role == "inner"))
    if not member_of:
        return
    ways = osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations()
    ways.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
    for way in ways.with_filter(osmium.filter.IdFilter(member_of)):
        if not isinstance(way, osmium.osm.Way):
            continue
        for square, is_inner in member_of[way.id]:
            (square.inner if is_inner else square.outer).append(gathered.corners(way.nodes))
            if class_of(dict(way.tags)) is None:  # else it was added as a way
                gathered.way(way.nodes, square.kind)


def _unusable(path: Path, zh: str, en: str) -> UnusableInputError:
    return UnusableInputError(Text(f"文件 {path.name} {zh}。", f"{path.name} {en}."))


def _segments(gathered: _Gatherer) -> WalkSegments:
    ref = np.frombuffer(gathered.ref, np.int64)
    number, first_seen, points = np.unique(ref, return_index=True, return_inverse=True)
    lon = np.frombuffer(gathered.x, np.int32)[first_seen] / _DEGREE
    lat = np.frombuffer(gathered.y, np.int32)[first_seen] / _DEGREE
    sizes = np.frombuffer(gathered.sizes, np.int64)
    way = np.repeat(np.arange(len(sizes)), sizes)
    within = way[1:] == way[:-1]
    start, end = points[:-1][within], points[1:][within]
    length_m = np.asarray(_GEOD.inv(lon[start], lat[start], lon[end], lat[end])[2])
    kind = np.frombuffer(gathered.kinds, np.uint8)[way[1:][within]]
    # Rounded sums along each way, so that roundings do not add up over its many short pieces.
    reached = np.cumsum(length_m)
    first = np.searchsorted(way[1:][within], np.arange(len(sizes)))
    before = np.repeat(np.concatenate([[0.0], reached])[first], sizes - 1)
    rounded = np.round((reached - before) * _DM)
    is_first = np.zeros(len(start), dtype=bool)
    is_first[first] = True
    previous = np.where(is_first, 0.0, np.concatenate([[0.0], rounded[:-1]]))
    length_dm = np.maximum(rounded - previous, 1).astype(np.int32)
    loop = start == end
    start, end, length_dm, kind = start[~loop], end[~loop], length_dm[~loop], kind[~loop]
    return WalkSegments(lon, lat, start, end, length_dm, kind, number <= _NEVER)
