"""Rows of a list that are no facility: totals, notes below the table, its header once more."""

import re
from collections.abc import Sequence
from typing import Any, Final

from geoapp.core.i18n import Text
from geoapp.core.simplified import simplified
from geoapp.importers.formats.table import Record, Table, is_blank
from geoapp.importers.rows.columns import folded

_WHERE: Final = ("lon", "lat", "lonlat", "geometry_wkt")
_COUNT: Final = r"\d+(?:个|处|家|座|所|站|点)?"
_TOTAL: Final = re.compile(
    rf".{{0,12}}(?:合计|总计|小计|共计|总数|汇总)[:：]?(?:共?{_COUNT})?|(?:grand|sub)?[\s_-]?total[:：]?",
    re.IGNORECASE,
)
_IS_COUNT: Final = re.compile(rf"共?{_COUNT}(?:\.0)?")
_NOTE: Final = re.compile(
    r"(?:备注|附注|注|说明|填表说明|注意事项?|(?:制表|填表|填报|审核|审批|复核|经办)(?:人|单位|日期|时间)?|"
    r"(?:单位)?负责人|联系人|数据来源|资料来源|统计(?:时间|口径)|notes?|source)\d*[:：].*",
    re.IGNORECASE | re.DOTALL,
)
# A title above a part of a list, alone in its row: 一、市南区（4处）.
_NUMBERED: Final = re.compile(
    "(?:[（(]?[一二三四五六七八九十]{1,3}[）)、.．]|第[一二三四五六七八九十]{1,3}部分).*"
)
_COUNTED: Final = re.compile(rf".{{1,12}}[（(]共?{_COUNT}[）)]")
_MOST_NOTES: Final = 3
_LEAST_HEADINGS: Final = 3
_LOOKED_AT: Final = 3
_MOST_TOLD: Final = 10
_SHOWN: Final = 24


def without_notes(
    table: Table, records: Sequence[Record], fields: Sequence[str | None]
) -> tuple[list[Record], tuple[Text, ...]]:
    """Return the rows that may be facilities, and what to tell of the others.

    Parameters
    ----------
    fields
        Which field each column is; a row with a position is never passed over.
    """
    places = {name: place for place, name in enumerate(fields) if name}
    headings = [folded(name) for name in table.columns]
    kept, passed = [], []
    for record in records:
        cells = {place: str(cell) for place, cell in enumerate(record.cells) if not is_blank(cell)}
        if record.geometry is None and _is_none(cells, places, headings):
            passed.append((record.line, " ".join(next(iter(cells.values())).split())))
        else:
            kept.append(record)
    if not passed:
        return kept, ()
    listed = "；".join(f"{line:,} {words[:_SHOWN]}" for line, words in passed[:_MOST_TOLD])
    listed += "……" if len(passed) > _MOST_TOLD else ""
    return kept, (
        Text(
            f"{len(passed):,} 行是合计、说明、分段标题或重复的表头，不当站点读取：第 {listed}。",
            f"{len(passed):,} rows are totals, notes, titles of parts or the header once more and are not "
            f"read as places: line {listed}.",
        ),
    )


def _is_none(cells: dict[int, str], places: dict[str, int], headings: list[str]) -> bool:
    if len(cells) >= _LEAST_HEADINGS and all(
        place < len(headings) and folded(words) == headings[place] for place, words in cells.items()
    ):
        return True
    where = [cells.get(places.get(name, -1), "") for name in _WHERE]
    # Who signed a list stands in any column.
    if not cells or any(one.isdecimal() for words in where for one in words):
        return False
    name = _close(cells.get(places.get("name_zh", -1), ""))
    if len(set(cells.values())) == 1:
        title = _close(next(iter(cells.values())))
        if _NUMBERED.fullmatch(title) or (_COUNTED.fullmatch(title) and not name):
            return True
    first = [_close(words) for words in list(cells.values())[:_LOOKED_AT]]
    if any(_TOTAL.fullmatch(words) for words in first):
        return not name or _matches(name, _TOTAL) or _matches(name, _IS_COUNT)
    if len(set(cells.values())) > _MOST_NOTES or not _NOTE.fullmatch(first[0]):
        return False
    return not name or _matches(name, _NOTE)


def _matches(words: str, what: re.Pattern[str]) -> bool:
    return what.fullmatch(words) is not None


def _close(words: Any) -> str:
    return simplified("".join(str(words).split()))
