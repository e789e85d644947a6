"""Parameters of OGC requests; what is unknown or not accepted is refused (400) by the standard."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import request

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import LANGUAGES, Text
from geoapp.core.parsing import Bbox, parse_number, parse_whole

DEFAULT_LIMIT = 100
MOST_LIMIT = 10_000
MOST_OFFSET = 2**62
FORMATS = ("json", "geojson")
COMMON = ("f", "lang")
OF_ITEMS = ("bbox", "datetime", "limit", "offset")

_BBOX = Text(
    "西,南,东,北（十进制度，CRS84），或带高度的六个数",
    "west,south,east,north (decimal degrees, CRS84), or six numbers with heights",
)
_DATETIME = Text(
    "RFC 3339 时刻或区间，如 2026-11-23T22:00:00+08:00 或 2026-11-01T00:00:00Z/..",
    "an RFC 3339 moment or interval such as 2026-11-23T22:00:00Z or 2026-11-01T00:00:00Z/..",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items: within a box (west above east crosses the 180th meridian), and which page."""

    bbox: Bbox | None
    limit: int
    offset: int


def check_known(known: Collection[str] = (), formats: Collection[str] = FORMATS) -> None:
    """Refuse parameters that the present address does not know.

    Raises
    ------
    InvalidValueError
        Naming the first one.
    """
    accepted = sorted({*known, *COMMON})
    for name in request.args:
        if name not in accepted:
            names = ", ".join(accepted)
            raise InvalidValueError(name, request.args[name], Text(names, f"one of {names}"))
    for name, values in (("f", formats), ("lang", LANGUAGES)):
        value = request.args.get(name)
        if value is not None and value not in values:
            raise InvalidValueError(name, value, Text("、".join(values), " or ".join(values)))


def wanted_items() -> Wanted:
    """Return what the present request for items asks.

    Raises
    ------
    InvalidValueError
        Naming the parameter that is not accepted.
    """
    check_known(OF_ITEMS)
    given = request.args
    if "datetime" in given:
        _check_datetime(given["datetime"])
    return Wanted(
        bbox=_bbox(given["bbox"]) if "bbox" in given else None,
        limit=_limit(given["limit"]) if "limit" in given else DEFAULT_LIMIT,
        offset=parse_whole("offset", given.get("offset", "0"), 0, MOST_OFFSET),
    )


def _limit(value: str) -> int:
    digits = value.lstrip("0")
    if not (digits and value.isascii() and value.isdecimal()):
        accepted = Text(f"1 至 {MOST_LIMIT} 的整数", f"a whole number from 1 to {MOST_LIMIT}")
        raise InvalidValueError("limit", value, accepted)
    # More than the most is no error: the most is answered.
    return MOST_LIMIT if len(digits) > len(str(MOST_LIMIT)) else min(int(digits), MOST_LIMIT)


def _bbox(value: str) -> Bbox:
    numbers = [parse_number("bbox", part) for part in value.split(",")]
    if len(numbers) == 6:
        # Nothing here has a height.
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4:
        raise InvalidValueError("bbox", value, _BBOX)
    west, south, east, north = numbers
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise InvalidValueError("bbox", value, _BBOX)
    return west, south, east, north


def _check_datetime(value: str) -> None:
    """Refuse what is no moment or interval; no layer has times of its own, so that all match."""
    parts = value.split("/")
    try:
        moments = [_moment(part) for part in parts if not (len(parts) == 2 and part in ("", ".."))]
        if len(parts) > 2 or moments != sorted(moments):
            raise ValueError
    except ValueError:
        raise InvalidValueError("datetime", value, _DATETIME) from None


def _moment(text: str) -> datetime:
    # A plus sign that was not escaped came as a space.
    known = text.replace(" ", "+") if "T" in text.upper() else text
    moment = datetime.fromisoformat(known.upper())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
