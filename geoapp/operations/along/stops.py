"""A stop as somebody writes it: a position, or words that are searched for."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_SEARCH_CHARACTERS
from geoapp.operations.along.question import Place
from geoapp.operations.search.find import SearchService

_NUMBER: Final = r"(?<![\d.])(-?\d{1,3}(?:\.\d{1,20})?)"
# Longitude and latitude at the end, alone or in brackets behind a name; or alone with a blank between.
_POSITION: Final = re.compile(rf"^(.*?)\(?\s*{_NUMBER}\s*,\s*{_NUMBER}\s*\)?\s*$", re.ASCII)
_WITH_BLANK: Final = re.compile(r"^(-?\d+\.\d+)\s+(-?\d+\.\d+)$", re.ASCII)
_STANDS_SOMEWHERE: Final = ("facility", "region", "landmark", "street")


@dataclass(frozen=True, slots=True)
class Stop:
    """What was made of a stop's words; ``place`` is None where nothing was found, or what is no place."""

    words: str
    name: Text
    place: Place | None
    is_off_range: bool = False


def read_stop(search: SearchService, words: str) -> Stop:
    """Return a stop: the position that it ends with (WGS-84), else the best that its words find.

    Full-width digits and signs are read as the others; a position that is none has no place.
    """
    words = words.strip()[:MOST_SEARCH_CHARACTERS]
    plain = _WITH_BLANK.sub(r"\1,\2", unicodedata.normalize("NFKC", words))
    found = _POSITION.match(plain)
    if found is not None:
        lon, lat = float(found[2]), float(found[3])
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            return Stop(words, Text(words, words), None, is_off_range=True)
        name = found[1].strip() or f"{lon:g}, {lat:g}"
        return Stop(words, Text(name, name), (lon, lat))
    for hit in search.find(words, limit=8).hits:
        if hit.position is not None and hit.kind_of_hit in _STANDS_SOMEWHERE:
            return Stop(words, hit.name, hit.position)
    return Stop(words, Text(words, words), None)
