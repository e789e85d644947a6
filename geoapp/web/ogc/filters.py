"""CQL2 read into conditions on a layer's attributes; whatever is not understood is refused."""

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final, NoReturn

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.core.errors import InvalidValueError
from geoapp.core.filters import (
    AllOf,
    AnyOf,
    Attribute,
    Compare,
    Comparison,
    Condition,
    Folded,
    Holding,
    IsNull,
    Like,
    Lists,
    Not,
    Operand,
    Property,
    Relation,
    Spatial,
    Truth,
    Value,
    ValueKind,
)
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_FILTER_CHARACTERS, MOST_FILTER_DEPTH, MOST_FILTER_PARTS
from geoapp.web.ogc.cql_text import CqlTextError, Number, read_text
from geoapp.web.ogc.crs import Crs, box_shape

# GDAL calls the text by the name that it had before the standard was done.
_GDAL_TEXT: Final = "cql-text"
LANGUAGES: Final = ("cql2-text", "cql2-json", _GDAL_TEXT)

_COMPARED: Final[dict[str, Comparison]] = {
    "=": "=",
    "<>": "<>",
    "<": "<",
    ">": ">",
    "<=": "<=",
    ">=": ">=",
}
_OF_MOMENTS: Final[dict[Comparison, Callable[[Any, Any], bool]]] = {
    "=": eq,
    "<>": ne,
    "<": lt,
    ">": gt,
    "<=": le,
    ">=": ge,
}
_SPATIAL: Final[dict[str, Relation]] = {
    "s_intersects": "intersects",
    "s_within": "within",
    "s_contains": "contains",
    "s_disjoint": "disjoint",
    "s_equals": "equals",
    "s_touches": "touches",
    "s_crosses": "crosses",
    "s_overlaps": "overlaps",
}
_HELD: Final[dict[str, Holding]] = {
    "a_contains": "contains",
    "a_containedby": "contained_by",
    "a_equals": "equals",
    "a_overlaps": "overlaps",
}
_LOGICAL: Final = ("and", "or", "not")
_OTHER: Final = ("isNull", "like", "between", "in")
_OPERATORS: Final = (*_LOGICAL, *_COMPARED, *_OTHER, *_SPATIAL, *_HELD)
_KNOWN: Final = frozenset(op.lower() for op in _OPERATORS)
_NUMBERS: Final = (ValueKind.NUMBER, ValueKind.INTEGER)
_DAY = Text("日期，如 DATE('2026-11-23')", "a date such as DATE('2026-11-23')")
_MOMENT = Text(
    "UTC 时刻，如 TIMESTAMP('2026-11-23T02:00:00Z')",
    "a moment in UTC such as TIMESTAMP('2026-11-23T02:00:00Z')",
)
_SHAPE = Text(
    "有效的点、线、面（不含几何集合）或 BBOX(西,南,东,北)，坐标按 filter-crs",
    "a valid point, line or area (no geometry collection) or BBOX(west,south,east,north), "
    "in coordinates of filter-crs",
)


def parse_filter(
    text: str, language: str, attributes: Mapping[str, Attribute], crs: Crs, zone: tzinfo
) -> Condition:
    """Return what a filter asks.

    Parameters
    ----------
    language
        One of `LANGUAGES`.
    attributes
        What may be asked about, the geometry among it, by name.
    crs
        What coordinates in the filter are in.
    zone
        Where the days of dates are: beside a date, a moment is its day there, as in ``datetime``.

    Raises
    ------
    InvalidValueError
        Naming what is accepted in its place.
    """
    if len(text) > MOST_FILTER_CHARACTERS:
        most = MOST_FILTER_CHARACTERS
        _refuse(text, Text(f"至多 {most} 个字符的条件", f"a filter of at most {most} characters"))
    reader = _Reader(text, attributes, crs, zone, of_gdal=language == _GDAL_TEXT)
    return reader.condition(_parsed(text, language), 0)


def _refuse(text: str, accepted: Text) -> NoReturn:
    raise InvalidValueError("filter", text, accepted)


