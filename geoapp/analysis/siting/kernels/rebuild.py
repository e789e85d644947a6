"""The compiled inner loop that takes a neighbourhood of a plan down and builds it up again."""

import numpy as np
from numba import njit

from geoapp.analysis.siting.kernels.exchange import close_site, open_site
from geoapp.core.arrays import Array

_MOST_NEAR = 16  # open sites of a neighbourhood
_TRIES = 160  # steps that look for them
_NOISE = 0.3
_PASSES = 4


@njit(cache=True, nogil=True)
def _best(gain: Array, is_open: Array, banned: int, noise: float) -> int:
    """Return the closed site that adds most, gains being blurred by some noise."""
    best = -1
    top = -1.0
    for site in range(len(gain)):
        if not is_open[site] and site != banned and gain[site] * (1 + noise / 2) > top:
            value = gain[site]
            if noise > 0:
                value *= 1 + noise * (np.random.random() - 0.5)
            if value > top:
                top = value
                best = site
    return best


@njit(cache=True, nogil=True)
def _near(plan: Array, place: Array, near_first: Array, near_site: Array, found: Array) -> int:
    """Collect places in the plan of open sites two steps of shared demand from a random site."""
    centre = plan[np.random.randint(len(plan))]
    if np.random.random() < 0.5:
        centre = np.random.randint(len(place))
    count = 0
    for _ in range(_TRIES):
        if count == len(found):
            break
        site = centre
        for _ in range(2):
            size = near_first[site + 1] - near_first[site]
            if size == 0:
                break
            site = near_site[near_first[site] + np.random.randint(size)]
            if place[site] >= 0:
                break
        mine = place[site]
        new = mine >= 0
        for one in range(count):
            if found[one] == mine:
                new = False
        if new:
            found[count] = mine
            count += 1
    return count


@njit(cache=True, nogil=True)
def rebuild(
    rounds: int,
    ruin: int,
    seed: int,
    near_first: Array,
    near_site: Array,
    site_first: Array,
    site_row: Array,
    row_first: Array,
    row_site: Array,
    weight: Array,
    times: Array,
    is_open: Array,
    gain: Array,
    loss: Array,
    plan: Array,
    value: float,
) -> float:
    """Close some sites that are near each other, open the best in their place, improve around them.

    A round that ends worse than it began is taken back (a local form of ruin and recreate; Schrimpf et
    al. 2000). Return the value; ``plan`` is changed.
    """
    np.random.seed(seed)
    place = np.full(len(gain), -1, np.int64)
    for one in range(len(plan)):
        place[plan[one]] = one
    found = np.empty(min(_MOST_NEAR, len(plan)), np.int64)
    old = np.empty(len(found), np.int64)
    for _ in range(rounds):
        count = _near(plan, place, near_first, near_site, found)
        if count == 0:
            continue
        before = value
        for one in range(count):
            old[one] = plan[found[one]]
        many = min(ruin, count)
        banned = old[0]
        for one in range(many):
            value -= loss[old[one]]
            close_site(
                old[one],
                site_first,
                site_row,
                row_first,
                row_site,
                weight,
                times,
                is_open,
                gain,
                loss,
            )
        for one in range(many):
            site = _best(gain, is_open, banned, _NOISE)
            if site < 0:
                site = banned
            value += gain[site]
            open_site(
                site, site_first, site_row, row_first, row_site, weight, times, is_open, gain, loss
            )
            plan[found[one]] = site
        for _ in range(_PASSES):
            better = False
            for one in range(count):
                site = plan[found[one]]
                lost = loss[site]
                close_site(
                    site,
                    site_first,
                    site_row,
                    row_first,
                    row_site,
                    weight,
                    times,
                    is_open,
                    gain,
                    loss,
                )
                other = _best(gain, is_open, -1, 0.0)
                if gain[other] > lost:
                    better = True
                else:
                    other = site
                value += gain[other] - lost
                open_site(
                    other,
                    site_first,
                    site_row,
                    row_first,
                    row_site,
                    weight,
                    times,
                    is_open,
                    gain,
                    loss,
                )
                plan[found[one]] = other
            if not better:
                break
        if value < before:
            for one in range(count):
                close_site(
                    plan[found[one]],
                    site_first,
                    site_row,
                    row_first,
                    row_site,
                    weight,
                    times,
                    is_open,
                    gain,
                    loss,
                )
            for one in range(count):
                open_site(
                    old[one],
                    site_first,
                    site_row,
                    row_first,
                    row_site,
                    weight,
                    times,
                    is_open,
                    gain,
                    loss,
                )
                plan[found[one]] = old[one]
            value = before
        else:
            for one in range(count):
                place[old[one]] = -1
            for one in range(count):
                place[plan[found[one]]] = found[one]
    return value
