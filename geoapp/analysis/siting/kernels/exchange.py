"""Opening and closing a site of a large maximal covering plan, its figures kept exactly."""

from numba import njit

from geoapp.core.arrays import Array


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
    """Open a site and keep the figures.

    ``times`` each row is covered, and by site the weight that opening it would add (``gain``, closed
    sites) or closing it would lose (``loss``, open ones).
    """
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
