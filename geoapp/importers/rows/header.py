"""Where the header of a sheet stands: titles and notes above it are passed over."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from geoapp.core.i18n import Text
from geoapp.importers.formats.table import Table, is_blank, trimmed_header
from geoapp.importers.rows.columns import COLUMNS, folded

_MOST_TITLE_ROWS: Final = 10
_LEAST_KNOWN: Final = 2


def with_header(table: Table, kind: str | None) -> Table:
    """Return a table whose columns are the first row that names columns of this kind.

    Where no row does, the table is returned as it came, and what it lacks is said later.

    Parameters
    ----------
    kind
        A key of ``COLUMNS``; a table of any other kind is returned as it came.
    """
    if kind not in COLUMNS:
        return table
    known = {folded(name) for column in COLUMNS[kind] for name in column.names}
    if _count_known(table.columns, known) >= _LEAST_KNOWN:
        return table
    records = iter(table.records)
    above = list(itertools.islice(records, _MOST_TITLE_ROWS))
    for number, record in enumerate(above):
        if _count_known(record.cells, known) >= _LEAST_KNOWN:
            return replace(
                table,
                columns=trimmed_header(record.cells),
                records=itertools.chain(above[number + 1 :], records),
                hints=(
                    *table.hints,
                    Text(
                        f"表头在第 {record.line:,} 行，它上面的 {number + 1:,} 行未作为数据读取。",
                        f"The header stands in line {record.line:,}; what is above it was not read "
                        f"as data ({number + 1:,}).",
                    ),
                ),
            )
    return replace(table, records=itertools.chain(above, records))


def _count_known(cells: Sequence[Any], known: set[str]) -> int:
    """Return how many different known columns some cells name."""
    names = {folded(str(cell)) for cell in cells if not is_blank(cell)}
    return len(names & known)
