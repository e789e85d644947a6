"""Where an address may be: on a street, at a crossing of two, at a house number; never just one guess."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.streets.addresses import AddressWords, NamedStreet
from geoapp.analysis.streets.index import StreetIndex
from geoapp.core.streets import Spot

# Whoever has an address on a street, or at a crossing, is this far from the middle of the road at most
# (a deep forecourt), and this far from the middle of the house.
BESIDE_STREET_M: Final = 50.0
BESIDE_HOUSE_M: Final = 20.0
_ROUNDED_M: Final = 10.0
MOST_PLACES: Final = 6


class PlaceKind(StrEnum):
    """What an address was found by."""

    STREET = "street"
    CROSSING = "crossing"
    HOUSE = "house"


class Trouble(StrEnum):
    """Why an address has no place: which words, or which streets, are the cause."""

    NO_STREET = "no_street"
    UNKNOWN = "unknown"
    ELSEWHERE = "elsewhere"
    NO_CROSSING = "no_crossing"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class StreetPlace:
    """A place that an address may mean (EPSG:4326).

    Attributes
    ----------
    streets
        The streets by their place in the index: one, or the two of a crossing.
    accuracy_m
        Within how many metres the place is, if the address is right; whole tens, rounded up.
    number
        The house number; blank where it is not by one.
    may_go_on
        Whether the street reaches the end of the extract: then the place may be farther off.
    """

    kind: PlaceKind
    streets: tuple[int, ...]
    lon: float
    lat: float
    accuracy_m: float
    number: str = ""
    may_go_on: bool = False


@dataclass(frozen=True, slots=True)
class Placing:
    """Where an address may be.

    ``places`` are several where it may mean several; a person chooses. None are there where ``trouble``
    says why; ``unknown`` are words that look like streets and are not known.
    """

    places: tuple[StreetPlace, ...] = ()
    trouble: Trouble | None = None
    unknown: tuple[str, ...] = ()
    elsewhere: tuple[int, ...] = ()


def place_address(
    words: AddressWords, index: StreetIndex, within: BaseGeometry | None = None
) -> Placing:
    """Return the places that an address may mean.

    Parameters
    ----------
    within
        The district of the address (EPSG:4326); None where it is not known.
    """
    if not words.named:
        trouble = Trouble.UNKNOWN if words.unknown else Trouble.NO_STREET
        return Placing(trouble=trouble, unknown=words.unknown)
    if words.is_crossing:
        return _crossings(words, index, within)
    named: Sequence[NamedStreet] = words.named
    with_number = [one for one in named if one.numbers]
    if len(with_number) == 1:
        named = with_number  # 香港中路68号（近南京路）: what is beside it only helps to find it
    places = []
    for one in named:
        for street in one.streets:
            place = _on_street(street, one.numbers, index, within)
            if place is not None:
                places.append(place)
    every = tuple(street for one in named for street in one.streets)
    return _answer(places, words, every)


def _answer(places: list[StreetPlace], words: AddressWords, streets: tuple[int, ...]) -> Placing:
    if not places:
        return Placing(trouble=Trouble.ELSEWHERE, unknown=words.unknown, elsewhere=streets)
    if len(places) > MOST_PLACES:
        return Placing(trouble=Trouble.TOO_MANY, unknown=words.unknown, elsewhere=streets)
    return Placing(tuple(places), unknown=words.unknown)


def _crossings(words: AddressWords, index: StreetIndex, within: BaseGeometry | None) -> Placing:
    first, second = words.named
    found, inside = False, []
    for one in first.streets:
        for other in second.streets:
            pair = (min(one, other), max(one, other))
            for spot in index.names.crossings.get(pair, ()):
                found = True
                if within is None or within.intersects(shapely.Point(spot.lon, spot.lat)):
                    inside.append(_place(PlaceKind.CROSSING, (one, other), spot, BESIDE_STREET_M))
    streets = (*first.streets, *second.streets)
    if not found:
        return Placing(trouble=Trouble.NO_CROSSING, elsewhere=streets)
    return _answer(inside, words, streets)


def _on_street(
    street: int, numbers: tuple[str, ...], index: StreetIndex, within: BaseGeometry | None
) -> StreetPlace | None:
    houses = index.names.houses.get(street, {})
    for number in numbers:
        spot = houses.get(number)
        if spot is not None and (
            within is None or within.intersects(shapely.Point(spot.lon, spot.lat))
        ):
            return _place(PlaceKind.HOUSE, (street,), spot, BESIDE_HOUSE_M, number)
    middle = index.middle(street, within)
    if middle is None:
        return None
    place = _place(PlaceKind.STREET, (street,), middle, BESIDE_STREET_M)
    return replace(place, may_go_on=index.may_go_on(street, within))


def _place(
    kind: PlaceKind, streets: tuple[int, ...], spot: Spot, beside_m: float, number: str = ""
) -> StreetPlace:
    accuracy_m = math.ceil((spot.reach_m + beside_m) / _ROUNDED_M) * _ROUNDED_M
    return StreetPlace(kind, streets, spot.lon, spot.lat, accuracy_m, number)
