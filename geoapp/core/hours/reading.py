"""What people wrote of opening hours, as an expression; words that cannot be read are kept."""

import re

from opening_hours import (  # type: ignore[attr-defined]  # its stubs leave the errors out
    OpeningHours,
    ParserError,
)

from geoapp.core.errors import InvalidValueError
from geoapp.core.hours.grammar import parse
from geoapp.core.hours.people import clean
from geoapp.core.hours.plain import from_plain
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_HOURS_CHARACTERS

_MOST_KEPT = 200
# Signs that a person wrote the words: then a semicolon is only a pause, and replaces nothing.
_PERSON = re.compile("[\u3000-\u9fff\uff00-\uffef\n]")
_SPAN = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")

ACCEPTED = Text(
    "如 08:00-18:00、周一至周五 9:00-17:00、24小时，或 OpenStreetMap 的 opening_hours 写法",
    "such as 08:00-18:00, 24/7, Mo-Fr 09:00-17:00 (OpenStreetMap's opening_hours)",
)


def read(text: str) -> str:
    """Return hours in OpenStreetMap's syntax, from that syntax or from plain Chinese or English.

    Raises
    ------
    InvalidValueError
        If they cannot be understood for certain; nothing is guessed.
    """
    found = _read(text)
    if found is None:
        shown = text if len(text) <= MOST_HOURS_CHARACTERS else text[:60] + "…"
        raise InvalidValueError("opening_hours", shown, ACCEPTED)
    return found


def _read(text: str) -> str | None:
    if len(text.strip()) > MOST_HOURS_CHARACTERS:
        return None
    words = clean(text)
    expression = None if _PERSON.search(text.strip()) else parse(words)
    if expression is None:
        plain = from_plain(words)
        expression = parse(words if plain is None else plain)
    return _beyond(words) if expression is None else str(expression)


def _beyond(words: str) -> str | None:
    """Return valid syntax that goes beyond what is answered here (Easter ...); always unknown."""
    if _PERSON.search(words):
        return None
    try:
        found = str(OpeningHours(words))
    except ParserError:
        return None
    # The library takes an empty span for a day, and what is refused above it reads in its own way.
    return found if re.search(r"\b(easter|variable)\b", found) else None


def read_or_keep(text: str) -> tuple[str, bool]:
    """Return hours in OpenStreetMap's syntax, and whether they were understood.

    What is not understood becomes a comment in that syntax, ``"随所在单位"``: its answer is
    *unknown*, and everybody can read the words.
    """
    found = _read(text)
    if found is not None:
        return found, parse(found) is not None
    words = " ".join(text.replace('"', "”").split())
    words = words if len(words) <= _MOST_KEPT else words[: _MOST_KEPT - 1] + "…"
    return f'"{words}"', False
