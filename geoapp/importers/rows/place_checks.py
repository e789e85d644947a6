"""Positions held against the stored regions: the country, the stated region, and the datum."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geoapp.core.arrays import FloatArray
from geoapp.core.geo import from_wgs84, to_wgs84
from geoapp.core.i18n import Text
from geoapp.core.words import DATUM_TEXT, Datum
from geoapp.importers.problems import Findings
from geoapp.importers.rows.positions import FAR_M, Positions, outline_distance_m
from geoapp.importers.rows.region_names import RegionNames

# Between two districts of one file, outlines are trusted to about this.
OUTLINE_ERROR_M = 100.0
# A degree of latitude is nowhere shorter.
_LEAST_DEGREE_M = 110_000.0


@dataclass(frozen=True)
class RegionOutlines:
    """The stored regions, for checks: codes with parents, and outlines (EPSG:4326) of some."""

    parents: dict[str, str | None] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    outlines: dict[str, BaseGeometry] = field(default_factory=dict)

    @cached_property
    def _boxes(self) -> dict[str, tuple[float, float, float, float]]:
        return {code: outline.bounds for code, outline in self.outlines.items()}

    @cached_property
    def named(self) -> RegionNames:
        """The regions as cells name them."""
        return RegionNames(self.parents, self.names)

    def inside(self, code: str, lon: FloatArray, lat: FloatArray) -> NDArray[np.bool_]:
        """Tell which points (degrees, WGS-84) lie inside a region's outline or on it."""
        west, south, east, north = self._boxes[code]
        inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        if inside.any():
            outline = self.outlines[code]
            shapely.prepare(outline)
            points = shapely.points(lon[inside], lat[inside])
            inside[inside] = shapely.intersects(outline, points)
        return inside

    def distance_m(self, code: str, lon: float, lat: float) -> float:
        """Return the distance in metres from a point to a region's outline; 0 inside."""
        return outline_distance_m(self.outlines[code], lon, lat)

    @cached_property
    def _roots(self) -> list[str]:
        """Outlined regions without an outlined region above: together they hold all others."""
        return [
            code
            for code in self.outlines
            if not any(above in self.outlines for above in self.above(code))
        ]

    def above(self, code: str) -> list[str]:
        """Return the codes of the regions above one, nearest first."""
        chain: list[str] = []
        parent = self.parents.get(code)
        while parent is not None and parent not in chain:
            chain.append(parent)
            parent = self.parents.get(parent)
        return chain

    def deepest(self, lon: FloatArray, lat: FloatArray) -> list[str | None]:
        """Return for each point the code of the lowest region that holds it; None if none does."""
        found: list[str | None] = [None] * len(lon)
        for code in sorted(self.outlines, key=lambda one: (len(self.above(one)), one)):
            for place in np.flatnonzero(self.inside(code, lon, lat)).tolist():
                found[place] = code
        return found

    def nearest(self, lon: float, lat: float, tolerance_m: float) -> str | None:
        """Return the region nearest to a point outside of all, as the store matches it; None beyond.

        The deepest goes first where several are equally near to a metre.
        """
        # Only what reaches so near is measured: that is slow, and most regions are far.
        reach = tolerance_m / _LEAST_DEGREE_M
        wide = reach / max(math.cos(math.radians(min(abs(lat) + reach, 90.0))), 0.01)
        near = [
            (self.distance_m(code, lon, lat), code)
            for code, (west, south, east, north) in self._boxes.items()
            if west - wide <= lon <= east + wide and south - reach <= lat <= north + reach
        ]
        near = [one for one in near if one[0] <= tolerance_m]
        ranked = sorted((round(far), -len(self.above(code)), far, code) for far, code in near)
        return ranked[0][-1] if ranked else None

    def nowhere_near(self, lon: FloatArray, lat: FloatArray) -> NDArray[np.bool_]:
        """Tell which points lie more than 200 km from every outlined region."""
        far = np.ones(len(lon), dtype=np.bool_)
        for code in self.outlines:
            if far.any():
                far[far] = ~self.inside(code, lon[far], lat[far])
        if not far.any():
            return far
        for place in np.flatnonzero(far):
            far[place] = all(
                outline_distance_m(self.outlines[code], float(lon[place]), float(lat[place]))
                > FAR_M
                for code in self._roots
            )
        return far


