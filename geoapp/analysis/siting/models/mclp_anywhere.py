"""Maximal covering with sites at any place (the planar maximal covering problem, Church 1984).

    max  sum_i w_i z_i,    z_i = 1 iff some site q_k has geodesic(q_k, i) <= S,    k = 1 .. p,

where w_i is the weight of demand point i, S the standard and q_k any place on the WGS-84 spheroid.
Candidates on a grid are a restriction that nobody asked for: in a city the best ten places of a 300 m
grid reached a fifth less than the best ten anywhere.
"""

from itertools import islice

import numpy as np
from numpy.typing import ArrayLike
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.geometry.spheroid import checked_lonlat, geodesic_m
from geoapp.analysis.siting.anywhere.columns import ColumnSearch
from geoapp.analysis.siting.anywhere.disc_sweep import DiscSweep
from geoapp.analysis.siting.anywhere.discs import Discs
from geoapp.analysis.siting.anywhere.grounds import AllowedGround
from geoapp.analysis.siting.anywhere.recount import (
    AnywhereResult,
    Positions,
    checked_sites,
    checked_standard,
    recounted,
)
from geoapp.analysis.siting.checks import checked_numbers
from geoapp.analysis.siting.problem import Limits
from geoapp.analysis.siting.result import Cancelled, Progress
from geoapp.core.arrays import FloatArray


def solve_mclp_anywhere(
    lon: ArrayLike,
    lat: ArrayLike,
    weights: ArrayLike,
    p: int,
    standard_m: float,
    *,
    inside: BaseGeometry | None = None,
    forbidden: BaseGeometry | None = None,
    time_limit_seconds: float = 60.0,
    target_gap: float = 0.0,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> AnywhereResult:
    """Choose the p places, wherever they are, that cover most demand weight.

    Parameters
    ----------
    lon, lat
        Demand points, decimal degrees, EPSG:4326.
    weights
        By demand point, from 0 up. Demand that is covered already is left out by the caller.
    p
        Number of sites, from 0 up.
    standard_m
        Greatest geodesic from a site to a demand point that it covers, closed; 0 to 100,000.
    inside, forbidden
        Areas (EPSG:4326, edges straight in degrees) in which sites may stand, and in which none may.
        The plan keeps to them; the bound is over every place all the same, so it holds, and tells
        what they cost at most.
    time_limit_seconds
        Search no longer; the best plan so far is the answer, and says so. The first sweep around all
        points is always finished.
    target_gap
        Stop when the plan is proven to be within this share of the best.
    progress, cancelled
        Called with the best objective and bound so far; asked whether to stop and keep the best so far.

    Raises
    ------
    InvalidValueError
        If an input is not what is said above.

    Notes
    -----
    Of two places that cover the same points either is right: each site stands in the middle of the
    smallest circle about those that it covers, so that it may be moved most.
    """
    clock = Limits(time_limit_seconds, target_gap, progress, cancelled).clock()
    lon_deg, lat_deg = checked_lonlat(lon, lat)
    weight = checked_numbers("weights", np.ravel(np.asarray(weights, float)), len(lon_deg))
    sites = checked_sites(p)
    metres = checked_standard(standard_m)
    counts = np.flatnonzero(weight > 0)
    ground = None
    if inside is not None or forbidden is not None:
        ground = AllowedGround.of(inside, forbidden)
    places, bound, prices = np.empty((0, 2)), 0.0, weight.copy()
    if sites and len(counts):
        positions = Positions.of(lon_deg, lat_deg, weight, counts)
        discs = Discs.of(positions.lon, positions.lat, positions.weight, metres)
        plan = ColumnSearch(DiscSweep(discs, ground), sites, target_gap, clock).run()
        places, bound = plan.places, plan.bound
        share = np.empty(len(discs.weight))
        share[discs.order] = plan.prices / discs.weight
        prices = positions.shared(share, weight)
    spare = _spare(lon_deg, lat_deg, weight, sites - len(places), ground)
    covered = [
        np.flatnonzero(geodesic_m(one[0], one[1], lon_deg, lat_deg) <= metres) for one in places
    ]
    return recounted(weight, places, covered, spare, bound, prices, target_gap, clock)


def _spare(
    lon: FloatArray, lat: FloatArray, weight: FloatArray, many: int, ground: AllowedGround | None
) -> FloatArray:
    """Return places for sites that add nobody: at the heaviest points at which sites may stand."""
    heaviest = np.argsort(-weight, kind="stable").tolist() if many else []
    allowed = (k for k in heaviest if ground is None or ground.allows(float(lon[k]), float(lat[k])))
    order = np.array(list(islice(allowed, many)), np.int64)
    if not len(order):
        return np.full((many, 2), np.nan)
    where = order[np.arange(many) % len(order)]
    return np.stack((lon[where], lat[where]), axis=-1)
