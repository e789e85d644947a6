"""What can be asked of a collection's features, as JSON Schema, and asked by name."""

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from geoapp.core.errors import InvalidValueError
from geoapp.core.filters import (
    ORDERED,
    Attribute,
    Compare,
    Condition,
    Lists,
    Property,
    SortKey,
    Value,
    ValueKind,
)
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_SORT_KEYS
from geoapp.maps.kit import Layer
from geoapp.operations.layers.attributes import GEOMETRY, attributes_of
from geoapp.web.edge.language import language
from geoapp.web.ogc.documents import address
from geoapp.web.ogc.filters import KIND_TEXT

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
TYPES: Final[dict[ValueKind, dict[str, Any]]] = {
    ValueKind.TEXT: {"type": "string"},
    ValueKind.NUMBER: {"type": "number"},
    ValueKind.INTEGER: {"type": "integer"},
    ValueKind.BOOLEAN: {"type": "boolean"},
    ValueKind.DATE: {"type": "string", "format": "date"},
    ValueKind.LIST: {"type": "array", "items": {"type": "string"}},
    ValueKind.GEOMETRY: {"format": "geometry-any", "x-ogc-role": "primary-geometry"},
}


def attributes_here(layer: Layer) -> dict[str, Attribute]:
    """Return what is told of each feature in the reader's language, without the geometry."""
    return attributes_of(layer, language())


def queryables(layer: Layer) -> dict[str, Any]:
    """Return what a filter may name."""
    return _schema(layer, "queryables", queryable(layer))


def sortables(layer: Layer) -> dict[str, Any]:
    """Return what features can be put in order by."""
    return _schema(layer, "sortables", sortable(layer))


def queryable(layer: Layer) -> dict[str, Attribute]:
    """Return the attributes that a filter may name."""
    return {**attributes_here(layer), GEOMETRY.name: GEOMETRY}


def sortable(layer: Layer) -> dict[str, Attribute]:
    """Return the attributes that features can be put in order by."""
    return {name: one for name, one in attributes_here(layer).items() if one.kind in ORDERED}


def _schema(layer: Layer, endpoint: str, known: Mapping[str, Attribute]) -> dict[str, Any]:
    return {
        "$schema": _DRAFT,
        "$id": address(endpoint, collection_id=layer.id),
        "type": "object",
        "title": layer.title.pick(language()),
        "properties": {
            name: {
                "title": one.title.pick(language()),
                "description": one.title.both(),
                **TYPES[one.kind],
            }
            for name, one in known.items()
        },
        "additionalProperties": False,
    }


def parse_order(layer: Layer, value: str) -> tuple[SortKey, ...]:
    """Return an order such as ``+name,-verified_on``; without a sign it is rising.

    Raises
    ------
    InvalidValueError
        If there is no such property, or too many.
    """
    known = sortable(layer)
    keys: list[SortKey] = []
    for part in value.split(","):
        # A plus sign that was not escaped came as a space.
        name = part.strip().lstrip("+") if part[:1] != "-" else part[1:]
        if name not in known or len(keys) == MOST_SORT_KEYS:
            names = ", ".join(known)
            accepted = Text(
                f"至多 {MOST_SORT_KEYS} 个属性，前面可带 + 或 -：{names}",
                f"at most {MOST_SORT_KEYS} properties, each after + or -: of {names}",
            )
            raise InvalidValueError("sortby", value, accepted)
        keys.append(SortKey(known[name], falling=part[:1] == "-"))
    return tuple(keys)


def parse_value(attribute: Attribute, text: str) -> Condition:
    """Return the condition that an attribute has a value, as ``?name=value`` asks.

    A list has it if it holds every one of the values, which commas part.

    Raises
    ------
    InvalidValueError
        Naming the attribute and what its values are.
    """
    found = Property(attribute)
    if "\x00" not in text:
        if attribute.kind is ValueKind.LIST:
            return Lists("contains", found, Value(tuple(text.split(","))))
        read = _READ[attribute.kind]
        try:
            return Compare("=", found, Value(read(text)))
        except (ValueError, KeyError):
            pass
    texts = Text("文本", "texts, separated by commas")
    raise InvalidValueError(attribute.name, text, KIND_TEXT.get(attribute.kind, texts))


def _number(text: str) -> float:
    number = float(text) if text.isascii() and "_" not in text else math.nan
    if not math.isfinite(number):
        raise ValueError
    return number


_READ: Final[dict[ValueKind, Callable[[str], Any]]] = {
    ValueKind.TEXT: str,
    ValueKind.NUMBER: _number,
    ValueKind.INTEGER: _number,
    ValueKind.BOOLEAN: {"true": True, "false": False}.__getitem__,
    ValueKind.DATE: date.fromisoformat,
}
