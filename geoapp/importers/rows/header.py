"""Where the header of a sheet stands: titles above it are passed over, two rows of it made one."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from geoapp.core.i18n import Text
from geoapp.core.words import Datum
from geoapp.importers.formats.sheets import Fit
from geoapp.importers.formats.table import Record, Table, is_blank, trimmed_header
from geoapp.importers.rows.columns import COLUMNS, count_known, is_coordinate
from geoapp.importers.rows.datum_words import datum_of_heading

_MOST_TITLE_ROWS: Final = 10
_LEAST_KNOWN: Final = 2
_MOST_HEADER_CHARACTERS: Final = 20
_WITH_DATUMS: Final = "facilities"
_NOTES: Final = {
    Datum.WGS84: "WGS-84",
    Datum.CGCS2000: "CGCS2000",
    Datum.GCJ02: "GCJ-02",
    Datum.BD09: "BD-09",
}
_DIGITS: Final = re.compile(r"\d{2}")


def fit_of(kind: str | None) -> Fit | None:
    """Return how well the first rows of a sheet suit a kind of table; None for any other kind."""
    if kind not in COLUMNS:
        return None

    def fit(rows: Sequence[Sequence[Any]]) -> int:
        found = _find([list(row) for row in rows], kind)
        return 0 if found is None else found[2]

    return fit


def with_header(table: Table, kind: str | None, stated: int | None = None) -> Table:
    """Return a table whose columns are the first row that names columns of this kind.

    A header in two rows, such as ``位置`` over ``经度`` and ``纬度``, becomes one. Where no row names
    columns, the table is returned as it came, and what it lacks is said later.

    Parameters
    ----------
    kind
        A key of ``COLUMNS``; a table of any other kind is returned as it came.
    stated
        Which of the first rows is the header (the first is 0); None = find it.
    """
    if kind not in COLUMNS:
        return table
    records = iter(table.records)
    above = list(itertools.islice(records, _MOST_TITLE_ROWS))
    rows = [table.columns, *(record.cells for record in above)]
    table = replace(table, start=tuple(tuple(row) for row in rows))
    if stated is None:
        found = _find(rows, kind)
    else:
        stated = min(max(stated, 0), len(rows) - 1)
        found = (stated, *_height(rows, stated, kind))
    if found is None:
        return replace(table, records=itertools.chain(above, records))
    place, height, _ = found
    table = replace(table, header=place)
    if place == 0 and height == 1:
        return replace(table, records=itertools.chain(above, records))
    cells = table.columns if place == 0 else above[place - 1].cells
    if height == 2:
        cells = joined(cells, above[place].cells, kind)
    table = replace(
        table,
        columns=trimmed_header(list(cells)),
        records=itertools.chain(above[place + height - 1 :], records),
        hints=(*table.hints, *_told(place, height, above)),
    )
    return _with_datum_of_titles(table) if kind == _WITH_DATUMS else table


def _told(place: int, height: int, above: Sequence[Record]) -> tuple[Text, ...]:
    hints = []
    if place:
        line = above[place - 1].line
        hints.append(
            Text(
                f"表头在第 {line:,} 行，它上面的 {place:,} 行未作为数据读取。",
                f"The header stands in line {line:,}; what is above it was not read "
                f"as data ({place:,}).",
            )
        )
    if height == 2:
        line = above[place].line
        hints.append(
            Text(
                f"表头有两行，到第 {line:,} 行止；下面一行的列名优先。",
                f"The header has two rows and ends with line {line:,}; the lower names count first.",
            )
        )
    return tuple(hints)


def _find(rows: Sequence[Sequence[Any]], kind: str) -> tuple[int, int, int] | None:
    """Return at which row a header begins, of how many rows it is, and how many columns it names."""
    for place in range(len(rows)):
        height, known = _height(rows, place, kind)
        if known >= _LEAST_KNOWN:
            return place, height, known
    return None


def _height(rows: Sequence[Sequence[Any]], place: int, kind: str) -> tuple[int, int]:
    """Return of how many rows a header that begins there is, and how many columns it names."""
    one = _count(rows[place], kind)
    below = rows[place + 1] if place + 1 < len(rows) else []
    two = _count(joined(rows[place], below, kind), kind) if one and _may_be_header(below) else 0
    return (2, two) if two > one else (1, one)


def _may_be_header(row: Sequence[Any]) -> bool:
    """Tell whether a row may be a header's second: short words alone, without figures."""
    words = [cell for cell in row if not is_blank(cell)]
    return bool(words) and all(
        isinstance(word, str) and len(word) <= _MOST_HEADER_CHARACTERS and not _DIGITS.search(word)
        for word in words
    )


def joined(upper: Sequence[Any], lower: Sequence[Any], kind: str | None) -> list[Any]:
    """Return a header of two rows as one: what the lower row leaves blank is the upper's.

    A datum above coordinates of facilities, such as ``高德坐标`` over ``经度`` and ``纬度``, is kept with each
    of them.
    """
    names: list[Any] = []
    over = None
    for above, below in itertools.zip_longest(upper, lower):
        over = over if is_blank(above) else above
        if is_blank(below):
            names.append(above)
        elif kind == _WITH_DATUMS and datum_of_heading(over) is not None and _is_silent(below):
            names.append(_noted(below, over))
        else:
            names.append(below)
    return names


def _is_silent(heading: Any) -> bool:
    """Tell whether a heading is that of coordinates and names no datum."""
    return is_coordinate(str(heading)) and datum_of_heading(heading) is None


def _noted(heading: Any, note: Any) -> str:
    return f"{str(heading).strip()}（{str(note).strip()}）"


def _with_datum_of_titles(table: Table) -> Table:
    """Return a table of facilities with the datum that a title names (``坐标系：GCJ-02``) in its headings.

    So it stays with the rows, also with those that are rejected and written out.
    """
    said = [title for title in table.titles if "坐标" in title or "经纬度" in title]
    named = {datum: title for title in said if (datum := datum_of_heading(title))}
    coordinates = [name for name in table.columns if is_coordinate(name)]
    if len(named) != 1 or not coordinates or not all(map(_is_silent, coordinates)):
        return table
    [(datum, title)] = named.items()
    told = Text(
        f"标题“{title[:40]}”写明了坐标系。",
        f"The title {title[:40]!r} names the datum of the coordinates.",
    )
    return replace(
        table,
        columns=[
            _noted(name, _NOTES[datum]) if is_coordinate(name) else name for name in table.columns
        ],
        hints=(*table.hints, told),
    )


def _count(cells: Sequence[Any], kind: str) -> int:
    return count_known((str(cell) for cell in cells if not is_blank(cell)), kind)
