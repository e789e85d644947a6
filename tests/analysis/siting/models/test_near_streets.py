"""Sites only near streets: plan and bound against every decimetre that is near enough, and by line."""

import numpy as np
import pytest
import shapely

from geoapp.analysis.geometry.near_lines import Lines
from geoapp.analysis.network.graph import FINE
from geoapp.analysis.siting import solve_mclp_anywhere, solve_mclp_on_streets
from geoapp.analysis.walks.pairs import PairWalks
from tests.analysis.geometry.test_near_lines import nearest_m
from tests.analysis.siting.models.test_mclp_anywhere import away_m, counted
from tests.analysis.siting.models.test_mclp_on_streets import (
    ESTIMATE,
    at,
    most,
    reached,
    standards,
    streets,
    walks_from_everywhere,
)

WORLD = shapely.box(-180, -90, 180, 90)


def ends_of(network, edges):
    nodes = network.edge_start[edges], network.edge_end[edges]
    return [np.stack((network.lon[one], network.lat[one]), axis=1) for one in nodes]


def every_decimetre(network):
    """Return every place that ``walks_from_everywhere`` tells of, in its order."""
    found = []
    for e in np.flatnonzero(network.edge_fine == FINE):
        share = np.linspace(0.0, 1.0, int(network.edge_length_dm[e]) + 1)[:, None]
        start, end = ends_of(network, np.array([e]))
        found.append(start + (end - start) * share)
    return np.concatenate(found).T


@pytest.mark.parametrize("seed", range(4))
def test_on_a_network_no_place_that_is_near_enough_beats_the_bound(seed):
    rng = np.random.default_rng(seed)
    equal = 0
    for _ in range(25):
        network = streets(rng)
        fine = np.flatnonzero(network.edge_fine == FINE)
        some = rng.choice(fine, int(rng.integers(1, len(fine) + 1)), replace=False)
        metres = float(rng.choice([1.0, 4.0, 11.0, 30.0]))
        count = int(rng.integers(1, 9))
        lon, lat = at(rng.uniform(-15, 70, (count, 2)))
        weights = rng.integers(1, 9, count).astype(float)
        standard = standards(rng)[0]
        lines = Lines.of(*ends_of(network, some))
        area, whole = lines.within(metres), lines.about(metres)
        walks = PairWalks.of(lon, lat, estimate=ESTIMATE, network=network)
        p = int(rng.integers(1, 3))
        found = solve_mclp_on_streets(
            walks,
            weights,
            p,
            standard,
            forbidden=WORLD.difference(area),
            surely=WORLD.difference(whole),
        )
        places = found.places[np.isfinite(found.places[:, 0])]
        # Each site once more, by geodesics to spots on the streets that count.
        assert (nearest_m(*places.T, *ends_of(network, some)) <= metres).all()
        assert found.objective == weights[reached(network, found.places, lon, lat, standard)].sum()
        everywhere = every_decimetre(network)
        near = lines.metres_to(*everywhere) <= metres
        walk = walks_from_everywhere(network, lon, lat)[near]
        best = most(standard.covers(walk, ESTIMATE), weights, p)
        assert best <= found.bound + 1e-9
        equal += best == found.objective == found.bound
    assert equal >= 18


@pytest.mark.parametrize("seed", range(4))
def test_by_line_no_place_that_is_near_enough_beats_the_bound(seed):
    rng = np.random.default_rng(seed)
    less = 0
    for _ in range(25):
        count = int(rng.integers(2, 14))
        lon, lat = at(rng.uniform(-400, 400, (count, 2)))
        weights = rng.integers(1, 9, count).astype(float)
        many = int(rng.integers(1, 4))
        start, end = (np.stack(at(rng.uniform(-500, 500, (many, 2))), axis=1) for _ in range(2))
        metres, standard_m = float(rng.choice([5.0, 40.0, 150.0])), float(rng.uniform(60, 400))
        lines = Lines.of(start, end)
        area = lines.within(metres)
        asked = {"forbidden": WORLD.difference(area)}
        found = solve_mclp_anywhere(lon, lat, weights, 1, standard_m, **asked)
        free = solve_mclp_anywhere(lon, lat, weights, 1, standard_m)
        assert found.objective <= found.bound
        assert found.bound >= free.objective  # over every place, near a street or not
        places = found.places[np.isfinite(found.places[:, 0])]
        assert (nearest_m(*places.T, start, end) <= metres).all()
        assert found.objective == counted(places, lon, lat, weights, standard_m)
        tried = np.stack(at(rng.uniform(-700, 700, (400, 2))))
        tried = tried[:, lines.metres_to(*tried) <= metres]
        best = max(
            (weights[away_m(one, lon, lat) <= standard_m].sum() for one in tried.T), default=0
        )
        assert best <= found.bound
        less += found.objective < free.objective
    assert less >= 5