def _parsed(text: str, language: str) -> Any:
    if language == "cql2-json":
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            _refuse(text, Text("CQL2 JSON", "CQL2 JSON"))
    try:
        return read_text(text)
    except CqlTextError as error:
        if error.at is None:
            _refuse(text, Text("CQL2 文本（到末尾还不完整）", "CQL2 text (it ends too early)"))
        where = Text(
            f"CQL2 文本（第 {error.at} 个字符处读不懂）",
            f"CQL2 text (not understood at character {error.at})",
        )
        _refuse(text, where)


class _Reader:
    """Reads one filter.

    GDAL's own sorts of values are read too where it is GDAL that speaks: a date that ends in ``T``,
    1 and 0 for true and false, and ILIKE.
    """

    def __init__(
        self,
        text: str,
        attributes: Mapping[str, Attribute],
        crs: Crs,
        zone: tzinfo,
        *,
        of_gdal: bool = False,
    ) -> None:
        self._text = text
        self._of_gdal = of_gdal
        self._attributes = attributes
        self._crs = crs
        self._zone = zone
        self._parts = 0

    def condition(self, node: Any, depth: int) -> Condition:
        self._count(depth)
        if isinstance(node, bool):
            return Truth(node)
        if isinstance(node, dict) and "property" in node:
            found = self._property(node)
            if found.attribute.kind is not ValueKind.BOOLEAN:
                self._refuse_part(node, Text("条件", "a condition"))
            return Compare("=", found, Value(True))
        op, args = self._call(node)
        if op in ("and", "or"):
            parts = tuple(self.condition(part, depth + 1) for part in args)
            return AllOf(parts) if op == "and" else AnyOf(parts)
        if op == "not":
            [of] = self._args(op, args, 1)
            return Not(self.condition(of, depth + 1))
        if op == "isnull":
            [of] = self._args(op, args, 1)
            return IsNull(self._named(of))
        if op in _COMPARED:
            left, right = self._args(op, args, 2)
            return self._compare(_COMPARED[op], left, right)
        if op == "between":
            middle, low, high = self._args(op, args, 3)
            return AllOf((self._compare(">=", middle, low), self._compare("<=", middle, high)))
        if op == "in":
            one, listed = self._args(op, args, 2)
            if not isinstance(listed, list) or not listed:
                self._refuse_part(listed, Text("一组值", "a list of values"))
            return AnyOf(tuple(self._compare("=", one, value) for value in listed))
        if op == "like":
            one, pattern = self._args(op, args, 2)
            return self._like(one, pattern)
        left, right = self._args(op, args, 2)
        if op in _SPATIAL:
            return Spatial(_SPATIAL[op], self._shape(left), self._shape(right))
        return Lists(_HELD[op], self._list(left), self._list(right))

    def _count(self, depth: int) -> None:
        self._parts += 1
        if depth > MOST_FILTER_DEPTH or self._parts > MOST_FILTER_PARTS:
            accepted = Text(
                f"至多 {MOST_FILTER_PARTS} 个部分、{MOST_FILTER_DEPTH} 层的条件",
                f"a filter of at most {MOST_FILTER_PARTS} parts, {MOST_FILTER_DEPTH} deep",
            )
            _refuse(self._text, accepted)

    def _refuse_part(self, node: Any, accepted: Text) -> NoReturn:
        """Refuse a part of the filter, with the part that is wrong."""
        raise InvalidValueError("filter", _words(node), accepted)

    def _call(self, node: Any) -> tuple[str, list[Any]]:
        op = node.get("op") if isinstance(node, dict) else None
        args = node.get("args") if isinstance(node, dict) else None
        if not isinstance(op, str) or not isinstance(args, list):
            self._refuse_part(node, Text("条件", "a condition"))
        if op == "ilike" and self._of_gdal:
            return "like", [{"op": "casei", "args": [arg]} for arg in args]
        if op.lower() not in _KNOWN:
            names = ", ".join(_OPERATORS)
            self._refuse_part(op, Text(names, f"one of {names}"))
        return op.lower(), args

    def _args(self, op: str, args: list[Any], count: int) -> list[Any]:
        if len(args) != count:
            accepted = Text(f"{op} 带 {count} 个参数", f"{op} with {count} argument(s)")
            self._refuse_part({"op": op, "args": args}, accepted)
        return args

    def _property(self, node: Mapping[str, Any]) -> Property:
        name = node.get("property")
        found = self._attributes.get(name) if isinstance(name, str) else None
        if found is None:
            names = ", ".join(self._attributes)
            self._refuse_part(name, Text(f"属性：{names}", f"a property: one of {names}"))
        return Property(found)

    def _named(self, node: Any) -> Property:
        if not isinstance(node, dict) or "property" not in node:
            self._refuse_part(node, Text("属性的名称", "the name of a property"))
        return self._property(node)

    def _compare(self, op: Comparison, left: Any, right: Any) -> Condition:
        one, other = self._pair(left, right)
        match one, other:
            case Value(datetime() as before), Value(datetime() as after):
                return Truth(_OF_MOMENTS[op](before, after))
        return Compare(op, self._as_day(one), self._as_day(other))

    def _as_day(self, operand: Operand) -> Operand:
        """Return a moment as its day, for what is compared here are days."""
        match operand:
            case Value(datetime() as moment):
                return Value(moment.astimezone(self._zone).date())
        return operand

    def _like(self, left: Any, right: Any) -> Condition:
        one, pattern = self._scalar(left, None), self._scalar(right, None)
        inner = pattern.of if isinstance(pattern, Folded) else pattern
        text = inner.value if isinstance(inner, Value) else None
        if not isinstance(text, str) or isinstance(pattern, Property):
            self._refuse_part(right, Text("文本，如 '市北%'", "a text such as 'Shibei%'"))
        if (len(text) - len(text.rstrip("\\"))) % 2:
            self._refuse_part(right, Text("不以 \\ 结尾的文本", "a text that does not end in \\"))
        if _kind_of(one) is not ValueKind.TEXT:
            self._refuse_part(left, Text("文本属性", "a property of texts"))
        return Like(one, pattern)

    def _pair(self, left: Any, right: Any) -> tuple[Operand, Operand]:
        """Return two operands of one sort; a text beside a date is read as a date."""
        kinds = [self._declared(node) for node in (left, right)]
        one, other = self._scalar(left, kinds[1]), self._scalar(right, kinds[0])
        if not _comparable(_kind_of(one), _kind_of(other)):
            wanted = _kind_of(one) if kinds[0] is not None else _kind_of(other)
            node = right if kinds[0] is not None else left
            self._refuse_part(node, KIND_TEXT[wanted])
        return one, other

    def _declared(self, node: Any) -> ValueKind | None:
        """Return the sort of values of a property; None for what is none."""
        if isinstance(node, dict) and "property" in node:
            return self._property(node).attribute.kind
        return None

    def _scalar(self, node: Any, beside: ValueKind | None) -> Operand:
        self._count(0)
        if isinstance(node, dict):
            if "property" in node:
                return self._plain(node)
            if "date" in node:
                return Value(self._date(node["date"]))
            if "timestamp" in node:
                return Value(self._moment(node["timestamp"]))
            if str(node.get("op")).lower() == "casei" and isinstance(node.get("args"), list):
                [of] = self._args("casei", node["args"], 1)
                inner = self._scalar(of, None)
                if isinstance(inner, Folded) or _kind_of(inner) is not ValueKind.TEXT:
                    self._refuse_part(of, KIND_TEXT[ValueKind.TEXT])
                return Folded(inner)
        return self._value(node, beside)

    def _plain(self, node: Mapping[str, Any]) -> Property:
        found = self._property(node)
        if found.attribute.kind in (ValueKind.LIST, ValueKind.GEOMETRY):
            accepted = Text("单值属性（列表用 a_contains 等）", "a property of single values")
            self._refuse_part(found.attribute.name, accepted)
        return found

    def _value(self, node: Any, beside: ValueKind | None) -> Value:
        if self._of_gdal:
            node = _from_gdal(node, beside)
        if isinstance(node, bool):
            return Value(node)
        if isinstance(node, str) and "\x00" not in node:
            return Value(self._date(node) if beside is ValueKind.DATE else node)
        if isinstance(node, int | float):
            number = float(node)
            if math.isfinite(number):
                return Value(number)
        accepted = Text(
            "文本、数、真假或日期；空值用 IS NULL",
            "a text, a number, true, false or a date; for what is unknown, IS NULL",
        )
        self._refuse_part(node, accepted)

    def _date(self, text: Any) -> date:
        try:
            return date.fromisoformat(text)
        except (TypeError, ValueError):
            self._refuse_part(text, _DAY)

    def _moment(self, text: Any) -> datetime:
        try:
            # The standard has moments in UTC alone.
            if text[10:11] != "T" or text[-1:] != "Z":
                raise ValueError
            return datetime.fromisoformat(text)
        except (TypeError, ValueError):
            self._refuse_part(text, _MOMENT)

    def _shape(self, node: Any) -> Property | Value:
        self._count(0)
        if isinstance(node, dict) and "property" in node:
            found = self._property(node)
            if found.attribute.kind is not ValueKind.GEOMETRY:
                self._refuse_part(node, Text("geometry", "geometry"))
            return found
        shape = self._given_shape(node)
        if shape is None:
            self._refuse_part(node, _SHAPE)
        return Value(shape)

    def _given_shape(self, node: Any) -> BaseGeometry | None:
        if not isinstance(node, dict):
            return None
        try:
            given = (
                _box(node["bbox"], self._crs)
                if "bbox" in node
                else shapely.from_geojson(orjson.dumps(node))
            )
            shape = self._crs.to_lonlat(shapely.force_2d(given))
        except (TypeError, ValueError, shapely.errors.ShapelyError):
            return None
        good = shape.geom_type != "GeometryCollection" and not shape.is_empty and shape.is_valid
        return shape if good and all(math.isfinite(side) for side in shape.bounds) else None

    def _list(self, node: Any) -> Property | Value:
        self._count(0)
        if isinstance(node, dict) and "property" in node:
            found = self._property(node)
            if found.attribute.kind is ValueKind.LIST:
                return found
        values = [node] if isinstance(node, str) else node
        if not isinstance(values, list) or not all(
            isinstance(value, str) and "\x00" not in value for value in values
        ):
            accepted = Text("一组文本，如 ('toilet')", "a list of texts such as ('toilet')")
            self._refuse_part(node, accepted)
        return Value(tuple(values))


