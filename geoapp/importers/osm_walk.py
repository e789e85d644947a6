"""The walkable part of an OpenStreetMap extract (``.osm.pbf``), as segments between its points.

Which ways may be walked is said once, in ``RULES`` and the access words below; `docs/network.md`
shows them. One-way signs do not bind people on foot. Ferries are no walks: they have timetables.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import osmium
from numpy.typing import NDArray
from pyproj import Geod

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text

_GEOD = Geod(ellps="WGS84")
_DM = 10.0

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
    # Everything else is not walked: motorways, construction, proposals, raceways, busways.
}
CLASSES = tuple(RULES)
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

Progress = Callable[[float], None]


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
        Of each segment, position among ``CLASSES``, uint8.
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    length_dm: NDArray[np.int32]
    kind: NDArray[np.uint8]


def is_walkable(tags: Mapping[str, str]) -> bool:
    """Tell whether people may walk along a way with these tags."""
    rule = RULES.get(tags.get("highway", ""))
    if rule is None or tags.get("motorroad") == "yes":
        return False
    foot = tags.get("foot")
    if foot in MAY_NOT:
        return False
    if foot in MAY:
        return True
    if tags.get("access") in MAY_NOT:
        return False
    if rule is ALWAYS:
        return True
    return any(
        tags.get(name) in SIDEWALK
        for name in ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")
    )


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
    """Collects points and segments while the file is read."""

    def __init__(self) -> None:
        self.closed: set[int] = set()
        self.place_of: dict[int, int] = {}
        self.lon: list[float] = []
        self.lat: list[float] = []
        self.runs: list[tuple[list[int], int]] = []

    def _add(self, node: osmium.osm.NodeRef, *, anew: bool) -> int:
        place = None if anew else self.place_of.get(node.ref)
        if place is None:
            place = len(self.lon)
            self.lon.append(node.lon)
            self.lat.append(node.lat)
            if not anew:
                self.place_of[node.ref] = place
        return place

    def way(self, nodes: list[osmium.osm.NodeRef], kind: int) -> None:
        """Add a way; at a closed barrier it ends, and goes on from a point of its own."""
        run: list[int] = []
        for node in nodes:
            if not node.location.valid():  # outside of the extract
                self._end(run, kind)
                run = []
                continue
            shut = node.ref in self.closed
            run.append(self._add(node, anew=shut))
            if shut:
                self._end(run, kind)
                run = [self._add(node, anew=True)]
        self._end(run, kind)

    def _end(self, run: list[int], kind: int) -> None:
        if len(run) > 1:
            self.runs.append((run, kind))


def read_walk_segments(path: Path, progress: Progress | None = None) -> WalkSegments:
    """Read the walkable ways of an extract.

    Parameters
    ----------
    progress
        Told the share that is read, 0 to 1.

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
        read.with_filter(osmium.filter.KeyFilter("highway", "barrier"))
        for one in read:
            tags = dict(one.tags)
            if isinstance(one, osmium.osm.Node):
                if is_closed(tags):
                    gathered.closed.add(one.id)
            elif isinstance(one, osmium.osm.Way) and is_walkable(tags):
                gathered.way(list(one.nodes), CLASSES.index(tags["highway"]))
    except (RuntimeError, ValueError) as error:
        raise _unusable(path, f"无法读取（{error}）", f"cannot be read ({error})") from None
    if progress is not None:
        progress(0.8)
    if not gathered.runs:
        raise _unusable(path, "里没有可以步行的道路", "has no ways to walk on")
    segments = _segments(gathered)
    if progress is not None:
        progress(1.0)
    return segments


def _unusable(path: Path, zh: str, en: str) -> UnusableInputError:
    return UnusableInputError(Text(f"文件 {path.name} {zh}。", f"{path.name} {en}."))


def _segments(gathered: _Gatherer) -> WalkSegments:
    lon, lat = np.array(gathered.lon), np.array(gathered.lat)
    sizes = np.array([len(run) for run, _ in gathered.runs])
    points = np.concatenate([np.array(run) for run, _ in gathered.runs])
    way = np.repeat(np.arange(len(sizes)), sizes)
    within = way[1:] == way[:-1]
    start, end = points[:-1][within], points[1:][within]
    length_m = np.asarray(_GEOD.inv(lon[start], lat[start], lon[end], lat[end])[2])
    kind = np.array([kind for _, kind in gathered.runs], dtype=np.uint8)[way[1:][within]]
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
    return WalkSegments(lon, lat, start[~loop], end[~loop], length_dm[~loop], kind[~loop])
