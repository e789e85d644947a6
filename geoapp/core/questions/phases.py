"""How many new sites open in each of several years."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

_FIRST, _LAST = 2000, 2200
_ACCEPTED: Final = Text(
    "年=站点数，每年一次，如 2027=3,2028=4（年 2000 至 2200，站点数至少 1）",
    "YEAR=SITES, each year once, such as 2027=3,2028=4 (years 2000 to 2200, at least 1 site)",
)

Phases = tuple[tuple[int, int], ...]  # year and sites, in order of years


def parse_phases(parameter: str, given: str | Iterable[str] | Mapping[str, int]) -> Phases:
    """Return the phases of such as ``2027=3,2028=4``, of several such texts, or of a mapping.

    Raises
    ------
    InvalidValueError
        If it is none.
    """
    if isinstance(given, Mapping):
        pairs = [(str(year), str(number)) for year, number in given.items()]
    else:
        texts = [given] if isinstance(given, str) else given
        parts = [
            part.strip()
            for one in texts
            for part in unicodedata.normalize("NFKC", one).replace("、", ",").split(",")
            if part.strip()
        ]
        pairs = [
            (year.strip(), number.strip())
            for year, _, number in (one.partition("=") for one in parts)
        ]
    phases = []
    for year, number in pairs:
        known = all(one.isascii() and one.isdecimal() and len(one) < 6 for one in (year, number))
        if not known or not _FIRST <= int(year) <= _LAST or int(number) < 1:
            raise InvalidValueError(parameter, f"{year}={number}", _ACCEPTED)
        phases.append((int(year), int(number)))
    if len({year for year, _ in phases}) < len(phases):
        raise InvalidValueError(parameter, phases_text(phases), _ACCEPTED)
    return tuple(sorted(phases))


def phases_text(phases: Iterable[tuple[int, int]]) -> str:
    """Return phases as they are written down: ``2027=3, 2028=4``."""
    return ", ".join(f"{year}={number}" for year, number in phases)
