"""How much the hours of several moments count beside each other: opening hours, each with a weight."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_HOUR_WEIGHT

_ACCEPTED: Final = Text(
    f"时间=权重，如 Mo-Fr 07:00-19:00=3, 19:00-23:00=2（权重为 0 至 {MOST_HOUR_WEIGHT} 的整数）",
    "HOURS=WEIGHT, such as Mo-Fr 07:00-19:00=3, 19:00-23:00=2 (weights are whole numbers from 0 to "
    f"{MOST_HOUR_WEIGHT})",
)
_DIGIT = re.compile(r"\d", re.ASCII)
# Hours have commas of their own; a weight ends what it belongs to.
_ONE = re.compile(r"\s*([^=]*[^=\s])\s*=\s*(\d{1,6})\s*(?:[,;、]|$)", re.ASCII)


@dataclass(frozen=True, slots=True)
class HourWeight:
    """Hours (OpenStreetMap's syntax or plain words), and how much a moment within them counts."""

    hours: str
    weight: int

    @property
    def whole(self) -> str:
        """The hours with all that is meant: days without any hours are whole days."""
        return self.hours if _DIGIT.search(self.hours) else f"{self.hours} 00:00-24:00"


HourWeights = tuple[HourWeight, ...]


def parse_hour_weights(
    parameter: str, given: str | Iterable[str | Mapping[str, Any]]
) -> HourWeights:
    """Return the weights of such as ``Mo-Fr 07:00-19:00=3, 19:00-23:00=2``, of several such texts, or of mappings.

    Whether the hours can be understood is the question's own ``check``.

    Raises
    ------
    InvalidValueError
        If it is none.
    """
    weights: list[HourWeight] = []
    for one in [given] if isinstance(given, str) else given:
        if isinstance(one, Mapping):
            weights.append(HourWeight(one["hours"].strip(), int(one["weight"])))
        else:
            weights.extend(_of_text(parameter, unicodedata.normalize("NFKC", one)))
    for held in weights:
        if not held.hours or not 0 <= held.weight <= MOST_HOUR_WEIGHT:
            raise InvalidValueError(parameter, hour_weights_text([held]), _ACCEPTED)
    return tuple(weights)


def _of_text(parameter: str, text: str) -> list[HourWeight]:
    found, at = [], 0
    while text[at:].strip():
        one = _ONE.match(text, at)
        if one is None:
            raise InvalidValueError(parameter, text[at:].strip(), _ACCEPTED)
        found.append(HourWeight(one[1], int(one[2])))
        at = one.end()
    return found


def hour_weights_text(weights: Iterable[HourWeight]) -> str:
    """Return weights as they are written down: ``Mo-Fr 07:00-19:00=3, 19:00-23:00=2``."""
    return ", ".join(f"{one.hours}={one.weight}" for one in weights)
