"""The columns of a file that no import knows: kept aside with each row."""

from collections.abc import Sequence
from typing import Any

import orjson

from geoapp.importers.formats.table import bad_character
from geoapp.importers.problems import Findings
from geoapp.importers.rows import cells
from geoapp.importers.rows.headings import Header

MOST_EXTRA_CHARACTERS = 20_000


def read_extra(found: Findings, packed: Any, row: Sequence[Any], header: Header) -> dict[str, Any]:
    """Return the columns that are kept aside: those of the file and those packed as JSON."""
    extra: dict[str, Any] = {}
    if isinstance(packed, str) and packed.strip():
        try:
            packed = orjson.loads(packed)
        except orjson.JSONDecodeError:
            packed = [packed]
    if isinstance(packed, dict):
        extra.update(packed)
    elif packed not in (None, "") and not (isinstance(packed, str) and not packed.strip()):
        found.add(
            "extra",
            packed,
            "bad_extra",
            'extra（其他）应为 JSON 对象，如 {"备注": "…"}。',
            'extra must be a JSON object such as {"note": "..."}.',
        )
    for name, place in header.extra.items():
        value = row[place] if place < len(row) else None
        if isinstance(value, str):
            value = cells.as_text(value)
        if value is not None:
            extra[name] = value
    packed_text = _packed(extra)
    if packed_text is None or len(packed_text) > MOST_EXTRA_CHARACTERS:
        found.add(
            "extra",
            "",
            "bad_extra",
            f"附加的列含有控制字符，或总长超过 {MOST_EXTRA_CHARACTERS:,} 个字符。",
            "The further columns hold a control character or more than "
            f"{MOST_EXTRA_CHARACTERS:,} characters.",
        )
        return {}
    return extra


def _packed(extra: dict[str, Any]) -> str | None:
    """Return the extra columns as JSON; None if a character of theirs cannot be stored."""
    if not extra:
        return ""
    if any(_has_bad(part) for part in (*extra, *extra.values())):
        return None
    try:
        return orjson.dumps(extra).decode()
    except (orjson.JSONEncodeError, TypeError):
        return None


def _has_bad(value: Any) -> bool:
    if isinstance(value, str):
        return bad_character(value) is not None
    if isinstance(value, dict):
        return any(_has_bad(part) for part in (*value, *value.values()))
    return isinstance(value, list) and any(map(_has_bad, value))
