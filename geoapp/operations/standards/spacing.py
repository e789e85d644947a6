"""Hold the stations of a region against a rule of spacing: which are too close, who is too far away."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely

from geoapp.analysis.coverage.coverage import coverage
from geoapp.analysis.coverage.gaps import gap_zones
from geoapp.analysis.frames import DemandFrame
from geoapp.analysis.spacing import ClosePairs, too_close
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.results.spacing import (
    ClosePair,
    FarArea,
    RegionSpacing,
    SpacingCount,
    SpacingResult,
    Spot,
)
from geoapp.core.settings import Settings
from geoapp.core.spacing import By, Spacing
from geoapp.core.standards import standard_of
from geoapp.core.walking import Standard as Reach
from geoapp.core.walking import WalkingEstimate
from geoapp.core.words import Level
from geoapp.operations.ground.in_service import frame_of, named_regions
from geoapp.operations.ground.places import told_at
from geoapp.operations.ground.reading import Ways, ways_to_walk
from geoapp.operations.standards.far_streets import MeasuredStreets, measure_streets
from geoapp.operations.standards.spacing_ground import (
    SpacingGround,
    above,
    busy_at,
    district_of,
    inside_of,
    read_spacing_ground,
)
from geoapp.operations.streets.names import street_index
from geoapp.store.engine import Database
from geoapp.store.facilities.read import PlacedFacility

MOST_AREAS: Final = 200
_SUMMED_UP: Final = (Level.PROVINCE, Level.CITY, Level.DISTRICT)
_MOST_ZONES: Final = 5_000
# All that was asked about, and what lies in no district that is known.
_WHOLE: Final = ""
_LOST: Final = "?"
_NO_DISTRICT: Final = Text("区未知", "District unknown")
# A straight line is walked as long as it is.
_LINES: Final = WalkingEstimate(detour_factor=1.0)


@dataclass(frozen=True, slots=True)
class _Far:
    """By demand point: its workers, how far the nearest station is, how far it may be."""

    lon: FloatArray
    lat: FloatArray
    region: Sequence[str | None]
    workers: FloatArray
    away_m: FloatArray
    allowed_m: FloatArray

    @property
    def too_far(self) -> BoolArray:
        """Who is too far away; a place exactly as far as it may be complies."""
        return np.asarray((self.away_m > self.allowed_m) & (self.workers > 0))


def check_spacing(
    database: Database,
    settings: Settings,
    code: str,
    region: str | None = None,
    by: By | None = None,
) -> SpacingResult:
    """Hold the stations in service of a standard's kinds against its rule of spacing.

    Stations outside the region serve those inside it; a station that moves stands at each of its places.

    Parameters
    ----------
    region
        None is everywhere.
    by
        What the metres are; None is what the rule says. Walking needs a network: without one the
        straight line stands for it, and a walk is never shorter.

    Raises
    ------
    NotFoundError
        If there is no such standard.
    InvalidValueError
        If there is no such region, or walks are asked for and no network is loaded.
    UnusableInputError
        If the standard has no such rule.
    """
    standard = standard_of(settings, code)
    rule = standard.spacing
    if rule is None:
        raise UnusableInputError(
            Text(f"{standard.zh}没有规定间距。", f"{standard.en} has no rule of spacing.")
        )
    ways = ways_to_walk(settings)
    network = ways.network
    if by == "walk" and network is None:
        accepted = Text("line（没有导入步行路网）", "line (no walking network is loaded)")
        raise InvalidValueError("by", by, accepted)
    chosen: By = (by or rule.by) if network is not None else "line"
    # Along streets it is measured on foot: a line knows no street.
    walked = network if chosen == "walk" else None
    ground = read_spacing_ground(
        database, standard, region, None if walked is None else walked.bounds
    )
    parents = ground.parents
    inside = inside_of(region, parents)
    pairs = _pairs(rule, ground, ways if chosen == "walk" else None)
    far, areas, rest = _far(
        settings, rule, ground, ways if chosen == "walk" else None, parents, inside
    )
    shown = [
        pair for pair in pairs if inside is None or {_code(ground, n) for n in pair[0]} & inside
    ]
    streets = None
    if walked is not None:
        streets = measure_streets(rule, ground, walked, street_index(settings), inside)
    rows = _by_region(ground, shown, far, streets, inside)
    return SpacingResult(
        standard=standard,
        region=region,
        by=chosen,
        can_walk=network is not None,
        demand=ground.demand_code,
        demand_sample=ground.demand_sample,
        sample=ground.sample,
        left_out_samples=ground.left_out_samples,
        without_position=ground.without_position,
        total=rows[0].count,
        regions=tuple(rows[1:]),
        pairs=tuple(_told_pair(ground, pair, parents) for pair in shown),
        areas=areas,
        rest_areas=rest[0],
        rest_workers=rest[1],
        streets=None if streets is None else streets.told,
    )


def _pairs(
    rule: Spacing, ground: SpacingGround, ways: Ways | None
) -> list[tuple[tuple[int, int], float, float]]:
    """Return the pairs of places that are too close: positions, metres, least metres."""
    placed = ground.placed
    if rule.apart_m is None or rule.busy_apart_m is None or len(placed) < 2:
        return []
    lon, lat = np.array([one.lon for one in placed]), np.array([one.lat for one in placed])
    busy = busy_at(rule, ground, lon, lat, [one.region_code for one in placed])
    numbers = {code: number for number, code in enumerate(dict.fromkeys(o.code for o in placed))}
    walks = None
    if ways is not None:
        walks = PairWalks.of(lon, lat, estimate=ways.estimate, network=ways.network)
    found: ClosePairs = too_close(
        lon,
        lat,
        np.where(busy, rule.busy_apart_m, rule.apart_m),
        np.array([numbers[one.code] for one in placed], dtype=np.int64),
        walks,
    )
    nearest: dict[frozenset[str], tuple[tuple[int, int], float, float]] = {}
    for (one, other), away, least in zip(
        found.pairs.tolist(), found.away_m.tolist(), found.least_m.tolist(), strict=True
    ):
        # Two stations that move are one pair, where they are closest.
        nearest.setdefault(
            frozenset((placed[one].code, placed[other].code)), ((one, other), away, least)
        )
    return list(nearest.values())


def _far(
    settings: Settings,
    rule: Spacing,
    ground: SpacingGround,
    ways: Ways | None,
    parents: Mapping[str, str | None],
    inside: frozenset[str] | None,
) -> tuple[_Far | None, tuple[FarArea, ...], tuple[int, float]]:
    """Return who is too far from any station, and where; None where the rule or the data say nothing."""
    rows = ground.demand
    codes = rows.region.tolist()
    here = np.array([inside is None or code in inside for code in codes], dtype=np.bool_)
    if rule.reach_m is None or rule.busy_reach_m is None or not here.any():
        return None, (), (0, 0.0)
    lon, lat, workers = rows.lon[here], rows.lat[here], rows.weight[here]
    region = [code for code, shown in zip(codes, here.tolist(), strict=True) if shown]
    busy = busy_at(rule, ground, lon, lat, region)
    allowed = np.where(busy, rule.busy_reach_m, rule.reach_m)
    demand = DemandFrame.from_arrays(lon, lat, workers, region=region)
    found = coverage(
        demand,
        frame_of(ground.placed),
        Reach.of_metres(rule.reach_m),
        estimate=_LINES if ways is None else ways.estimate,
        network=None if ways is None else ways.network,
    )
    far = _Far(lon, lat, region, workers, found.walk_m, allowed)
    result = replace(found, covered=~far.too_far)
    zones = gap_zones(demand, result, regions=named_regions(ground.regions), max_zones=_MOST_ZONES)
    farthest = _farthest(far, zones.zone_of_point, len(zones.zones))
    order = np.lexsort((farthest, -far.away_m[farthest]))
    listed = order[:MOST_AREAS]
    at = farthest[listed]
    told = told_at(
        lon[at],
        lat[at],
        [region[point] for point in at.tolist()],
        standing=ground.placed,
        regions=ground.regions,
        streets=street_index(settings),
    )
    levels = ground.levels
    areas = []
    for number, point, place in zip(listed.tolist(), at.tolist(), told, strict=True):
        zone = zones.zones[number]
        station = int(found.nearest_position[point])
        away = float(far.away_m[point])
        areas.append(
            FarArea(
                place=place,
                lon=float(lon[point]),
                lat=float(lat[point]),
                outline_wkb=shapely.to_wkb(zone.geometry),
                district=district_of(region[point], parents, levels),
                workers=zone.workers,
                farthest_m=away if math.isfinite(away) else None,
                allowed_m=float(allowed[point]),
                nearest=_spot(ground.placed[station]) if station >= 0 else None,
            )
        )
    rest = [zones.zones[number].workers for number in order[MOST_AREAS:].tolist()]
    return (
        far,
        tuple(areas),
        (
            len(rest) + zones.rest_zones,
            math.fsum([*rest, zones.rest_workers]),
        ),
    )


def _farthest(far: _Far, zone_of_point: IntArray, count: int) -> IntArray:
    """Return by zone its point that is farthest from any station, the first among equals."""
    points = np.flatnonzero(zone_of_point > 0)
    order = points[np.lexsort((points, -far.away_m[points], zone_of_point[points]))]
    first = np.searchsorted(zone_of_point[order], np.arange(1, count + 1))
    return np.asarray(order[first], dtype=np.int64)


def _by_region(
    ground: SpacingGround,
    pairs: Sequence[tuple[tuple[int, int], float, float]],
    far: _Far | None,
    streets: MeasuredStreets | None,
    inside: frozenset[str] | None,
) -> list[RegionSpacing]:
    """Return the whole, then provinces, cities and districts by code, then what is in no known district."""
    parents, levels = ground.parents, ground.levels

    def regions_of(code: str | None) -> set[str]:
        if inside is not None and code not in inside:
            return set()
        upwards = [
            one
            for one in above(code, parents)
            if levels.get(one) in _SUMMED_UP and (inside is None or one in inside)
        ]
        lost = [_LOST] if district_of(code, parents, levels) is None else []
        return {_WHOLE, *upwards, *lost}

    stations: dict[str, set[str]] = defaultdict(set)
    for one in ground.placed:
        for code in regions_of(one.region_code):
            stations[code].add(one.code)
    close: dict[str, int] = defaultdict(int)
    for places, _, _ in pairs:
        for code in set().union(*(regions_of(_code(ground, place)) for place in places)):
            close[code] += 1
    workers: dict[str, list[float]] = defaultdict(list)
    too_far: dict[str, list[float]] = defaultdict(list)
    farthest: dict[str, float] = defaultdict(float)
    if far is not None:
        known: dict[str | None, set[str]] = {}
        for own, number, away, is_far in zip(
            far.region,
            far.workers.tolist(),
            far.away_m.tolist(),
            far.too_far.tolist(),
            strict=True,
        ):
            if own not in known:
                known[own] = regions_of(own)
            for code in known[own]:
                workers[code].append(number)
                if is_far:
                    too_far[code].append(number)
                    farthest[code] = max(farthest[code], away)

    street: dict[str, list[float]] = defaultdict(list)
    far_street: dict[str, list[float]] = defaultdict(list)
    for own, (metres, beyond) in ({} if streets is None else streets.metres).items():
        for code in regions_of(own):
            street[code].append(metres)
            far_street[code].append(beyond)

    def count(code: str) -> SpacingCount:
        most = farthest.get(code)
        return SpacingCount(
            stations=len(stations[code]),
            close_pairs=close[code],
            workers=math.fsum(workers[code]),
            far_workers=math.fsum(too_far[code]),
            farthest_m=None if most is None or math.isinf(most) else most,
            no_way=most is not None and math.isinf(most),
            street_m=None if streets is None else math.fsum(street[code]),
            far_street_m=None if streets is None else math.fsum(far_street[code]),
        )

    names = {one.code: Text(one.name_zh, one.name_en or one.name_zh) for one in ground.regions}
    rows = [RegionSpacing(None, None, Text("合计", "Total"), count(_WHOLE))]
    every = {*stations, *workers, *close, *street} - {_WHOLE, _LOST}
    rows += [RegionSpacing(code, levels[code], names[code], count(code)) for code in sorted(every)]
    if _LOST in stations or _LOST in workers or _LOST in street:
        rows.append(RegionSpacing(None, None, _NO_DISTRICT, count(_LOST)))
    return rows


def _code(ground: SpacingGround, place: int) -> str | None:
    return ground.placed[place].region_code


def _spot(one: PlacedFacility) -> Spot:
    return Spot(one.code, Text(one.name, one.name_en or one.name), one.lon, one.lat)


def _told_pair(
    ground: SpacingGround,
    pair: tuple[tuple[int, int], float, float],
    parents: Mapping[str, str | None],
) -> ClosePair:
    (one, other), away, least = pair
    levels = ground.levels
    return ClosePair(
        one=_spot(ground.placed[one]),
        other=_spot(ground.placed[other]),
        away_m=away,
        least_m=least,
        district=district_of(_code(ground, one), parents, levels),
    )
