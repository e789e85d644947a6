"""p-center with sites at any place: the longest way to a site made shortest.

    min max_i min(e_i, geodesic(q_1, i), .. geodesic(q_p, i)),

with q any place on the WGS-84 spheroid, or any on the streets of a walking network (walks in place of
geodesics), and e_i the way of point i to what stands already (Hakimi 1964; in
the plane Elzinga & Hearn 1972 for one place, Drezner 1984 for several).
"""

import math
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.geometry.spheroid import checked_lonlat
from geoapp.analysis.siting.anywhere.center import CenterPlan, CenterSearch, met
from geoapp.analysis.siting.anywhere.center_streets import StreetCenterSearch, met_on_streets
from geoapp.analysis.siting.anywhere.grounds import AllowedGround
from geoapp.analysis.siting.anywhere.recount import checked_sites
from geoapp.analysis.siting.checks import checked_numbers
from geoapp.analysis.siting.problem import Limits
from geoapp.analysis.siting.result import Clock, gap_share, status_of
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.arrays import FloatArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.results.status import SitingStatus

_FREE_SHARE: Final = 0.5  # of the time, at most, for the bound over every place


@dataclass(frozen=True, slots=True)
class CenterResult:
    """Places and their proof.

    Attributes
    ----------
    places
        Shape (k, 2), k at most p: lon and lat in decimal degrees (EPSG:4326); empty where no plan was found.
    objective
        Metres that whoever is farthest from a place, and from what stands, has to the nearer of them; nan
        where no plan was found.
    bound
        With no p places anywhere has everybody less than this.
    gap_share
        ``(objective - bound) / objective``; nan where no plan was found. A bound within 1e-7 of the
        objective, or a tenth of a millimetre, is met; on streets, within a decimetre.
    status
        Whether that is a proof.
    seconds
        Time taken.
    """

    places: FloatArray
    objective: float
    bound: float
    gap_share: float
    status: SitingStatus
    seconds: float


def solve_p_center_anywhere(
    lon: ArrayLike,
    lat: ArrayLike,
    p: int,
    *,
    existing_m: ArrayLike | None = None,
    inside: BaseGeometry | None = None,
    forbidden: BaseGeometry | None = None,
    **limits: Any,
) -> CenterResult:
    """Choose p places, wherever they are, so that nobody has far to one.

    Parameters
    ----------
    lon, lat
        Demand points in decimal degrees (EPSG:4326).
    p
        The most places; from 0 up.
    existing_m
        By point, geodesic metres to what stands already; inf = nothing, and so is None.
    inside, forbidden
        Where sites may stand (EPSG:4326), as in ``solve_mclp_anywhere``: the plan keeps to it, the bound is
        over every place.
    limits
        ``time_limit_seconds``, ``target_gap``, ``progress``, ``cancelled``, as there.

    Raises
    ------
    InvalidValueError
        If an input is not what is said above.
    """
    asked = Limits(**limits)
    clock = asked.clock()
    lon_deg, lat_deg = checked_lonlat(lon, lat)
    sites = checked_sites(p)
    stands = _existing(existing_m, len(lon_deg))
    ground = None
    if inside is not None or forbidden is not None:
        ground = AllowedGround.of(inside, forbidden)
    plan = CenterPlan(np.empty((0, 2)), 0.0, 0.0)
    if len(lon_deg) and not sites:
        longest = float(stands.max())
        plan = CenterPlan(np.empty((0, 2)), longest, longest)
    elif len(lon_deg):
        at, position = np.unique(np.stack((lon_deg, lat_deg)), axis=1, return_inverse=True)
        away = np.zeros(at.shape[1])
        np.maximum.at(away, position.ravel(), stands)
        plan = _searched(at, away, sites, ground, clock)
    return _result(plan, met(plan.longest_m, plan.bound_m), asked.target_gap, clock)


