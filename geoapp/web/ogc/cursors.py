"""Where a page of features begins: after the last one of the page before, whatever comes and goes."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import orjson

from geoapp.core.errors import InvalidValueError
from geoapp.core.filters import SortKey, ValueKind
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_FEATURE_CURSOR_CHARACTERS

After = tuple[tuple[Any, ...], Any]

_ACCEPTED: Final = Text(
    "本次查询的 next 链接里的 cursor", "the cursor of a next link of the same query"
)
_SORTS: Final[dict[ValueKind, tuple[type, ...]]] = {
    ValueKind.TEXT: (str,),
    ValueKind.NUMBER: (int, float),
    ValueKind.INTEGER: (int,),
    ValueKind.BOOLEAN: (bool,),
    ValueKind.DATE: (date,),
}


def cursor_after(row: Mapping[str, Any], keys: tuple[SortKey, ...]) -> str:
    """Return the cursor of the page that begins after a row."""
    values = [key.value(row) for key in keys]
    return urlsafe_b64encode(orjson.dumps([values, row["id"]])).decode().rstrip("=")


def parse_cursor(text: str, keys: tuple[SortKey, ...], id_kind: ValueKind) -> After:
    """Return the values of the keys, and the id, that a page begins after.

    Raises
    ------
    InvalidValueError
        If it is none for these keys.
    """
    try:
        if len(text) > MOST_FEATURE_CURSOR_CHARACTERS:
            raise ValueError
        values, row_id = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        found = tuple(
            _value(key.attribute.kind, value) for key, value in zip(keys, values, strict=True)
        )
        after = _value(id_kind, row_id)
        if after is None:
            raise ValueError
    except (ValueError, TypeError):
        raise InvalidValueError("cursor", text, _ACCEPTED) from None
    return found, after


def _value(kind: ValueKind, value: Any) -> Any:
    if value is None:
        return None
    found = date.fromisoformat(value) if kind is ValueKind.DATE else value
    truth = isinstance(found, bool) and kind is not ValueKind.BOOLEAN
    if truth or not isinstance(found, _SORTS[kind]) or (isinstance(found, str) and "\x00" in found):
        raise ValueError
    return found
