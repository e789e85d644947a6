"""Days as tables hold them: written year first, or as a spreadsheet's serial number."""

import re
import unicodedata
from datetime import date, timedelta
from typing import Any, Final

from geoapp.core.rough_days import part_of_day

_DATE: Final = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?"
    r"(?:[ T]*(?:[上下]午)?\d{1,2}[:时]\d{2}(?:[:分](?:\d{2}(?:\.\d+)?秒?)?)?(?:[+-]\d{2}:?\d{2})?)?"
)
_CLOSE: Final = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_BESIDE: Final = re.compile(r"\s+(?=[年月日号])|(?<=[年月])\s+")
FIRST_YEAR: Final = 1800
LAST_YEAR: Final = 2200
# What follows the point is the time of the day.
_SERIAL: Final = re.compile(r"\d{5}(?:\.\d+)?")
_SERIAL_ZERO: Final = date(1899, 12, 30)
_FIRST_SERIAL: Final = 20_000  # 1954
_LAST_SERIAL: Final = 60_000  # 2064


def plain(text: str) -> str:
    """Return the words of a day in half width, without blanks beside Chinese signs."""
    return _BESIDE.sub("", unicodedata.normalize("NFKC", text)).strip()


def day_of(text: str) -> date | None:
    """Return a day written year first; None if it is none."""
    text = plain(text)
    match = _DATE.fullmatch(text) or _CLOSE.fullmatch(text)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def serial_day(text: str) -> date | None:
    """Return the day of a spreadsheet's serial number, of 1954 to 2064; None if it is none."""
    if not _SERIAL.fullmatch(text) or not _FIRST_SERIAL <= int(text[:5]) <= _LAST_SERIAL:
        return None
    return _SERIAL_ZERO + timedelta(days=int(text[:5]))


def is_rough_date(cell: Any) -> bool:
    """Tell whether a cell is a day, or a year or month in which there is one."""
    return is_date(cell) or part_of_day(plain(str(cell))) is not None


def is_date(cell: Any) -> bool:
    """Tell whether a cell is a day, a spreadsheet's serial number included."""
    text = str(cell).strip()
    return day_of(text) is not None or serial_day(text) is not None
