"""Plain lists in JSON: objects of one kind, alone or under one name, as programs hand them out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.importers.formats.table import Record, Table

_DEEPEST = 4


def find_lists(body: Any) -> dict[str, list[Any]]:
    """Return the lists of objects in a JSON document, by the names that lead to them."""
    found: dict[str, list[Any]] = {}

    def search(value: Any, name: str, depth: int) -> None:
        if isinstance(value, list):
            if value and all(isinstance(one, dict) for one in value):
                found[name] = value
        elif isinstance(value, dict) and depth < _DEEPEST:
            for key, inner in value.items():
                search(inner, f"{name}.{key}" if name else str(key), depth + 1)

    search(body, "", 0)
    return found


def open_json_list(path: Path, body: Any, *, sheet: str | None = None) -> Table | None:
    """Open a list of objects; None if the document holds none.

    Members that are objects themselves, such as a location, lend their own members.

    Raises
    ------
    UnusableInputError
        If it holds several, or not the one asked for.
    """
    lists = find_lists(body)
    if not lists:
        return None
    meant = [one for name, one in lists.items() if sheet in (None, name)]
    if len(meant) != 1:
        listed = "、".join(f"“{name}”" for name in list(lists)[:20])
        raise UnusableInputError(
            Text(
                f"{path.name} 里有这些列表：{listed}；请用 --sheet 指明读哪一个。",
                f"{path.name} holds these lists: {listed}; say which with --sheet.",
            )
        )
    [rows] = meant
    flat = [_flat(row) for row in rows]
    columns = list(dict.fromkeys(name for row in flat for name in row))
    return Table(columns=columns, records=_records(flat, columns), has_geometry=False)


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Return an object's members, those of its own objects under their names where these are free."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict) and name != "extra":
            for inner, one in value.items():
                flat[inner if inner not in row and inner not in flat else f"{name}.{inner}"] = one
        else:
            flat[name] = value
    return flat


def _records(rows: list[dict[str, Any]], columns: list[str]) -> Iterator[Record]:
    for number, row in enumerate(rows, start=1):
        yield Record(number, [row.get(name) for name in columns])
