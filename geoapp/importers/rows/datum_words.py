"""What lists say of their datum in so many words: in a cell, in a heading, above two headings."""

import re
from collections.abc import Sequence
from typing import Any, Final

from pyproj import CRS
from pyproj.exceptions import CRSError

from geoapp.core.words import Datum

_WORDS: Final = (
    (Datum.GCJ02, ("gcj", "高德", "腾讯", "火星", "国测局", "amap", "tencent")),
    (Datum.BD09, ("bd09", "bd-09", "bd_09", "百度", "baidu")),
    (
        Datum.CGCS2000,
        ("cgcs", "国家2000", "2000国家", "国家大地", "天地图", "tianditu", "epsg:4490"),
    ),
    (Datum.WGS84, ("wgs", "gps", "84坐标", "epsg:4326")),
)
_EPSG: Final = re.compile(r"EPSG\s*[:：]?\s*(\d{4,5})(?!\d)", re.IGNORECASE)
_MOST_IN_CELL: Final = 30
_MOST_IN_HEADING: Final = 60
_COORDINATES: Final = ("lon", "lat", "lonlat", "geometry_wkt")
# Of several coordinates of one place, those that were measured go before those that a map service moved.
PREFERRED: Final = (Datum.WGS84, Datum.CGCS2000, Datum.GCJ02, Datum.BD09)


def datum_in(cell: Any) -> Datum | None:
    """Return the datum that a cell names by itself or by a map service; None if it names none."""
    return _named(cell, _MOST_IN_CELL)


def datum_of_heading(name: Any) -> Datum | None:
    """Return the datum that a heading or title such as ``位置（高德）`` or ``经度(GCJ-02)`` names; None if none."""
    return _named(name, _MOST_IN_HEADING)


def heading_datum(names: Sequence[str], fields: Sequence[str | None]) -> tuple[Datum, str] | None:
    """Return the datum that the headings of the coordinates name, and the heading; None where none.

    Parameters
    ----------
    fields
        What each column is read as. Two numbers go before a pair in one cell, as when they are read.
    """
    has_two = {"lon", "lat"} <= set(fields)
    used = [
        name
        for name, field in zip(names, fields, strict=False)
        if field in _COORDINATES and not (has_two and field == "lonlat")
    ]
    named = {datum: name for name in reversed(used) if (datum := datum_of_heading(name))}
    return next(iter(named.items())) if len(named) == 1 else None


def heading_crs(names: Sequence[str], fields: Sequence[str | None]) -> str | None:
    """Return the system that the headings of eastings and northings name, as ``EPSG:4549``; None if none."""
    used = [
        name
        for name, field in zip(names, fields, strict=False)
        if field in ("lon", "lat", "lonlat")
    ]
    codes = {found[1] for name in used if (found := _EPSG.search(name)) is not None}
    code = codes.pop() if len(codes) == 1 else None
    try:
        return f"EPSG:{code}" if code and CRS.from_epsg(code).is_projected else None
    except CRSError:
        return None


def _named(words: Any, most: int) -> Datum | None:
    text = str("" if words is None else words).casefold()
    named = [datum for datum, marks in _WORDS if any(mark in text for mark in marks)]
    return named[0] if len(named) == 1 and len(text) <= most else None
