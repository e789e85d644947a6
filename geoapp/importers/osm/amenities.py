"""Public places of an OpenStreetMap extract (``.osm.pbf``) as a table of facilities.

What becomes a facility is said once, in ``OFFERS``. A place offers what its tag means (a toilet has
a toilet) and what further tags say, yes or no; the rest stays unknown. What is private or not for
people who need a rest (bomb shelters) is left out.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import osmium
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.words import OSM_ATTRIBUTION
from geoapp.importers.formats.table import Record, Table

COLUMNS = (
    "code",
    "kind",
    "name_zh",
    "name_en",
    "lon",
    "lat",
    "opened_on",
    "verified_on",
    "opening_hours",
    "amenities",
    "no_amenities",
    "entry",
    "access",
    "address",
    "phone",
    "operator",
    "source",
    "fee",
    "website",
)
_GEOD = Geod(ellps="WGS84")
_WKB = osmium.geom.WKBFactory()
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Offer:
    """What a value of the tag ``amenity`` becomes; ``name`` is for places without one."""

    kind: str
    name: Text
    amenities: tuple[str, ...] = ()


OFFERS: dict[str, Offer] = {
    "toilets": Offer("public_toilet", Text("公共厕所", "Public toilet"), ("toilet",)),
    "drinking_water": Offer("water_point", Text("饮水点", "Drinking water"), ("drinking_water",)),
    "water_point": Offer("water_point", Text("饮水点", "Drinking water"), ("drinking_water",)),
    "bench": Offer("rest_spot", Text("长椅", "Bench"), ("seating",)),
    "lounger": Offer("rest_spot", Text("躺椅", "Lounger"), ("seating",)),
    "shelter": Offer("rest_spot", Text("避雨亭", "Shelter")),
    "library": Offer("library", Text("图书馆", "Library"), ("indoor_room", "books")),
    "community_centre": Offer("community_centre", Text("社区中心", "Community centre")),
    "marketplace": Offer("market", Text("市场", "Market")),
    "cafe": Offer("eatery", Text("咖啡馆", "Cafe"), ("meals",)),
    "fast_food": Offer("eatery", Text("快餐店", "Fast food"), ("meals",)),
    "food_court": Offer("eatery", Text("美食广场", "Food court"), ("meals",)),
}
# Further tags that say of an amenity that it is there, or (but for PART) that it is not.
SAID: dict[str, str] = {
    "toilets": "toilet",
    "drinking_water": "drinking_water",
    "wheelchair": "accessible",
    "internet_access": "wifi",
    "indoor_seating": "seating",
    "outdoor_seating": "seating",
    "bench": "seating",
    "air_conditioning": "air_conditioning",
    "heating": "heating",
    "shower": "shower",
    "changing_table": "nursing",
}
# Whoever has no chairs outside may have some inside.
PART = frozenset({"indoor_seating", "outdoor_seating", "bench"})
_THERE = frozenset({"yes", "wlan", "designated"})
_FOR_ANYONE = frozenset({"yes", "public", "permissive"})
_FOR_NOBODY = frozenset({"no", "private"})
_NO_REST = frozenset({"bomb_shelter", "gun_emplacement", "rock_shelter"})


@dataclass(frozen=True, slots=True)
class Extract:
    """What is said of an extract itself.

    ``bounds`` are west, south, east, north in EPSG:4326, None where the file does not say them.
    ``changed_on`` is the day of the newest change in it.
    """

    bounds: tuple[float, float, float, float] | None
    changed_on: date | None


def read_extract(path: Path) -> Extract:
    """Read what an extract says of itself.

    Raises
    ------
    UnusableInputError
        If the file cannot be read or is not an OpenStreetMap file.
    """
    try:
        box = osmium.FileProcessor(str(path)).header.box()
        read = osmium.FileProcessor(str(path)).with_filter(osmium.filter.EmptyTagFilter())
        stamps = (one.timestamp for one in read if not isinstance(one, osmium.osm.Changeset))
        newest = max(stamps, default=None)
    except RuntimeError as error:
        raise _unusable(path, error) from None
    bounds = None
    if box.valid():
        low, high = box.bottom_left, box.top_right
        bounds = (low.lon, low.lat, high.lon, high.lat)
    # Files without timestamps state the beginning of the clock.
    known = newest is not None and newest.year > 2000
    return Extract(bounds, newest.date() if newest is not None and known else None)


def open_amenities(path: Path) -> Table:
    """Open an extract as a table with the columns of a facility file; WGS-84.

    Raises
    ------
    UnusableInputError
        If the file cannot be read or is not an OpenStreetMap file.
    """
    changed = read_extract(path).changed_on
    source = OSM_ATTRIBUTION if changed is None else f"{OSM_ATTRIBUTION}, {changed.isoformat()}"
    return Table(list(COLUMNS), _records(path, source), has_geometry=False)


def read_buildings(path: Path) -> list[tuple[float, float, float]]:
    """Return a point inside each building (lon, lat, EPSG:4326) and its footprint in m2.

    Raises
    ------
    UnusableInputError
        If the file cannot be read or is not an OpenStreetMap file.
    """
    found = []
    for tags, shape, _code in _places(path, "building", lambda _tags: True):
        if shape.geom_type == "MultiPolygon" and tags["building"] != "no":
            point = shape.representative_point()
            area_m2 = abs(_GEOD.geometry_area_perimeter(shape)[0])
            found.append((round(point.x, 7), round(point.y, 7), area_m2))
    return found


def _records(path: Path, source: str) -> Iterator[Record]:
    for number, (tags, shape, code) in enumerate(_places(path, "amenity", is_offered), start=1):
        point = shape.representative_point()
        row = facility_cells(tags) | {
            "code": code,
            "lon": round(point.x, 7),
            "lat": round(point.y, 7),
            "source": source,
        }
        yield Record(number, [row.get(column) for column in COLUMNS])


def is_offered(tags: Mapping[str, str]) -> bool:
    """Tell whether a place with these tags becomes a facility."""
    return (
        tags.get("amenity") in OFFERS
        and tags.get("access") not in _FOR_NOBODY
        and tags.get("shelter_type") not in _NO_REST
    )


def facility_cells(tags: Mapping[str, str]) -> dict[str, str | None]:
    """Return the cells of a facility file that tags fill, by column."""
    offer = OFFERS[tags["amenity"]]
    there = list(offer.amenities)
    missing = []
    for key, code in SAID.items():
        value = tags.get(key)
        if value in _THERE:
            there.append(code)
        elif value == "no" and key not in PART:
            missing.append(code)
    name = tags.get("name")
    street, house = tags.get("addr:street"), tags.get("addr:housenumber")
    return {
        "kind": offer.kind,
        "name_zh": tags.get("name:zh") or name or offer.name.zh,
        "name_en": tags.get("name:en") or name or offer.name.en,
        "opened_on": _day(tags.get("start_date")),
        "verified_on": _day(tags.get("check_date")),
        "opening_hours": tags.get("opening_hours"),
        "amenities": ";".join(dict.fromkeys(there)),
        "no_amenities": ";".join(code for code in dict.fromkeys(missing) if code not in there),
        "entry": "staff" if tags.get("supervised") == "yes" else None,
        "access": "anyone" if tags.get("access") in _FOR_ANYONE else None,
        "address": f"{street} {house or ''}".strip() if street else None,
        "phone": tags.get("phone") or tags.get("contact:phone"),
        "operator": tags.get("operator"),
        "fee": tags.get("fee"),
        "website": tags.get("website") or tags.get("contact:website"),
    }


def _day(text: str | None) -> str | None:
    """Return a whole date; years and guesses (``1940``, ``~1900``) are no date."""
    if text is None or not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _places(
    path: Path, key: str, wanted: Callable[[Mapping[str, str]], bool]
) -> Iterator[tuple[dict[str, str], BaseGeometry, str]]:
    """Yield the tags, the geometry (EPSG:4326) and the code of places with a key.

    Areas come as MultiPolygon, ways that are no areas as LineString, nodes as Point. What lies
    partly outside of the extract is left out, since nobody knows its shape.
    """
    with_key = osmium.filter.KeyFilter(key)
    read = osmium.FileProcessor(str(path)).with_areas(with_key).with_filter(with_key)
    try:
        for one in read:
            tags = dict(one.tags)
            if not wanted(tags):
                continue
            if isinstance(one, osmium.osm.Node):
                yield tags, shapely.Point(one.lon, one.lat), f"osm-n{one.id}"
            elif isinstance(one, osmium.osm.Area):
                letter = "w" if one.from_way() else "r"
                shape = shapely.from_wkb(_WKB.create_multipolygon(one))
                yield tags, shape, f"osm-{letter}{one.orig_id()}"
            elif isinstance(one, osmium.osm.Way) and not one.is_closed():
                spots = [(node.lon, node.lat) for node in one.nodes if node.location.valid()]
                if len(spots) > 1:
                    yield tags, shapely.LineString(spots), f"osm-w{one.id}"
    except RuntimeError as error:
        raise _unusable(path, error) from None


def _unusable(path: Path, error: RuntimeError) -> UnusableInputError:
    return UnusableInputError(
        Text(f"文件 {path.name} 无法读取（{error}）。", f"{path.name} cannot be read ({error}).")
    )
