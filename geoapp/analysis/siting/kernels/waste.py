"""The compiled search for the least waste that any plan has in a part of a covering problem."""

import numpy as np
from numba import njit

from geoapp.core.arrays import Array

_UNDECIDED, _OPEN, _SHUT = 0, 1, 2


@njit(cache=True, nogil=True)
def _open(
    site: int,
    row_first: Array,
    row_site: Array,
    site_first: Array,
    site_row: Array,
    twice: Array,
    times: Array,
    waiting: Array,
    state: Array,
    extra: Array,
) -> float:
    """Open a site; return the waste that this adds: what is covered again, and its own."""
    state[site] = _OPEN
    for q in range(site_first[site], site_first[site + 1]):
        row = site_row[q]
        waiting[row] -= 1
        times[row] += 1
        if times[row] == 1:
            for z in range(row_first[row], row_first[row + 1]):
                extra[row_site[z]] += twice[row]
    # What the site added to itself is not waste.
    own: float = extra[site]
    for q in range(site_first[site], site_first[site + 1]):
        if times[site_row[q]] == 1:
            own -= twice[site_row[q]]
    return own


@njit(cache=True, nogil=True)
def _shut(
    site: int,
    site_first: Array,
    site_row: Array,
    never: Array,
    times: Array,
    waiting: Array,
    state: Array,
) -> float:
    """Shut a site; return the waste that this adds: what can no longer be covered."""
    state[site] = _SHUT
    waste = 0.0
    for q in range(site_first[site], site_first[site + 1]):
        row = site_row[q]
        waiting[row] -= 1
        if waiting[row] == 0 and times[row] == 0:
            waste += never[row]
    return waste


@njit(cache=True, nogil=True)
def _undo(
    site: int,
    row_first: Array,
    row_site: Array,
    site_first: Array,
    site_row: Array,
    twice: Array,
    times: Array,
    waiting: Array,
    state: Array,
    extra: Array,
) -> None:
    """Make a site undecided again; the last one decided first."""
    opened = state[site] == _OPEN
    state[site] = _UNDECIDED
    for q in range(site_first[site], site_first[site + 1]):
        row = site_row[q]
        waiting[row] += 1
        if opened:
            times[row] -= 1
            if times[row] == 0:
                for z in range(row_first[row], row_first[row + 1]):
                    extra[row_site[z]] -= twice[row]


@njit(cache=True, nogil=True)
def _looked(
    row_first: Array,
    row_site: Array,
    never: Array,
    times: Array,
    waiting: Array,
    state: Array,
    worth: Array,
    last: Array,
    shared: Array,
) -> None:
    """Find by undecided site what deciding it is worth.

    What opening it can save at most (``worth``), what shutting it wastes at once (``last``), and its
    part of what is still open (``shared``).
    """
    worth[:] = 0.0
    last[:] = 0.0
    shared[:] = 0.0
    for row in range(len(never)):
        if times[row] == 0 and waiting[row] > 0:
            part = never[row] / waiting[row]
            for z in range(row_first[row], row_first[row + 1]):
                site = row_site[z]
                worth[site] += never[row]
                shared[site] += part
                if waiting[row] == 1 and state[site] == _UNDECIDED:
                    last[site] += never[row]


@njit(cache=True, nogil=True)
def least_waste(
    row_first: Array,
    row_site: Array,
    site_first: Array,
    site_row: Array,
    never: Array,
    twice: Array,
    own: Array,
    limit: float,
    most: int,
    best: Array,
    halt: Array,
) -> tuple[float, int]:
    """Search for the set of sites of least waste, if that is below a limit.

    The waste of a set is the sum of ``never`` over rows that it leaves uncovered, of ``twice`` over
    rows for every time that they are covered beyond the first, and of ``own`` over its sites.

    Parameters
    ----------
    limit
        Sets that waste as much are not looked for.
    most
        Branches after which the search gives up.
    best
        By site: gets the set found; unchanged where none is below the limit.
    halt
        One flag; the search gives up when another thread raises it.

    Returns
    -------
    The least waste, or the limit where nothing is below it, and the number of branches; -1 branches
    where the search gave up, and then the first is without meaning.
    """
    sites, rows = len(site_first) - 1, len(row_first) - 1
    times = np.zeros(rows, np.int32)
    waiting = np.empty(rows, np.int32)
    for row in range(rows):
        waiting[row] = row_first[row + 1] - row_first[row]
    state = np.zeros(sites, np.int8)
    extra = own.copy()
    worth, last, shared = np.empty(sites), np.empty(sites), np.empty(sites)
    trail, before = np.empty(sites, np.int64), np.empty(sites)
    branch = np.empty(sites, np.int64)
    decided, depth, branches, waste = 0, 0, 0, 0.0
    while True:
        again = True
        while again and waste < limit:
            again = False
            _looked(row_first, row_site, never, times, waiting, state, worth, last, shared)
            for site in range(sites):
                if state[site] != _UNDECIDED:
                    continue
                opens = waste + last[site] >= limit
                shuts = waste + extra[site] >= limit or worth[site] <= extra[site]
                if not opens and not shuts:
                    continue
                trail[decided], before[decided] = site, waste
                decided += 1
                again = True
                if shuts:
                    waste += _shut(site, site_first, site_row, never, times, waiting, state)
                else:
                    waste += _open(
                        site,
                        row_first,
                        row_site,
                        site_first,
                        site_row,
                        twice,
                        times,
                        waiting,
                        state,
                        extra,
                    )
                    break  # what the others would waste has changed
                if waste >= limit:
                    break
        if waste < limit:
            pick, top = -1, -np.inf
            for site in range(sites):
                if state[site] == _UNDECIDED and shared[site] - 0.5 * extra[site] > top:
                    top = shared[site] - 0.5 * extra[site]
                    pick = site
            if pick >= 0:
                branches += 1
                if branches >= most or halt[0]:
                    return limit, -1
                branch[depth] = decided
                depth += 1
                trail[decided], before[decided] = pick, waste
                decided += 1
                waste += _open(
                    pick,
                    row_first,
                    row_site,
                    site_first,
                    site_row,
                    twice,
                    times,
                    waiting,
                    state,
                    extra,
                )
                continue
            limit = waste
            for site in range(sites):
                best[site] = state[site] == _OPEN
        if depth == 0:
            return limit, branches
        depth -= 1
        while decided > branch[depth]:
            decided -= 1
            _undo(
                trail[decided],
                row_first,
                row_site,
                site_first,
                site_row,
                twice,
                times,
                waiting,
                state,
                extra,
            )
        pick, waste = trail[decided], before[decided]
        trail[decided], before[decided] = pick, waste
        decided += 1
        waste += _shut(pick, site_first, site_row, never, times, waiting, state)
