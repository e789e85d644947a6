"""Streets as places to start from: found by what people type, and by the code that a page is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from geoapp.analysis.streets.index import StreetIndex
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.core.sounds import Sounds, rank_of
from geoapp.operations.streets.names import street_index

_BEGINNING: Final = "street:"
# What fits more streets than this says little.
MOST_RANKED: Final = 1000


@dataclass(frozen=True, slots=True)
class StreetStart:
    """A point on a street (WGS-84) that stands for all of it, which its name says.

    ``reach_m`` is how far from there it goes. ``code`` holds its name as the map has it, and a number
    where several streets carry it, the longest being the first.
    """

    code: str
    name: Text
    lon: float
    lat: float
    reach_m: float


def street_start(settings: Settings, code: str) -> StreetStart | None:
    """Return the street of a code; None if there is none, or no streets are loaded."""
    if not code.startswith(_BEGINNING):
        return None
    index = street_index(settings)
    name, _, number = code.removeprefix(_BEGINNING).rpartition(":")
    if index is None or not number.isascii() or not number.isdecimal() or len(number) > 6:
        return None
    pieces = index.places_of.get(name, ())
    place = int(number) - 1
    return _start(index, pieces[place]) if 0 <= place < len(pieces) else None


def found_streets(settings: Settings, terms: Sequence[str], most: int) -> list[StreetStart]:
    """Return the streets whose names hold all terms, the best first, the longer before the shorter.

    Parameters
    ----------
    terms
        As `geoapp.core.sounds.search_terms` gives them.
    """
    index = street_index(settings)
    if index is None:
        return []
    ranked = []
    for place in index.holding(terms, MOST_RANKED):
        ranks = [rank_of(terms, Sounds(*one)) for one in index.streets[place].sounds]
        rank = min((rank for rank in ranks if rank is not None), default=None)
        if rank is not None:
            street = index.streets[place]
            ranked.append((rank, len(street.name), street.name, place))
    return [_start(index, place) for *_, place in sorted(ranked)[:most]]


def _start(index: StreetIndex, place: int) -> StreetStart:
    street = index.streets[place]
    number = index.places_of[street.name].index(place) + 1
    spot = index.middle(place)
    assert spot is not None  # all of it
    name = Text(f"{street.zh or street.name}（约）", f"{street.en or street.name} (about)")
    code = f"{_BEGINNING}{street.name}:{number}"
    return StreetStart(code, name, spot.lon, spot.lat, spot.reach_m)
