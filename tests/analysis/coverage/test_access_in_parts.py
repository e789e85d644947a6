"""Accessibility part by part equals that of all at once: every figure, however the demand is divided."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from geoapp.analysis.coverage import access_in_parts
from geoapp.analysis.coverage.access_in_parts import WALK, AccessInParts, Groups, rising
from geoapp.analysis.coverage.access_part import (
    SORTED,
    InReach,
    Places,
    in_order,
    supply_of_part,
    workers_of_part,
)
from geoapp.analysis.coverage.access_report import AccessReport, access_report
from geoapp.analysis.coverage.coverage import coverage
from geoapp.analysis.coverage.part import DemandPart
from geoapp.analysis.frames import DemandFrame, FacilityFrame
from geoapp.analysis.walks.pairs import PairWalks, kept_walks, nearest_of_each
from geoapp.core.walking import Standard, WalkingEstimate

STANDARD, ESTIMATE = Standard.of_metres(500), WalkingEstimate()
CODES, PARENTS = ("a1", "a2", "b"), {"a1": "a", "a2": "a", "a": "top", "b": "top"}
KINDS = ("couriers", "drivers", "nobody")


class Case:
    """A demand and facilities at several places, some with seats."""

    def __init__(self, seed: int, points: int, places: int, *, whole: bool, seats: bool) -> None:
        rng = np.random.default_rng(seed)
        self.lon = 120 + np.round(rng.uniform(0, 0.05, points), 3)
        self.lat = 36 + np.round(rng.uniform(0, 0.03, points), 3)
        self.weight = rng.integers(0, 9, points).astype(float)
        if not whole:
            self.weight = self.weight * rng.random(points)
        self.leaf, self.kind = rng.integers(-1, 3, points), rng.integers(-1, 2, points)
        self.place_lon = 120 + np.round(rng.uniform(0, 0.07, places), 3)
        self.place_lat = 36 + np.round(rng.uniform(0, 0.02, places), 3)
        self.codes = [f"f{number // 2 if number < 6 else number}" for number in range(places)]
        count = len(set(self.codes))
        self.capacity = np.where(rng.random(count) < 0.4, np.nan, rng.integers(0, 30, count))
        if not seats:
            self.capacity = np.full(count, np.nan)

    def in_one_piece(self) -> AccessReport:
        """Return the measures as a run in one piece has them."""
        places = Places.of(self.place_lon, self.place_lat, self.codes)
        facilities = FacilityFrame.from_arrays(
            self.place_lon,
            self.place_lat,
            keys=list(range(len(self.codes))),
            facilities=self.codes,
        )
        found = coverage(
            DemandFrame(self.lon, self.lat, self.weight), facilities, STANDARD, estimate=ESTIMATE
        )
        pairs = PairWalks.of(self.lon, self.lat, estimate=ESTIMATE)
        walks = pairs.within(self.place_lon, self.place_lat, limit_m=500.2)
        walks = kept_walks(walks, STANDARD.covers(walks.data, ESTIMATE))
        self.walk_m = found.walk_m
        return access_report(
            walks=nearest_of_each(walks, places.facility_of, places.facilities),
            walk_m=found.walk_m,
            weight=self.weight,
            standard_m=500.0,
            capacity=self.capacity,
            region=np.array([*CODES, None], object)[self.leaf],
            parents=PARENTS,
            group=np.array([*KINDS, None], object)[self.kind],
        )

    def part_by_part(self, size: int) -> AccessReport:
        """Return the measures from parts of so many points."""
        places = Places.of(self.place_lon, self.place_lat, self.codes)
        cuts = [slice(first, first + size) for first in range(0, len(self.lon), size)]
        parts = [
            DemandPart(one.start, self.lon[one], self.lat[one], self.weight[one], self.leaf[one])
            for one in cuts
        ]
        sums = [workers_of_part(one, places, STANDARD, ESTIMATE) for one in parts]
        ratios = InReach(
            np.sum([one.plain for one in sums], axis=0),
            np.sum([one.enhanced for one in sums], axis=0),
        ).ratios(self.capacity)
        groups = Groups(CODES, PARENTS, KINDS)
        of = [groups.of(self.leaf[one], self.kind[one]) for one in cuts]
        whole = AccessInParts(groups, [WALK, *ratios])
        runs: list[dict[str, Any]] = []
        for part, group, cut in zip(parts, of, cuts, strict=True):
            walk_m = self.walk_m[cut]
            runs.append(
                {WALK: in_order(walk_m, part.weight)}
                | supply_of_part(part, places, ratios, STANDARD, ESTIMATE)
            )
            whole.take(group, part.weight, walk_m, runs[-1])
        found = {
            name: whole.distribution(
                name,
                [one[name] for one in runs],
                lambda number, some: (of[number][some], parts[number].weight[some]),
            )
            for name in (WALK, *ratios)
        }
        return whole.report(found, places.facilities, int((~np.isnan(self.capacity)).sum()))


def flat(value: Any, name: str = "") -> dict[str, Any]:
    """Return what a report tells by its path."""
    if isinstance(value, dict):
        return {
            key: one for part in value for key, one in flat(value[part], f"{name}.{part}").items()
        }
    return {name: value}


@pytest.mark.parametrize("size", [7, 60, 1000])
@pytest.mark.parametrize(
    ("seed", "whole", "seats"), [(1, True, True), (2, False, True), (3, True, False)]
)
def test_parts_say_what_one_piece_says(
    seed: int, whole: bool, seats: bool, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_in_parts, "_TOGETHER", 40)
    monkeypatch.setattr(access_in_parts, "_SAMPLE", 5)
    case = Case(seed, 400, 25, whole=whole, seats=seats)
    theirs, ours = flat(asdict(case.in_one_piece())), flat(asdict(case.part_by_part(size)))
    assert ours.keys() == theirs.keys()
    assert sum(one is not None for one in theirs.values()) > 100
    for name, one in theirs.items():
        near = one if one is None else pytest.approx(one, rel=1e-10, abs=1e-12)
        assert ours[name] == near, name


def test_without_facilities_nobody_reaches_one() -> None:
    case = Case(4, 30, 0, whole=True, seats=False)
    theirs, ours = flat(asdict(case.in_one_piece())), flat(asdict(case.part_by_part(8)))
    assert ours == theirs
    assert ours[".total.walk.unreachable_share"] == 1.0


def test_what_rises_is_not_held_at_once_and_nothing_is_lost() -> None:
    rng = np.random.default_rng(5)
    runs = []
    for size in (0, 900, 1500, 40):
        run = np.zeros(size, SORTED)
        # Half of them are equal to each other, which are yielded run by run.
        run["value"] = np.sort(np.where(rng.random(size) < 0.5, 0.5, rng.random(size)))
        run["row"] = np.arange(size)
        runs.append(run)
    last, seen, most = -np.inf, 0, 0
    for some in rising(runs, 100):
        values = np.concatenate([run["value"] for _, run in some])
        assert values.min() > last or (values == last).all()
        last, seen = values.max(), seen + len(values)
        if not (values == 0.5).all():
            most = max(most, len(values))
    assert seen == 2440
    assert most < 1500
