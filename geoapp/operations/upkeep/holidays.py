"""Keep the calendar of public holidays and shifted working days up to date."""

import csv
from datetime import date
from pathlib import Path

from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.store.engine import Database
from geoapp.store.vocabulary import KnownYear, calendar_by_year, save_calendar_year

NATURES = ("holiday", "workday")
_MOST_ROWS = 5000


def calendar_years(database: Database) -> list[KnownYear]:
    """Return the known years in order."""
    with database.session() as session:
        return calendar_by_year(session)


def update_calendar(database: Database, path: Path, source: str) -> list[int]:
    """Replace whole years by those of a CSV file with the columns ``date`` and ``nature``.

    Returns
    -------
    The years that were replaced.

    Raises
    ------
    UnusableInputError
        If the file cannot be read or lacks a column.
    InvalidValueError
        If a date or nature is not acceptable; nothing is changed then.
    """
    years: dict[int, dict[date, str]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not {"date", "nature"} <= set(reader.fieldnames or ()):
                raise UnusableInputError(
                    Text(f"{path.name} 缺少列 date、nature。", f"{path.name} lacks date, nature.")
                )
            for number, row in enumerate(reader):
                if number >= _MOST_ROWS:
                    raise UnusableInputError(
                        Text(f"{path.name} 超过 {_MOST_ROWS} 行。", f"{path.name} is too long.")
                    )
                day = _day(row["date"])
                if row["nature"] not in NATURES:
                    names = ", ".join(NATURES)
                    raise InvalidValueError("nature", row["nature"], Text(names, names))
                years.setdefault(day.year, {})[day] = row["nature"]
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnusableInputError(
            Text(f"{path.name} 不是 UTF-8 的 CSV：{error}", f"{path.name} is no UTF-8 CSV: {error}")
        ) from None
    if not years:
        raise UnusableInputError(Text(f"{path.name} 没有日期。", f"{path.name} holds no dates."))
    with database.session() as session:
        for year, natures in years.items():
            save_calendar_year(session, year, natures, source)
    return sorted(years)


def _day(value: str | None) -> date:
    try:
        return date.fromisoformat((value or "").strip())
    except ValueError:
        accepted = Text("日期，如 2027-01-01", "a date such as 2027-01-01")
        raise InvalidValueError("date", value, accepted) from None