@dataclass(frozen=True, slots=True)
class PlaceRules:
    """What positions are held against: regions, how far from a stated one, and whether at all.

    ``datum`` is what they are in; ``datums`` are, by line, those of rows that say another. ``on_map``
    are the lines of rows that were placed on the map: their datum is not in doubt, whatever the list's is.
    """

    regions: RegionOutlines
    tolerance_m: float
    datum: Datum
    anywhere: bool = False
    datums: Mapping[int, Datum] = field(default_factory=dict)
    on_map: Collection[int] = ()

    def datum_of(self, line: int) -> Datum:
        """Return the datum of a row."""
        return self.datums.get(line, self.datum)


def check_positions(
    findings: Sequence[Findings],
    positions: Positions,
    stated: Sequence[str | None],
    rules: PlaceRules,
) -> tuple[Text, ...]:
    """Note rows that lie outside the country or away from the region that they state.

    Parameters
    ----------
    positions
        In WGS-84, one for each of ``findings``.
    stated
        The region code of each row; unknown ones and None are not checked here.

    Returns
    -------
    Doubts about the file as a whole.
    """
    if rules.anywhere or not rules.regions.outlines:
        return ()
    known = np.flatnonzero(np.isfinite(positions.lon) & np.isfinite(positions.lat))
    lon, lat = positions.lon[known], positions.lat[known]
    _check_country(findings, known, lon, lat, rules)
    by_code: dict[str, list[int]] = {}
    for row in known.tolist():
        code = stated[row]
        if code in rules.regions.outlines and not findings[row].problems:
            by_code.setdefault(code, []).append(row)
    doubtful = dict.fromkeys((Datum.GCJ02, Datum.BD09, Datum.WGS84), 0)
    for code, rows in by_code.items():
        places = np.array(rows)
        inside = rules.regions.inside(code, positions.lon[places], positions.lat[places])
        for row in places[~inside]:
            found = findings[row]
            lon_here, lat_here = float(positions.lon[row]), float(positions.lat[row])
            if found.line in rules.on_map:
                _check_on_map(found, lon_here, lat_here, code, rules)
            else:
                _check_stated(found, lon_here, lat_here, code, rules, doubtful)
    return _datum_hints(doubtful, sum(map(len, by_code.values())), rules)


def _check_country(
    findings: Sequence[Findings],
    known: NDArray[np.int64],
    lon: FloatArray,
    lat: FloatArray,
    rules: PlaceRules,
) -> None:
    far = rules.regions.nowhere_near(lon, lat)
    for place in np.flatnonzero(far):
        here_lon, here_lat = float(lon[place]), float(lat[place])
        found = findings[known[place]]
        pair = f"{here_lon:.6f}, {here_lat:.6f}"
        swapped = (
            abs(here_lon) <= 90
            and not rules.regions.nowhere_near(np.array([here_lat]), np.array([here_lon])).any()
        )
        if swapped:
            found.add(
                "lon, lat",
                pair,
                "swapped",
                f"经度和纬度写反了：{pair} 远离所有已有区域，互换后则在区域附近。",
                f"lon and lat are swapped: {pair} is far from every stored region, and near one "
                "when exchanged.",
            )
        else:
            found.add(
                "lon, lat",
                pair,
                "outside_country",
                f"坐标 {pair} 距所有已有区域超过 200 公里；请核对，确实在境外时加 --anywhere。",
                f"{pair} is more than 200 km from every stored region; check it, or allow it "
                "with --anywhere.",
            )


def _others(datum: Datum) -> tuple[Datum, ...]:
    """Return the datums that a file may be in although another one was declared."""
    same = {Datum.WGS84, Datum.CGCS2000} if datum in (Datum.WGS84, Datum.CGCS2000) else {datum}
    return tuple(other for other in (Datum.GCJ02, Datum.BD09, Datum.WGS84) if other not in same)


