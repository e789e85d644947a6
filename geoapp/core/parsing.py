"""Values from text: a moment, codes, numbers, a box; for requests and commands alike."""

import math
import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

# West, south, east, north; degrees.
Bbox = tuple[float, float, float, float]

_MOMENT = Text(
    "ISO 8601 时刻，如 2026-11-23T22:00，或 now",
    "an ISO 8601 moment such as 2026-11-23T22:00, or now",
)


def parse_moment(parameter: str, value: str, zone: str) -> datetime | None:
    """Return a moment with its zone; ``now`` (or an empty value) is None.

    A moment that states no offset is local time in ``zone``. A plus sign that came as a space, as
    in ``2026-11-23T22:00 08:00``, is understood.
    """
    text = value.strip()
    if text.lower() in ("", "now"):
        return None
    head, space, tail = text.rpartition(" ")
    if space and "T" in head:
        text = f"{head}+{tail}"
    try:
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
        # Years at the very ends cannot be moved between zones.
        if not 1970 <= aware.year <= 9998:
            raise ValueError
    except (ValueError, OverflowError):
        raise InvalidValueError(parameter, value, _MOMENT) from None
    return aware


def split_codes(values: Iterable[str]) -> frozenset[str]:
    """Return the codes of a parameter that may be repeated or separated by commas."""
    return frozenset(part.strip() for value in values for part in value.split(",") if part.strip())


def parse_number(parameter: str, value: str) -> float:
    """Return a finite number."""
    try:
        # Python would take 1_000 and digits of other scripts.
        number = float(value) if value.isascii() and "_" not in value else float("nan")
    except ValueError:
        number = float("nan")
    if not math.isfinite(number):
        raise InvalidValueError(parameter, value, Text("一个数", "a number"))
    return number


_METRES = re.compile(r"(\d{1,7}(?:\.\d+)?)\s*(m|km|米|公里)?")


def parse_metres(parameter: str, value: str) -> float:
    """Return a length in metres, written as ``500``, ``500m``, ``1.5km`` or in Chinese."""
    found = _METRES.fullmatch(value.strip().casefold()) if len(value) < 20 else None
    if found is None or not found[1].isascii() or float(found[1]) == 0:
        raise InvalidValueError(
            parameter, value, Text("长度，如 500m、1.5km", "a length: 500m, 1.5km")
        )
    return float(found[1]) * (1000.0 if found[2] in ("km", "公里") else 1.0)


def parse_bbox(parameter: str, value: str) -> Bbox:
    """Return west, south, east, north in decimal degrees."""
    parts = value.split(",")
    accepted = Text("西,南,东,北（十进制度）", "west,south,east,north (decimal degrees)")
    if len(parts) != 4:
        raise InvalidValueError(parameter, value, accepted)
    west, south, east, north = (parse_number(parameter, part) for part in parts)
    if not (
        -180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90 and west <= east
    ):
        raise InvalidValueError(parameter, value, accepted)
    return west, south, east, north


def parse_whole(parameter: str, value: str, least: int, most: int) -> int:
    """Return a whole number between two bounds, both inclusive."""
    accepted = Text(f"{least} 至 {most} 的整数", f"a whole number from {least} to {most}")
    text = value.strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and least <= int(text) <= most):
        raise InvalidValueError(parameter, value, accepted)
    return int(text)
