"""Lists by pages: 50 rows each on a screen, and whole for paper."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from flask import request

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

T = TypeVar("T")

A_PAGE: Final = 50
WHOLE: Final = "all"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list.

    Attributes
    ----------
    name
        The parameter that asks for a page of this list.
    number, count
        Which page of how many; 0 where the list is here whole by wish.
    first, total
        The place of the first row in the list, from 1 on, and how many rows there are.
    """

    name: str
    rows: Sequence[T]
    number: int
    count: int
    first: int
    total: int

    @property
    def last(self) -> int:
        """The place of the last row in the list."""
        return self.first + len(self.rows) - 1


def asked_page(pages: int, name: str = "page") -> int:
    """Return the page that the address asks for, the last one where there are fewer.

    Raises
    ------
    InvalidValueError
        If it is no page.
    """
    given = request.args.get(name, "").strip() or "1"
    if re.fullmatch("[0-9]{1,6}", given) is None or int(given) < 1:
        raise InvalidValueError(name, given[:40], Text("1 起的页码", "a page, from 1 on"))
    return min(int(given), max(1, pages))


def paged(rows: Sequence[T], name: str = "page") -> Page[T]:
    """Return the page of a list that the address asks for (``page=3``), or all of it (``page=all``).

    Raises
    ------
    InvalidValueError
        If it asks for no page.
    """
    pages = max(1, math.ceil(len(rows) / A_PAGE))
    if request.args.get(name, "").strip() == WHOLE:
        return Page(name, rows, 0 if pages > 1 else 1, pages, 1, len(rows))
    number = asked_page(pages, name)
    begin = (number - 1) * A_PAGE
    return Page(name, rows[begin : begin + A_PAGE], number, pages, begin + 1, len(rows))
