"""Compiles the inner loops of the siting models before the first question.

Compiled code is kept beside the source (or in the user's cache folder, where that may not be
written), so only the first start after an installation takes some seconds.
"""

import os

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.checks import checked_cover
from geoapp.analysis.siting.covering.aggregate import merged
from geoapp.analysis.siting.covering.dual import DualAscent
from geoapp.analysis.siting.covering.exchange import Exchange
from geoapp.analysis.siting.covering.waste import Neighbourhoods
from geoapp.analysis.siting.kernels.streets import heaviest_along, in_reach, spots_from
from geoapp.analysis.siting.models.mclp_anywhere import solve_mclp_anywhere


def warm_up() -> None:
    """Go through every compiled loop once, on a few demand points and sites."""
    cover = np.array(
        [[1, 0, 0, 0], [1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1], [0, 0, 0, 1], [1, 0, 0, 1]]
    )
    rows = merged(checked_cover(cover), np.ones(6))
    by_site = sp.csr_array(rows.cover.T)
    by_site.sort_indices()
    sites = np.array([0, 2])
    DualAscent(
        rows.cover, by_site, rows.weights, 2, np.array([1.0, 0, 1, 0]), compiled=True
    ).advance()
    Exchange(rows.cover, by_site, rows.weights, sites).improve(1)
    parts = Neighbourhoods(rows.cover, by_site, rows.weights, 2, sites, 2)
    list(parts.least(np.full(len(rows.weights), 0.5), 10, np.zeros(1, np.bool_)))
    # One demand point that comes into reach along an edge, and leaves it again.
    first, who, event = np.array([0, 2]), np.array([0, -1], np.int32), np.zeros(1, np.int64)
    heaviest_along(first, who, np.ones(1), np.zeros(1), event)
    spots_from(1.0, first, who, np.ones(1), np.ones(1), event)
    in_reach(0, 0, who, np.zeros(1, np.bool_))
    solve_mclp_anywhere([120.3, 120.301, 120.302], [36.1, 36.1, 36.101], [1, 2, 3], 1, 100.0)


if __name__ == "__main__":
    os.nice(10)
    warm_up()
