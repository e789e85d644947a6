"""Plans beside each other as rows, and as a workbook or one table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import openpyxl

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Language, Text
from geoapp.core.units import (
    format_count,
    format_difference,
    format_money,
    format_points,
    format_share,
)
from geoapp.reports.book import fill_sheet
from geoapp.reports.file_table import FileTable
from geoapp.reports.tables import fill_file
from geoapp.reports.words import compared as words

FORMATS: Final = (".xlsx", ".csv")
LETTERS: Final = "ABCD"
Value = Text | float | None
_COUNT, _SHARE, _ADDS_COLUMN = "#,##0", "0.0%", 4


class Measure(StrEnum):
    """How the values of a row are written; ``plain`` is a count whose difference says nothing."""

    WORDS = "words"
    PLAIN = "plain"
    COUNT = "count"
    MONEY = "money"
    SHARE = "share"


_FORMS: Final = {
    Measure.WORDS: "General",
    Measure.PLAIN: _COUNT,
    Measure.COUNT: _COUNT,
    Measure.MONEY: "#,##0.##",
    Measure.SHARE: _SHARE,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A label, and a value of each plan; None is unknown.

    ``against`` is False where the plans' questions differ so that a difference would say nothing.
    """

    label: Text
    values: tuple[Value, ...]
    measure: Measure
    against: bool = True

    def shown(self) -> list[Text]:
        """Return each value as people read it."""
        return [self._shown(one) for one in self.values]

    def _shown(self, value: Value) -> Text:
        if isinstance(value, Text):
            return value
        match self.measure:
            case Measure.SHARE:
                text = format_share(value)
            case Measure.MONEY:
                text = format_money(value)
            case _:
                text = format_count(value)
        return Text(text, text)

    def differences(self) -> list[Text | None]:
        """Return by how much each differs from the first plan; None where that says nothing."""
        return [None, *(self._difference(one) for one in self.values[1:])]

    def _difference(self, value: Value) -> Text | None:
        first = self.values[0]
        if not self.against or self.measure in (Measure.WORDS, Measure.PLAIN):
            return None
        if not isinstance(first, float) or not isinstance(value, float):
            return None
        if self.measure is Measure.SHARE:
            return format_points(value - first)
        text = format_difference(value - first)
        if self.measure is Measure.MONEY:
            text = f"{'+' if value > first else '-' if value < first else ''}{format_money(abs(value - first))}"
        return Text(text, text)


