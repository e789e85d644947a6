"""The compiled tree against looking at every point."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoapp.analysis.nearest.point_tree import EVERYBODY, PointTree


def chords(xyz, at):
    return np.sqrt(((xyz - np.array(at)) ** 2).sum(axis=1))


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.one_of(st.integers(1, 20), st.integers(100, 3000)),
    k=st.integers(1, 60),
    steps=st.sampled_from([2, 8, 2**20]),
    share=st.sampled_from([0.0, 0.01, 0.5, None]),
    reach_m=st.sampled_from([np.inf, 0.0, 0.25, 1.0]),
)
def test_like_brute_force(seed, count, k, steps, share, reach_m):
    """Coarse steps make many points coincide; powers of two keep squares exact. Positions are spread."""
    rng = np.random.default_rng(seed)
    xyz = rng.integers(0, steps, (count, 3)) / steps
    positions = rng.choice(2 * count, count, replace=False)
    allowed = EVERYBODY if share is None else rng.random(2 * count) < share
    tree = PointTree.build(xyz, positions)
    at = tuple((rng.integers(-1, steps + 1, 3) / steps).tolist())
    truth = chords(xyz, at)
    counts = np.ones(count, bool) if share is None else allowed[positions]
    able = np.flatnonzero(counts & (truth <= reach_m))

    which, chord_m = tree.nearest(at, k=k, reach_m=reach_m, allowed=allowed)
    assert chord_m.tolist() == pytest.approx(np.sort(truth[able])[:k].tolist(), rel=1e-15)
    assert chord_m.tolist() == pytest.approx(truth[which].tolist(), rel=1e-15)
    assert len(set(which.tolist())) == len(which)
    assert set(which.tolist()) <= set(able.tolist())

    which, chord_m = tree.within(at, reach_m=reach_m, allowed=allowed)
    assert sorted(which.tolist()) == able.tolist()
    assert chord_m.tolist() == pytest.approx(truth[which].tolist(), rel=1e-15)


def test_two_hundred_thousand_points_at_one_place():
    tree = PointTree.build(np.ones((200_000, 3)), np.arange(200_000))
    which, chord_m = tree.nearest((1.0, 1.0, 1.0), k=11, reach_m=np.inf, allowed=EVERYBODY)
    assert len(set(which.tolist())) == 11
    assert not chord_m.any()
    assert len(tree.within((1.0, 1.0, 1.0), reach_m=0.0, allowed=EVERYBODY)[0]) == 200_000
