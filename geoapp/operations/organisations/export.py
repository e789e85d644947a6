"""Export organisations to a file that an import reads back without a change."""

from pathlib import Path
from typing import Literal

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.importers.rows.columns import ORGANISATION_COLUMNS
from geoapp.reports.file_table import FileTable
from geoapp.reports.tables import write_table
from geoapp.store.engine import Database
from geoapp.store.organisations import every_organisation

_SUFFIXES = (".csv", ".xlsx")


def export_organisations(
    database: Database, path: Path, *, headers: Literal["en", "zh"] = "en"
) -> int:
    """Write all organisations in order of code; return how many.

    Parameters
    ----------
    path
        Its suffix says the format: .csv or .xlsx. Organisations have no position.
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
        raise InvalidValueError(
            "-o",
            path.name,
            Text(
                f"后缀为 {names} 的文件名：单位没有位置",
                f"a file name ending in {names}: organisations have no position",
            ),
        )
    with database.snapshot() as session:
        rows = [
            ([one.values[column.name] for column in ORGANISATION_COLUMNS], None)
            for one in every_organisation(session)
        ]
    names_of = [column.zh if headers == "zh" else column.name for column in ORGANISATION_COLUMNS]
    write_table(FileTable(names_of, rows), path, layer="organisations")
    return len(rows)
