"""How facilities stand to a standard, as files: a workbook of several sheets, or the list as CSV."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import openpyxl

from geoapp.core.errors import InvalidValueError
from geoapp.core.files import replaced_whole
from geoapp.core.i18n import Language, Text
from geoapp.core.results.standards import (
    FacilityCompliance,
    Prices,
    PurchaseList,
    StandardResult,
)
from geoapp.core.standards import COMPLIANCE_TEXT, Compliance
from geoapp.core.words import LEVEL_TEXT, SAMPLE_TEXT, Level
from geoapp.reports.book import add_table, fill_sheet
from geoapp.reports.file_table import FileTable
from geoapp.reports.tables import write_table
from geoapp.reports.words.standards import (
    PRICE_UNKNOWN,
    cost_text,
    issued_text,
    listed,
    prices_text,
    samples_text,
    source_text,
)

SUFFIXES: Final = (".xlsx", ".csv")
# Drawn elsewhere; told where a suffix is not known.
PICTURE: Final = ".png"
_SHARE = Text("达标率", "Share that complies")
_EVERYWHERE = Text("全部区域", "all regions")
_NOT_KNOWN = Text("未知", "unknown")
_NOT_RECORDED = Text("资料里没有对应项", "not recorded")
_FACILITY_HEAD = (
    Text("编号", "Code"),
    Text("名称", "Name"),
    Text("区", "District"),
    Text("状态", "State"),
    Text("缺什么", "Lacks"),
    Text("未知的", "Unknown"),
    Text("示例", "Sample"),
)


def write_standard(
    result: StandardResult,
    purchases: Sequence[tuple[Text, PurchaseList]],
    prices: Prices,
    facilities: Sequence[FacilityCompliance],
    regions: Mapping[str, Text],
    path: Path,
    language: Language,
) -> None:
    """Write a result; the format is the suffix's. CSV holds the list of facilities alone.

    Parameters
    ----------
    purchases
        What is to be bought: first in all, then by district, each with its name.
    prices
        What it was reckoned with.
    facilities
        Those to be listed: all of the result, or those of one state.
    regions
        Names by code.

    Raises
    ------
    InvalidValueError
        If no format belongs to the suffix.
    UnusableInputError
        If the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        names = " ".join((*SUFFIXES, PICTURE))
        accepted = Text(f"后缀为 {names} 的文件名", f"a file name ending in {names}")
        raise InvalidValueError("-o", path.name, accepted)
    head = [one.pick(language) for one in _FACILITY_HEAD]
    rows = [_facility(result, one, regions, language) for one in facilities]
    if suffix == ".csv":
        table = FileTable(head, [(row, None) for row in rows])
        write_table(table, path, layer=result.standard.code)
        return
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    add_table(
        book,
        Text("各区", "By district").pick(language),
        _regions(result, language),
        shares=(_SHARE.pick(language),),
    )
    add_table(
        book,
        Text("设施", "Facilities").pick(language),
        [head, *rows],
        shares=(_SHARE.pick(language),),
    )
    add_table(
        book,
        Text("采购清单", "To buy").pick(language),
        _purchases(purchases, regions, language),
        shares=(_SHARE.pick(language),),
    )
    about = book.create_sheet(Text("说明", "About").pick(language))
    fill_sheet(about, _about(result, purchases[0][1], prices, regions, language))
    with replaced_whole(path, private=False) as fresh:
        book.save(fresh)


def _facility(
    result: StandardResult,
    one: FacilityCompliance,
    regions: Mapping[str, Text],
    language: Language,
) -> list[str]:
    items = result.standard.items or ()

    def named(numbers: Sequence[int]) -> str:
        return listed([items[number - 1].text for number in numbers]).pick(language)

    district = _NOT_KNOWN if one.district is None else regions[one.district]
    return [
        one.code,
        one.name.pick(language),
        district.pick(language),
        COMPLIANCE_TEXT[one.state].pick(language),
        named(one.lacking),
        named(one.unknown),
        SAMPLE_TEXT.pick(language) if one.sample else "",
    ]


