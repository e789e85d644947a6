"""The timetabled places of facilities that move: a JSON list in one cell."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from geoapp.core.geo import to_wgs84
from geoapp.importers.problems import Findings
from geoapp.importers.rows import cells
from geoapp.importers.rows.hours import read_hours
from geoapp.importers.rows.place_checks import PlaceRules

MOST_PLACES = 1000
_KEYS = frozenset(
    {
        "lon",
        "lat",
        "geometry",
        "label_zh",
        "label_en",
        "valid_from",
        "valid_to",
        "opening_hours",
    }
)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """Where a facility stands in a period (both days inclusive), WGS-84; None is open or unknown."""

    lon: float
    lat: float
    label_zh: str | None
    label_en: str | None
    valid_from: date | None
    valid_to: date | None
    opening_hours: str | None


def read_places(found: Findings, cell: Any, rules: PlaceRules) -> tuple[PlaceRow, ...]:
    """Return the places that a cell lists, or note what is wrong; coordinates in the file's datum."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return ()
    places = cell
    if isinstance(cell, str):
        try:
            places = orjson.loads(cell)
        except orjson.JSONDecodeError:
            places = None
    if not isinstance(places, list) or not all(isinstance(place, dict) for place in places):
        return _refuse(found, cell)
    if len(places) > MOST_PLACES or any(set(place) - _KEYS for place in places):
        return _refuse(found, cell)
    before = len(found.problems)
    rows = [_read_place(found, place, rules) for place in places]
    if len(found.problems) > before:
        return ()
    return tuple(row for row in rows if row is not None)


def _refuse(found: Findings, cell: Any) -> tuple[PlaceRow, ...]:
    found.add(
        "places",
        cell,
        "bad_places",
        f"places（流动地点）应为 JSON 数组（最多 {MOST_PLACES} 项），每项含 lon、lat，可含 label_zh、"
        "label_en、valid_from、valid_to、opening_hours。",
        f"places must be a JSON list (of at most {MOST_PLACES}) of objects with lon and lat, and "
        "optionally label_zh, label_en, valid_from, valid_to, opening_hours.",
    )
    return ()


def _read_place(found: Findings, place: dict[str, Any], rules: PlaceRules) -> PlaceRow | None:
    geometry = place.get("geometry")
    if isinstance(geometry, dict) and geometry.get("type") == "Point":
        pair = geometry.get("coordinates")
        ends = pair[:2] if isinstance(pair, list) and len(pair) >= 2 else (None, None)
    else:
        ends = (place.get("lon"), place.get("lat"))
    lon, lat = (cells.number_of(end) for end in ends)
    if lon is None or lat is None or not (abs(lon) <= 180 and abs(lat) <= 90):
        found.add(
            "places",
            place,
            "bad_places",
            "places 中的 lon、lat 应为有效的经纬度。",
            "lon and lat in places must be valid degrees.",
        )
        return None
    lon, lat = to_wgs84(lon=lon, lat=lat, datum=rules.datum_of(found.line))
    starts = cells.read_date(found, "places", place.get("valid_from"))
    ends_on = cells.read_date(found, "places", place.get("valid_to"))
    if starts and ends_on and ends_on < starts:
        found.add(
            "places",
            f"{starts} - {ends_on}",
            "dates_reversed",
            "places 中的 valid_to 早于 valid_from。",
            "valid_to is before valid_from in places.",
        )
    return PlaceRow(
        lon=lon,
        lat=lat,
        label_zh=cells.read_text(found, "places", place.get("label_zh")),
        label_en=cells.read_text(found, "places", place.get("label_en")),
        valid_from=starts,
        valid_to=ends_on,
        opening_hours=read_hours(found, "places", place.get("opening_hours"))[0],
    )