KIND_TEXT: Final = {
    ValueKind.TEXT: Text("文本", "a text"),
    ValueKind.NUMBER: Text("数", "a number"),
    ValueKind.INTEGER: Text("整数", "a whole number"),
    ValueKind.BOOLEAN: Text("true 或 false", "true or false"),
    ValueKind.DATE: _DAY,
}


def _kind_of(operand: Operand) -> ValueKind:
    match operand:
        case Property(attribute):
            return attribute.kind
        case Folded() | Value(str()):
            return ValueKind.TEXT
        case Value(bool()):
            return ValueKind.BOOLEAN
        case Value(date()):
            return ValueKind.DATE
        case _:
            return ValueKind.NUMBER


def _comparable(one: ValueKind, other: ValueKind) -> bool:
    return one is other or (one in _NUMBERS and other in _NUMBERS)


def _from_gdal(node: Any, beside: ValueKind | None) -> Any:
    """Return a value as the standard writes it."""
    if beside is ValueKind.DATE and isinstance(node, str):
        return node.removesuffix("T")
    if beside is ValueKind.BOOLEAN and node in (0.0, 1.0):
        return bool(node)
    return node


def _box(sides: Any, crs: Crs) -> BaseGeometry:
    numbers = [float(side) for side in sides]
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    return box_shape(numbers, crs)


def _words(node: Any) -> str:
    """Return a part of a filter as it was written, what is put together as CQL2 JSON."""
    return node if isinstance(node, str) else orjson.dumps(node, default=_as_written).decode()


def _as_written(part: Any) -> Any:
    return orjson.Fragment(part.words) if isinstance(part, Number) else str(part)
