"""What is told of each feature of a layer, and so what can be asked of it."""

import unicodedata
from collections.abc import Collection
from datetime import date
from typing import Final

from geoapp.core.filters import (
    AnyOf,
    Attribute,
    Compare,
    Condition,
    Folded,
    Like,
    Property,
    Value,
    ValueKind,
)
from geoapp.core.i18n import Language, Text
from geoapp.maps.kit import Context, CoverAreas, Grid, Layer, Streets
from geoapp.store.layer_filter import column_kinds

_TEXT, _NUMBER, _INTEGER = ValueKind.TEXT, ValueKind.NUMBER, ValueKind.INTEGER
# What the machinery makes of a query's columns; see the layer kit.
_OF_GRID: Final = {
    "id": _TEXT,
    "cell_zh": _TEXT,
    "cell_en": _TEXT,
    "weight": _NUMBER,
    "point_count": _INTEGER,
    "source": _TEXT,
}
_OF_AREAS: Final = {"basis_zh": _TEXT, "basis_en": _TEXT}
_OF_STREETS: Final = {
    "id": _INTEGER,
    "name_zh": _TEXT,
    "name_en": _TEXT,
    "length_m": _NUMBER,
    "reach": _TEXT,
    "source": _TEXT,
}
# A layer of a run's results has the same columns whatever the run, and none without one.
ANY_RUN: Final = Context(date(2000, 1, 1), run_id=0, siting_run_id=0)

_ID = Text("编号", "Id")
_MOST_DIGITS: Final = 19  # of a whole number in the store
_NAME = Text("名称", "Name")
_NAME_ZH = Text("中文名称", "Name in Chinese")
_NAME_EN = Text("英文名称", "Name in English")
_SAMPLE = Text("示例数据", "Sample data")
_LANGUAGES: Final = {
    "zh": Text("（中文）", " (in Chinese)"),
    "en": Text("（英文）", " (in English)"),
}

GEOMETRY: Final = Attribute("geometry", ValueKind.GEOMETRY, Text("位置", "Position"), ("geometry",))


def row_kinds(layer: Layer) -> dict[str, ValueKind]:
    """Return the sort of values in each column of a layer's rows, without the geometry."""
    if isinstance(layer.derive, Streets):
        return _OF_STREETS
    if isinstance(layer.derive, Grid):
        return _OF_GRID
    query = layer.select(ANY_RUN)
    kinds = {} if query is None else column_kinds(query)
    return kinds | _OF_AREAS if isinstance(layer.derive, CoverAreas) else kinds


def attributes_of(layer: Layer, language: Language) -> dict[str, Attribute]:
    """Return the attributes of a layer's features by name, in order, without the geometry.

    They are the title of the pop-up as ``name`` in a language, and in both; the columns that the
    pop-up and the layer's ``attributes`` name; and whether a feature is sample data.
    """
    kinds = row_kinds(layer)
    if layer.popup.sample in kinds:
        kinds = {**kinds, layer.popup.sample: ValueKind.BOOLEAN}
    found: dict[str, Attribute] = {}

    def add(name: str, title: Text, *columns: str) -> None:
        known = tuple(column for column in columns if column in kinds)
        if known and name not in found:
            found[name] = Attribute(name, kinds[known[0]], title, known)

    title = layer.popup.title
    english = (f"{title}_en",) if language == "en" else ()
    add("name", _NAME, *((title,) if title in kinds else (*english, f"{title}_zh")))
    add("name_zh", _NAME_ZH, f"{title}_zh")
    add("name_en", _NAME_EN, f"{title}_en")
    for field in (*layer.popup.fields, *layer.attributes):
        add(field.column, field.title, field.column)
        for code, suffix in _LANGUAGES.items():
            words = Text(field.title.zh + suffix.zh, field.title.en + suffix.en)
            add(f"{field.column}_{code}", words, f"{field.column}_{code}")
    if layer.popup.sample is not None:
        add("is_sample", _SAMPLE, layer.popup.sample)
    return found


def called(layer: Layer, words: str, codes: Collection[str] = ()) -> Condition:
    """Return the condition that words stand in a feature's name, or that it has one of some codes.

    Names are those of either language; neither case nor width of the letters matters.

    Parameters
    ----------
    codes
        Of facilities, found otherwise: by the search that knows sounds, initials, addresses.
    """
    words = unicodedata.normalize("NFKC", words)
    escaped = "".join(f"\\{sign}" if sign in "\\%_" else sign for sign in words)
    pattern = Folded(Value(f"%{escaped}%"))
    known = attributes_of(layer, "zh")
    names = [known[name] for name in ("name", "name_zh", "name_en") if name in known]
    texts = [one for one in names if one.kind is ValueKind.TEXT]
    parts: list[Condition] = [Like(Folded(Property(one)), pattern) for one in texts]
    if has_codes(layer):
        parts.append(Like(Folded(Property(known["code"])), pattern))
        parts += [Compare("=", Property(known["code"]), Value(code)) for code in codes]
    return AnyOf(tuple(parts))


def has_codes(layer: Layer) -> bool:
    """Tell whether a layer's features are facilities, each with its code."""
    kinds = row_kinds(layer)
    return "code" in kinds and "kind_code" in kinds and kinds["code"] is ValueKind.TEXT


def with_ids(layer: Layer, ids: Collection[str]) -> Condition:
    """Return the condition that a feature has one of some ids."""
    kind = row_kinds(layer).get("id", _TEXT)
    own = Property(Attribute("id", kind, _ID, ("id",)))
    if kind is ValueKind.TEXT:
        return AnyOf(tuple(Compare("=", own, Value(one)) for one in ids))
    numbers = [int(one) for one in ids if one.isdecimal() and len(one) < _MOST_DIGITS]
    return AnyOf(tuple(Compare("=", own, Value(one)) for one in numbers))


def are_samples(layer: Layer) -> Condition | None:
    """Return the condition that a feature is sample data; None where a layer does not tell."""
    known = attributes_of(layer, "zh").get("is_sample")
    return None if known is None else Compare("=", Property(known), Value(True))