@dataclass(frozen=True, slots=True)
class Share:
    """A district or a group: shares before and after (0 to 1), and workers newly reached by plan.

    None is unknown: the plan was not asked about it.
    """

    name: Text
    before: float | None
    after: tuple[float | None, ...]
    added: tuple[float | None, ...]

    @property
    def most(self) -> float:
        """What the plan that does most for it newly reaches."""
        return max((one for one in self.added if one is not None), default=0.0)

    def differences(self) -> list[str | None]:
        """Return by how many workers each does more or less than the first plan; None where unknown."""
        first = self.added[0]
        return [
            None if not place or first is None or one is None else format_difference(one - first)
            for place, one in enumerate(self.added)
        ]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two to four plans beside each other.

    Attributes
    ----------
    runs
        Their numbers; None for sites that were placed by hand.
    alike
        Whether shares mean the same in all.
    asked
        What of the questions differs.
    districts, groups
        Empty where they are not known of all.
    sites
        By plan: order, name, workers newly reached, longitude and latitude (WGS-84).
    """

    titles: tuple[Text, ...]
    runs: tuple[int | None, ...]
    alike: bool
    sample: bool
    asked: Sequence[Row]
    whole: Sequence[Row]
    districts: Sequence[Share]
    groups: Sequence[Share]
    sites: tuple[tuple[tuple[int, Text, float, float, float], ...], ...]


def check_comparison_output(path: Path) -> None:
    """Refuse a file name whose format is not known.

    Raises
    ------
    InvalidValueError
        If no format belongs to the suffix.
    """
    if path.suffix.lower() not in FORMATS:
        names = " ".join(FORMATS)
        accepted = Text(f"后缀为 {names} 的文件名", f"a file name ending in {names}")
        raise InvalidValueError("-o", path.name, accepted)


def write_comparison(found: Comparison, path: Path, language: Language) -> None:
    """Write a comparison in one language: a workbook of a sheet a part, or a CSV file of all figures."""
    check_comparison_output(path)
    if path.suffix.lower() == ".csv":
        head, *rows = _one_table(found, language)
        fill_file(FileTable(head, [(row, None) for row in rows]), path, ".csv", "")
        return
    book = openpyxl.Workbook()
    for number, (title, rows, form) in enumerate(_sheets(found, language)):
        sheet = book.worksheets[0] if not number else book.create_sheet()
        sheet.title = title
        fill_sheet(sheet, rows)
        sheet.freeze_panes = "B2"
        for line in sheet.iter_rows(min_row=2, min_col=2):
            for cell in line:
                if isinstance(cell.value, float):
                    cell.number_format = form(cell.row, cell.column)
    book.save(path)


def _letters(found: Comparison) -> str:
    return LETTERS[: len(found.titles)]


def _value(value: Value, language: Language) -> Any:
    return value.pick(language) if isinstance(value, Text) else value


_Form = Callable[[int, int], str]


def _sheets(found: Comparison, language: Language) -> list[tuple[str, list[list[Any]], _Form]]:
    """Return the sheets of a workbook, those without rows left out.

    Each has its title, its rows, and how the number in a row and column (from 1) is written.
    """

    def said(text: Text) -> str:
        return text.pick(language)

    letters = list(_letters(found))
    head: list[list[Any]] = [
        [said(words.PLAN), *letters],
        [said(words.RUN), *found.runs],
        ["", *(said(one) for one in found.titles)],
    ]
    notes = [] if found.alike else [[said(words.NOT_ALIKE)]]
    notes += [[said(words.SAMPLE)]] if found.sample else []
    whole = [
        [said(row.label), *(_value(one, language) for one in row.values)] for row in found.whole
    ]
    forms = {number: _FORMS[row.measure] for number, row in enumerate(found.whole, len(head) + 1)}
    sheets: list[tuple[str, list[list[Any]], _Form]] = [
        (said(words.WHOLE), [*head, *whole, *notes], lambda row, _column: forms[row])
    ]
    if found.asked:
        asked = [[said(row.label), *(said(one) for one in row.shown())] for row in found.asked]
        rows = [[said(words.ASKED), *letters], *asked]
        sheets.append((said(words.ASKED), rows, lambda _row, _column: _COUNT))
    for title, shares in ((words.DISTRICTS, found.districts), (words.GROUPS, found.groups)):
        if shares:
            columns = [
                said(words.NAME),
                said(words.BEFORE),
                *(f"{one} · {said(words.AFTER)}" for one in letters),
                *(f"{one} · {said(words.NEWLY)}" for one in letters),
            ]
            told = [[said(one.name), one.before, *one.after, *one.added] for one in shares]
            sheets.append((said(title), [columns, *told], _share_form(len(letters))))
    columns = [
        said(one) for one in (words.PLAN, words.ORDER, words.SITE, words.ADDS, words.LON, words.LAT)
    ]
    places = [
        [letter, order, said(name), adds, round(lon, 6), round(lat, 6)]
        for letter, sites in zip(letters, found.sites, strict=True)
        for order, name, adds, lon, lat in sites
    ]
    sheets.append(
        (
            said(words.SITES),
            [columns, *places],
            lambda _row, column: _COUNT if column <= _ADDS_COLUMN else "0.000000",
        )
    )
    return sheets


def _share_form(plans: int) -> _Form:
    """Return the form of a table of shares: before, after by plan, then workers by plan."""
    return lambda _row, column: _SHARE if column <= plans + 2 else _COUNT


def _one_table(found: Comparison, language: Language) -> list[list[Any]]:
    """Return all figures as one table: part, name, measure, and a column for each plan."""

    def said(text: Text) -> str:
        return text.pick(language)

    rows: list[list[Any]] = [
        [said(words.PART), said(words.NAME), said(words.MEASURE), *_letters(found)],
        [said(words.PLAN), "", said(words.RUN), *found.runs],
        [said(words.PLAN), "", said(words.PLAN), *(said(one) for one in found.titles)],
    ]
    for part, some in ((words.ASKED, found.asked), (words.WHOLE, found.whole)):
        rows += [
            [said(part), "", said(row.label), *(_value(one, language) for one in row.values)]
            for row in some
        ]
    for part, shares in ((words.DISTRICTS, found.districts), (words.GROUPS, found.groups)):
        for one in shares:
            before = [one.before] * len(found.titles)
            rows.append([said(part), said(one.name), said(words.BEFORE), *before])
            rows.append([said(part), said(one.name), said(words.AFTER), *one.after])
            rows.append([said(part), said(one.name), said(words.NEWLY), *one.added])
    return rows