def _regions(result: StandardResult, language: Language) -> list[list[Any]]:
    head = [
        Text("区域", "Region"),
        # A city and its districts stand below each other: whoever sums them keeps to one level.
        Text("级别", "Level"),
        Text("设施", "Facilities"),
        *(COMPLIANCE_TEXT[state] for state in Compliance),
        _SHARE,
    ]
    rows: list[list[Any]] = [[one.pick(language) for one in head]]
    total = Text("合计", "Total")
    for name, level, count in (
        *((one.name, one.level, one.count) for one in result.regions),
        (total, None, result.total),
    ):
        states = [count.of(state) for state in Compliance]
        called = "" if level is None else LEVEL_TEXT[Level(level)].pick(language)
        share = count.share(Compliance.COMPLIES)
        rows.append([name.pick(language), called, count.facilities, *states, share])
    return rows


def _purchases(
    purchases: Sequence[tuple[Text, PurchaseList]],
    regions: Mapping[str, Text],
    language: Language,
) -> list[list[Any]]:
    head = [
        Text("区域", "Region"),
        Text("项目", "Item"),
        Text("已知缺（件）", "Known to be lacking"),
        Text("未知（件）", "Unknown"),
        Text("单价（元）", "Price of one (yuan)"),
        Text("单位", "Unit"),
        Text("价格表", "Price list"),
        Text("价格适用于", "Price holds in"),
        Text("价格日期", "Price as of"),
        Text("价格来源", "Source of the price"),
        Text("至少（元）", "At least (yuan)"),
        Text("至多（元）", "At most (yuan)"),
    ]
    rows: list[list[Any]] = [[one.pick(language) for one in head]]
    for name, bought in purchases:
        for one in bought.items:
            named = [name.pick(language), one.item.pick(language)]
            if one.pieces is None:
                rows.append([*named, _NOT_RECORDED.pick(language), *[None] * 9])
            for part in one.pieces or ():
                told: tuple[Any, ...] = (None,) * 5
                if part.stored is not None:
                    held = part.stored
                    where = _EVERYWHERE if held.region is None else regions[held.region]
                    told = (held.unit, held.price_list, where.pick(language))
                    told = (*told, held.as_of, held.source)
                price = PRICE_UNKNOWN.pick(language) if part.price is None else part.price
                cost = part.cost or (None, None)
                rows.append([*named, part.surely, part.possibly, price, *told, *cost])
    return rows


def _about(
    result: StandardResult,
    bought: PurchaseList,
    prices: Prices,
    regions: Mapping[str, Text],
    language: Language,
) -> list[list[Any]]:
    standard = result.standard
    region = _EVERYWHERE if result.region is None else regions.get(result.region, _EVERYWHERE)
    rows = [
        (Text("标准", "Standard"), standard.text),
        (Text("发布", "Published"), issued_text(standard)),
        (Text("出处", "Source"), source_text(standard)),
        (Text("说明", "Note"), standard.note),
        (Text("区域", "Region"), region),
        (Text("要求", "Asks for"), listed([one.text for one in standard.items or ()])),
        (
            Text("怎样算", "How it is counted"),
            Text(
                "只算启用的、标准适用类型的设施。一项也不缺、全部已知有的才算达标；未知不算缺。"
                "采购清单每处每项一件：至少按已知缺的算，至多把未知的也算上。",
                "Facilities in service of the standard's kinds. Only one with every item known to be "
                "there complies; unknown is not lacking. One piece for each facility and item: at "
                "least those known to be lacking, at most the unknown ones as well.",
            ),
        ),
    ]
    rows += [
        (Text("价格", "Prices"), prices_text(prices)),
        (Text("费用", "Cost"), cost_text(bought)),
    ]
    samples = samples_text(result)
    if samples is not None:
        rows.append((SAMPLE_TEXT, samples))
    return [[label.pick(language), value.pick(language)] for label, value in rows]
