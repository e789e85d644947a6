"""A stop as somebody writes it: a position, or words that are searched for."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_SEARCH_CHARACTERS
from geoapp.operations.along.question import Place
from geoapp.operations.search.find import SearchService
from geoapp.operations.search.spots import ONLY_THE_PLACE

_NUMBER: Final = r"(?<![\d.])(-?\d{1,3}(?:\.\d{1,20})?)\s*(°?)"
# Longitude and latitude at the end, alone or in brackets behind a name; or alone with a blank between.
_POSITION: Final = re.compile(rf"^(.*?)(\(?)\s*{_NUMBER}\s*,\s*{_NUMBER}\s*\)?\s*$", re.ASCII)
_WITH_BLANK: Final = re.compile(r"^(-?\d+\.\d+)\s+(-?\d+\.\d+)$", re.ASCII)
# Whole degrees that may be meant for a place in China.
_CHINA_LON: Final = (73, 136)
_CHINA_LAT: Final = (3, 54)
_STANDS_SOMEWHERE: Final = ("facility", "region", "landmark", "street")


@dataclass(frozen=True, slots=True)
class Stop:
    """What was made of a stop's words.

    Attributes
    ----------
    place
        None where nothing was found, or what is no place.
    is_off_range
        Whether it is a position that is none.
    is_rough
        Whether only the place was recognised that the words begin with ("市南区香港中路 999 号": the district).
    """

    words: str
    name: Text
    place: Place | None
    is_off_range: bool = False
    is_rough: bool = False


def read_stop(search: SearchService, words: str) -> Stop:
    """Return a stop: the position that it ends with (WGS-84), else the best that its words find."""
    words = words.strip()[:MOST_SEARCH_CHARACTERS]
    position = read_position(words)
    if position is not None:
        return position
    for hit in search.find(words, limit=8).hits:
        if hit.position is not None and hit.kind_of_hit in _STANDS_SOMEWHERE:
            is_rough = hit.context == ONLY_THE_PLACE
            return Stop(words, hit.name, hit.position, is_rough=is_rough)
    return Stop(words, Text(words, words), None)


def read_position(words: str) -> Stop | None:
    """Return the stop whose position stands in its words, None where no position does.

    Full-width digits and signs are read as the others; a position that is none has no place. Whole numbers
    behind words are houses ("香港中路12,14"). The phone reads them by the same cases
    (``static/js/worker/along/positions.js``, ``tests/js/worker/along/positions.json``).
    """
    plain = _WITH_BLANK.sub(r"\1,\2", unicodedata.normalize("NFKC", words))
    found = _POSITION.match(plain)
    if found is None or not _are_degrees(found):
        return None
    lon, lat = float(found[3]), float(found[5])
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        return Stop(words, Text(words, words), None, is_off_range=True)
    name = found[1].strip() or f"{lon:g}, {lat:g}"
    return Stop(words, Text(name, name), (lon, lat))


def _are_degrees(found: re.Match[str]) -> bool:
    """Tell whether two numbers are meant for degrees: by point or sign; else alone, and some of China's."""
    name, bracket, lon, lon_sign, lat, lat_sign = found.groups()
    if "." in lon + lat or lon_sign or lat_sign:
        return True
    is_apart = bool(bracket) or not name.strip()
    return is_apart and any(
        _CHINA_LON[0] <= float(east) <= _CHINA_LON[1]
        and _CHINA_LAT[0] <= float(north) <= _CHINA_LAT[1]
        for east, north in ((lon, lat), (lat, lon))
    )
