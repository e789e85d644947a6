"""What a form of these pages sends, each value checked once."""

from datetime import date

from flask import request

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.web.edge.parameters import without_nul


def words(name: str) -> str:
    """Return a text as it was sent, without what no store can hold."""
    return without_nul(request.form.get(name, "")).replace("\r\n", "\n").strip()


def optional_day(name: str) -> date | None:
    """Return a day; None where none was sent.

    Raises
    ------
    InvalidValueError
        If it is no day.
    """
    value = words(name)
    if not value:
        return None
    return parse_day(name, value)


def day(name: str) -> date:
    """Return a day that must be there; errors as `optional_day`."""
    return parse_day(name, words(name))


def parse_day(name: str, value: str) -> date:
    """Return a day that was written as 2026-06-30; errors as `optional_day`."""
    try:
        found = date.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or not 1949 <= found.year <= 2200:
        raise InvalidValueError(
            name, value, Text("日期，如 2026-06-30", "a day such as 2026-06-30")
        )
    return found


def number(name: str) -> int | None:
    """Return a whole number that is no longer than a year or a row's number; None if it is none."""
    value = words(name)
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 18 else None


def under(prefix: str) -> dict[str, str]:
    """Return the fields whose names begin so, by what follows; empty ones are left out."""
    found = {
        without_nul(name[len(prefix) :]): words(name)
        for name in request.form
        if name.startswith(prefix)
    }
    return {name: value for name, value in found.items() if value}
