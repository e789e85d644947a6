"""Small seeded problems, and plans by trying all of them."""

import itertools
from collections.abc import Iterator

import numpy as np


def random_cover(rng: np.random.Generator, demand: int, sites: int) -> np.ndarray:
    """Return a dense cover of points and sites on a square, some points out of reach of all."""
    points, places = rng.random((demand, 2)), rng.random((sites, 2))
    away = np.hypot(*(points[:, None] - places[None]).transpose(2, 0, 1))
    return away <= rng.uniform(0.15, 0.4)


def town_cover(rng: np.random.Generator, demand: int, sites: int, reach: float) -> np.ndarray:
    """Return a dense cover of points and sites on the unit square within a reach."""
    points, places = rng.random((demand, 2)), rng.random((sites, 2))
    return np.hypot(*(points[:, None] - places[None]).transpose(2, 0, 1)) <= reach


def random_impedance(rng: np.random.Generator, demand: int, sites: int) -> np.ndarray:
    """Return whole-number impedances, some unreachable."""
    impedance = rng.integers(0, 30, (demand, sites)).astype(float)
    impedance[rng.random((demand, sites)) < rng.choice([0.0, 0.2, 0.5])] = np.inf
    return impedance


def subsets(sites: int, fixed: list[int], forbidden: list[int]) -> Iterator[list[int]]:
    """Yield every set of sites that holds the fixed ones and no forbidden one."""
    free = [one for one in range(sites) if one not in fixed and one not in forbidden]
    for size in range(len(free) + 1):
        for some in itertools.combinations(free, size):
            yield [*fixed, *some]


def some_rules(rng: np.random.Generator, sites: int) -> tuple[list[int], list[int]]:
    """Return fixed and forbidden sites, often none."""
    order = rng.permutation(sites).tolist()
    fixed, forbidden = int(rng.choice([0, 0, 1, 2])), int(rng.choice([0, 0, 1, 2]))
    return order[:fixed], order[fixed : fixed + forbidden]