def solve_p_center_on_streets(
    walks: PairWalks,
    p: int,
    *,
    existing_m: ArrayLike | None = None,
    inside: BaseGeometry | None = None,
    forbidden: BaseGeometry | None = None,
    surely: BaseGeometry | None = None,
    **limits: Any,
) -> CenterResult:
    """Choose p places on the streets, so that nobody walks far to one.

    A bound within a decimetre of the objective, in which walks on a network are counted, is met.

    Parameters
    ----------
    walks
        Demand points on a walking network.
    p, inside, forbidden, limits
        As in ``solve_p_center_anywhere``; plan and bound keep to the areas.
    surely
        As in ``solve_mclp_on_streets``.
    existing_m
        By point, metres walked to what stands already; inf = nothing, and so is None.

    Raises
    ------
    InvalidValueError
        If an input is not what is said above.
    """
    asked = Limits(**limits)
    clock = asked.clock()
    sites, network = checked_sites(p), walks.network
    if network is None:
        raise InvalidValueError("network", None, Text("步行路网", "a walking network"))
    stands = _existing(existing_m, len(walks))
    ground = None
    if inside is not None or forbidden is not None:
        ground = AllowedGround.of(inside, forbidden, surely)
    if not len(walks):
        return _result(CenterPlan(np.empty((0, 2)), 0.0, 0.0), True, asked.target_gap, clock)
    at, position = np.unique(np.stack((walks.lon, walks.lat)), axis=1, return_inverse=True)
    away = np.zeros(at.shape[1])
    np.maximum.at(away, position.ravel(), stands)
    if not sites:
        longest = float(away.max())
        plan = CenterPlan(np.empty((0, 2)), longest, longest)
        return _result(plan, True, asked.target_gap, clock)
    own = PairWalks(at[0], at[1], walks.estimate, network)
    search = StreetCenterSearch(own, network, away, sites, ground, clock)
    plan = search.run()
    proven = met_on_streets(plan.longest_m, plan.bound_m)
    found = _result(plan, proven, asked.target_gap, clock)
    return replace(found, status=SitingStatus.INFEASIBLE) if search.hopeless else found


def _result(plan: CenterPlan, proven: bool, target_gap: float, clock: Clock) -> CenterResult:
    found = plan.places is not None and math.isfinite(plan.longest_m)
    objective = plan.longest_m if found else math.nan
    bound = objective if found and proven else plan.bound_m
    status = status_of(objective, bound, target_gap, clock)
    if status is SitingStatus.TIME_LIMIT and clock.left() > 0:
        status = SitingStatus.UNPROVEN
    return CenterResult(
        places=np.empty((0, 2)) if plan.places is None else plan.places,
        objective=objective,
        bound=bound,
        gap_share=gap_share(objective, bound) if found else math.nan,
        status=status,
        seconds=clock.taken(),
    )


def _searched(
    at: FloatArray, away: FloatArray, sites: int, ground: AllowedGround | None, clock: Clock
) -> CenterPlan:
    """Search over every place first, which gives the bound; then, where that plan leaves it, on the ground."""
    if ground is None:
        return CenterSearch(at[0], at[1], away, sites, None, clock).run()
    part = Clock(clock.share(_FREE_SHARE), clock.cancelled)
    free = CenterSearch(at[0], at[1], away, sites, None, part).run()
    if free.places is not None and all(ground.allows(*one) for one in free.places.tolist()):
        return free
    return CenterSearch(at[0], at[1], away, sites, ground, clock, free.bound_m).run()


def _existing(existing_m: ArrayLike | None, count: int) -> FloatArray:
    """Return how far each point has to what stands; a number from 0 up, or inf."""
    if existing_m is None:
        return np.full(count, np.inf)
    stands = np.asarray(existing_m, dtype=np.float64)
    checked_numbers("existing_m", np.where(np.isposinf(stands), 0.0, stands), count)
    if np.isnan(stands).any():
        raise InvalidValueError("existing_m", "nan", Text("不小于 0 的数", "numbers from 0 up"))
    return stands
