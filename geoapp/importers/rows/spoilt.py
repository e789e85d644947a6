"""What spreadsheets make of codes, telephones and texts, and what is said of it."""

import re
from typing import Any, Final

from geoapp.core.i18n import Text
from geoapp.core.parameter_names import named_zh

_MOST_EXACT: Final = 1e15  # Excel keeps 15 digits
_SCIENTIFIC: Final = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{1,3}")
# As spreadsheets leave long numbers behind; ``3.5`` and ``12.0`` may be meant.
_LEFT_DECIMALS: Final = re.compile(r"\d{5,}\.0+")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}:\d{2})?")
_ERRORS: Final = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})


def is_error(text: str) -> bool:
    """Tell whether a text is what a spreadsheet writes where a formula failed."""
    return text.upper() in _ERRORS


def error_text(column: str, text: str) -> Text:
    """Say that a cell holds a spreadsheet's error and no content."""
    return Text(
        f"{named_zh(column)}的值“{text}”是 Excel 的错误值；请更正公式或填写实际内容。",
        f"{column}: {text} is an error value of Excel; mend the formula or enter what is meant.",
    )


def spoilt(column: str, cell: Any, text: str) -> tuple[str, Text] | None:
    """Return what a spreadsheet did to a code or a telephone number, None if nothing shows.

    The name of the problem comes first, then what to tell the user.
    """
    shown = text[:40]
    if (isinstance(cell, float) and abs(cell) >= _MOST_EXACT) or _SCIENTIFIC.fullmatch(text):
        return "digits_lost", Text(
            f"{named_zh(column)}的值“{shown}”被 Excel 当作数字，只留下 15 位；请把该列设为“文本”后重新填写。",
            f"{column}: Excel made a number of {shown!r} and kept 15 digits; format the column as "
            "text and enter it again.",
        )
    fraction = isinstance(cell, float) and not cell.is_integer()
    if isinstance(cell, bool) or fraction or _LEFT_DECIMALS.fullmatch(text):
        return "not_a_code", Text(
            f"{named_zh(column)}的值“{shown}”被 Excel 当作小数或逻辑值；请把该列设为“文本”后重新填写。",
            f"{column}: Excel made a decimal or a truth value of {shown!r}; format the column as "
            "text and enter it again.",
        )
    if _DAY.fullmatch(text):
        return "not_a_code", Text(
            f"{named_zh(column)}的值“{shown}”是日期，多半由 3-1 这样的编号变来；请把该列设为“文本”后重新填写。",
            f"{column}: {shown!r} is a date, likely made of a code such as 3-1; format the column "
            "as text and enter it again.",
        )
    return None
