"""Region files: codes in their hierarchy, with outlines where they are known."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.core.geo import geometry_to_wgs84
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_REGION_CHARACTERS
from geoapp.core.words import LEVEL_TEXT, Datum, Level
from geoapp.importers.formats.table import Record, Table
from geoapp.importers.problems import Findings, Reading, Rejected
from geoapp.importers.rows import cells
from geoapp.importers.rows.columns import REGION_COLUMNS
from geoapp.importers.rows.headings import Header, match_header, require_columns
from geoapp.importers.rows.positions import polygonal

_LEVELS, _LEVELS_ACCEPTED = cells.word_index(
    LEVEL_TEXT,
    {
        "省": Level.PROVINCE,
        "自治区": Level.PROVINCE,
        "直辖市": Level.PROVINCE,
        "市": Level.CITY,
        "地级市": Level.CITY,
        "地级": Level.CITY,
        "区": Level.DISTRICT,
        "县": Level.DISTRICT,
        "县级": Level.DISTRICT,
        "镇": Level.STREET,
        "乡": Level.STREET,
        "乡镇": Level.STREET,
        "乡镇街道": Level.STREET,
        "county": Level.DISTRICT,
        "town": Level.STREET,
    },
)
# Mending the slivers of real outlines changes their area by far less.
_SLIVER_SHARE = 0.01
_GBT = re.compile(r"[1-9]\d{5}(?:\d{3}(?:\d{3})?)?")


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region as a file states it; the outline (EPSG:4326) is a MultiPolygon or None."""

    line: int
    code: str
    parent: str | None
    level: Level
    name_zh: str
    name_en: str | None
    population: int | None
    population_source: str | None
    source: str | None
    outline: shapely.MultiPolygon | None


def level_of_code(code: str) -> Level | None:
    """Return the level that a GB/T 2260 code (or its 9 or 12 digit extension) says; None if none."""
    if not _GBT.fullmatch(code):
        return None
    head, street, rest = code[:6], code[6:9], code[9:]
    if rest.strip("0"):
        return None  # a village or community
    if street.strip("0"):
        return Level.STREET
    if head.endswith("0000"):
        return Level.PROVINCE
    return Level.CITY if head.endswith("00") else Level.DISTRICT


def parents_of_code(code: str) -> list[str]:
    """Return the codes that may be above a code by its digits, nearest first."""
    if not _GBT.fullmatch(code):
        return []
    head, tail = code[:6], "0" * (len(code) - 6)
    chain: list[str] = []
    for above in (head, head[:4] + "00", head[:2] + "0000"):
        chain += [above, above + tail]
    return [above for above in dict.fromkeys(chain) if above != code]


def read_regions(
    table: Table, datum: Datum, stored_levels: Mapping[str, str]
) -> Reading[RegionRow]:
    """Understand the rows of a region file.

    Parameters
    ----------
    stored_levels
        The levels of the regions in the store, by code.

    Raises
    ------
    UnusableInputError
        If a required column is missing.
    """
    header = match_header(table.columns, REGION_COLUMNS)
    require_columns(header, REGION_COLUMNS, ("code", "name_zh"))
    drafts: list[tuple[Record, Findings, dict[str, Any]]] = []
    seen: dict[str, int] = {}
    for record in table.records:
        found = Findings(record.line)
        cells.fit_row(found, record, len(table.columns))
        drafts.append((record, found, _read_row(found, record, header, datum, seen)))
    _find_parents(drafts, stored_levels, stated="parent" in header.places)
    rows, rejected = [], []
    for record, found, values in drafts:
        if found.problems:
            geometry = record.source if record.source is not None else record.geometry
            rejected.append(Rejected(record.line, record.cells, geometry, tuple(found.problems)))
        else:
            rows.append(RegionRow(line=record.line, **values))
    given = header.given - {"geometry_wkt"}
    if table.has_geometry or "geometry_wkt" in header.places:
        given |= {"geometry"}
    return Reading(
        rows,
        rejected,
        given,
        (),
        (*header.ignored, *header.extra),
        table.hints,
        header.is_rejects_file,
    )


def _read_row(
    found: Findings, record: Record, header: Header, datum: Datum, seen: dict[str, int]
) -> dict[str, Any]:
    def cell(column: str) -> Any:
        place = header.places.get(column)
        return None if place is None else record.cells[place]

    before = len(found.problems)
    code = cells.read_code(found, "code", cell("code"), MOST_REGION_CHARACTERS)
    cells.required(found, "code", "代码", code, before)
    if code is not None:
        first = seen.setdefault(code, record.line)
        if first != record.line:
            found.add(
                "code",
                code,
                "duplicate_code",
                f"代码“{code}”在文件中重复，第 {first} 行已用过。",
                f"The code {code!r} was used before in line {first}; codes must be unique.",
            )
    before = len(found.problems)
    name = cells.read_text(found, "name_zh", cell("name_zh"))
    cells.required(found, "name_zh", "名称", name, before)
    before = len(found.problems)
    level = cells.read_word(found, "level", cell("level"), _LEVELS, _LEVELS_ACCEPTED)
    if level is None and len(found.problems) == before and code is not None:
        level = level_of_code(code)
        if level is None:
            found.add(
                "level",
                code,
                "required",
                f"由代码“{code}”看不出级别，请填写 level（级别）：{_LEVELS_ACCEPTED.zh}。",
                f"The code {code!r} does not say the level; fill in level: {_LEVELS_ACCEPTED.en}.",
            )
    words = cells.as_text(cell("geometry_wkt"))
    return {
        "code": code,
        "parent": cells.read_text(found, "parent", cell("parent"), MOST_REGION_CHARACTERS),
        "level": level,
        "name_zh": name,
        "name_en": cells.read_text(found, "name_en", cell("name_en")),
        "population": cells.read_whole(found, "population", cell("population"), 10**11),
        "population_source": cells.read_text(found, "population_source", cell("population_source")),
        "source": cells.read_text(found, "source", cell("source")),
        "outline": _outline(found, record, words, datum),
    }


