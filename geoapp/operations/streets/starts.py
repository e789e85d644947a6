"""Streets, corners and house numbers as places to start from: by what people type, and by their code."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shapely.geometry.base import BaseGeometry

from geoapp.analysis.streets.addresses import AddressWords, read_address
from geoapp.analysis.streets.index import StreetIndex
from geoapp.analysis.streets.placing import (
    BESIDE_HOUSE_M,
    BESIDE_STREET_M,
    PlaceKind,
    StreetPlace,
    Trouble,
    place_address,
)
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.core.sounds import Sounds, rank_of
from geoapp.core.streets import Spot, house_number
from geoapp.operations.streets.names import street_index
from geoapp.reports.words.streets import (
    about_corner_text,
    about_house_text,
    about_text,
    corner_name,
    house_name,
    no_crossing_text,
    number_unknown_text,
    rough_name,
)

# What fits more streets than this says little.
MOST_RANKED: Final = 1000
_MOST_DIGITS: Final = 6
_NUMBERED: Final = re.compile(r"(.*\D)(\d{1,4}号?[甲乙丙丁戊a-z]?)号?")


@dataclass(frozen=True, slots=True)
class StreetStart:
    """A point on a street (WGS-84), whose name says that it is a rough one.

    ``code`` begins with what it stands for (`PlaceKind`), and holds names as the map has them, each with
    a number where several streets carry it, the longest being the first. ``context`` says what the
    point is, and how far off it may be.
    """

    code: str
    name: Text
    lon: float
    lat: float
    context: Text


def street_start(settings: Settings, code: str) -> StreetStart | None:
    """Return the place of a code; None if there is none, or no streets are loaded."""
    kind, _, rest = code.partition(":")
    if kind not in list(PlaceKind):
        return None
    index = street_index(settings)
    if index is None:
        return None
    if kind == PlaceKind.STREET:
        place = _piece(index, rest)
        return None if place is None else _street(index, place)
    if kind == PlaceKind.HOUSE:
        named, _, number = rest.rpartition(":")
        place = _piece(index, named)
        spot = None if place is None else index.names.houses.get(place, {}).get(number)
        return None if place is None or spot is None else _house(index, place, number, spot)
    both, _, number = rest.rpartition(":")
    parts = both.split(":")
    if len(parts) != 4:
        return None
    first, second = _piece(index, ":".join(parts[:2])), _piece(index, ":".join(parts[2:]))
    if first is None or second is None:
        return None
    spots = index.names.crossings.get((min(first, second), max(first, second)), ())
    place = _number(number)
    return _corner(index, first, second, place) if 0 < place <= len(spots) else None


def is_point(code: str) -> bool:
    """Tell whether a code is that of a corner or a house number, and not of a whole street."""
    return code.partition(":")[0] in (PlaceKind.HOUSE, PlaceKind.CROSSING)


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
    return [_street(index, place) for *_, place in sorted(ranked)[:most]]


def streets_called(settings: Settings, name: str, most: int) -> list[StreetStart]:
    """Return the streets of a name, `geoapp.core.sounds.folded`, the longest piece first."""
    index = street_index(settings)
    return [] if index is None else [_street(index, place) for place in _called(index, name)[:most]]


def houses_called(settings: Settings, name: str, most: int) -> list[StreetStart]:
    """Return the houses of a street's name with a number behind it, `folded` (延安路12号)."""
    index, said = street_index(settings), _NUMBERED.fullmatch(name)
    if index is None or said is None:
        return []
    number = house_number(said[2])
    spots = [(one, index.names.houses.get(one, {}).get(number)) for one in _called(index, said[1])]
    return [_house(index, one, number, spot) for one, spot in spots if spot is not None][:most]


def is_street(settings: Settings, name: str) -> bool:
    """Tell whether a street is called so, `geoapp.core.sounds.folded`."""
    index = street_index(settings)
    return index is not None and bool(_called(index, name))


