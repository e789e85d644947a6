"""What a base map shows of an OpenStreetMap extract, as lines of GeoJSON for a tiler.

What is shown, and from which zoom on, is said once, in the tables below; docs/howto/streets.md shows
them. A layer holds ``streets``, ``rail``, ``stations``, ``water``, ``waterways``, ``green``,
``squares``, ``buildings`` or ``places``; its features have a ``kind`` and names: ``name`` as it stands
there, ``zh`` and ``en`` where they are stated and differ.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

import orjson
import osmium
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_TILE_ZOOM
from geoapp.importers.osm.sea import sea_of

# highway -> (kind, least zoom)
STREETS: Final[dict[str, tuple[str, int]]] = {
    "motorway": ("motorway", 6),
    "trunk": ("trunk", 7),
    "primary": ("primary", 8),
    "secondary": ("secondary", 10),
    "tertiary": ("tertiary", 11),
    "motorway_link": ("motorway", 11),
    "trunk_link": ("trunk", 11),
    "primary_link": ("primary", 11),
    "secondary_link": ("secondary", 12),
    "tertiary_link": ("tertiary", 12),
    "residential": ("minor", 12),
    "unclassified": ("minor", 12),
    "living_street": ("minor", 12),
    "road": ("minor", 12),
    "pedestrian": ("minor", 13),
    "service": ("service", 13),
    "track": ("service", 13),
    "footway": ("path", 14),
    "path": ("path", 14),
    "steps": ("path", 14),
    "cycleway": ("path", 14),
    "bridleway": ("path", 14),
}
RAIL: Final = {"rail": 9, "subway": 11, "light_rail": 11, "tram": 13, "monorail": 11}
STATIONS: Final = {"station": 12, "halt": 13}
WATERWAYS: Final = {"river": 8, "canal": 10, "stream": 13, "ditch": 14, "drain": 14}
# place -> least zoom
PLACES: Final = {
    "city": 5,
    "town": 8,
    "county": 8,
    "district": 9,
    "borough": 10,
    "suburb": 10,
    "township": 11,
    "village": 12,
    "quarter": 12,
    "island": 12,
    "neighbourhood": 13,
    "hamlet": 13,
}
# key -> its values that are water, or green
WATER: Final = {
    "natural": frozenset({"water", "bay"}),
    "waterway": frozenset({"riverbank", "dock"}),
    "landuse": frozenset({"reservoir", "basin"}),
}
GREEN: Final = {
    "leisure": frozenset({"park", "garden", "pitch", "playground", "golf_course"}),
    "landuse": frozenset(
        {"forest", "grass", "meadow", "cemetery", "recreation_ground", "village_green"}
    ),
    "natural": frozenset({"wood", "scrub", "grassland", "heath"}),
}
_KEYS: Final = (
    "highway",
    "railway",
    "natural",
    "waterway",
    "landuse",
    "leisure",
    "building",
    "place",
)
_OUT_OF_SIGHT: Final = frozenset({"siding", "yard", "spur", "crossover"})
_TOLD_EVERY: Final = 5000
_CHINESE: Final = ("name:zh-Hans", "name:zh", "name:zh-CN")
_WKB: Final = osmium.geom.WKBFactory()

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class BaseMapFeatures:
    """What was written for the tiler.

    Attributes
    ----------
    counts
        How many features each layer has.
    incomplete
        Of how many the extract holds only a part, or no shape: of lines the rest is drawn, areas are
        left out.
    bounds
        West, south, east, north of what was written.
    """

    counts: dict[str, int]
    incomplete: int
    bounds: tuple[float, float, float, float]


def layer_of_line(tags: Mapping[str, str]) -> tuple[str, str, int] | None:
    """Return layer, kind and least zoom of a way with these tags; None if it is not shown."""
    if tags.get("area") == "yes":
        return None
    street = STREETS.get(tags.get("highway", ""))
    if street is not None:
        return "streets", *street
    rail = tags.get("railway", "")
    if rail in RAIL:
        return "rail", rail, MOST_TILE_ZOOM if tags.get("service") in _OUT_OF_SIGHT else RAIL[rail]
    waterway = tags.get("waterway", "")
    if waterway in WATERWAYS and tags.get("tunnel") in (None, "no"):
        return "waterways", waterway, WATERWAYS[waterway]
    return None


def layer_of_area(tags: Mapping[str, str]) -> tuple[str, str, int] | None:
    """Return layer, kind and least zoom of an area with these tags; None if it is not shown."""
    for layer, values, zoom in (("water", WATER, 7), ("green", GREEN, 9)):
        for key, known in values.items():
            if tags.get(key) in known:
                return layer, tags[key], zoom
    if tags.get("building", "no") != "no":
        return "buildings", "building", MOST_TILE_ZOOM
    if tags.get("area") == "yes" and tags.get("highway") in ("pedestrian", "footway"):
        return "squares", "square", 13
    return None


def layer_of_point(tags: Mapping[str, str]) -> tuple[str, str, int] | None:
    """Return layer, kind and least zoom of a point with these tags; None if it is not shown."""
    if not tags.get("name"):
        return None
    if tags.get("railway") in STATIONS:
        return "stations", tags["railway"], STATIONS[tags["railway"]]
    if tags.get("place") in PLACES:
        return "places", tags["place"], PLACES[tags["place"]]
    return None


def names_of(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the names of a feature; those in Chinese and English only where they say more."""
    name = tags.get("name", "")
    chinese = next((tags[key] for key in _CHINESE if tags.get(key)), "")
    english = tags.get("name:en", "")
    found = {"name": name or chinese or english}
    if chinese and chinese != found["name"]:
        found["zh"] = chinese
    if english and english != found["name"]:
        found["en"] = english
    return found if found["name"] else {}


