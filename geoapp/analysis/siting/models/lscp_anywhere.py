"""Set covering with sites at any place: the fewest, so that all demand or enough of it is covered.

    min k  so that  sum_i w_i z_i >= R,    z_i = 1 iff one of the sites q_1 .. q_k covers i,

with q any place on the WGS-84 spheroid, or any on the streets of a walking network, and whom it covers as
in ``mclp_anywhere`` and ``mclp_on_streets`` (Toregas et al. 1971; Daskin & Owen 1999, at any place).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.geometry.spheroid import checked_lonlat
from geoapp.analysis.siting.anywhere.disc_sweep import DiscSweep
from geoapp.analysis.siting.anywhere.discs import Discs
from geoapp.analysis.siting.anywhere.fewest import FewestPlan, FewestSearch
from geoapp.analysis.siting.anywhere.grounds import AllowedGround
from geoapp.analysis.siting.anywhere.recount import Positions, checked_standard
from geoapp.analysis.siting.anywhere.streets import StreetSweep
from geoapp.analysis.siting.anywhere.sweep import Sweep
from geoapp.analysis.siting.checks import checked_numbers
from geoapp.analysis.siting.problem import Limits
from geoapp.analysis.siting.result import Clock, gap_share, status_of
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.arrays import FloatArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.results.status import SitingStatus
from geoapp.core.walking import Standard


@dataclass(frozen=True, slots=True)
class FewestResult:
    """The fewest places and their proof.

    Attributes
    ----------
    places
        Shape (k, 2): lon and lat in decimal degrees (EPSG:4326); empty where no plan was found.
    objective
        How many they are; nan where no plan was found.
    bound
        No fewer places cover enough; nan where no places do.
    gap_share
        ``(objective - bound) / objective``; nan where no plan was found.
    status
        Whether that is a proof; ``infeasible`` where it is proven that no places cover enough.
    seconds
        Time taken.
    reachable
        Weight that one place or another could cover; by line all of it.
    """

    places: FloatArray
    objective: float
    bound: float
    gap_share: float
    status: SitingStatus
    seconds: float
    reachable: float


def solve_lscp_anywhere(
    lon: ArrayLike,
    lat: ArrayLike,
    weights: ArrayLike,
    standard_m: float,
    *,
    required: float | None = None,
    inside: BaseGeometry | None = None,
    forbidden: BaseGeometry | None = None,
    **limits: Any,
) -> FewestResult:
    """Choose the fewest places, wherever they are, that cover enough demand weight.

    Parameters
    ----------
    lon, lat, weights, standard_m, inside, forbidden
        As in ``solve_mclp_anywhere``: the plan keeps to the areas, the bound is over every place.
    required
        Weight that must be covered; None = every point that weighs anything.
    limits
        ``time_limit_seconds``, ``target_gap``, ``progress``, ``cancelled``, as there.

    Raises
    ------
    InvalidValueError
        If an input is not what is said above.
    """
    clock = Limits(**limits).clock()
    lon_deg, lat_deg = checked_lonlat(lon, lat)
    weight = checked_numbers("weights", np.ravel(np.asarray(weights, float)), len(lon_deg))
    metres = checked_standard(standard_m)

    def sweep_of(at: Positions, ground: AllowedGround | None) -> tuple[Sweep, float]:
        discs = Discs.of(at.lon, at.lat, at.weight, metres)
        return DiscSweep(discs, ground), math.fsum(at.weight)

    ground = _ground(inside, forbidden)
    return _fewest(lon_deg, lat_deg, weight, required, ground, sweep_of, clock, limits)


def solve_lscp_on_streets(
    walks: PairWalks,
    weights: ArrayLike,
    standard: Standard,
    *,
    required: float | None = None,
    inside: BaseGeometry | None = None,
    forbidden: BaseGeometry | None = None,
    surely: BaseGeometry | None = None,
    **limits: Any,
) -> FewestResult:
    """Choose the fewest places on the streets that cover enough demand weight.

    Parameters
    ----------
    walks, weights, standard, inside, forbidden, surely
        As in ``solve_mclp_on_streets``: plan and bound keep to the areas.
    required, limits
        As in ``solve_lscp_anywhere``.

    Raises
    ------
    InvalidValueError
        If an input is not what is said above.
    """
    clock = Limits(**limits).clock()
    weight = checked_numbers("weights", np.ravel(np.asarray(weights, float)), len(walks))
    network = walks.network
    if network is None:
        raise InvalidValueError("network", None, Text("步行路网", "a walking network"))

    def sweep_of(at: Positions, ground: AllowedGround | None) -> tuple[Sweep, float]:
        own = PairWalks(at.lon, at.lat, walks.estimate, network)
        sweep = StreetSweep.of(own, network, at.weight, standard, ground)
        return sweep, math.fsum(at.weight[sweep.reachable])

    ground = _ground(inside, forbidden, surely)
    return _fewest(walks.lon, walks.lat, weight, required, ground, sweep_of, clock, limits)


def _ground(
    inside: BaseGeometry | None,
    forbidden: BaseGeometry | None,
    surely: BaseGeometry | None = None,
) -> AllowedGround | None:
    if inside is None and forbidden is None:
        return None
    return AllowedGround.of(inside, forbidden, surely)


def _fewest(
    lon: FloatArray,
    lat: FloatArray,
    weight: FloatArray,
    required: float | None,
    ground: AllowedGround | None,
    sweep_of: Callable[[Positions, AllowedGround | None], tuple[Sweep, float]],
    clock: Clock,
    limits: dict[str, Any],
) -> FewestResult:
    if required is not None and not required <= math.inf:
        raise InvalidValueError("required", required, Text("一个数", "a number"))
    counts = np.flatnonzero(weight > 0)
    plan, reachable = FewestPlan(np.empty((0, 2)), 0), 0.0
    if len(counts):
        at = Positions.of(lon, lat, weight, counts)
        sweep, reachable = sweep_of(at, ground)
        total = math.fsum(at.weight)
        if reachable < (total if required is None else required):
            return FewestResult(
                places=np.empty((0, 2)),
                objective=math.nan,
                bound=math.nan,
                gap_share=math.nan,
                status=SitingStatus.INFEASIBLE,
                seconds=clock.taken(),
                reachable=reachable,
            )
        if required is None or required > 0:
            plan = FewestSearch(sweep, required, clock).run()
    objective = math.nan if plan.places is None else float(len(plan.places))
    status = status_of(objective, plan.bound, limits.get("target_gap", 0.0), clock)
    if status is SitingStatus.TIME_LIMIT and clock.left() > 0:
        status = SitingStatus.UNPROVEN
    return FewestResult(
        places=np.empty((0, 2)) if plan.places is None else plan.places,
        objective=objective,
        bound=float(plan.bound),
        gap_share=gap_share(objective, plan.bound),
        status=status,
        seconds=clock.taken(),
        reachable=reachable,
    )
