"""A siting run whose sites may stand at any place: found first, then counted like any plan's."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.network.detour import local_factor
from geoapp.analysis.siting import (
    AnywhereResult,
    CurvePoint,
    SitingResult,
    SitingStatus,
    solve_mclp_anywhere,
    solve_mclp_on_streets,
)
from geoapp.analysis.siting.result import Cancelled, Progress, gap_share
from geoapp.analysis.walks.pairs import PairWalks
from geoapp.core.arrays import BoolArray, FloatArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.settings import Settings
from geoapp.core.words import Basis
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.rules import SitingRules
from geoapp.operations.siting.solve import SitingPlan
from geoapp.store.engine import Database
from geoapp.store.runs.sites import CandidateRows, regions_of_points

_MIXED = Text(
    "候选集或 generated：这些需求都不在步行路网上，而估算步行用的绕行系数不止一个，“任何地方”无法按直线证明",
    "a candidate set, or generated: none of this demand is on the walking network, its walks are "
    "estimated by more than one detour factor, and places anywhere cannot be proven by line then",
)


def best_places(
    database: Database,
    settings: Settings,
    inputs: SitingInputs,
    wanted: SitingParameters,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> tuple[SitingInputs, SitingPlan]:
    """Find the best places, and return them as candidates that are all chosen, with the plan.

    Parameters
    ----------
    inputs
        Its candidates are those drawn by hand, all of them fixed.
    progress, cancelled
        Called with the best objective and bound so far; asked whether to stop and keep the best so
        far.

    Raises
    ------
    InvalidValueError
        If nothing could be proven of this demand.

    Notes
    -----
    Where people walk on a network, the places are those on its streets; else they are all there are.
    Sites that would add nobody are left out: nobody builds them.
    """
    held = inputs.covered_with(inputs.fixed)
    waiting = inputs.waiting & ~held
    base = math.fsum(inputs.weight[held & ~inputs.covered])

    def tell(objective: float, bound: float) -> None:
        if progress is not None:
            progress(base + objective, base + bound)

    lon, lat, weight = (
        some[waiting] for some in (inputs.demand.lon, inputs.demand.lat, inputs.weight)
    )
    sites, network = (wanted.p or 0) - len(inputs.fixed), inputs.walks.network
    asked: dict[str, Any] = {
        "inside": land_of(inputs, wanted, waiting),
        "forbidden": wanted.forbidden_shape(),
        "time_limit_seconds": wanted.time_limit_seconds,
        "target_gap": wanted.target_gap if base == 0 else 0.0,
        "progress": tell,
        "cancelled": cancelled,
    }
    on_streets = inputs.rests_on.basis is Basis.NETWORK
    if on_streets:
        walks = PairWalks.of(lon, lat, estimate=inputs.estimate, network=network)
        found = solve_mclp_on_streets(
            walks, weight, sites, wanted.standard, surely=inputs.surely_forbidden, **asked
        )
    else:
        line_m = line_m_of(inputs, wanted, waiting)
        found = solve_mclp_anywhere(lon, lat, weight, sites, line_m, **asked)
    inputs = with_places(database, settings, inputs, found.places[found.gains > 0])
    # By demand that no facility covers; whom the given sites reach has nothing to be chosen for.
    prices = inputs.weight.copy()
    prices[waiting] = found.prices
    left = inputs.waiting
    plan = _plan(inputs, wanted, replace(found, prices=prices[left]), base)
    unreached = math.fsum(weight) - found.reachable if on_streets else None
    return inputs, replace(plan, unreachable_weight=unreached)


def line_m_of(inputs: SitingInputs, wanted: SitingParameters, waiting: BoolArray) -> float:
    """Return the straight metres of the standard where all walks are estimated."""
    network, estimate = inputs.walks.network, inputs.estimate
    if network is None:
        return wanted.standard.line_m(estimate)
    # A network elsewhere, or one that none of the demand is put on.
    lon, lat = inputs.demand.lon[waiting], inputs.demand.lat[waiting]
    factors = np.unique(local_factor(network, lon, lat, estimate))
    if len(factors) > 1:
        raise InvalidValueError("candidates", wanted.candidates, _MIXED)
    factor = float(factors[0]) if len(factors) else estimate.detour_factor
    return wanted.standard.line_m(replace(estimate, detour_factor=factor))


def land_of(
    inputs: SitingInputs, wanted: SitingParameters, waiting: BoolArray
) -> BaseGeometry | None:
    """Return where sites may stand; demand of an unknown region must not be left without any."""
    region = inputs.demand.region
    if wanted.region is None and (region is None or any(one is None for one in region[waiting])):
        return None
    return inputs.land


def with_places(
    database: Database, settings: Settings, inputs: SitingInputs, places: FloatArray
) -> SitingInputs:
    """Return the inputs with some places (lon, lat) as candidates behind the drawn ones."""
    lon, lat = places.T
    with database.snapshot(scratch=True) as session:
        region = regions_of_points(session, lon, lat, settings.region_tolerance_m)
    held, none = inputs.candidates, np.full(len(lon), None, dtype=object)
    taken = set(held.code.tolist())
    codes = []
    for one, other in zip(lon.tolist(), lat.tolist(), strict=True):
        # Named by their place to about a metre, as generated candidates are.
        code = f"P_{one:.5f}_{other:.5f}"
        while code in taken:
            code += "'"
        taken.add(code)
        codes.append(code)
    rows = CandidateRows(
        np.concatenate((held.code, np.array(codes, dtype=object))),
        np.concatenate((held.name, none)),
        np.concatenate((held.lon, lon)),
        np.concatenate((held.lat, lat)),
        np.concatenate((held.cost, np.full(len(lon), np.nan))),
        np.concatenate((held.region, region)),
        np.concatenate((held.host_type, none)),
    )
    cover = inputs.cover_of(lon, lat)
    return replace(inputs, candidates=rows, cover=sp.hstack([inputs.cover, cover], format="csr"))


def _plan(
    inputs: SitingInputs, wanted: SitingParameters, found: AnywhereResult, base: float
) -> SitingPlan:
    """Return the plan, recounted by the walks that the run's figures are counted by."""
    count = len(inputs.candidates)
    chosen = np.arange(count)
    objective = math.fsum(inputs.weight[inputs.covered_with(chosen) & ~inputs.covered])
    # A gap that is nothing but the rounding of sums is none.
    bound = max(base + found.bound, objective)
    if found.status is SitingStatus.OPTIMAL and math.isclose(objective, base + found.objective):
        bound = objective
    gap = gap_share(objective, bound)
    status = found.status
    if gap == 0:
        status = SitingStatus.OPTIMAL
    elif gap <= wanted.target_gap:
        status = SitingStatus.WITHIN_GAP
    elif status is SitingStatus.OPTIMAL:
        status = SitingStatus.UNPROVEN
    gains = found.gains[found.gains > 0]
    result = SitingResult(
        model="mclp",
        chosen=chosen,
        gains=np.concatenate((np.zeros(count - len(gains)), gains)),
        objective=objective,
        bound=bound,
        bound_basis="dual",
        gap_share=gap,
        status=status,
        curve=(CurvePoint(count, objective, bound),) if count else (),
        assignment=np.full(len(inputs.weight), -1, np.int64),
        seconds=found.seconds,
        prices=found.prices,
    )
    return SitingPlan(result, no_rules(count))


def no_rules(count: int) -> SitingRules:
    """Return the rules of so many places that nothing binds."""
    return SitingRules(
        labels=[None] * count,
        least={},
        most={},
        forbidden=np.empty(0, np.int64),
        conflicts=np.empty((0, 2), np.int64),
        never=None,
    )
