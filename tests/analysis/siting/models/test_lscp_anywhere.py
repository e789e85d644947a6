"""The fewest sites anywhere: against every circle intersection, and every decimetre of every street."""

import itertools

import numpy as np
import pytest
import shapely

from geoapp.analysis.siting import SitingStatus, solve_lscp_anywhere, solve_lscp_on_streets
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.errors import InvalidValueError
from geoapp.core.walking import Standard
from tests.analysis.siting.models.test_mclp_anywhere import GEOD, away_m, counted, crossings
from tests.analysis.siting.models.test_mclp_on_streets import (
    ESTIMATE,
    at,
    network_of,
    reached,
    standards,
    streets,
    walks_from_everywhere,
)


def fewest(covers, weights, required):
    """Return the fewest of some sets of points that weigh enough together, by trying them all."""
    kept = [one for one in covers if not any(one < other for other in covers)]
    for many in range(len(weights) + 1):
        for some in itertools.combinations(kept, many):
            if sum(weights[i] for i in frozenset().union(*some)) >= required:
                return many
    return None


def circles(lon, lat, radius_m):
    return {
        frozenset(np.flatnonzero(away_m(place, lon, lat) <= radius_m + 1e-7).tolist())
        for place in crossings(lon, lat, radius_m)
    }


def test_by_line_equals_every_circle_intersection():
    rng = np.random.default_rng(38)
    for middle in ((120.38, 36.07), (180.0, -16.8)):
        for _ in range(20):
            count = int(rng.integers(1, 10))
            lon, lat, _ = GEOD.fwd(
                np.full(count, middle[0]),
                np.full(count, middle[1]),
                rng.uniform(0, 360, count),
                900 * np.sqrt(rng.uniform(0, 1, count)),
            )
            weights = rng.integers(0, 6, count).astype(float)
            part = float(rng.integers(1, 4)) / 4 * weights.sum()
            for required in (None, float(np.ceil(part))):
                told = (middle, count, required)
                asked = weights.sum() if required is None else required
                found = solve_lscp_anywhere(lon, lat, weights, 400, required=required)
                assert found.status is SitingStatus.OPTIMAL, told
                assert found.objective == found.bound == len(found.places), told
                assert counted(found.places, lon, lat, weights, 400) >= asked, told
                assert fewest(circles(lon, lat, 400 + 1e-3), weights, asked) <= found.bound, told
                assert fewest(circles(lon, lat, 400 - 1e-3), weights, asked) >= found.objective


@pytest.mark.parametrize("seed", range(3))
def test_on_streets_equals_every_decimetre(seed):
    rng = np.random.default_rng(seed)
    proven = asked_of = 0
    for _ in range(30):
        network = streets(rng)
        count = int(rng.integers(1, 9))
        lon, lat = at(rng.uniform(-25, 75, (count, 2)))
        lon[count // 2], lat[count // 2] = lon[0], lat[0]
        weights = rng.integers(0, 6, count).astype(float)
        truth = walks_from_everywhere(network, lon, lat)
        walks = PairWalks.of(lon, lat, estimate=ESTIMATE, network=network)
        for standard in standards(rng):
            within = np.unique(standard.covers(truth, ESTIMATE), axis=0)
            covers = {frozenset(np.flatnonzero(one).tolist()) for one in within}
            for required in (None, float(np.ceil(0.6 * weights.sum()))):
                asked = weights.sum() if required is None else required
                best = fewest(covers, weights, asked)
                found = solve_lscp_on_streets(walks, weights, standard, required=required)
                told = (seed, count, standard, required)
                if best is None:
                    assert found.status is SitingStatus.INFEASIBLE, told
                    assert found.reachable < asked
                    continue
                assert found.bound <= best <= found.objective == len(found.places), told
                after = reached(network, found.places, lon, lat, standard)
                assert weights[after].sum() >= asked, told
                asked_of += 1
                proven += found.status is SitingStatus.OPTIMAL
    assert asked_of > 50
    assert proven >= asked_of - 2


def test_larger_towns_areas_and_wrong_inputs():
    rng = np.random.default_rng(4)
    lon, lat = 120 + 0.03 * rng.random(300), 36 + 0.03 * rng.random(300)
    weights = rng.integers(1, 9, 300).astype(float)
    most = 0.9 * weights.sum()
    told: list[tuple[float, float]] = []
    found = solve_lscp_anywhere(
        lon, lat, weights, 500, required=most, progress=lambda one, other: told.append((one, other))
    )
    assert counted(found.places, lon, lat, weights, 500) >= most
    assert 1 <= found.bound <= found.objective
    assert (found.objective - found.bound) <= 1
    assert all(bound <= sites for sites, bound in told)
    # Where a part is enough, whom no place at hand covers yet has a price as well.
    part = solve_lscp_anywhere(lon, lat, weights, 200, required=0.3 * weights.sum())
    assert part.status is SitingStatus.OPTIMAL
    assert counted(part.places, lon, lat, weights, 200) >= 0.3 * weights.sum()
    # Every bound is one of places everywhere: an area can only ask for more sites.
    inside = shapely.box(120, 36, 120.02, 36.03)
    kept = solve_lscp_anywhere(
        lon, lat, weights, 500, required=0.4 * weights.sum(), inside=inside, time_limit_seconds=5
    )
    assert shapely.intersects_xy(inside, *kept.places.T).all()
    nowhere = solve_lscp_anywhere(
        lon, lat, weights, 500, inside=shapely.box(10, 10, 11, 11), time_limit_seconds=5
    )
    assert np.isnan(nowhere.objective)
    assert len(nowhere.places) == 0
    assert nowhere.status is not SitingStatus.OPTIMAL
    hasty = solve_lscp_anywhere(lon, lat, weights, 500, cancelled=lambda: True)
    assert hasty.bound <= hasty.objective or np.isnan(hasty.objective)
    assert solve_lscp_anywhere([], [], [], 500).objective == 0
    assert solve_lscp_anywhere(lon, lat, weights, 500, required=0.0).objective == 0
    by_line = PairWalks.of(lon, lat, estimate=ESTIMATE)
    with pytest.raises(InvalidValueError, match="network"):
        solve_lscp_on_streets(by_line, weights, Standard.of_metres(100))
    with pytest.raises(InvalidValueError, match="required"):
        solve_lscp_anywhere(lon, lat, weights, 500, required=np.nan)
    street = network_of([(0, 0), (100, 0)], [(0, 1)])
    ends = PairWalks.of(*at([(0, 0), (50, 0), (100, 0)]), estimate=ESTIMATE, network=street)
    two = solve_lscp_on_streets(ends, [1, 1, 1], Standard.of_metres(25))
    assert (two.objective, two.bound) == (2, 2)
    assert solve_lscp_on_streets(ends, [1, 1, 1], Standard.of_metres(50)).objective == 1
