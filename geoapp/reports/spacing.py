"""How stations stand to a rule of spacing, as a workbook: a sheet for each question."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import openpyxl

from geoapp.core.errors import InvalidValueError
from geoapp.core.files import replaced_whole
from geoapp.core.i18n import Language, Text
from geoapp.core.results.spacing import FarStreets, SpacingResult
from geoapp.core.units import format_metres
from geoapp.core.words import LEVEL_TEXT, SAMPLE_TEXT, Level
from geoapp.reports.book import add_table, fill_sheet
from geoapp.reports.words.spacing import (
    BY_TEXT,
    NO_WAY,
    made_up_text,
    measured_text,
    rule_text,
    street_text,
    streets_text,
)
from geoapp.reports.words.standards import issued_text, samples_text

_SHARE: Final = Text("太远的比例", "Share too far")
_STREET_SHARE: Final = Text("太远的道路的比例", "Share of street too far")
_UNKNOWN: Final = Text("未知", "unknown")


def write_spacing(
    result: SpacingResult, regions: Mapping[str, Text], path: Path, language: Language
) -> None:
    """Write a result as a workbook.

    Parameters
    ----------
    regions
        Names by code.
    path
        Ends in .xlsx.

    Raises
    ------
    InvalidValueError
        If it does not.
    UnusableInputError
        If the file cannot be written.
    """
    if path.suffix.lower() != ".xlsx":
        accepted = Text("后缀为 .xlsx 的文件名", "a file name ending in .xlsx")
        raise InvalidValueError("-o", path.name, accepted)
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    sheets = [
        (Text("各区", "By district"), _regions(result)),
        (Text("太近的站点", "Too close"), _pairs(result, regions)),
        (Text("太远的地方", "Too far"), _areas(result, regions)),
    ]
    if result.streets is not None:
        sheets.insert(
            1, (Text("太远的路段", "Streets too far"), _stretches(result.streets, regions))
        )
    for title, rows in sheets:
        said = [
            [one.pick(language) if isinstance(one, Text) else one for one in row] for row in rows
        ]
        add_table(
            book,
            title.pick(language),
            said,
            shares=[one.pick(language) for one in (_SHARE, _STREET_SHARE)],
        )
    about = book.create_sheet(Text("说明", "About").pick(language))
    fill_sheet(
        about,
        [[label.pick(language), value.pick(language)] for label, value in _about(result, regions)],
    )
    with replaced_whole(path, private=False) as fresh:
        book.save(fresh)


def _regions(result: SpacingResult) -> list[list[Any]]:
    rows: list[list[Any]] = [
        [
            Text("区域", "Region"),
            # A city and its districts stand below each other: whoever sums them keeps to one level.
            Text("级别", "Level"),
            Text("站点", "Stations"),
            Text("太近（对）", "Pairs too close"),
            Text("劳动者", "Workers"),
            Text("太远的劳动者", "Workers too far"),
            _SHARE,
            Text("最远（米）", "Farthest (m)"),
        ]
    ]
    walked = result.streets is not None
    if walked:
        rows[0] += [
            Text("道路（米）", "Street (m)"),
            Text("太远的道路（米）", "Street too far (m)"),
            _STREET_SHARE,
        ]
    total = (Text("合计", "Total"), None, result.total)
    for name, level, count in (
        *((one.name, one.level, one.count) for one in result.regions),
        total,
    ):
        rows.append(
            [
                name,
                "" if level is None else LEVEL_TEXT[Level(level)],
                count.stations,
                count.close_pairs,
                count.workers,
                count.far_workers,
                count.far_share,
                NO_WAY if count.no_way else _rounded(count.farthest_m),
                *(
                    [
                        _rounded(count.street_m),
                        _rounded(count.far_street_m),
                        count.far_street_share,
                    ]
                    if walked
                    else []
                ),
            ]
        )
    return rows


def _pairs(result: SpacingResult, regions: Mapping[str, Text]) -> list[list[Any]]:
    rows: list[list[Any]] = [
        [
            Text("区", "District"),
            Text("站点", "Station"),
            Text("编号", "Code"),
            Text("另一处", "The other"),
            Text("另一处的编号", "Its code"),
            Text("相距（米）", "Apart (m)"),
            Text("至少（米）", "At least (m)"),
        ]
    ]
    rows += [
        [
            regions.get(one.district or "", _UNKNOWN),
            one.one.name,
            one.one.code,
            one.other.name,
            one.other.code,
            _rounded(one.away_m),
            one.least_m,
        ]
        for one in result.pairs
    ]
    return rows


def _areas(result: SpacingResult, regions: Mapping[str, Text]) -> list[list[Any]]:
    rows: list[list[Any]] = [
        [
            Text("区", "District"),
            Text("最远的一处", "Its farthest place"),
            Text("离最近的站（米）", "To the nearest station (m)"),
            Text("至多（米）", "At most (m)"),
            Text("劳动者", "Workers"),
            Text("最近的站", "Nearest station"),
            Text("经度", "Longitude"),
            Text("纬度", "Latitude"),
        ]
    ]
    rows += [
        [
            regions.get(one.district or "", _UNKNOWN),
            one.place,
            NO_WAY if one.farthest_m is None else _rounded(one.farthest_m),
            one.allowed_m,
            one.workers,
            "" if one.nearest is None else one.nearest.name,
            round(one.lon, 6),
            round(one.lat, 6),
        ]
        for one in result.areas
    ]
    return rows


def _stretches(streets: FarStreets, regions: Mapping[str, Text]) -> list[list[Any]]:
    rows: list[list[Any]] = [
        [
            Text("区", "District"),
            Text("道路", "Street"),
            Text("长（米）", "Length (m)"),
            Text("最远的一处", "Its farthest place"),
            Text("离最近的站（米）", "To the nearest station (m)"),
            Text("至多（米）", "At most (m)"),
            Text("经度", "Longitude"),
            Text("纬度", "Latitude"),
        ]
    ]
    rows += [
        [
            regions.get(one.district or "", _UNKNOWN),
            street_text(one),
            _rounded(one.length_m),
            one.place,
            NO_WAY if one.farthest_m is None else _rounded(one.farthest_m),
            one.allowed_m,
            round(one.lon, 6),
            round(one.lat, 6),
        ]
        for one in streets.stretches
    ]
    return rows


def _rounded(metres: float | None) -> float | None:
    return None if metres is None else round(metres, 1)


def _about(result: SpacingResult, regions: Mapping[str, Text]) -> list[tuple[Text, Text]]:
    standard, rule = result.standard, result.standard.spacing
    everywhere = Text("全部区域", "all regions")
    rows = [
        (Text("标准", "Standard"), standard.text),
        (Text("发布", "Published"), issued_text(standard)),
        (
            Text("区域", "Region"),
            everywhere if result.region is None else regions.get(result.region, everywhere),
        ),
    ]
    if rule is not None:
        rows += [
            (Text("间距", "Spacing"), rule_text(rule, regions)),
            (Text("间距的出处", "Source of the rule"), rule.source),
        ]
        if (made_up := made_up_text(rule)) is not None:
            rows.append((SAMPLE_TEXT, made_up))
    rows += [
        (Text("距离", "Distance"), BY_TEXT[result.by]),
        (Text("怎样量", "How it is measured"), measured_text(result)),
        (
            Text("怎样算", "How it is counted"),
            Text(
                "只算启用的、标准适用类型的、位置已知的站点；区域外的站点也能服务区域里的人。正好等于规定的距离算符合。"
                "跨界的一对在两边各算一次。",
                "Stations in service, of the standard's kinds, whose position is known; those outside the "
                "region serve people inside it. Exactly the distance of the rule complies. A pair across a "
                "border counts on both sides.",
            ),
        ),
    ]
    if (streets := streets_text(result)) is not None:
        rows.append((Text("沿路", "Along streets"), streets))
    if result.streets is not None and result.streets.rest_stretches:
        rest = format_metres(result.streets.rest_m)
        rows.append(
            (
                Text("没有列出的路段", "Streets not listed"),
                Text(
                    f"另有 {result.streets.rest_stretches:,} 段较短的，共 {rest.zh}",
                    f"shorter stretches besides: {result.streets.rest_stretches:,}, {rest.en}",
                ),
            )
        )
    samples = samples_text(result)
    if samples is not None:
        rows.append((SAMPLE_TEXT, samples))
    return rows