def address_words(settings: Settings, text: str, regions: Collection[str]) -> AddressWords | None:
    """Return what a text says as an address; None where it names no known street.

    Parameters
    ----------
    regions
        Names of regions, whole and short, behind which a street's name may stand.
    """
    index = street_index(settings)
    if index is None:
        return None
    words = read_address(text, index, regions)
    return words if words.named else None


def found_address(
    settings: Settings, words: AddressWords, within: BaseGeometry | None
) -> list[StreetStart]:
    """Return the places that an address may mean: house numbers, corners, else the streets it names.

    Parameters
    ----------
    within
        The area that the address names (EPSG:4326); None where it names none.
    """
    index = street_index(settings)
    if index is None:
        return []
    placing = place_address(words, index, within)
    if placing.trouble is Trouble.NO_CROSSING:
        first, second = words.named
        both = [_street(index, one.streets[0]) for one in (first, second)]
        told = no_crossing_text(*(_name(index, one.streets[0]) for one in (first, second)))
        return [_with(one, told) for one in both]
    numbers = [one.numbers[0] for one in words.named if one.numbers]
    return [_placed(index, one, numbers) for one in placing.places]


def _placed(index: StreetIndex, one: StreetPlace, numbers: Sequence[str]) -> StreetStart:
    if one.kind is PlaceKind.HOUSE:
        spot = index.names.houses[one.streets[0]][one.number]
        return _house(index, one.streets[0], one.number, spot)
    if one.kind is PlaceKind.CROSSING:
        first, second = one.streets
        spots = index.names.crossings[min(first, second), max(first, second)]
        here = [(spot.lon, spot.lat) for spot in spots].index((one.lon, one.lat))
        return _corner(index, first, second, here + 1)
    street = _street(index, one.streets[0])
    return _with(street, number_unknown_text(numbers[0])) if numbers else street


def _with(one: StreetStart, told: Text) -> StreetStart:
    context = Text(f"{told.zh} · {one.context.zh}", f"{told.en} · {one.context.en}")
    return replace(one, context=context)


def _called(index: StreetIndex, name: str) -> tuple[int, ...]:
    return index.chinese.get(name) or index.latin.get(name, ())


def _number(words: str) -> int:
    is_number = words.isascii() and words.isdecimal() and len(words) <= _MOST_DIGITS
    return int(words) if is_number else 0


def _piece(index: StreetIndex, named: str) -> int | None:
    """Return the street of a name with a number."""
    name, _, number = named.rpartition(":")
    pieces = index.places_of.get(name, ())
    place = _number(number)
    return pieces[place - 1] if 0 < place <= len(pieces) else None


def _coded(index: StreetIndex, place: int) -> str:
    name = index.streets[place].name
    return f"{name}:{index.places_of[name].index(place) + 1}"


def _name(index: StreetIndex, place: int) -> Text:
    street = index.streets[place]
    return Text(street.zh or street.name, street.en or street.name)


def _street(index: StreetIndex, place: int) -> StreetStart:
    spot = index.middle(place)
    assert spot is not None  # all of it
    name, context = rough_name(_name(index, place)), about_text(spot.reach_m)
    code = f"{PlaceKind.STREET}:{_coded(index, place)}"
    return StreetStart(code, name, spot.lon, spot.lat, context)


def _house(index: StreetIndex, place: int, number: str, spot: Spot) -> StreetStart:
    name = rough_name(house_name(_name(index, place), number))
    context = about_house_text(spot.reach_m + BESIDE_HOUSE_M)
    code = f"{PlaceKind.HOUSE}:{_coded(index, place)}:{number}"
    return StreetStart(code, name, spot.lon, spot.lat, context)


def _corner(index: StreetIndex, first: int, second: int, number: int) -> StreetStart:
    spot = index.names.crossings[min(first, second), max(first, second)][number - 1]
    name = rough_name(corner_name(_name(index, first), _name(index, second)))
    context = about_corner_text(spot.reach_m + BESIDE_STREET_M)
    code = f"{PlaceKind.CROSSING}:{_coded(index, first)}:{_coded(index, second)}:{number}"
    return StreetStart(code, name, spot.lon, spot.lat, context)
