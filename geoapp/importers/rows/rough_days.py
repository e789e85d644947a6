"""Days of which a table may know no more than the month or the year."""

import re
from collections.abc import Callable
from typing import Any, Final

from geoapp.core.parameter_names import named_zh
from geoapp.core.phones import says_none
from geoapp.core.rough_days import RoughDay, part_of_day, rough_day
from geoapp.core.words import DATE_BASIS_TEXT, DateBasis
from geoapp.importers.problems import Findings
from geoapp.importers.rows import cells
from geoapp.importers.rows.days import FIRST_YEAR, LAST_YEAR, plain

_BASIS, _BASIS_ACCEPTED = cells.word_index(
    DATE_BASIS_TEXT,
    {
        "年月": DateBasis.MONTH,
        "月": DateBasis.MONTH,
        "年份": DateBasis.YEAR,
        "年": DateBasis.YEAR,
        "未知": DateBasis.UNKNOWN,
    },
)
# A spreadsheet makes this number of 2019.1 and of 2019.10 alike.
_TWO_MONTHS: Final = re.compile(r"(\d{4})\.1")


def read_rough_day(found: Findings, name: str, cell: Callable[[str], Any]) -> RoughDay | None:
    """Return the day in the columns ``name_on`` and ``name_basis``; None where it is not known.

    2019 and 2019-05 say by themselves how much is known; of a whole day the basis says it. What
    says that it is not known (``不详``, ``—``) is no day.
    """
    column, beside = f"{name}_on", f"{name}_basis"
    basis = cells.read_word(found, beside, cell(beside), _BASIS, _BASIS_ACCEPTED)
    value = cell(column)
    text = cells.as_text(value)
    if text is not None and says_none(text):
        found.warn(
            column,
            text,
            "no_date",
            f"{named_zh(column)}的值“{text}”按不知道读取。",
            f"{column}: {text!r} is read as not known.",
        )
        value = text = None
    if text is not None and (tenth := _TWO_MONTHS.fullmatch(text)):
        found.add(
            column,
            text,
            "one_month_of_two",
            f"{named_zh(column)}的值“{text}”可能是 1 月，也可能是 10 月（表格把 {text}0 也存成 {text}）；请写成 "
            f"{tenth[1]}-01 或 {tenth[1]}-10。",
            f"{column}: {text!r} may be January or October (spreadsheets store {text}0 as {text}, "
            f"too); write {tenth[1]}-01 or {tenth[1]}-10.",
        )
        return None
    part = None if text is None else part_of_day(plain(text))
    if part is not None and FIRST_YEAR <= part.day.year <= LAST_YEAR:
        day = part
    else:
        whole = cells.read_date(found, column, value)
        if whole is None:
            if text is None and basis not in (None, DateBasis.UNKNOWN):
                found.add(
                    beside,
                    basis,
                    "basis_without_date",
                    f"写了{named_zh(beside)}，却没有{named_zh(column)}；请补上日期，或清空依据。",
                    f"{beside} is stated without {column}; give the date, or leave both empty.",
                )
            return None
        day = rough_day(whole, basis or DateBasis.KNOWN)
    if basis is not None and basis is not day.basis:
        found.add(
            beside,
            basis,
            "basis_contradicts",
            f"{named_zh(column)}写的是 {day}，{named_zh(beside)}却是 {basis}；两者矛盾。",
            f"{column} says {day} and {beside} says {basis}; they contradict each other.",
        )
    return day
