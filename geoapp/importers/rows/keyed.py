"""Files whose rows are known again by a key: the good rows, each key once, and the others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.importers.formats.table import Record, Table
from geoapp.importers.problems import Findings, Problem, Reading, Rejected
from geoapp.importers.rows import cells
from geoapp.importers.rows.columns import Column
from geoapp.importers.rows.headings import match_header, require_columns

Row = dict[str, Any]
CellOf = Callable[[str], Any]
Value = TypeVar("Value")


def read_keyed(
    table: Table,
    columns: Sequence[Column],
    needed: Sequence[str],
    one: Callable[[Findings, CellOf], Row],
    key: Sequence[str],
    together: Callable[[Sequence[Row]], Sequence[Problem]] | None = None,
    further: Mapping[str, str] = MappingProxyType({}),
) -> Reading[Row]:
    """Read each row by a function; a second row of the same key is rejected.

    Parameters
    ----------
    together
        What is wrong with good rows beside each other and beside what is stored, asked again until
        nothing is; the ``line`` of a problem is the number of the row in the list, from 0.
    further
        Further names of columns, as `further_names` has them.
    """
    header = match_header(table.columns, columns, further=further)
    require_columns(header, columns, needed)
    rows: list[Row] = []
    records: list[Record] = []
    rejected: list[Rejected] = []
    warnings = []
    seen: dict[tuple[Any, ...], int] = {}
    for record in table.records:
        found = Findings(record.line)
        cells.fit_row(found, record, len(table.columns))

        def cell(column: str, row: Sequence[Any] = record.cells) -> Any:
            place = header.places.get(column)
            return None if place is None else row[place]

        values = one(found, cell)
        if not found.problems:
            first = seen.setdefault(tuple(values[name] for name in key), record.line)
            if first != record.line:
                found.add(
                    needed[0],
                    cell(needed[0]),
                    "duplicate",
                    f"与第 {first} 行重复。",
                    f"It repeats line {first}.",
                )
        if found.problems:
            rejected.append(
                Rejected(record.line, record.cells, record.geometry, tuple(found.problems))
            )
        else:
            rows.append(values)
            records.append(record)
            warnings.extend(found.warnings)
    while together is not None and (problems := together(rows)):
        for number in sorted({problem.line for problem in problems}, reverse=True):
            record = records.pop(number)
            del rows[number]
            said = [
                replace(problem, line=record.line) for problem in problems if problem.line == number
            ]
            rejected.append(Rejected(record.line, record.cells, record.geometry, tuple(said)))
        rejected.sort(key=lambda one: one.line)
    return Reading(
        rows,
        rejected,
        header.given,
        (),
        (*header.ignored, *header.extra),
        table.hints,
        header.is_rejects_file,
        tuple(warnings),
    )


def read_given(
    given: Sequence[Mapping[str, Any]],
    columns: Sequence[Column],
    read: Callable[[Table], Reading[Row]],
) -> Reading[Row]:
    """Read values as the rows of a file; the first has every column that one of them has.

    Raises
    ------
    InvalidValueError
        Naming the first value that is not accepted.
    """
    names = [column.name for column in columns if column.name in given[0]]
    records = [
        Record(line, [values.get(name) or None for name in names])
        for line, values in enumerate(given, start=1)
    ]
    reading = read(Table(names, records, has_geometry=False))
    if reading.problems:
        problem = reading.problems[0]
        error = InvalidValueError(problem.field, problem.value, problem.text)
        error.text = problem.text
        raise error
    return reading


def required_cell(
    found: Findings,
    column: str,
    zh: str,
    read: Callable[[Findings, str, Any], Value | None],
    cell: CellOf,
) -> Value | None:
    """Return a cell that must not be empty, understood by a function; None is noted."""
    before = len(found.problems)
    value = read(found, column, cell(column))
    cells.required(found, column, zh, value, before)
    return value


def known_code(
    found: Findings,
    column: str,
    code: str | None,
    known: frozenset[str] | Mapping[str, int],
    what: Text,
) -> None:
    """Note that nothing of a cell's code is stored."""
    if code is not None and code not in known:
        found.add(
            column,
            code,
            f"unknown_{column}",
            f"没有编号为“{code}”的{what.zh}，请先导入。",
            f"There is no {what.en} {code!r}; import it first.",
        )
