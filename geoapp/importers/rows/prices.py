"""Files of prices: what one piece of an amenity costs, as of which day, from where."""

from collections.abc import Callable
from datetime import date
from typing import Any

from geoapp.core.limits import (
    MOST_CATEGORY_CHARACTERS,
    MOST_LIST_CHARACTERS,
    MOST_MONEY,
    MOST_NAME_CHARACTERS,
    MOST_SOURCE_CHARACTERS,
)
from geoapp.core.vocabulary import amenity_of
from geoapp.importers.formats.table import Table
from geoapp.importers.problems import Findings, Reading
from geoapp.importers.rows import cells
from geoapp.importers.rows.columns import PRICE_COLUMNS, further_names
from geoapp.importers.rows.keyed import CellOf, Row, read_keyed, required_cell
from geoapp.importers.rows.region_names import IMPORT_FIRST, RegionNames, read_region


def read_prices(table: Table, regions: RegionNames, today: date) -> Reading[Row]:
    """Understand the rows of a file of prices.

    Parameters
    ----------
    regions
        The regions that are stored.
    today
        The last day as of which a price can be known.

    Raises
    ------
    UnusableInputError
        If a required column is missing.
    """

    def one(found: Findings, cell: CellOf) -> Row:
        item = required_cell(found, "item", "项目", _item, cell)
        day = required_cell(found, "as_of", "日期", cells.read_date, cell)
        if day is not None and day > today:
            found.add(
                "as_of",
                day,
                "day_out_of_range",
                f"日期 {day} 在今天（{today}）之后。",
                f"The day {day} lies after today, {today}.",
            )
        return {
            "price_list": required_cell(found, "list", "价格表", _text(MOST_LIST_CHARACTERS), cell),
            "amenity_code": item,
            "price": required_cell(
                found,
                "price",
                "单价",
                lambda found, column, value: cells.read_number(
                    found, column, value, most=MOST_MONEY
                ),
                cell,
            ),
            "unit": cells.read_text(found, "unit", cell("unit"), MOST_CATEGORY_CHARACTERS),
            "as_of": day,
            "source": required_cell(found, "source", "来源", _text(MOST_SOURCE_CHARACTERS), cell),
            "noted_by": cells.read_text(found, "noted_by", cell("noted_by"), MOST_NAME_CHARACTERS),
            "region_code": read_region(found, cell("region"), regions, IMPORT_FIRST),
            "is_sample": cells.read_flag(found, "sample", cell("sample")) or False,
        }

    return read_keyed(
        table,
        PRICE_COLUMNS,
        ("list", "item", "price", "as_of", "source"),
        one,
        ("price_list", "region_code", "amenity_code"),
        further=further_names("prices"),
    )


def _text(most: int) -> Callable[[Findings, str, Any], str | None]:
    return lambda found, column, cell: cells.read_text(found, column, cell, most)


def _item(found: Findings, column: str, cell: Any) -> str | None:
    codes = cells.read_amenities(found, column, cell, amenity_of)
    if len(codes) > 1:
        found.add(
            column,
            cell,
            "several_items",
            "一行只写一项设施的价格。",
            "A row is the price of one item.",
        )
        return None
    return codes[0] if codes else None
