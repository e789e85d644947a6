"""Export rows that are known again by a key to files that an import reads back without a change."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.importers.rows.columns import COLUMNS
from geoapp.reports.file_table import FileTable
from geoapp.reports.tables import write_table
from geoapp.store.contests import contest_records, entry_records
from geoapp.store.engine import Database, Session
from geoapp.store.keyed import Rows
from geoapp.store.prices import price_records
from geoapp.store.services import OfferFilter, desk_records, item_records, offer_records
from geoapp.store.use.read import care_records, opinion_records, visit_records

_SUFFIXES = (".csv", ".xlsx")
_RECORDS: Final[Mapping[Rows, Callable[[Session], Iterable[Any]]]] = {
    "services": item_records,
    "offers": lambda session: offer_records(session, OfferFilter()),
    "desks": desk_records,
    "visits": visit_records,
    "opinions": opinion_records,
    "care": lambda session: care_records(session, date.min, date.max),
    "contests": contest_records,
    "entries": entry_records,
    "prices": price_records,
}
# What everybody may read anyway; a file of anything else is for its owner alone.
_PUBLIC: Final = frozenset({"services", "offers", "desks"})
# Where a column of these files has another name in a record.
_NAMES: Final = {"service": "item_code", "sample": "is_sample"}


def export_keyed(
    database: Database, what: Rows, path: Path, *, headers: Literal["en", "zh"] = "en"
) -> int:
    """Write all rows of a kind; return how many.

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
    names_here = _NAMES if what in _PUBLIC else {}
    count = 0

    def rows() -> Iterator[tuple[list[Any], None]]:
        nonlocal count
        for one in _RECORDS[what](session):
            count += 1
            yield [_cell(one, names_here.get(column.name, column.name)) for column in columns], None

    names_of = [column.zh if headers == "zh" else column.name for column in columns]
    with database.snapshot() as session:
        write_table(FileTable(names_of, rows()), path, layer=what, private=what not in _PUBLIC)
    return count


def _cell(record: Any, name: str) -> Any:
    if name == "hours" and record.hours_raw is not None:
        # The words as they came are read back to the same hours.
        return record.hours_raw
    return getattr(record, name)
