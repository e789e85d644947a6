"""Parameters of OGC requests; what is unknown or not accepted is refused (400) by the standard."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import shapely
from flask import request

from geoapp.core.errors import InvalidValueError
from geoapp.core.filters import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    IsNull,
    Property,
    SortKey,
    Spatial,
    Value,
)
from geoapp.core.i18n import LANGUAGES, Text
from geoapp.core.parsing import Bbox, parse_number, parse_whole
from geoapp.maps.kit import Layer
from geoapp.operations.layers.attributes import GEOMETRY, row_kinds
from geoapp.operations.layers.files import FILE_FORMATS
from geoapp.operations.layers.paging import ALL_ROWS
from geoapp.operations.layers.paging import Wanted as Rows
from geoapp.web.edge.services import services
from geoapp.web.edge.text_size import SIZES
from geoapp.web.ogc.crs import STORED, Crs, box_shape, parse_accepted_crs, parse_crs
from geoapp.web.ogc.cursors import After, parse_cursor
from geoapp.web.ogc.filters import LANGUAGES as FILTER_LANGUAGES
from geoapp.web.ogc.filters import parse_filter
from geoapp.web.ogc.queryables import attributes_here, parse_order, parse_value, queryable

DEFAULT_LIMIT = 100
MOST_LIMIT = 10_000
MOST_OFFSET = 2**62
FORMATS = ("json", "geojson")
PAGE_FORMATS = (*FORMATS, "html")
ITEMS_FORMATS = (*PAGE_FORMATS, *(name for name in FILE_FORMATS if name not in FORMATS))
COMMON = ("f", "lang", "text")
OF_ITEM = ("crs",)
OF_ITEMS = (
    "bbox",
    "bbox-crs",
    "crs",
    "cursor",
    "datetime",
    "datum",
    "download",
    "filter",
    "filter-crs",
    "filter-lang",
    "limit",
    "offset",
    "sortby",
)

_BBOX = Text(
    "西,南,东,北（十进制度，CRS84），或带高度的六个数；其他坐标系按 bbox-crs 的轴序",
    "west,south,east,north (decimal degrees, CRS84), or six numbers with heights; in another "
    "system the two corners in the order of its axes",
)
_ONCE = Text("只给一次；多个值用逗号或 filter", "given once; several values by commas or a filter")
_DATETIME = Text(
    "RFC 3339 时刻或区间，如 2026-11-23T22:00:00+08:00 或 2026-11-01T00:00:00Z/..",
    "an RFC 3339 moment or interval such as 2026-11-23T22:00:00Z or 2026-11-01T00:00:00Z/..",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items: within a box (west above east crosses the 180th meridian), and which page.

    ``after`` is what the page begins after, in the order of ``keys`` and ids; ``crs`` is what
    coordinates are answered in.
    """

    bbox: Bbox | None
    limit: int
    offset: int
    where: Condition | None = None
    keys: tuple[SortKey, ...] = ()
    after: After | None = None
    crs: Crs = STORED

    def rows(self) -> Rows:
        """Return which rows of the layer these are."""
        return Rows(
            self.bbox,
            self.limit,
            self.offset,
            where=self.where,
            keys=self.keys,
            after=self.after,
        )


