"""Coverage of demand in parts against that of all of it at once."""

from dataclasses import fields
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geoapp.analysis.coverage.coverage import CoverageResult, coverage
from geoapp.analysis.coverage.gaps import GapResult, gap_zones
from geoapp.analysis.coverage.in_parts import CoverageInParts
from geoapp.analysis.coverage.part import DemandPart, count_part, exact_terms
from geoapp.analysis.coverage.region_figures import RegionCoverage
from geoapp.analysis.frames import DemandFrame, FacilityFrame
from geoapp.core.walking import Standard, WalkingEstimate

CODES = ("37", "3702", "370202", "3201", "9")
PARENTS = {"370202": "3702", "3702": "37", "3201": "32"}
ESTIMATE = WalkingEstimate(detour_factor=1.3)


def divided(
    demand: DemandFrame, facilities: FacilityFrame, standard: Standard, ends: list[int]
) -> tuple[DemandFrame, CoverageResult]:
    """Return the coverage of demand cut at some points."""
    assert demand.region is not None
    leaf = np.array([-1 if one is None else CODES.index(one) for one in demand.region], np.int32)
    whole = CoverageInParts(CODES, PARENTS, len(facilities.facilities), standard, ESTIMATE)
    cuts = sorted({0, len(demand), *(end % (len(demand) + 1) for end in ends)})
    parts = [
        DemandPart(
            first, demand.lon[first:end], demand.lat[first:end], demand.weight[first:end],
            leaf[first:end],
        )
        for first, end in pairwise(cuts)
    ]  # fmt: skip
    walks = []
    for part in parts:
        count = count_part(part, facilities, standard, ESTIMATE, threads=1)
        whole.add(part, count)
        walks.append(count.walk_m)
    whole.count_ends()
    for part, walk_m in zip(parts, walks, strict=True):
        whole.look_again(part, walk_m)
    return whole.result()


def same_row(ours: RegionCoverage | None, theirs: RegionCoverage | None, exact: bool) -> None:
    """Compare two rows: everything is equal; sums of fractions of metres and workers to rounding."""
    assert (ours is None) == (theirs is None)
    if ours is None or theirs is None:
        return
    for one in fields(RegionCoverage):
        if one.name != "walk":
            assert getattr(ours, one.name) == getattr(theirs, one.name), one.name
    assert (ours.walk is None) == (theirs.walk is None)
    if ours.walk is not None and theirs.walk is not None:
        for name in ("p10_m", "p50_m", "p90_m", "greatest_m"):
            assert getattr(ours.walk, name) == getattr(theirs.walk, name), name
        assert (ours.walk.mean_m is None) == (theirs.walk.mean_m is None)
        if theirs.walk.mean_m is not None:
            assert ours.walk.mean_m == pytest.approx(theirs.walk.mean_m, rel=1e-12)
        if exact:
            assert ours.walk.histogram_weight == theirs.walk.histogram_weight
        assert ours.walk.histogram_weight == pytest.approx(theirs.walk.histogram_weight, rel=1e-12)


def zones_of(found: GapResult) -> list[tuple[object, ...]]:
    """Return all that a zone says, its outline as bytes."""
    return [
        tuple(
            shapely.to_wkb(value) if one.name == "geometry" else value
            for one in fields(zone)
            for value in [getattr(zone, one.name)]
        )
        for zone in found.zones
    ]


PLACES = st.lists(st.tuples(st.integers(-40, 40), st.integers(-40, 40)), min_size=0, max_size=12)


@settings(max_examples=12, deadline=None)
@given(
    # The last two: where meridians meet the day's line, and where they are near to each other.
    middle=st.sampled_from([(120.0, 36.0), (179.99, 10.0), (-25.0, 84.0)]),
    points=st.lists(
        st.tuples(
            st.integers(-60, 60), st.integers(-60, 60), st.integers(0, 9),
            st.sampled_from([*CODES, None]),
        ),
        max_size=60,
    ),
    places=PLACES,
    several=st.integers(1, 3),
    standard_m=st.sampled_from([60, 400, 2000]),
    broken=st.booleans(),
    ends=st.lists(st.integers(0, 60), max_size=6),
    most=st.sampled_from([1, 3, 500]),
)  # fmt: skip
@example((120.0, 36.0), [(0, 0, 1, None)], [], 1, 400, False, [], 500)
@example((120.0, 36.0), [(0, 0, 3, "9")] * 7 + [(9, 9, 0, "37")], [(0, 0)], 1, 60, True, [3], 1)
def test_parts_tell_what_the_whole_tells(
    middle: tuple[float, float],
    points: list[tuple[int, int, int, str | None]],
    places: list[tuple[int, int]],
    several: int,
    standard_m: int,
    broken: bool,
    ends: list[int],
    most: int,
) -> None:
    step = 0.0005

    def degrees(numbers: list[int], axis: int) -> np.ndarray:
        found = middle[axis] + step * np.array(numbers, float).reshape(-1)
        return found if axis else (found + 180) % 360 - 180

    demand = DemandFrame.from_arrays(
        degrees([one[0] for one in points], 0),
        degrees([one[1] for one in points], 1),
        [one[2] * (0.1 if broken else 1) for one in points],
        region=[one[3] for one in points],
    )
    facilities = FacilityFrame.from_arrays(
        degrees([one[0] for one in places], 0),
        degrees([one[1] for one in places], 1),
        keys=list(range(len(places))),
        facilities=[number // several for number in range(len(places))],
    )
    standard = Standard.of_metres(standard_m)
    theirs = coverage(demand, facilities, standard, estimate=ESTIMATE, parents=PARENTS)
    some, ours = divided(demand, facilities, standard, ends)
    same_row(ours.total, theirs.total, not broken)
    assert [one.code for one in ours.regions] == [one.code for one in theirs.regions]
    for mine, other in zip(ours.regions, theirs.regions, strict=True):
        same_row(mine, other, not broken)
    same_row(ours.without_region, theirs.without_region, not broken)
    for name in ("facility_weight", "facility_reach_weight", "facility_sole_weight"):
        assert getattr(ours, name) == pytest.approx(
            getattr(theirs, name), rel=1e-12 if broken else 0, abs=0
        )
    assert zones_of(gap_zones(some, ours, max_zones=most)) == zones_of(
        gap_zones(demand, theirs, max_zones=most)
    )


def test_terms_lose_nothing() -> None:
    values = np.array([1e16, 0.1, -1e16, 0.2, 3e-9])
    terms = exact_terms(values)
    assert sum(map(_fraction, terms)) == sum(map(_fraction, values.tolist()))
    assert exact_terms(np.zeros(3)) == ()


def _fraction(value: float) -> object:
    return Fraction(value)
