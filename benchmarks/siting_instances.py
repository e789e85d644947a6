"""Seeded instances of three shapes for the siting benchmarks: points on a square of 100 km."""

import numpy as np
import scipy.sparse as sp
from scipy.spatial import cKDTree

SIDE_M = 100_000.0
_AT_ONCE = 50_000  # points whose sites are looked up together
SHAPES = ("clustered", "network", "uniform")


def _clustered(rng: np.random.Generator, count: int, towns: np.ndarray) -> np.ndarray:
    """Return points around towns, a fifth of them anywhere."""
    home = rng.integers(0, len(towns), count)
    points = towns[home, :2] + rng.normal(size=(count, 2)) * towns[home, 2:]
    anywhere = rng.random(count) < 0.2
    points[anywhere] = rng.uniform(0, SIDE_M, (int(anywhere.sum()), 2))
    return np.clip(points, 0, SIDE_M)


def _along_streets(rng: np.random.Generator, count: int, streets: np.ndarray) -> np.ndarray:
    """Return points on lines, each moved off its line by some metres."""
    line = rng.integers(0, len(streets), count)
    share = rng.random((count, 1))
    points = streets[line, :2] * (1 - share) + streets[line, 2:] * share
    return np.clip(points + rng.normal(scale=40, size=(count, 2)), 0, SIDE_M)


def instance(
    shape: str, demand: int, sites: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return demand points and sites (metres), and whole-number weights from 1 to 100."""
    rng = np.random.default_rng(seed)
    if shape == "clustered":
        towns = np.column_stack(
            (
                rng.uniform(0.1 * SIDE_M, 0.9 * SIDE_M, (60, 2)),
                rng.uniform(0.01 * SIDE_M, 0.06 * SIDE_M, 60),
            )
        )
        points, places = _clustered(rng, demand, towns), _clustered(rng, sites, towns)
    elif shape == "network":
        # Arms from a few hubs: ends drawn near hubs, so that streets crowd there.
        hubs = rng.uniform(0, SIDE_M, (25, 2))
        start = hubs[rng.integers(0, 25, 600)] + rng.normal(scale=4000, size=(600, 2))
        streets = np.hstack((start, start + rng.normal(scale=9000, size=(600, 2))))
        points = _along_streets(rng, demand, streets)
        places = _along_streets(rng, sites, streets)
    elif shape == "uniform":
        points = rng.uniform(0, SIDE_M, (demand, 2))
        places = rng.uniform(0, SIDE_M, (sites, 2))
    else:
        raise SystemExit(f"shapes: {', '.join(SHAPES)}")
    return points, places, rng.integers(1, 101, demand).astype(float)


def radius_of_share(points: np.ndarray, places: np.ndarray, share: float) -> float:
    """Return the whole number of metres within which a site covers such a share of the points."""
    some = cKDTree(points[:: max(1, len(points) // 50_000)])
    low, high = 1, int(SIDE_M)
    while high - low > 1:
        middle = (low + high) // 2
        met = some.query_ball_point(places[:300], middle, return_length=True)
        low, high = (middle, high) if np.mean(met) < share * some.n else (low, middle)
    return float(high)


def cover_within(points: np.ndarray, places: np.ndarray, radius_m: float) -> sp.csr_array:
    """Return the pairs within a straight line (closed), without a dense matrix."""
    tree = cKDTree(places)
    sizes, columns = [], []
    for low in range(0, len(points), _AT_ONCE):
        lists = tree.query_ball_point(points[low : low + _AT_ONCE], radius_m, return_sorted=True)
        size = np.fromiter(map(len, lists), np.int64, len(lists))
        sizes.append(size)
        columns.append(np.fromiter((one for row in lists for one in row), np.int32, size.sum()))
    first = np.concatenate(([0], np.cumsum(np.concatenate(sizes))))
    index = np.concatenate(columns)
    return sp.csr_array((np.ones(len(index)), index, first), shape=(len(points), len(places)))
