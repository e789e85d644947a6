"""How far stations are along whole ways, by brute force: a spot at every few decimetres of every edge."""

from dataclasses import replace

import numpy as np
import pytest

from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.network.snapping import Snapped, snap
from geoapp.analysis.network.street_pieces import street_pieces
from tests.analysis.conftest import Truth


def random_town(seed: int) -> WalkingNetwork:
    """Return a network of crooked streets, a few of them long, in which some nodes join nothing else."""
    random = np.random.default_rng(seed)
    lon, lat = 120 + random.uniform(0, 0.01, 24), 36 + random.uniform(0, 0.01, 24)
    start, end = random.integers(0, 24, 34), random.integers(0, 24, 34)
    # Ways are longer than the line between their ends, by as much as they like: 20 to 400 m.
    return WalkingNetwork.build(lon, lat, start, end, random.integers(200, 4001, 34))


def spots_every(network: WalkingNetwork, step_dm: int) -> Snapped:
    """Return a place at every so many decimetres of each edge, its ends included."""
    edge, after = [], []
    for one, length in enumerate(network.edge_length_dm.tolist()):
        steps = sorted({*range(0, length, step_dm), length})
        edge += [one] * len(steps)
        after += steps
    edges, to_start = np.array(edge, np.int32), np.array(after, np.int32)
    none = np.zeros(len(edges), np.int32)
    to_end = (network.edge_length_dm[edges] - to_start).astype(np.int32)
    return Snapped(none.astype(np.uint8), edges, to_start, to_end, none)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_too_far_by_brute_force(seed: int) -> None:
    network = random_town(seed)
    random = np.random.default_rng(100 + seed)
    stations = snap(
        network, 120 + random.uniform(0, 0.01, 6), 36 + random.uniform(0, 0.01, 6), limit_m=150
    )
    # Two beside one street, one of them far off it, and one at a corner.
    stations = replace(stations, edge=stations.edge.copy(), leg=stations.leg.copy())
    stations.edge[1], stations.to_start[1] = stations.edge[0], 0
    stations.to_end[1] = network.edge_length_dm[stations.edge[0]]
    spots = spots_every(network, 7)
    truth = Truth.of(network, stations, spots).walk_dm.min(axis=0)
    pieces = street_pieces(network, stations, np.arange(network.edge_count))
    lengths = np.bincount(pieces.edge, pieces.high_dm - pieces.low_dm)
    assert lengths.tolist() == pytest.approx(network.edge_length_dm.tolist())
    assert (pieces.high_dm - pieces.low_dm).max() <= 1000
    # Another limit for each edge; some of them are walks that occur, as a place exactly so far complies.
    limit_of = random.integers(100, 4000, network.edge_count).astype(np.float64)
    for edge in range(0, network.edge_count, 3):
        here = truth[spots.edge == edge]
        if np.isfinite(here).any():
            limit_of[edge] = random.choice(here[np.isfinite(here)])
    whole, far = pieces.farther_than(limit_of[pieces.edge])
    assert (pieces.edge[whole] == far.edge).all()
    seen = {True: 0, False: 0}
    for edge, after, away in zip(
        spots.edge.tolist(), spots.to_start.tolist(), truth.tolist(), strict=True
    ):
        own = far.edge == edge
        # What is too far is open where the limit is, and closed where a piece is merely cut.
        open_in = own & (far.low_dm < after) & (after < far.high_dm)
        closed_in = own & (far.low_dm <= after) & (after <= far.high_dm)
        if away > limit_of[edge]:
            assert closed_in.any(), (edge, after, away)
            number = int(np.flatnonzero(closed_in)[0])
            assert far.most_walk_dm[number] >= away
        else:
            assert not open_in.any(), (edge, after, away)
        seen[bool(away > limit_of[edge])] += 1
    assert min(seen.values()) > 100
    # The farthest place of each part is as far as is said.
    at = np.round(far.most_at_dm).astype(np.int32)
    none = np.zeros(len(at), np.int32)
    there = Snapped(
        none.astype(np.uint8),
        far.edge.astype(np.int32),
        at,
        (network.edge_length_dm[far.edge] - at).astype(np.int32),
        none,
    )
    found = Truth.of(network, stations, there).walk_dm.min(axis=0)
    assert found.tolist() == pytest.approx(far.most_walk_dm.tolist(), abs=0.51)


def test_parts_that_touch_are_one_stretch() -> None:
    # A straight street of three edges with a side street at its second node, metres apart by longitude.
    lon, lat = np.array([120.0, 120.002, 120.004, 120.006, 120.002]), np.full(5, 36.0)
    lat[4] = 36.002
    network = WalkingNetwork.build(
        lon, lat, np.array([0, 1, 2, 1]), np.array([1, 2, 3, 4]), np.array([1800, 1800, 1800, 2200])
    )
    nowhere = snap(network, np.array([0.0]), np.array([0.0]))
    pieces = street_pieces(network, nowhere, np.arange(4))
    assert len(pieces.edge) == 2 + 2 + 2 + 3
    assert np.isinf(pieces.most_walk_dm).all()
    assert pieces.joined(network, np.zeros(9, np.int64))[0] == 1
    side = (network.edge_length_dm[pieces.edge] == 2200).astype(np.int64)
    count, stretch = pieces.joined(network, side)
    assert count == 2
    assert len(set(stretch[side == 1].tolist())) == 1
    # A station in the middle of the second edge: what is beyond 150 m lies on three ways that do not touch.
    middle = snap(network, np.array([120.003]), np.array([36.0]))
    pieces = street_pieces(network, middle, np.arange(4))
    _, far = pieces.farther_than(np.full(len(pieces.edge), 1500.0))
    count, stretch = far.joined(network, np.zeros(len(far.edge), np.int64))
    metres = np.bincount(stretch, far.high_dm - far.low_dm) / 10
    assert sorted(metres.tolist()) == pytest.approx([120.0, 120.0, 160.0], abs=1.0)
    assert count == 3
