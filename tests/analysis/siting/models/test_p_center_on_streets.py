"""The longest walk made shortest with sites anywhere on the streets: against every decimetre of every street."""

import numpy as np
import pytest
import shapely

from geoapp.analysis.siting import SitingStatus, solve_p_center_on_streets
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.errors import InvalidValueError
from tests.analysis.siting.models.test_lscp_anywhere import fewest
from tests.analysis.siting.models.test_mclp_on_streets import (
    ESTIMATE,
    at,
    network_of,
    streets,
    walks_from_everywhere,
)

LONG = {"time_limit_seconds": 600.0}  # loops may have to be compiled first


def shortest_longest(truth, existing_m, p):
    """Return the least that the longest walk can be, given all walks from everywhere (rows); inf = none is."""

    def enough(most_m):
        asked = np.flatnonzero(existing_m > most_m)
        rows = np.unique(truth[:, asked] <= most_m, axis=0)
        covers = {frozenset(np.flatnonzero(one).tolist()) for one in rows}
        least = fewest(covers, np.ones(len(asked)), len(asked))
        return least is not None and least <= p

    values = np.unique(np.concatenate((truth.ravel(), existing_m, [0.0])))
    values = values[np.isfinite(values)]
    if not enough(values[-1]):
        return np.inf
    first, last = 0, len(values) - 1
    while first < last:
        middle = (first + last) // 2
        first, last = (first, middle) if enough(values[middle]) else (middle + 1, last)
    return values[first]


@pytest.mark.parametrize("seed", range(4))
def test_it_equals_every_decimetre(seed):
    rng = np.random.default_rng(70 + seed)
    proven = exact = idle = 0
    for number in range(25):
        network = streets(rng)
        count = int(rng.integers(1, 8))
        # Some stand beside the network, where walks are estimated; now and then nobody does.
        low, high = ((-25, 75), (0, 40))[number % 2]
        lon, lat = at(rng.uniform(low, high, (count, 2)))
        lon[count // 2], lat[count // 2] = lon[0], lat[0]
        walks = PairWalks.of(lon, lat, estimate=ESTIMATE, network=network)
        truth = walks_from_everywhere(network, lon, lat)
        existing_m = np.full(count, np.inf)
        if rng.random() < 0.5:
            some = rng.random(count) < 0.5
            existing_m[some] = rng.integers(0, 600, int(some.sum())) / 10
        p = int(rng.integers(0, 4))
        told = (seed, number, count, p)
        best = shortest_longest(truth, existing_m, p)
        found = solve_p_center_on_streets(walks, p, existing_m=existing_m, **LONG)
        if np.isinf(best):
            assert np.isnan(found.objective), told
            idle += 1
            continue
        assert len(found.places) <= p, told
        # The plan is no better than the best of all places, and the bound is never above it.
        assert found.objective >= best - 1e-6, told
        counted = existing_m
        if len(found.places):
            rows = walks.within(found.places[:, 0], found.places[:, 1], limit_m=None).toarray()
            stored = walks.within(found.places[:, 0], found.places[:, 1], limit_m=None)
            stored.data[:] = 1
            rows[stored.toarray() == 0] = np.inf
            counted = np.minimum(existing_m, rows.min(axis=1))
        assert counted.max() == pytest.approx(found.objective, abs=1e-9), told
        assert found.bound <= best + (0.1 + 1e-6), told
        idle += best < 1  # less than a metre is not asked about
        if found.status is SitingStatus.OPTIMAL:
            proven += best >= 1
            assert found.objective <= best + 0.1 + 1e-6, told
            if walks.stands.all():
                assert found.objective == pytest.approx(best, abs=1e-6), told
                exact += 1
        else:
            assert found.bound <= best + 1e-6, told
    assert proven >= 25 - idle - 1
    assert exact >= 5


def test_areas_and_what_is_refused():
    street = network_of([(0, 0), (100, 0)], [(0, 1)])
    lon, lat = at([(0, 0), (40, 0), (100, 0)])
    walks = PairWalks.of(lon, lat, estimate=ESTIMATE, network=street)
    told = []
    one = solve_p_center_on_streets(
        walks,
        1,
        progress=lambda objective, bound: told.append((objective, bound)),
        **LONG,
    )
    assert one.status is SitingStatus.OPTIMAL
    assert (one.objective, one.bound) == (pytest.approx(50, abs=0.1), one.objective)
    assert all(bound <= objective for objective, bound in told)
    assert solve_p_center_on_streets(walks, 2, **LONG).objective == pytest.approx(20, abs=0.1)
    assert (
        solve_p_center_on_streets(walks, 3, **LONG).objective <= 1
    )  # below a metre nothing is asked
    # Plan and bound keep to the streets where sites may stand.
    (west, south), (east, north) = (at([(-9, -9)]), at([(20, 9)]))
    west, south, east, north = (float(np.ravel(x)[0]) for x in (west, south, east, north))
    kept = solve_p_center_on_streets(walks, 1, inside=shapely.box(west, south, east, north), **LONG)
    assert kept.status is SitingStatus.OPTIMAL
    assert kept.objective == pytest.approx(80, abs=0.3)
    away = solve_p_center_on_streets(walks, 1, inside=shapely.box(1, 1, 2, 2), **LONG)
    assert away.status is SitingStatus.INFEASIBLE
    assert np.isnan(away.objective)
    hasty = solve_p_center_on_streets(walks, 1, cancelled=lambda: True)
    assert np.isnan(hasty.objective)
    with pytest.raises(InvalidValueError, match="network"):
        solve_p_center_on_streets(PairWalks.of(lon, lat, estimate=ESTIMATE), 1)
