"""In which sizes new sites may be built: what each is called, seats, and costs."""

import math
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_MONEY, MOST_SEATS

MOST_NAME: Final = 30
_ACCEPTED: Final = Text(
    "名称=座位:费用，名称互不相同，如 小=20:8, 大=60:20（座位至少 1，费用不小于 0）",
    "NAME=SEATS:COST, names that differ, such as small=20:8, large=60:20 (1 seat at least, costs from 0 up)",
)


@dataclass(frozen=True, slots=True)
class SiteSize:
    """A size in which a site may be built: how many workers it seats, and what it costs."""

    name: str
    seats: float
    cost: float


Sizes = tuple[SiteSize, ...]


def parse_sizes(parameter: str, given: str | Iterable[str | Mapping[str, Any]]) -> Sizes:
    """Return the sizes of such as ``small=20:8, large=60:20``, of several such texts, or of mappings.

    Raises
    ------
    InvalidValueError
        If it is none, or a name comes twice.
    """
    sizes: list[SiteSize] = []
    for one in [given] if isinstance(given, str) else given:
        if isinstance(one, Mapping):
            sizes.append(SiteSize(one["name"].strip(), float(one["seats"]), float(one["cost"])))
            continue
        for part in unicodedata.normalize("NFKC", one).replace("、", ",").split(","):
            if part.strip():
                sizes.append(_size(parameter, part.strip()))
    names = {one.name for one in sizes}
    for size in sizes:
        known = 0 < len(size.name) <= MOST_NAME and "\x00" not in size.name
        counts = 1 <= size.seats <= MOST_SEATS and 0 <= size.cost <= MOST_MONEY
        if not (known and counts) or len(names) < len(sizes):
            raise InvalidValueError(parameter, sizes_text(sizes), _ACCEPTED)
    return tuple(sizes)


def _size(parameter: str, part: str) -> SiteSize:
    name, _, numbers = part.rpartition("=")
    seats, colon, cost = (one.strip() for one in numbers.partition(":"))
    try:
        size = SiteSize(name.strip(), float(seats), float(cost))
    except ValueError:
        raise InvalidValueError(parameter, part, _ACCEPTED) from None
    if not colon or not math.isfinite(size.seats) or not math.isfinite(size.cost):
        raise InvalidValueError(parameter, part, _ACCEPTED)
    return size


def sizes_text(sizes: Iterable[SiteSize]) -> str:
    """Return sizes as they are written down: ``small=20:8, large=60:20``."""
    return ", ".join(f"{one.name}={one.seats:.15g}:{one.cost:.15g}" for one in sizes)
