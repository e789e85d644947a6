"""Sites on the streets: against every decimetre of every street, and inputs at their limits."""

import itertools

import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from geoapp.analysis.geometry.spheroid import geodesic_m
from geoapp.analysis.nearest.index import FacilityIndex
from geoapp.analysis.network.demand_walks import two_nearest_by_walk
from geoapp.analysis.network.graph import FINE, WalkingNetwork
from geoapp.analysis.network.snapping import Snap, snap
from geoapp.analysis.siting import SitingStatus, solve_mclp_on_streets
from geoapp.analysis.walks import pairs
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.errors import InvalidValueError
from geoapp.core.walking import Standard, WalkingEstimate

EAST, NORTH = 90_164.0, 110_959.0  # metres per degree at 36 degrees north
ESTIMATE = WalkingEstimate(detour_factor=1.3, speed_m_per_s=1.25)


def at(places):
    """Return lon and lat of places by metres east and north of 120 E, 36 N."""
    x, y = np.array(places, float).reshape(-1, 2).T
    return 120 + x / EAST, 36 + y / NORTH


def network_of(points, edges):
    points, (start, end) = np.array(points, float), np.array(edges).T
    length = np.maximum(1, np.rint(np.hypot(*(points[start] - points[end]).T) * 10))
    return WalkingNetwork.build(*at(points), start, end, length.astype(np.int64))


def streets(rng):
    """Return a few crooked streets with loops and dead ends, and at times a piece joined to nothing."""
    side, points = int(rng.integers(2, 4)), []
    for x in range(side):
        for y in range(side):
            points.append((25 * x + rng.uniform(-8, 8), 25 * y + rng.uniform(-8, 8)))
    edges = [
        (x * side + y, other)
        for x in range(side)
        for y in range(side)
        for other in ([(x + 1) * side + y] if x + 1 < side else [])
        + ([x * side + y + 1] if y + 1 < side else [])
        if rng.random() < 0.85
    ] or [(0, 1)]
    if rng.random() < 0.5:  # a dead end, and a long way round
        points += [(-20.0, 5.0), (80.0, 70.0)]
        edges += [(0, len(points) - 2), (0, len(points) - 1), (1, len(points) - 1)]
    if rng.random() < 0.3:
        points += [(200.0, 200.0), (215.0, 200.0)]
        edges.append((len(points) - 2, len(points) - 1))
    return network_of(points, edges)


def walks_from_everywhere(network, lon, lat):
    """Return the walks (metres) from every decimetre of every street that leads on; by scipy alone."""
    held = snap(network, lon, lat)
    graph = coo_array(
        (network.edge_length_dm, (network.edge_start, network.edge_end)),
        shape=(network.node_count,) * 2,
    )
    apart = dijkstra(graph.tocsr(), directed=False)
    rows = []
    for e in np.flatnonzero(network.edge_fine == FINE):
        a, b, length = network.edge_start[e], network.edge_end[e], network.edge_length_dm[e]
        t = np.arange(length + 1)[:, None]
        u, v = network.edge_start[held.edge], network.edge_end[held.edge]
        walk = np.full((length + 1, len(lon)), np.inf)
        for mine, away in ((t, a), (length - t, b)):
            for node, rest in ((u, held.to_start), (v, held.to_end)):
                walk = np.minimum(walk, mine + apart[away][node] + rest)
        walk = np.where(held.edge == e, np.minimum(walk, np.abs(t - held.to_start)), walk)
        walk = (walk + held.leg) / 10
        share = t[:, 0] / length
        at_lon = network.lon[a] + share * (network.lon[b] - network.lon[a])
        at_lat = network.lat[a] + share * (network.lat[b] - network.lat[a])
        for i in np.flatnonzero(held.state != Snap.ON):
            line = geodesic_m(at_lon, at_lat, np.full(len(t), lon[i]), np.full(len(t), lat[i]))
            walk[:, i] = np.asarray(line) * ESTIMATE.detour_factor
        rows.append(walk)
    return np.concatenate(rows)


def most(covers, weights, p):
    """Return what the best p of some covers reach, by trying them all."""
    kept = {frozenset(np.flatnonzero(one).tolist()) for one in np.unique(covers, axis=0)}
    kept = [one for one in kept if not any(one < other for other in kept)]
    return max(
        sum(weights[i] for i in frozenset().union(*some))
        for some in itertools.combinations(kept, min(p, len(kept)))
    )


def reached(network, places, lon, lat, standard):
    """Return who is covered once facilities stand at some places, by the function of coverage runs."""
    held = places[np.isfinite(places[:, 0])]
    if not len(held):
        return np.zeros(len(lon), bool)
    index = FacilityIndex.build(lon=held[:, 0], lat=held[:, 1], keys=list(range(len(held))))
    found = two_nearest_by_walk(network, index, lon, lat, estimate=ESTIMATE)
    return standard.covers(found.walk_m[:, 0], ESTIMATE)


