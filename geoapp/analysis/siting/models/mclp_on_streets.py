"""Maximal covering with sites at any place on the streets of a walking network.

    max  sum_i w_i z_i,    z_i = 1 iff some site q_k has walk(q_k, i) <= S,    k = 1 .. p,

where q_k is any place on an edge of the network and the walk is that of ``docs/network.md``: along the
streets and straight from them to the demand point i; estimated by line where i is not on the network.
The site stands on the street itself, so it has no leg of its own. On networks the places at which
intervals end are enough for an optimum (Church & Meadows 1979); they are met by sweeping along edges.
"""

import math

import numpy as np
from numpy.typing import ArrayLike
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.siting.anywhere.columns import ColumnSearch
from geoapp.analysis.siting.anywhere.grounds import AllowedGround
from geoapp.analysis.siting.anywhere.recount import (
    AnywhereResult,
    Positions,
    checked_sites,
    recounted,
)
from geoapp.analysis.siting.anywhere.streets import StreetSweep
from geoapp.analysis.siting.checks import checked_numbers
from geoapp.analysis.siting.problem import Limits
from geoapp.analysis.siting.result import Cancelled, Progress
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.walking import Standard


def solve_mclp_on_streets(
    walks: PairWalks,
    weights: ArrayLike,
    p: int,
    standard: Standard,
    *,
    inside: BaseGeometry | None = None,
    forbidden: BaseGeometry | None = None,
    surely: BaseGeometry | None = None,
    time_limit_seconds: float = 60.0,
    target_gap: float = 0.0,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> AnywhereResult:
    """Choose the p places on the streets that cover most demand weight.

    Parameters
    ----------
    walks
        The demand points and the network that they walk on.
    weights
        By demand point, from 0 up. Demand that is covered already is left out by the caller.
    p
        Number of sites, from 0 up.
    standard
        Greatest acceptable walk, in metres or in seconds; closed.
    inside, forbidden
        Areas (EPSG:4326, edges straight in degrees) in which sites may stand, and in which none may.
        Plan and bound keep to the streets that they leave.
    surely
        What of the forbidden areas is surely forbidden, where their edges are not exact: the bound holds
        what it leaves. None = all.
    time_limit_seconds, target_gap, progress, cancelled
        As in ``solve_mclp_anywhere``. The stretches are always found, and swept once.

    Raises
    ------
    InvalidValueError
        If an input is not what is said above, there is no network, or there are more stretches than
        memory should hold.

    Notes
    -----
    Streets are the edges that lead on: whoever is put on a part that is joined to nothing, or behind a
    locked gate, is cut off there. A site in a yard may be walked to straight from the yard next to it;
    such places are not searched, and the bound is about places on the streets alone.
    """
    clock = Limits(time_limit_seconds, target_gap, progress, cancelled).clock()
    weight = checked_numbers("weights", np.ravel(np.asarray(weights, float)), len(walks))
    sites = checked_sites(p)
    if walks.network is None:
        raise InvalidValueError("network", None, Text("步行路网", "a walking network"))
    ground = None
    if inside is not None or forbidden is not None:
        ground = AllowedGround.of(inside, forbidden, surely)
    counts = np.flatnonzero(weight > 0)
    places, bound, prices, reachable = np.empty((0, 2)), 0.0, weight.copy(), 0.0
    if len(counts):
        positions = Positions.of(walks.lon, walks.lat, weight, counts)
        at = PairWalks(positions.lon, positions.lat, walks.estimate, walks.network)
        sweep = StreetSweep.of(at, walks.network, positions.weight, standard, ground)
        reachable = math.fsum(positions.weight[sweep.reachable])
        if sites:
            plan = ColumnSearch(sweep, sites, target_gap, clock).run()
            places, bound = plan.places, plan.bound
            prices = positions.shared(plan.prices / positions.weight, weight)
    spare = np.full((sites - len(places), 2), np.nan)
    covered = []
    if len(places):
        cover = walks.cover(places[:, 0], places[:, 1], standard).tocsc()
        cover.sort_indices()
        covered = [one.astype(np.int64) for one in np.split(cover.indices, cover.indptr[1:-1])]
    return recounted(weight, places, covered, spare, bound, prices, target_gap, clock, reachable)
