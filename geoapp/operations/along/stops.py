"""A stop as somebody writes it: a position, or words that are searched for."""

import re
from dataclasses import dataclass
from typing import Final

from geoapp.core.geo import check_lonlat
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_SEARCH_CHARACTERS
from geoapp.operations.along.question import Place
from geoapp.operations.search.find import SearchService

_NUMBER: Final = r"(-?\d{1,3}(?:\.\d{1,12})?)"
# Longitude and latitude at the end, alone or in brackets behind a name.
_POSITION: Final = re.compile(
    rf"^(.*?)[(（]?\s*{_NUMBER}\s*[,，]\s*{_NUMBER}\s*[)）]?\s*$", re.ASCII
)
_STANDS_SOMEWHERE: Final = ("facility", "region", "landmark", "street")


@dataclass(frozen=True, slots=True)
class Stop:
    """What was made of a stop's words; ``place`` is None where nothing was found."""

    words: str
    name: Text
    place: Place | None


def read_stop(search: SearchService, words: str) -> Stop:
    """Return a stop: the position that it ends with (WGS-84), else the best that its words find.

    Raises
    ------
    InvalidValueError
        If it is a position that is none.
    """
    words = words.strip()[:MOST_SEARCH_CHARACTERS]
    found = _POSITION.match(words)
    if found is not None:
        lon, lat = float(found[2]), float(found[3])
        check_lonlat(lon, lat)
        name = found[1].strip() or f"{lon:g}, {lat:g}"
        return Stop(words, Text(name, name), (lon, lat))
    for hit in search.find(words, limit=8).hits:
        if hit.position is not None and hit.kind_of_hit in _STANDS_SOMEWHERE:
            return Stop(words, hit.name, hit.position)
    return Stop(words, Text(words, words), None)