def write_base_map_features(
    path: Path,
    target: Path,
    *,
    clip: BaseGeometry | None = None,
    progress: Progress | None = None,
) -> BaseMapFeatures:
    """Write what a base map shows of an extract, one GeoJSON feature a line.

    Parameters
    ----------
    clip
        Only what touches this is written, whole.
    progress
        Told now and then how much was read; how much there will be is not known.

    Raises
    ------
    UnusableInputError
        If the file cannot be read, is cut off or is not an OpenStreetMap file, or if it has no street.
    """
    try:
        if not path.is_file() or path.stat().st_size == 0:
            raise unusable(path, "不存在或是空的", "does not exist or is empty")
        box = osmium.FileProcessor(str(path)).header.box()
        with target.open("w", encoding="utf-8") as lines:
            writer = _Writer(lines, clip)
            for number, one in enumerate(_objects(path), start=1):
                if progress is not None and number % _TOLD_EVERY == 0:
                    progress(number)
                writer.take(one)
            extent = writer.bounds
            if box.valid():
                low, high = box.bottom_left, box.top_right
                extent = low.lon, low.lat, high.lon, high.lat
            writer.put_sea(extent)
    except (RuntimeError, ValueError) as error:
        raise unusable(path, f"无法读取（{error}）", f"cannot be read ({error})") from None
    if not writer.counts["streets"]:
        raise unusable(path, "里没有可以画的街道", "has no streets to draw")
    return BaseMapFeatures(dict(writer.counts), writer.incomplete, writer.bounds)


def _objects(path: Path) -> Iterator[Any]:
    wanted = osmium.filter.KeyFilter(*_KEYS)
    read = osmium.FileProcessor(str(path)).with_locations().with_areas(wanted).with_filter(wanted)
    return iter(read)


class _Writer:
    """Writes the features, counts them, and keeps the coastlines until the end."""

    def __init__(self, lines: TextIO, clip: BaseGeometry | None) -> None:
        self.counts: Counter[str] = Counter()
        self.incomplete = 0
        self.bounds = (180.0, 90.0, -180.0, -90.0)
        self._lines, self._clip = lines, clip
        self._coasts: list[BaseGeometry] = []
        if clip is not None:
            shapely.prepare(clip)

    def take(self, one: Any) -> None:
        """Write an object of the extract if it is shown."""
        tags = dict(one.tags)
        try:
            if isinstance(one, osmium.osm.Node):
                if (found := layer_of_point(tags)) is not None:
                    spot = shapely.Point(one.location.lon, one.location.lat)
                    self._put(found, spot, tags)
            elif isinstance(one, osmium.osm.Way):
                if tags.get("natural") == "coastline":
                    self._coasts.extend(self._lines_of(one))
                elif (found := layer_of_line(tags)) is not None:
                    for line in self._lines_of(one):
                        self._put(found, line, tags)
            elif isinstance(one, osmium.osm.Area):
                found = layer_of_area(tags)
                if found is not None:
                    self._put(found, shapely.from_wkb(_WKB.create_multipolygon(one)), tags)
        except (RuntimeError, osmium.InvalidLocationError):
            self.incomplete += 1  # an area cut by the extract's edge, or not a shape at all

    def _lines_of(self, way: osmium.osm.Way) -> list[BaseGeometry]:
        """Return a way as a line; as several where points between are not in the extract."""
        runs: list[list[tuple[float, float]]] = [[]]
        for node in way.nodes:
            if not node.location.valid():
                runs.append([])
            elif not runs[-1] or runs[-1][-1] != (node.lon, node.lat):
                runs[-1].append((node.lon, node.lat))
        self.incomplete += len(runs) > 1
        return [shapely.LineString(run) for run in runs if len(run) > 1]

    def put_sea(self, extent: tuple[float, float, float, float]) -> None:
        """Write the coast, and the sea where the coastlines say on which side it is."""
        for line in self._coasts:
            self._put(("water", "coast", 5), line, {})
        if self._coasts:
            for part in sea_of(self._coasts, extent):
                self._put(("water", "sea", 5), part, {})

    def _put(self, found: tuple[str, str, int], shape: BaseGeometry, tags: dict[str, str]) -> None:
        if self._clip is not None and not self._clip.intersects(shape):
            return
        layer, kind, zoom = found
        names = {} if layer in ("buildings", "green", "squares") else names_of(tags)
        feature = {
            "type": "Feature",
            "tippecanoe": {"layer": layer, "minzoom": zoom},
            "properties": {"kind": kind, **names},
            "geometry": shapely.geometry.mapping(shape),
        }
        self._lines.write(orjson.dumps(feature).decode() + "\n")
        self.counts[layer] += 1
        west, south, east, north = shape.bounds
        low, high = self.bounds[:2], self.bounds[2:]
        self.bounds = (
            min(low[0], west),
            min(low[1], south),
            max(high[0], east),
            max(high[1], north),
        )


def unusable(path: Path, zh: str, en: str) -> UnusableInputError:
    """Return what is said of an extract that cannot be used."""
    return UnusableInputError(Text(f"文件 {path.name} {zh}。", f"{path.name} {en}."))