def standards(rng):
    metres = float(rng.choice([3.0, 11.0, 24.0, 40.05, 70.0]))
    return [Standard.of_metres(metres), Standard.of_seconds(float(rng.choice([9.0, 20.0, 33.3])))]


@pytest.mark.parametrize("seed", range(4))
def test_equals_every_decimetre_of_every_street(seed):
    rng = np.random.default_rng(seed)
    proven = 0
    for _ in range(40):
        network = streets(rng)
        count = int(rng.integers(1, 10))
        lon, lat = at(rng.uniform(-25, 75, (count, 2)))
        # Some stand at one spot, some on the street itself, some far from any.
        lon[count // 2], lat[count // 2] = lon[0], lat[0]
        node = rng.integers(network.node_count)
        lon[-1], lat[-1] = network.lon[node], network.lat[node]
        if rng.random() < 0.2:
            lon[0] += 400 / EAST
        weights = rng.integers(0, 6, count).astype(float)
        truth = walks_from_everywhere(network, lon, lat)
        walks = PairWalks.of(lon, lat, estimate=ESTIMATE, network=network)
        for standard in standards(rng):
            p = int(rng.integers(1, 4))
            result = solve_mclp_on_streets(walks, weights, p, standard)
            best = most(standard.covers(truth, ESTIMATE), weights, p)
            told = (seed, p, standard, count)
            assert result.places.shape == (p, 2), told
            assert result.bound >= best, told
            assert result.objective <= best, told
            after = reached(network, result.places, lon, lat, standard)
            assert weights[after].sum() == result.objective == result.gains.sum(), told
            assert (result.assignment >= 0).tolist() == after.tolist(), told
            assert (result.prices >= 0).all()
            assert (result.prices <= weights).all()
            if result.status is SitingStatus.OPTIMAL:
                proven += 1
                assert result.objective == result.bound == best, told
    # Where two streets run through one spot, what one of them promises may be had by neither.
    assert proven >= 78


def test_the_standard_is_closed_and_people_stand_in_the_middle_of_the_same_street():
    # A street of 100 m, with people on it at 10 and 60 m, and 8 m beside it at 90 m.
    network = network_of([(0, 0), (100, 0)], [(0, 1)])
    lon, lat = at([(10, 0), (60, 0), (90, 8)])
    walks = PairWalks.of(lon, lat, estimate=ESTIMATE, network=network)
    both = solve_mclp_on_streets(walks, [1, 1, 0], 1, Standard.of_metres(25))
    assert (both.objective, both.bound) == (2, 2)
    assert both.places[0] == pytest.approx(np.ravel(at([(35, 0)])), abs=2e-7)
    less = solve_mclp_on_streets(walks, [1, 1, 0], 1, Standard.of_metres(24.9))
    assert (less.objective, less.bound) == (1, 1)
    # 15 m along the street and 8 m from it are 23 m from the middle, as 18.4 s are.
    assert solve_mclp_on_streets(walks, [0, 1, 1], 1, Standard.of_metres(19)).objective == 2
    assert solve_mclp_on_streets(walks, [0, 1, 1], 1, Standard.of_metres(18.9)).objective == 1
    assert solve_mclp_on_streets(walks, [0, 1, 1], 1, Standard.of_seconds(15.2)).objective == 2
    assert solve_mclp_on_streets(walks, [0, 1, 1], 1, Standard.of_seconds(15.1)).objective == 1
    # A leg that is longer than the standard: nobody on a street is near enough.
    far = solve_mclp_on_streets(walks, [0, 0, 7], 1, Standard.of_metres(7.9))
    assert (far.objective, far.bound, far.reachable, str(far.status)) == (0, 0, 0, "optimal")
    assert np.isnan(far.places).all()


def test_who_is_beside_the_network_is_reached_by_the_estimate():
    network = network_of([(0, 0), (100, 0)], [(0, 1)])
    # 390 m from the street, 300 m are the most that anybody is led to it.
    lon, lat = at([(50, 390), (50, 2_000)])
    walks = PairWalks.of(lon, lat, estimate=ESTIMATE, network=network)
    found = solve_mclp_on_streets(walks, [3, 4], 1, Standard.of_metres(390 * 1.3 + 2))
    assert (found.objective, found.bound, found.reachable) == (3, 3, 3)
    away = geodesic_m(*found.places[0], lon[:1], lat[:1])[0] * 1.3
    assert away <= 390 * 1.3 + 2
    short = solve_mclp_on_streets(walks, [3, 4], 1, Standard.of_metres(390 * 1.3 - 2))
    assert (short.objective, short.bound) == (0, 0)


def test_plan_and_bound_keep_to_the_streets_where_sites_may_stand():
    rng = np.random.default_rng(7)
    points = [(40.0 * x, 40.0 * y) for x in range(5) for y in range(5)]
    edges = [(k, k + 5) for k in range(20)] + [(k, k + 1) for k in range(25) if k % 5 < 4]
    network = network_of(points, edges)
    lon, lat = at(rng.uniform(0, 160, (40, 2)))
    weights = rng.integers(1, 9, 40).astype(float)
    walks = PairWalks.of(lon, lat, estimate=ESTIMATE, network=network)
    standard, (west, east) = Standard.of_metres(60), at([(0, 0), (70, 0)])[0]
    free = solve_mclp_on_streets(walks, weights, 2, standard)
    inside = shapely.box(west - 0.01, 35, east, 37)
    forbidden = shapely.union_all(
        [shapely.Point(*one).buffer(0.0001) for one in free.places]
        + [shapely.box(120, 35, 120.0002, 37)]
    )
    kept = solve_mclp_on_streets(walks, weights, 2, standard, inside=inside, forbidden=forbidden)
    assert shapely.intersects_xy(inside, *kept.places.T).all()
    assert not shapely.intersects_xy(forbidden, *kept.places.T).any()
    assert 0 < kept.objective < free.objective
    # All decimetres that are left, in the order of the truth.
    truth = walks_from_everywhere(network, lon, lat)
    share = [np.arange(n + 1)[:, None] / n for n in network.edge_length_dm]
    start, end = (
        np.stack((network.lon[k], network.lat[k]), axis=1)
        for k in (network.edge_start, network.edge_end)
    )
    where = np.concatenate([a + s * (b - a) for a, b, s in zip(start, end, share, strict=True)])
    left = shapely.intersects_xy(inside, *where.T) & ~shapely.intersects_xy(forbidden, *where.T)
    best = most(standard.covers(truth[left], ESTIMATE), weights, 2)
    assert best <= kept.objective <= kept.bound < free.bound
    # Allowed ground everywhere, and nowhere.
    wide = solve_mclp_on_streets(walks, weights, 2, standard, inside=shapely.box(119, 35, 121, 37))
    assert (wide.objective, wide.bound) == (free.objective, free.bound)
    nowhere = solve_mclp_on_streets(walks, weights, 2, standard, inside=shapely.box(10, 10, 11, 11))
    assert (nowhere.objective, nowhere.bound, nowhere.reachable) == (0, 0, 0)


def test_degenerate_and_wrong_inputs():
    network = network_of([(0, 0), (100, 0)], [(0, 1)])
    lon, lat = at([(10, 0), (20, 0)])
    walks = PairWalks.of(lon, lat, estimate=ESTIMATE, network=network)
    standard = Standard.of_metres(100)
    none = PairWalks.of(np.empty(0), np.empty(0), estimate=ESTIMATE, network=network)
    assert solve_mclp_on_streets(none, [], 2, standard).bound == 0
    no_sites = solve_mclp_on_streets(walks, [1, 2], 0, standard)
    assert (no_sites.objective, no_sites.bound, no_sites.reachable) == (0, 0, 3)
    weightless = solve_mclp_on_streets(walks, [0, 0], 2, standard)
    assert (weightless.objective, weightless.bound) == (0, 0)
    many = solve_mclp_on_streets(walks, [1, 2], 3, standard)
    assert (many.objective, many.gains.tolist()) == (3, [3, 0, 0])
    hasty = solve_mclp_on_streets(walks, [1, 2], 1, standard, cancelled=lambda: True)
    assert hasty.objective <= 3 <= hasty.bound
    by_line = PairWalks.of(lon, lat, estimate=ESTIMATE)
    for name, wrong in (
        ("network", {"walks": by_line}),
        ("weights", {"weights": [1.0]}),
        ("p", {"p": -1}),
        ("time_limit_seconds", {"time_limit_seconds": 0.0}),
    ):
        given = {"walks": walks, "weights": [1.0, 2.0], "p": 1, "standard": standard} | wrong
        with pytest.raises(InvalidValueError) as refused:
            solve_mclp_on_streets(**given)
        assert refused.value.parameter == name


def test_more_stretches_than_memory_should_hold_are_refused(monkeypatch):
    network = network_of([(0, 0), (100, 0)], [(0, 1)])
    walks = PairWalks.of(*at([(10, 0), (20, 0)]), estimate=ESTIMATE, network=network)
    monkeypatch.setattr(pairs, "_MOST_STRETCHES", 1)
    with pytest.raises(InvalidValueError) as refused:
        solve_mclp_on_streets(walks, [1, 1], 1, Standard.of_metres(50))
    assert refused.value.parameter == "standard"
