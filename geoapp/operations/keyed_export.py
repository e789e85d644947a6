"""Export visits, opinions, care events and contests to files that an import reads back without a change."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Literal

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.importers.rows.columns import COLUMNS
from geoapp.reports.tables import FileTable, write_table
from geoapp.store.contests import contest_records, entry_records
from geoapp.store.engine import Database, Session
from geoapp.store.keyed import Rows
from geoapp.store.use.read import care_records, opinion_records, visit_records

_SUFFIXES = (".csv", ".xlsx")


def export_keyed(
    database: Database, what: Rows, path: Path, *, headers: Literal["en", "zh"] = "en"
) -> int:
    """Write all visits, opinions, care events, contests or entries; return how many rows.

    Parameters
    ----------
    path
        Its suffix says the format: .csv or .xlsx.
    headers
        The language of the column names.

    Raises
    ------
    InvalidValueError
        If the suffix is not one of these.
    UnusableInputError
        If the file cannot be written.
    """
    if path.suffix.lower() not in _SUFFIXES:
        names = " ".join(_SUFFIXES)
        accepted = Text(f"后缀为 {names} 的文件名", f"a file name ending in {names}")
        raise InvalidValueError("-o", path.name, accepted)
    columns = COLUMNS[what]
    count = 0

    def rows() -> Iterator[tuple[list[Any], None]]:
        nonlocal count
        for one in _records(session, what):
            count += 1
            yield [getattr(one, column.name) for column in columns], None

    names_of = [column.zh if headers == "zh" else column.name for column in columns]
    with database.snapshot() as session:
        write_table(FileTable(names_of, rows()), path, layer=what, private=True)
    return count


def _records(session: Session, what: Rows) -> Iterator[Any]:
    if what == "visits":
        return visit_records(session)
    if what == "opinions":
        return opinion_records(session)
    if what == "contests":
        return iter(contest_records(session))
    if what == "entries":
        return iter(entry_records(session))
    return iter(care_records(session, date.min, date.max))
