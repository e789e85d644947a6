"""Streets by name: what an extract says of them, and how their names are compared."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.core.simplified import simplified

# How English writes what a street is, by what is written short.
_SHORT: Final = {
    "rd": "road",
    "st": "street",
    "str": "street",
    "ave": "avenue",
    "av": "avenue",
    "blvd": "boulevard",
    "ln": "lane",
    "hwy": "highway",
    "dr": "drive",
    "sq": "square",
    "e": "east",
    "w": "west",
    "s": "south",
    "n": "north",
    "mid": "middle",
}
_WORDS: Final = re.compile(r"[^\W_]+")
_NUMBER_ENDS: Final = re.compile(r"[号號\s]")


@dataclass(frozen=True, slots=True)
class Street:
    """One piece of a street: ways of one name that lie together.

    Attributes
    ----------
    name
        As the extract has it; ``zh`` and ``en`` are what it states in these languages, or blank.
    sounds
        Name, pinyin and initials of each name, folded, as `geoapp.core.sounds` makes them.
    lines
        Where it runs (EPSG:4326), a few metres simplified.
    """

    name: str
    zh: str
    en: str
    others: tuple[str, ...]
    sounds: tuple[tuple[str, str, str], ...]
    lines: shapely.MultiLineString

    @property
    def names(self) -> tuple[str, ...]:
        """All its names, each once."""
        return tuple(
            dict.fromkeys(one for one in (self.name, self.zh, self.en, *self.others) if one)
        )


@dataclass(frozen=True, slots=True)
class Spot:
    """A point (EPSG:4326), and within how many metres of it lies what is meant."""

    lon: float
    lat: float
    reach_m: float


@dataclass(frozen=True, slots=True)
class StreetNames:
    """The streets of an extract.

    ``extent`` is where the extract holds all there is (EPSG:4326), None where it does not say;
    ``crossings`` are where two of them meet, by their places in ``streets``, the lower first; ``houses``
    where a house number is, by street and number as `house_number` has it.
    """

    streets: tuple[Street, ...] = ()
    crossings: dict[tuple[int, int], tuple[Spot, ...]] = field(default_factory=dict)
    houses: dict[int, dict[str, Spot]] = field(default_factory=dict)
    extent: BaseGeometry | None = None


def folded_street(name: str) -> str:
    """Return a street's name as it is compared: without width, case, accents, and abbreviations.

    Chinese names in simplified characters without blanks; others as words with one blank between.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    plain = "".join(sign for sign in plain if unicodedata.category(sign) != "Mn")
    words = _WORDS.findall(plain.replace("'", "").replace("’", ""))
    if any(sign > "\u2e7f" for sign in plain):
        return simplified("".join(words))
    return " ".join(_SHORT.get(word, word) for word in words)


def house_number(words: str) -> str:
    """Return a house number as it is compared; blank where there is none."""
    return _NUMBER_ENDS.sub("", unicodedata.normalize("NFKC", words).casefold())
