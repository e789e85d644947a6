"""What many facilities would get at once, in words."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from geoapp.core.i18n import Text
from geoapp.core.vocabulary import load_vocabulary
from geoapp.reports.words.history import UNKNOWN, field_text, value_text

_COLUMNS: Final = {"kind": "kind_code", "region": "region_code"}
_AMENITY_LISTS: Final = ("amenities", "no_amenities")
# Told by another field beside it.
_FOLLOWING: Final = {"opening_hours": "opening_hours_raw"}


def bulk_field_text(name: str) -> Text:
    """Return what a field is called."""
    return field_text(_COLUMNS.get(name, name))


def bulk_value_text(name: str, value: Any, regions: Mapping[str, Text]) -> Text:
    """Say a value of a field as it is stored; ``regions`` are names by code."""
    if value is None or value == []:
        return UNKNOWN
    if name == "region":
        return regions.get(str(value), Text(str(value), str(value)))
    if name == "kind":
        kinds = {one.code: one.text for one in load_vocabulary().kinds}
        return kinds.get(str(value), Text(str(value), str(value)))
    if name in _AMENITY_LISTS:
        known = {one.code: one.text for one in load_vocabulary().amenities}
        named = [known.get(one, Text(one, one)) for one in value]
        return Text("、".join(one.zh for one in named), ", ".join(one.en for one in named))
    return value_text(_COLUMNS.get(name, name), value)


def bulk_lines(
    changes: Mapping[str, tuple[Any, Any]], regions: Mapping[str, Text]
) -> list[tuple[Text, Text, Text]]:
    """Return each field that changes: what it is called, its value before and after."""
    untold = {beside for name, beside in _FOLLOWING.items() if name in changes}
    return [
        (
            bulk_field_text(name),
            bulk_value_text(name, before, regions),
            bulk_value_text(name, after, regions),
        )
        for name, (before, after) in changes.items()
        if name not in untold
    ]


def bulk_reason(fields: Sequence[str], amenities: bool) -> Text:
    """Say what was changed of many facilities, for the log."""
    named = [bulk_field_text(name) for name in fields]
    if amenities:
        named.append(bulk_field_text("amenities"))
    return Text(
        f"批量修改：{'、'.join(one.zh for one in named)}",
        f"many at once: {', '.join(one.en for one in named)}",
    )
