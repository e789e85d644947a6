"""In which projected system a list of eastings and northings may be: proposed, never taken.

Read in each system that is used in China, some numbers fall in a stored region. Systems that differ by
tens of metres alone (CGCS2000, Beijing 1954, Xian 1980 of one central meridian) fall there together:
which of them it is, only whoever made the list knows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from geoapp.core.arrays import FloatArray
from geoapp.core.i18n import Text
from geoapp.importers.formats.table import Table
from geoapp.importers.rows.degrees import metres_of
from geoapp.importers.rows.place_checks import RegionOutlines
from geoapp.importers.rows.place_columns import LEAST_METRES, cells_of_pairs

MOST_LOOKED_AT: Final = 2000
_MOST_PROPOSED: Final = 8
# A strip of three degrees reaches 1.5 degrees to each side; lists reach somewhat beyond.
_FARTHEST_DEG: Final = 3.0
_LEAST_SHARE: Final = 0.5
_MILLION: Final = 1_000_000
# The EPSG codes of the systems of Gauss and Krueger, of their first zone: by zone number, with the number
# in front of the easting; and by central meridian, without. Zones of three degrees begin with 25 (75 E),
# those of six with 13 (75 E). Without the number, zones of six degrees are those of three.
_FAMILIES: Final = (
    (Text("国家 2000", "CGCS2000"), 4513, 4534, 4491),
    (Text("西安 80", "Xian 1980"), 2349, 2370, 2327),
    (Text("北京 54", "Beijing 1954"), 2401, 2422, 21413),
)
_FIRST_MERIDIAN: Final = 75
_THREE, _SIX = range(25, 46), range(13, 24)
_UTM: Final = 32600
_UTM_ZONES: Final = range(43, 54)
_WEB: Final = 3857


@dataclass(frozen=True, slots=True)
class CrsFit:
    """A system, and where the points fall in it: how many in a region, and in the one that their row names.

    ``lon`` and ``lat`` are on WGS-84; rows without numbers are NaN.
    """

    epsg: int
    name: Text
    inside: int
    in_named: int
    lon: FloatArray
    lat: FloatArray

    @property
    def code(self) -> str:
        """What is stated to take it."""
        return f"EPSG:{self.epsg}"


def stated_metres(table: Table) -> tuple[FloatArray, FloatArray] | None:
    """Return the two numbers of each row of a settled table; None where these are no metres."""
    cells = cells_of_pairs(table)
    if cells is None:
        return None
    first, second = (
        np.array([np.nan if (value := metres_of(cell)) is None else value for cell in column])
        for column in cells
    )
    known = np.isfinite(first) & np.isfinite(second)
    large = np.minimum(np.abs(first[known]), np.abs(second[known])) >= LEAST_METRES
    return (first, second) if large.sum() * 2 > known.sum() else None


def propose_crs(
    first: FloatArray,
    second: FloatArray,
    named: Sequence[str | None],
    regions: RegionOutlines,
) -> tuple[CrsFit, ...]:
    """Return the systems in which most points fall in a region, the best first; none if no region is known.

    Parameters
    ----------
    first, second
        The numbers of each row, in either order.
    named
        The region that each row names; None where it names none.
    """
    known = np.isfinite(first) & np.isfinite(second)
    if not known.any() or not regions.outlines:
        return ()
    good: list[CrsFit] = []
    for alike in _candidates(first[known], second[known], regions):
        for epsg, name in alike:
            fit = _fit(epsg, name, (first, second), known, named, regions)
            if fit.inside <= _LEAST_SHARE * int(known.sum()):
                break
            good.append(fit)
    return tuple(sorted(good, key=lambda one: (-one.in_named, -one.inside))[:_MOST_PROPOSED])


def _candidates(
    first: FloatArray, second: FloatArray, regions: RegionOutlines
) -> list[list[tuple[int, Text]]]:
    """Return the systems that the size of the numbers and the place of the regions allow.

    Those of one list differ by so little that the others fit where the first does.
    """
    west, east = _reach(regions)
    sizes = {int(np.median(numbers) // _MILLION) for numbers in (first, second)}
    found: list[list[tuple[int, Text]]] = [
        [
            (
                three + zone - _THREE[0],
                _numbered(family, zone, Text("3 度带", "of three degrees"), zone * 3),
            )
            for family, three, _, _ in _FAMILIES
        ]
        for zone in _THREE
        if zone in sizes
    ] + [
        [
            (
                six + zone - _SIX[0],
                _numbered(family, zone, Text("6 度带", "of six degrees"), zone * 6 - 3),
            )
            for family, _, _, six in _FAMILIES
        ]
        for zone in _SIX
        if zone in sizes
    ]
    if not found:
        found = [
            [(plain + place, _plain(family, meridian)) for family, _, plain, _ in _FAMILIES]
            for place, meridian in enumerate(range(_FIRST_MERIDIAN, 136, 3))
            if west - _FARTHEST_DEG <= meridian <= east + _FARTHEST_DEG
        ]
    found += [
        [(_UTM + zone, Text(f"UTM 第 {zone} 带", f"UTM zone {zone}"))]
        for zone in _UTM_ZONES
        if west - _FARTHEST_DEG <= zone * 6 - 183 <= east + _FARTHEST_DEG
    ]
    return [*found, [(_WEB, Text("网页墨卡托", "Web Mercator"))]]


def _numbered(family: Text, zone: int, strip: Text, meridian: int) -> Text:
    return Text(
        f"{family.zh}，{strip.zh}第 {zone} 带（中央经线 {meridian}°，东坐标带带号）",
        f"{family.en}, zone {zone} {strip.en} (central meridian {meridian} E, its number in front of "
        "the easting)",
    )


def _plain(family: Text, meridian: int) -> Text:
    return Text(
        f"{family.zh}，中央经线 {meridian}°（东坐标不带带号）",
        f"{family.en}, central meridian {meridian} E (no zone number in front)",
    )


def _reach(regions: RegionOutlines) -> tuple[float, float]:
    bounds = [outline.bounds for outline in regions.outlines.values()]
    return min(one[0] for one in bounds), max(one[2] for one in bounds)


def _fit(
    epsg: int,
    name: Text,
    numbers: tuple[FloatArray, FloatArray],
    known: NDArray[np.bool_],
    named: Sequence[str | None],
    regions: RegionOutlines,
) -> CrsFit:
    """Return how well the points fit, the northings first if they fit better so."""
    transformer = Transformer.from_crs(CRS.from_epsg(epsg), "EPSG:4326", always_xy=True)
    ways: list[CrsFit] = []
    for east, north in (numbers, numbers[::-1]):
        lon, lat = np.full(len(known), np.nan), np.full(len(known), np.nan)
        here_lon, here_lat = transformer.transform(east[known], north[known])
        sound = np.isfinite(here_lon) & np.isfinite(here_lat)
        lon[known] = np.where(sound, here_lon, np.nan)
        lat[known] = np.where(sound, here_lat, np.nan)
        placed = np.isfinite(lon)
        inside = np.zeros(len(known), dtype=np.bool_)
        in_named = np.zeros(len(known), dtype=np.bool_)
        for code in regions.outlines:
            within = np.zeros(len(known), dtype=np.bool_)
            if placed.any():
                within[placed] = regions.inside(code, lon[placed], lat[placed])
            if not within.any():
                continue
            inside |= within
            in_named |= within & np.array([one == code for one in named], dtype=np.bool_)
        ways.append(CrsFit(epsg, name, int(inside.sum()), int(in_named.sum()), lon, lat))
    return max(ways, key=lambda one: (one.in_named, one.inside))


def told_of(fits: Sequence[CrsFit], regions: RegionOutlines) -> Text:
    """Say what the proposals are worth, or why there are none."""
    if not regions.outlines:
        return Text(
            "还没有区域的边界，落点无从核对：请先导入区域（geoapp import regions）。",
            "No outline of a region is stored, so that nothing says where the points should fall: import "
            "the regions first (geoapp import regions).",
        )
    if not fits:
        return Text(
            "在常用的坐标系里，落点都不在已有区域内：多半是地方坐标系（自定的加常数或中央经线），无从得知；请"
            "向提供的人要国家 2000 坐标或经纬度。",
            "In none of the usual systems do the points fall in a stored region: it is most likely a local "
            "system with constants of its own, which cannot be known. Ask whoever made the list for "
            "CGCS2000 or for degrees.",
        )
    return Text(
        "只是按落点推测。国家 2000、西安 80、北京 54 之间只差几十到一百多米，落点分不出，请问提供的人。",
        "Proposed by where the points fall. CGCS2000, Xian 1980 and Beijing 1954 differ by tens of metres "
        "up to somewhat over a hundred, which this cannot tell apart: ask whoever made the list.",
    )


def sampled(table: Table) -> Table:
    """Return a table with so many of its rows, spread over the whole, as are looked at."""
    records = list(table.records)
    step = -(-len(records) // MOST_LOOKED_AT) or 1
    return replace(table, records=records[::step])
