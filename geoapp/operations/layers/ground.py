"""What lies below a map of layers whether or not there are streets: districts, and names to find one's way by."""

import re
from collections.abc import Sequence
from typing import Any, Final

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.core.geo import geometry_from_wgs84
from geoapp.core.i18n import Language, Text
from geoapp.core.parsing import Bbox
from geoapp.core.words import Datum, Level
from geoapp.maps.page import Outlines, PlaceName
from geoapp.maps.seas import sea_near
from geoapp.operations.facilities.landmarks import landmarks
from geoapp.operations.facilities.vocabularies import read_region_shapes
from geoapp.store.engine import Database
from geoapp.store.regions import RegionShape

ROUGH_NAMES: Final = Text(
    "街区名的位置约略，可能差 1 公里", "Names of quarters stand roughly, up to 1 km off"
)
NOT_ALL_OUTLINES: Final = Text(
    "区界太多，文件里只有所画范围的", "Too many outlines: the file holds those of its extent alone"
)
MOST_BYTES: Final = 1_000_000
"""Of the outlines in a page that carries them."""
SHOWN_M: Final = 60.0
"""How far, about, an outline may lie off on a screen; in a file that would be too large, further."""
_COARSER_M: Final = (SHOWN_M, 250.0, 1_000.0)
_MARGIN_DEG: Final = 0.5
_IN_BRACKETS = re.compile(r"\s*[(（].*$")


def outlines_below(
    database: Database, language: Language, extent: Bbox | None, *, inline: bool, streets: bool
) -> tuple[Outlines | None, bool]:
    """Return the districts below a map, and whether none were left out for the page's size.

    Parameters
    ----------
    extent
        West, south, east, north (degrees, EPSG:4326) of what is drawn; None if that is nothing.
    inline
        Whether the page carries them; else it asks for them as all pages do.
    streets
        Whether there are streets, which have the names of quarters themselves.
    """
    shapes = _with_outlines(database, SHOWN_M)
    if not shapes:
        return None, True
    names = [_district(shape, properties, language) for shape, properties in shapes]
    if not streets:
        marks = landmarks({properties["code"] for _, properties in shapes})
        names += [PlaceName(one.plain_name.pick(language), one.lon, one.lat, None) for one in marks]
    address = f"/api/v1/regions?level={Level.DISTRICT}&datum={Datum.WGS84}&simplify_m={SHOWN_M:.0f}"
    if not inline:
        return Outlines(address, None, names), True
    inside, whole = _inside(database, extent)
    west, south, east, north = shapely.total_bounds([shape for shape, _ in shapes]).tolist()
    sea = None if streets else sea_near((west, south, east, north)).decode()
    return Outlines("", inside, names, sea), whole


def _inside(database: Database, extent: Bbox | None) -> tuple[str, bool]:
    """Return as many outlines, as fine, as a file has room for: all of them, coarser; else those near by."""
    frames = [None] if extent is None else [None, shapely.box(*extent).buffer(_MARGIN_DEG)]
    for frame in frames:
        for metres in _COARSER_M:
            shapes = [
                shape
                for shape, _ in _with_outlines(database, metres)
                if frame is None or shape.intersects(frame)
            ]
            told = _geojson(shapes)
            if len(told) <= MOST_BYTES:
                return told, frame is None
    return _geojson([]), False


def _with_outlines(
    database: Database, simplify_m: float
) -> list[tuple[BaseGeometry, dict[str, Any]]]:
    rows: Sequence[RegionShape] = read_region_shapes(
        database, Level.DISTRICT, None, simplify_m=simplify_m
    )
    return [
        (shapely.from_wkb(row.geometry_wkb), row.properties)
        for row in rows
        if row.geometry_wkb is not None
    ]


def _geojson(shapes: Sequence[BaseGeometry]) -> str:
    features = [
        {
            "type": "Feature",
            "properties": {},
            "geometry": geometry_from_wgs84(shapely.to_wkb(shape), Datum.WGS84),
        }
        for shape in shapes
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features}).decode()


def _district(shape: BaseGeometry, properties: dict[str, Any], language: Language) -> PlaceName:
    parts = shapely.get_parts(shape)
    inside = shapely.point_on_surface(parts[shapely.area(parts).argmax()])
    name = (language == "en" and properties["name_en"]) or properties["name_zh"]
    west, south, east, north = shape.bounds
    return PlaceName(_IN_BRACKETS.sub("", name), inside.x, inside.y, (west, south, east, north))
