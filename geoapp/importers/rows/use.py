"""Files of visits, of workers' opinions and of care for workers: counts alone, nobody by name."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_CATEGORY_CHARACTERS, MOST_MONEY
from geoapp.core.use import BASIS_TEXT, CARE_UNIT_TEXT, Basis, CareUnit
from geoapp.importers.formats.table import Table
from geoapp.importers.problems import Findings, Reading
from geoapp.importers.rows import cells
from geoapp.importers.rows.columns import (
    CARE_COLUMNS,
    OPINION_COLUMNS,
    VISIT_COLUMNS,
    further_names,
)
from geoapp.importers.rows.keyed import CellOf, Row, known_code, read_keyed, required_cell
from geoapp.importers.rows.region_names import IMPORT_FIRST, RegionNames, read_region

_FACILITY = Text("站点", "facility")
_FIRST_YEAR = 1970
_LAST_HOUR = 23
_BASES, _BASES_ACCEPTED = cells.word_index(
    BASIS_TEXT, {"门": Basis.DOOR, "上报": Basis.REPORTED, "导入": Basis.IMPORTED}
)
_UNITS, _UNITS_ACCEPTED = cells.word_index(CARE_UNIT_TEXT, {"名": CareUnit.PEOPLE})


def read_visits(table: Table, facilities: Mapping[str, int], today: date) -> Reading[Row]:
    """Understand the rows of a file of visits.

    Parameters
    ----------
    facilities
        The number of each facility in the store, by code.
    today
        The last day that can have been counted.

    Raises
    ------
    UnusableInputError
        If a required column is missing.
    """

    def one(found: Findings, cell: CellOf) -> Row:
        return {
            "facility_id": _facility(found, cell, facilities),
            "day": _day(found, cell, today),
            "hour": cells.read_whole(found, "hour", cell("hour"), _LAST_HOUR),
            "n": required_cell(found, "n", "人次", cells.read_whole, cell),
            "basis": cells.read_word(found, "basis", cell("basis"), _BASES, _BASES_ACCEPTED)
            or Basis.IMPORTED,
        }

    return read_keyed(
        table,
        VISIT_COLUMNS,
        ("facility", "day", "n"),
        one,
        ("facility_id", "day", "hour", "basis"),
    )


def read_opinions(table: Table, facilities: Mapping[str, int], today: date) -> Reading[Row]:
    """Understand the rows of a file of opinions: how many gave so many stars on a day.

    Parameters
    ----------
    facilities
        The number of each facility in the store, by code.
    today
        The last day on which somebody can have been asked.

    Raises
    ------
    UnusableInputError
        If a required column is missing.
    """

    def one(found: Findings, cell: CellOf) -> Row:
        def stars(found: Findings, column: str, value: Any) -> int | None:
            return cells.read_whole(found, column, value, 5, least=1)

        return {
            "facility_id": _facility(found, cell, facilities),
            "day": _day(found, cell, today),
            "stars": required_cell(found, "stars", "星级", stars, cell),
            "n": required_cell(found, "n", "人数", cells.read_whole, cell),
        }

    needed = ("facility", "day", "stars", "n")
    return read_keyed(table, OPINION_COLUMNS, needed, one, ("facility_id", "day", "stars"))


def read_care(table: Table, regions: RegionNames, today: date) -> Reading[Row]:
    """Understand the rows of a file of care events.

    Parameters
    ----------
    regions
        The regions that are stored.
    today
        The last day on which something can have been done.

    Raises
    ------
    UnusableInputError
        If a required column is missing.
    """

    def one(found: Findings, cell: CellOf) -> Row:
        region = required_cell(
            found,
            "region",
            "区域代码",
            lambda found, _, value: read_region(found, value, regions, IMPORT_FIRST),
            cell,
        )
        people = cells.read_whole(found, "people", cell("people"))
        unit = cells.read_word(found, "unit", cell("unit"), _UNITS, _UNITS_ACCEPTED)
        if people is not None and unit is None and not found.problems:
            found.add(
                "unit",
                "",
                "unit_needed",
                "有数量就要写单位（unit）：人或人次，两者不能相加。",
                "A number needs its unit: people (人) or times (人次), which are never added.",
            )
        return {
            "code": required_cell(found, "code", "编号", cells.read_code, cell),
            "kind": required_cell(found, "kind", "活动类别", _text(MOST_CATEGORY_CHARACTERS), cell),
            "region_code": region,
            "day": _day(found, cell, today),
            "people": people,
            "unit": None if people is None else unit,
            "money": cells.read_number(found, "money", cell("money"), most=MOST_MONEY),
            "document": cells.read_text(found, "document", cell("document")),
            "source": cells.read_text(found, "source", cell("source")),
            "is_sample": cells.read_flag(found, "sample", cell("sample")) or False,
        }

    needed = ("code", "kind", "region", "day")
    return read_keyed(table, CARE_COLUMNS, needed, one, ("code",), further=further_names("care"))


def _text(most: int) -> Callable[[Findings, str, Any], str | None]:
    return lambda found, column, cell: cells.read_text(found, column, cell, most)


def _facility(found: Findings, cell: CellOf, facilities: Mapping[str, int]) -> int | None:
    code = required_cell(found, "facility", "站点编号", cells.read_code, cell)
    known_code(found, "facility", code, facilities, _FACILITY)
    return facilities.get(code or "")


def _day(found: Findings, cell: CellOf, today: date) -> date | None:
    day = required_cell(found, "day", "日期", cells.read_date, cell)
    if day is not None and not (day.year >= _FIRST_YEAR and day <= today):
        found.add(
            "day",
            day,
            "day_out_of_range",
            f"日期 {day} 应在 {_FIRST_YEAR} 年至今天（{today}）之间。",
            f"The day {day} must lie between {_FIRST_YEAR} and today, {today}.",
        )
    return day
