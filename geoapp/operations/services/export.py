"""Export services, offers and duty desks to files that an import reads back without a change."""

from pathlib import Path
from typing import Any, Literal

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.importers.rows.columns import COLUMNS
from geoapp.reports.tables import FileTable, write_table
from geoapp.store.engine import Database, Session
from geoapp.store.services import OfferFilter, desk_records, item_records, offer_records

_SUFFIXES = (".csv", ".xlsx")
# Where a column of a file has another name in a record.
_NAMES = {"service": "item_code", "sample": "is_sample"}


def export_services(
    database: Database,
    what: Literal["services", "offers", "desks"],
    path: Path,
    *,
    headers: Literal["en", "zh"] = "en",
) -> int:
    """Write all services, offers or duty desks; return how many.

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
    with database.snapshot() as session:
        rows = [
            ([_cell(one, column.name) for column in columns], None)
            for one in _records(session, what)
        ]
    names_of = [column.zh if headers == "zh" else column.name for column in columns]
    write_table(FileTable(names_of, rows), path, layer=what)
    return len(rows)


def _records(session: Session, what: str) -> list[Any]:
    if what == "services":
        return list(item_records(session))
    if what == "offers":
        return list(offer_records(session, OfferFilter()))
    return list(desk_records(session))


def _cell(record: Any, column: str) -> Any:
    if column == "hours" and record.hours_raw is not None:
        # The words as they came are read back to the same hours.
        return record.hours_raw
    return getattr(record, _NAMES.get(column, column))