def _check_on_map(found: Findings, lon: float, lat: float, code: str, rules: PlaceRules) -> None:
    """Note a place on the map that is far from the stated region; no datum is to blame."""
    distance_m = rules.regions.distance_m(code, lon, lat)
    if distance_m <= rules.tolerance_m:
        return
    name = rules.regions.names.get(code, code)
    found.add(
        "region",
        code,
        "far_from_region",
        f"在地图上放的位置（WGS-84 {lon:.6f}, {lat:.6f}）距所填区域“{name}”（{code}）{distance_m:,.0f} 米，"
        f"最多允许 {rules.tolerance_m:,.0f} 米；请重放位置，或改所填区域。",
        f"The place on the map (WGS-84 {lon:.6f}, {lat:.6f}) is {distance_m:,.0f} m from the stated "
        f"region {name} ({code}), more than the {rules.tolerance_m:,.0f} m accepted; place it again, "
        "or change the region.",
    )


def _check_stated(
    found: Findings,
    lon: float,
    lat: float,
    code: str,
    rules: PlaceRules,
    doubtful: dict[Datum, int],
) -> None:
    """Note a point outside its stated region: in a wrong datum, or far away."""
    distance_m = rules.regions.distance_m(code, lon, lat)
    read_as = rules.datum_of(found.line)
    raw_lon, raw_lat = from_wgs84(lon=lon, lat=lat, datum=read_as)
    name = rules.regions.names.get(code, code)
    elsewhere = distance_m > OUTLINE_ERROR_M and _in_another(rules.regions, code, lon, lat)
    for other in _others(read_as):
        other_lon, other_lat = to_wgs84(lon=raw_lon, lat=raw_lat, datum=other)
        if not rules.regions.inside(code, np.array([other_lon]), np.array([other_lat]))[0]:
            continue
        doubtful[other] += 1
        if elsewhere or distance_m > rules.tolerance_m:
            found.add(
                "lon, lat",
                f"{raw_lon:.6f}, {raw_lat:.6f}",
                "wrong_datum",
                f"坐标按 {DATUM_TEXT[read_as].zh} 在“{name}”（{code}）之外 {distance_m:,.0f} 米，"
                f"按 {DATUM_TEXT[other].zh} 则在其内；请核对坐标系（--datum {other}）或区域代码。",
                f"Read as {DATUM_TEXT[read_as].en} the point lies {distance_m:,.0f} m outside "
                f"{name} ({code}), read as {DATUM_TEXT[other].en} inside it; check the datum "
                f"(--datum {other}) or the region.",
            )
        return
    if distance_m > rules.tolerance_m:
        found.add(
            "region",
            code,
            "far_from_region",
            f"坐标 {raw_lon:.6f}, {raw_lat:.6f} 距所填区域“{name}”（{code}）{distance_m:,.0f} 米，"
            f"最多允许 {rules.tolerance_m:,.0f} 米；请核对坐标、坐标系或区域代码。",
            f"{raw_lon:.6f}, {raw_lat:.6f} is {distance_m:,.0f} m from the stated region {name} "
            f"({code}), more than the {rules.tolerance_m:,.0f} m accepted; check the coordinates, "
            "the datum or the region.",
        )


def _in_another(regions: RegionOutlines, code: str, lon: float, lat: float) -> bool:
    """Tell whether a point lies in a region beside the stated one: not above and not below it."""
    related = {code, *regions.above(code)}
    return any(
        other not in related
        and code not in regions.above(other)
        and regions.inside(other, np.array([lon]), np.array([lat]))[0]
        for other in regions.outlines
    )


def _datum_hints(doubtful: dict[Datum, int], stated: int, rules: PlaceRules) -> tuple[Text, ...]:
    """Doubt the declared datum if several rows would lie in their regions only in another one."""
    count, datum = max(((count, datum) for datum, count in doubtful.items()), default=(0, None))
    if datum is None or count < 3 or count * 200 < stated:
        return ()
    return (
        Text(
            f"{stated:,} 行填写了区域，其中 {count:,} 行只有按 {DATUM_TEXT[datum].zh} 才落在所填区域内："
            f"请核对坐标系是否真是 {DATUM_TEXT[rules.datum].zh}。",
            f"Of {stated:,} rows that state a region, {count:,} lie inside it only if read as "
            f"{DATUM_TEXT[datum].en}: make sure that the file is in {DATUM_TEXT[rules.datum].en}.",
        ),
    )