def _outline(
    found: Findings, record: Record, words: str | None, datum: Datum
) -> shapely.MultiPolygon | None:
    """Return the outline in WGS-84, repaired; note why it is none."""
    geometry: BaseGeometry | Text | None = record.geometry
    if geometry is None and words is not None:
        try:
            geometry = shapely.force_2d(shapely.from_wkt(words))
        except (shapely.errors.GEOSException, ValueError, UnicodeEncodeError):
            geometry = Text("不是有效的 WKT", "not valid WKT")
    if geometry is None:
        return None
    reason = geometry if isinstance(geometry, Text) else _wrong(geometry)
    if reason is not None:
        found.add(
            "geometry", words or "", "bad_geometry", f"几何{reason.zh}。", f"geometry: {reason.en}."
        )
        return None
    assert not isinstance(geometry, Text)  # a text is its reason
    mended = polygonal(geometry_to_wgs84(geometry, datum))
    if mended is None:
        found.add(
            "geometry",
            "",
            "bad_geometry",
            "区域的边界自相交或没有面积，无法修复。",
            "The outline crosses itself or has no area, and cannot be repaired.",
        )
        return None
    if _crosses_itself(geometry, mended):
        where = shapely.is_valid_reason(geometry).partition("[")[2].rstrip("]")
        found.add(
            "geometry",
            where,
            "bad_geometry",
            f"区域的边界自相交（{where} 附近），围出的不是一块地；请改正顶点的顺序。",
            f"The outline crosses itself (near {where}) and encloses no one area; mend the order of "
            "its corners.",
        )
        return None
    parts: list[Any] = shapely.get_parts(mended).tolist()
    return shapely.MultiPolygon(parts)


def _crosses_itself(geometry: BaseGeometry, mended: BaseGeometry) -> bool:
    """Tell a bow-tie from the slivers that real outlines have: there mending changes the area.

    The area inside a ring, as its corners run, counts loops that run backwards as negative.
    """
    if geometry.is_valid:
        return False
    area = shapely.area(geometry)  # of the rings as they run
    return bool(abs(mended.area - area) > _SLIVER_SHARE * mended.area)


def _wrong(geometry: Any) -> Text | None:
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        return Text(
            f"类型是 {geometry.geom_type}，应为 Polygon 或 MultiPolygon",
            f"a {geometry.geom_type}; Polygon and MultiPolygon are accepted",
        )
    corners = shapely.get_coordinates(geometry)
    if geometry.is_empty or not np.isfinite(corners).all():
        return Text("是空的，或有 NaN 坐标", "empty, or with a coordinate that is NaN")
    if (np.abs(corners) > (180.0, 90.0)).any():
        return Text(
            "的坐标超出经纬度范围（应为先经度后纬度的度数）",
            "coordinates out of range (degrees, longitude first, are accepted)",
        )
    return None


def _find_parents(
    drafts: list[tuple[Record, Findings, dict[str, Any]]],
    stored_levels: Mapping[str, str],
    *,
    stated: bool,
) -> None:
    """Fill in parents that follow from codes; note those that do not exist or are not above.

    A region whose parent is rejected is rejected too, until none is left.
    """
    depth = list(Level)
    while True:
        levels = {code: Level(level) for code, level in stored_levels.items()}
        for _, found, values in drafts:
            if not found.problems:
                levels[values["code"]] = values["level"]
        before = sum(len(found.problems) for _, found, _ in drafts)
        for _, found, values in drafts:
            if found.problems:
                continue
            parent, level = values["parent"], values["level"]
            if parent is None:
                if not stated or level_of_code(values["code"]) is not None:
                    values["parent"] = next(
                        (
                            above
                            for above in parents_of_code(values["code"])
                            if above in levels and depth.index(levels[above]) < depth.index(level)
                        ),
                        None,
                    )
            elif parent not in levels:
                found.add(
                    "parent",
                    parent,
                    "unknown_region",
                    f"上级“{parent[:40]}”既不在文件的有效行中，也不在库中。",
                    f"The parent {parent[:40]!r} is neither among the file's good rows nor stored.",
                )
            elif depth.index(levels[parent]) >= depth.index(level):
                found.add(
                    "parent",
                    parent,
                    "parent_not_above",
                    f"上级“{parent}”是{LEVEL_TEXT[levels[parent]].zh}，不在{LEVEL_TEXT[level].zh}之上。",
                    f"The parent {parent!r} is a {levels[parent]}, which is not above a {level}.",
                )
        if sum(len(found.problems) for _, found, _ in drafts) == before:
            return
