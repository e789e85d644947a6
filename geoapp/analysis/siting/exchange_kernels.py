"""The compiled inner loop of exchanges of sites in large maximal covering problems."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray
_BEST_SHARE = 0.05  # looking at all sites costs as much as twenty tries nearby


@njit(cache=True, nogil=True)
def open_site(
    site: int,
    site_first: Array,
    site_row: Array,
    row_first: Array,
    row_site: Array,
    weight: Array,
    times: Array,
    is_open: Array,
    gain: Array,
    loss: Array,
) -> None:
    """Open a site and keep the figures: ``times`` each row is covered, and by site the weight that
    opening it would add (``gain``, closed sites) or closing it would lose (``loss``, open ones)."""
    alone = 0.0
    for q in range(site_first[site], site_first[site + 1]):
        row = site_row[q]
        if times[row] == 0:
            alone += weight[row]
            for z in range(row_first[row], row_first[row + 1]):
                gain[row_site[z]] -= weight[row]
        elif times[row] == 1:
            for z in range(row_first[row], row_first[row + 1]):
                if is_open[row_site[z]]:
                    loss[row_site[z]] -= weight[row]
                    break
        times[row] += 1
    is_open[site] = True
    loss[site] = alone


@njit(cache=True, nogil=True)
def close_site(
    site: int,
    site_first: Array,
    site_row: Array,
    row_first: Array,
    row_site: Array,
    weight: Array,
    times: Array,
    is_open: Array,
    gain: Array,
    loss: Array,
) -> None:
    """Close a site and keep the figures."""
    is_open[site] = False
    loss[site] = 0.0
    for q in range(site_first[site], site_first[site + 1]):
        row = site_row[q]
        times[row] -= 1
        if times[row] == 0:
            for z in range(row_first[row], row_first[row + 1]):
                gain[row_site[z]] += weight[row]
        elif times[row] == 1:
            for z in range(row_first[row], row_first[row + 1]):
                if is_open[row_site[z]]:
                    loss[row_site[z]] += weight[row]
                    break


@njit(cache=True, nogil=True)
def anneal(
    moves: int,
    hot: float,
    cold: float,
    seed: int,
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
    best_plan: Array,
    best_value: float,
) -> tuple[float, float]:
    """Exchange one site for another many times; return the value now and the best.

    A worse plan is kept with the chance exp(change / temperature) (Kirkpatrick et al. 1983), the
    temperature falling from ``hot`` to ``cold``. One exchange in twenty opens the site that is best once
    the other is closed, the others a site that shares demand with it. ``plan`` and ``best_plan`` are
    changed.
    """
    np.random.seed(seed)
    sites = len(gain)
    bonus = np.zeros(sites)
    touched = np.empty(sites, np.int64)
    for move in range(moves):
        temperature = hot * (cold / hot) ** (move / moves)
        place = np.random.randint(len(plan))
        out = plan[place]
        begin, end = site_first[out], site_first[out + 1]
        into = -1
        change = 0.0
        if begin == end or np.random.random() < _BEST_SHARE:
            count = 0
            for q in range(begin, end):
                row = site_row[q]
                if times[row] == 1:
                    for z in range(row_first[row], row_first[row + 1]):
                        other = row_site[z]
                        if bonus[other] == 0.0:
                            touched[count] = other
                            count += 1
                        bonus[other] += weight[row]
            top = -1.0
            for other in range(sites):
                if not is_open[other] and gain[other] + bonus[other] > top:
                    top = gain[other] + bonus[other]
                    into = other
            for one in range(count):
                bonus[touched[one]] = 0.0
            change = top - loss[out]
        else:
            row = site_row[np.random.randint(begin, end)]
            into = row_site[np.random.randint(row_first[row], row_first[row + 1])]
            if is_open[into]:
                continue
            shared = 0.0
            q, z = begin, site_first[into]
            last = site_first[into + 1]
            while q < end and z < last:
                if site_row[q] == site_row[z]:
                    if times[site_row[q]] == 1:
                        shared += weight[site_row[q]]
                    q += 1
                    z += 1
                elif site_row[q] < site_row[z]:
                    q += 1
                else:
                    z += 1
            change = gain[into] + shared - loss[out]
        if into < 0 or (change < 0 and np.random.random() >= np.exp(change / temperature)):
            continue
        close_site(
            out, site_first, site_row, row_first, row_site, weight, times, is_open, gain, loss
        )
        open_site(
            into, site_first, site_row, row_first, row_site, weight, times, is_open, gain, loss
        )
        plan[place] = into
        value += change
        if value > best_value:
            best_value = value
            best_plan[:] = plan
    return value, best_value