def check_known(known: Collection[str] = (), formats: Collection[str] = FORMATS) -> None:
    """Refuse parameters that the present address does not know, and those given twice.

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
        if len(given := request.args.getlist(name)) > 1:
            # Only the first would count, and the answer would look as if all had.
            raise InvalidValueError(name, "&".join(given), _ONCE)
    for name, values in (("f", formats), ("lang", LANGUAGES), ("text", SIZES)):
        value = request.args.get(name)
        if value is not None and value not in values:
            raise InvalidValueError(name, value, Text("、".join(values), " or ".join(values)))


def wanted_crs() -> Crs:
    """Return what the present request wants coordinates in: by its parameters, else by its ``Accept-Crs``."""
    if "crs" in request.args:
        return parse_crs("crs", request.args["crs"])
    accepted = request.headers.get("Accept-Crs")
    # A datum is said of files alone, which are then in no other system.
    return STORED if not accepted or "datum" in request.args else parse_accepted_crs(accepted)


def wanted_items(layer: Layer, *, whole: bool = False) -> Wanted:
    """Return what the present request for items of a layer asks.

    Parameters
    ----------
    whole
        Whether all of them are wanted where no limit is given, and as many as one gives.

    Raises
    ------
    InvalidValueError
        Naming the parameter that is not accepted.
    """
    attributes = attributes_here(layer)
    by_name = [name for name in attributes if name not in (*OF_ITEMS, *COMMON)]
    check_known((*OF_ITEMS, *by_name), ITEMS_FORMATS)
    given = request.args
    if not whole and "datum" in given:
        accepted = Text(
            "不给：datum 只用于下载的文件（如 f=gpkg）；这里请用 crs",
            "nothing: datum is for files alone (such as f=gpkg); for features there is crs",
        )
        raise InvalidValueError("datum", given["datum"], accepted)
    if given.get("download", "1") != "1":
        raise InvalidValueError("download", given["download"], Text("1", "1"))
    where = [parse_value(attributes[name], given[name]) for name in by_name if name in given]
    where += _filter(layer)
    if "datetime" in given:
        where += _during(layer, given["datetime"])
    box_crs = parse_crs("bbox-crs", given["bbox-crs"]) if "bbox-crs" in given else STORED
    bbox, beside = _bbox(given["bbox"], box_crs) if "bbox" in given else (None, [])
    where += beside
    keys = parse_order(layer, given["sortby"]) if "sortby" in given else ()
    after = None
    if "cursor" in given:
        if "offset" in given:
            accepted = Text("不与 cursor 同用", "nothing together with a cursor")
            raise InvalidValueError("offset", given["offset"], accepted)
        after = parse_cursor(given["cursor"], keys, row_kinds(layer)["id"])
    return Wanted(
        bbox=bbox,
        limit=_limit(given.get("limit"), whole=whole),
        offset=parse_whole("offset", given.get("offset", "0"), 0, MOST_OFFSET),
        where=AllOf(tuple(where)) if where else None,
        keys=keys,
        after=after,
        crs=wanted_crs(),
    )


def _filter(layer: Layer) -> list[Condition]:
    given = request.args
    spoken = given.get("filter-lang", FILTER_LANGUAGES[0])
    if spoken not in FILTER_LANGUAGES:
        names = Text("、".join(FILTER_LANGUAGES), " or ".join(FILTER_LANGUAGES))
        raise InvalidValueError("filter-lang", spoken, names)
    crs = parse_crs("filter-crs", given["filter-crs"]) if "filter-crs" in given else STORED
    if "filter" not in given:
        return []
    return [parse_filter(given["filter"], spoken, queryable(layer), crs, _zone())]


def _limit(value: str | None, *, whole: bool) -> int:
    if value is None:
        return ALL_ROWS if whole else DEFAULT_LIMIT
    digits = value.lstrip("0")
    if not (digits and value.isascii() and value.isdecimal()):
        accepted = Text(f"1 至 {MOST_LIMIT} 的整数", f"a whole number from 1 to {MOST_LIMIT}")
        raise InvalidValueError("limit", value, accepted)
    # More than the most is no error: the most is answered.
    most = ALL_ROWS if whole else MOST_LIMIT
    return most if len(digits) > len(str(most)) else min(int(digits), most)


def _bbox(value: str, crs: Crs) -> tuple[Bbox | None, list[Condition]]:
    """Return a box, as a condition where its sides are no meridians and parallels."""
    numbers = [parse_number("bbox", part) for part in value.split(",")]
    if len(numbers) == 6:
        # Nothing here has a height.
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4:
        raise InvalidValueError("bbox", value, _BBOX)
    if not crs.is_geographic:
        try:
            shape = crs.to_lonlat(box_shape(numbers, crs))
        except (ValueError, shapely.errors.ShapelyError):
            raise InvalidValueError("bbox", value, _BBOX) from None
        if not all(map(math.isfinite, shape.bounds)):
            raise InvalidValueError("bbox", value, _BBOX)
        return None, [Spatial("intersects", Property(GEOMETRY), Value(shape))]
    if not crs.is_lonlat:
        numbers = [numbers[1], numbers[0], numbers[3], numbers[2]]
    west, south, east, north = numbers
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise InvalidValueError("bbox", value, _BBOX)
    return (west, south, east, north), []


def _during(layer: Layer, value: str) -> list[Condition]:
    """Return the condition that a feature's time, if it has one, touches a moment or interval.

    Its time is from the first to the last of the days at which it is known to be.
    """
    start, end = _interval(value)
    attributes = attributes_here(layer)
    known = [Property(attributes[name]) for name in layer.times]
    if not known:
        return []
    ends: list[Condition] = []
    if start is not None:
        ends.append(AnyOf(tuple(Compare(">=", one, Value(start)) for one in known)))
    if end is not None:
        ends.append(AnyOf(tuple(Compare("<=", one, Value(end)) for one in known)))
    return [AnyOf((AllOf(tuple(IsNull(one) for one in known)), AllOf(tuple(ends))))]


def _interval(value: str) -> tuple[date | None, date | None]:
    """Return the days of an interval's ends; None where it is open."""
    parts = value.split("/")
    try:
        moments = [_moment(part) for part in parts if not (len(parts) == 2 and part in ("", ".."))]
        if len(parts) > 2 or moments != sorted(moments):
            raise ValueError
        days = [None if part in ("", "..") else _day(part) for part in parts]
    except (ValueError, OverflowError):
        raise InvalidValueError("datetime", value, _DATETIME) from None
    return days[0], days[-1]


def _day(text: str) -> date:
    """Return the day of a moment where the service is."""
    moment = _moment(text)
    if "T" not in text.upper():
        return moment.date()
    return moment.astimezone(_zone()).date()


def _zone() -> ZoneInfo:
    return ZoneInfo(services().settings.timezone)


def _moment(text: str) -> datetime:
    # A plus sign that was not escaped came as a space.
    known = text.replace(" ", "+") if "T" in text.upper() else text
    moment = datetime.fromisoformat(known.upper())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
