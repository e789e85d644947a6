"""Which sheet of a workbook is read: the one asked for, or the only one that looks like the data."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.i18n import Text

Rows = list[list[Any]]
Fit = Callable[[Sequence[Sequence[Any]]], int]
"""How many columns the first rows of a sheet name."""
_ROWS_LOOKED_AT = 15
_MOST_NAMED = 20


def pick_sheet(
    path: Path, book: CalamineWorkbook, stated: str | None, fit: Fit | None
) -> tuple[CalamineSheet, tuple[Text, ...]]:
    """Return the sheet to be read, and what to tell of the others.

    Parameters
    ----------
    stated
        The name of the sheet, or its number from 1; None = find it among those that are shown.
    fit
        By which the sheets are held against each other; None = the first is read.

    Raises
    ------
    InvalidValueError
        If there is no such sheet.
    UnusableInputError
        If there is no sheet, or several may be meant.
    """
    names = [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    if not names:
        raise UnusableInputError(Text(f"{path.name} 没有工作表。", f"{path.name} has no sheet."))
    if stated is not None:
        return book.get_sheet_by_name(_stated(names, stated)), ()
    shown = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.name in names and sheet.visible == SheetVisibleEnum.Visible
    ] or names
    if len(shown) == 1 or fit is None:
        return book.get_sheet_by_name(shown[0]), _told(shown[0], names)
    sheets = {name: book.get_sheet_by_name(name) for name in shown}
    starts = {name: rows_of(sheet, _ROWS_LOOKED_AT) for name, sheet in sheets.items()}
    best = _best(path, starts, fit)
    return sheets[best], _told(best, names)


def pick_rows(
    path: Path, tables: dict[str, Rows], stated: str | None, fit: Fit | None
) -> tuple[str, tuple[Text, ...]]:
    """Return which of several tables by name is read, as `pick_sheet` does, and what to tell of the others."""
    names = list(tables)
    if stated is not None:
        return _stated(names, stated), ()
    if len(names) == 1 or fit is None:
        return names[0], _told(names[0], names)
    best = _best(path, {name: rows[:_ROWS_LOOKED_AT] for name, rows in tables.items()}, fit)
    return best, _told(best, names)


def _best(path: Path, starts: dict[str, Rows], fit: Fit) -> str:
    """Return the sheet whose first rows suit best; the first in which something stands if none does."""
    marks = {name: fit(rows) for name, rows in starts.items()}
    most = max(marks.values())
    if most == 0:
        return next((name for name in starts if any(starts[name])), next(iter(starts)))
    best = [name for name in starts if marks[name] == most]
    if len(best) > 1:
        listed = "、".join(f"“{name}”" for name in best[:_MOST_NAMED])
        raise UnusableInputError(
            Text(
                f"{path.name} 有 {len(best)} 张工作表都像是数据：{listed}；请用 --sheet 指明读哪一张。",
                f"{path.name} has {len(best)} sheets that look like the data: {listed}; say which "
                "with --sheet.",
            )
        )
    return best[0]


def sheet_names(path: Path, *, shown: bool = False) -> list[str]:
    """Return the names of a workbook's sheets, once its size has been checked.

    Parameters
    ----------
    shown
        Whether hidden sheets are left out.

    Raises
    ------
    UnusableInputError
        If it is none.
    """
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            return [
                sheet.name
                for sheet in book.sheets_metadata
                if sheet.typ == SheetTypeEnum.WorkSheet
                and (not shown or sheet.visible == SheetVisibleEnum.Visible)
            ]
    except CalamineError as error:
        raise UnusableInputError(
            Text(
                f"{path.name} 不是完好的工作簿，或已加密（{error}）。",
                f"{path.name} is not a sound workbook, or is encrypted ({error}).",
            )
        ) from None


def rows_of(sheet: CalamineSheet, most: int | None = None) -> Rows:
    """Return a sheet's rows from its first, with the empty ones; at most so many, None = all."""
    return sheet.to_python(skip_empty_area=False, nrows=most)


def _stated(names: list[str], stated: str) -> str:
    if stated in names:
        return stated
    if stated.isdecimal() and 1 <= int(stated) <= len(names):
        return names[int(stated) - 1]
    listed = "、".join(f"“{name}”" for name in names[:_MOST_NAMED])
    raise InvalidValueError("--sheet", stated[:80], Text(listed, listed))


def _told(name: str, names: list[str]) -> tuple[Text, ...]:
    if len(names) == 1:
        return ()
    if name == names[0]:
        zh, en = f"只读了第一张工作表“{name}”", f"Only the first sheet {name!r}"
    else:
        zh, en = f"只读了工作表“{name}”", f"Only the sheet {name!r}"
    return (Text(f"{zh}（共 {len(names)} 张）。", f"{en} of {len(names)} was read."),)
