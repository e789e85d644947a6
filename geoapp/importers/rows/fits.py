"""What the cells of a column must be like to suit a field."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from geoapp.core import hours as core_hours
from geoapp.core.i18n import Text
from geoapp.core.phones import says_none
from geoapp.core.vocabulary import amenity_of, kind_at_end, kind_of
from geoapp.core.words import ACCESS_TEXT, STATUS_TEXT
from geoapp.importers.rows.cells import WHOLE, split_list
from geoapp.importers.rows.days import is_date, is_rough_date
from geoapp.importers.rows.degrees import read_angle, read_pair
from geoapp.importers.rows.region_names import RegionNames

_PHONE: Final = re.compile(
    r"(?:\+?86[- ]?)?(?:1[3-9]\d{9}|0\d{2,3}[- )]?\d{7,8}|400[- ]?\d{3}[- ]?\d{4})"
)
_REGION_CODE: Final = re.compile(r"\d{6}(?:\d{3})?(?:\d{3})?")


def _is_kind(cell: Any) -> bool:
    return isinstance(cell, str) and (kind_of(cell) or kind_at_end(cell)) is not None


def _is_pair(cell: Any) -> bool:
    return read_pair(cell) is not None


def _is_hours(cell: Any) -> bool:
    return (
        isinstance(cell, str)
        and len(cell) > 3
        and not is_date(cell)
        and read_angle(cell) is None
        and core_hours.read_or_keep(cell)[1]
    )


def _is_phone(cell: Any) -> bool:
    return _PHONE.fullmatch(str(cell).strip()) is not None


def _is_lon(cell: Any) -> bool:
    return _is_degrees(cell, 73, 136)


def _is_lat(cell: Any) -> bool:
    return _is_degrees(cell, 3, 54)


def _is_degrees(cell: Any, least: float, most: float) -> bool:
    """Tell whether a cell is a coordinate within China to a hundred metres or better."""
    found = read_angle(cell)
    if found is None or not least <= found.value <= most:
        return False
    return found.axis is not None or not float(found.value * 100).is_integer()


def _is_rough_date_or_none(cell: Any) -> bool:
    return is_rough_date(cell) or says_none(str(cell))


def _is_amenities(cell: Any) -> bool:
    parts = split_list(cell)
    return bool(parts) and all(amenity_of(part) is not None for part in parts)


CONTENT: Final[dict[str, Callable[[Any], bool]]] = {
    "kind": _is_kind,
    "lonlat": _is_pair,
    "lon": _is_lon,
    "lat": _is_lat,
    "opening_hours": _is_hours,
    "phone": _is_phone,
    "amenities": _is_amenities,
}


def names_regions(regions: RegionNames) -> Callable[[Any], bool]:
    """Return what tells cells that have a region's code or name, though it may be that of several."""
    return lambda cell: (
        _REGION_CODE.fullmatch(str(cell).strip()) is not None or bool(regions.codes_of(str(cell)))
    )


def _names_of(texts: Mapping[Any, Text]) -> Callable[[Any], bool]:
    """Return what tells the fixed words of a column, by code or name."""
    words = {
        name.casefold() for word, text in texts.items() for name in (str(word), text.zh, text.en)
    }
    return lambda cell: str(cell).strip().casefold() in words


STRICT: Final[dict[str, Callable[[Any], bool]]] = {
    "kind": _is_kind,
    "lonlat": _is_pair,
    "amenities": _is_amenities,
    "opened_on": _is_rough_date_or_none,
    "closed_on": _is_rough_date_or_none,
    "verified_on": is_date,
    "status": _names_of(STATUS_TEXT),
    "access": _names_of(ACCESS_TEXT),
    "capacity": lambda cell: WHOLE.fullmatch(str(cell).strip()) is not None,
    "address": lambda cell: not _is_pair(cell),
    "region": lambda cell: _REGION_CODE.fullmatch(str(cell).strip()) is not None,
}
