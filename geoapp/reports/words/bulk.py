"""What many facilities would get at once, in words."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from geoapp.core.i18n import Text
from geoapp.core.vocabulary import load_vocabulary
from geoapp.reports.words.history import UNKNOWN, amenity_text, field_text, value_text

MARK_TEXT: Final[dict[str, Text]] = {
    "yes": Text("有", "there"),
    "no": Text("没有", "not there"),
    "unknown": UNKNOWN,
}
_COLUMNS: Final = {"kind": "kind_code", "region": "region_code"}
# As on the record's page.
_FIELDS: Final = {
    "entry": Text("怎么进门", "way in"),
    "access": Text("谁能进", "who may enter"),
    "operator": Text("管理单位", "managed by"),
    "host": Text("所在单位", "host"),
    "source": Text("资料来源", "source"),
    "amenities": Text("服务设施", "amenities"),
}
_AMENITY_LISTS: Final = ("amenities", "no_amenities")
# Told by another field beside it.
_FOLLOWING: Final = {"opening_hours": "opening_hours_raw"}
# Words that nobody could read are kept as a comment (`core.hours.read_or_keep`).
_UNREAD: Final = re.compile(r'"([^"]*)"')


def bulk_field_text(name: str) -> Text:
    """Return what a field is called."""
    return _FIELDS.get(name) or field_text(_COLUMNS.get(name, name))


def bulk_value_text(name: str, value: Any, regions: Mapping[str, Text]) -> Text:
    """Say a value of a field as it is stored; ``regions`` are names by code."""
    if value is None:
        return UNKNOWN
    words = str(value)
    if name == "region":
        return regions.get(words, Text(words, words))
    if name == "kind":
        kinds = {one.code: one.text for one in load_vocabulary().kinds}
        return kinds.get(words, Text(words, words))
    unread = _UNREAD.fullmatch(words) if name == "opening_hours" else None
    if unread is not None:
        return Text(f"{unread[1]}（看不懂，按未知）", f"{unread[1]} (not understood: unknown)")
    return value_text(_COLUMNS.get(name, name), value)


def bulk_lines(
    changes: Mapping[str, tuple[Any, Any]], regions: Mapping[str, Text]
) -> list[tuple[Text, Text, Text]]:
    """Return each field that changes, amenities one by one: its name, its value before and after."""
    untold = {beside for name, beside in _FOLLOWING.items() if name in changes}
    lines = [
        (
            bulk_field_text(name),
            bulk_value_text(name, before, regions),
            bulk_value_text(name, after, regions),
        )
        for name, (before, after) in changes.items()
        if name not in untold and name not in _AMENITY_LISTS
    ]
    return lines + _amenity_lines(changes)


def _amenity_lines(changes: Mapping[str, tuple[Any, Any]]) -> list[tuple[Text, Text, Text]]:
    there, absent = (changes.get(name, ([], [])) for name in _AMENITY_LISTS)

    def mark(code: str, side: int) -> str:
        return "yes" if code in there[side] else "no" if code in absent[side] else "unknown"

    codes = sorted({code for pair in (there, absent) for side in pair for code in side})
    return [
        (amenity_text(code), MARK_TEXT[mark(code, 0)], MARK_TEXT[mark(code, 1)])
        for code in codes
        if mark(code, 0) != mark(code, 1)
    ]


def bulk_reason(fields: Sequence[str], *, amenities: bool) -> Text:
    """Say what was changed of many facilities, for the log."""
    named = [bulk_field_text(name) for name in (*fields, *(["amenities"] if amenities else []))]
    return Text(
        f"批量修改：{'、'.join(one.zh for one in named)}",
        f"many at once: {', '.join(one.en for one in named)}",
    )
