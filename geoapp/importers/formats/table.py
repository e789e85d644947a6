"""Files as tables: what every format is read into before rows are understood."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shapely.geometry.base import BaseGeometry

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text

MOST_COLUMNS = 1000


@dataclass(frozen=True, slots=True)
class Record:
    """One row as it came; ``geometry`` is a shapely geometry (lon, lat), an error's Text, or None.

    ``source`` is what a rejects file writes back where that is not the geometry itself. ``broken``
    says why the format could not read the row as it was meant; such a row is rejected.
    """

    line: int
    cells: list[Any]
    geometry: BaseGeometry | Text | None = None
    source: Any = None
    broken: Text | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A file's columns and an iterator over its rows, to be run once.

    ``has_geometry`` says whether the format itself carries geometries, in degrees of the declared
    datum. ``hints`` are worth telling the user. ``start`` are the first rows of a sheet in which
    something stands, and ``header`` is which of them was taken for the header (the first is 0).
    """

    columns: list[str]
    records: Iterable[Record]
    has_geometry: bool
    hints: tuple[Text, ...] = ()
    fields: tuple[str | None, ...] | None = None
    start: tuple[tuple[Any, ...], ...] = ()
    header: int = 0

    @property
    def titles(self) -> tuple[str, ...]:
        """What stands above the header of a sheet."""
        above = (cell for row in self.start[: self.header] for cell in row)
        return tuple(dict.fromkeys(str(cell).strip() for cell in above if not is_blank(cell)))


def check_width(path: Path, columns: int) -> None:
    """Refuse a table of absurdly many columns.

    Raises
    ------
    UnusableInputError
        If there are more than ``MOST_COLUMNS``.
    """
    if columns > MOST_COLUMNS:
        raise UnusableInputError(
            Text(
                f"{path.name} 有 {columns:,} 列，最多接受 {MOST_COLUMNS:,} 列；请删去多余的列。",
                f"{path.name} has {columns:,} columns; at most {MOST_COLUMNS:,} are accepted. "
                "Remove those that are not needed.",
            )
        )


def is_blank(cell: Any) -> bool:
    """Tell whether a cell holds nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def trimmed_header(cells: list[Any]) -> list[str]:
    """Return a header row as names, without the blank ones at its end."""
    names = ["" if is_blank(cell) else str(cell).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def bad_character(text: str) -> str | None:
    """Return the first character that no format can carry (a control character), if there is one."""
    if text.isprintable():
        return None
    for character in text:
        if character in "\n\t":
            continue
        if unicodedata.category(character) in ("Cc", "Cs") or character in "\ufffe\uffff":
            return character
    return None


def counted(records: Iterable[Record]) -> Iterator[Record]:
    """Pass records on, leaving out those in which nothing stands."""
    for record in records:
        if record.geometry is None and all(is_blank(cell) for cell in record.cells):
            continue
        yield record
