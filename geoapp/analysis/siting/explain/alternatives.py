"""Near-best plans: others that cover almost as much and differ in at least d sites.

The best site on paper may have no landlord. After the best plan P_1 the best that differs from it is
sought, then the best that differs from both, and so on (modelling to generate alternatives: Brill,
Chang & Hopkins 1982; distance cuts: Balas & Jeroslow 1972):

    max  f(y)   with   sum_{j in P_l} y_j <= |P_l| - d   or   sum_{j not in P_l} y_j >= d

for every plan P_l before, fixed sites left out of P_l, and all rules of the best plan kept; with
exactly p sites the two are the same. Sites that no plan within the share can hold, by their prices
in a dual bound, are left out first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from geoapp.analysis.siting.checks import (
    Sites,
    checked_share,
)
from geoapp.analysis.siting.explain.plan_search import FoundPlan, PlanSearch
from geoapp.analysis.siting.models.mclp import most_covered
from geoapp.analysis.siting.problem import CoverProblem, Limits
from geoapp.analysis.siting.result import Cancelled, SitingResult
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.results.status import SitingStatus


@dataclass(frozen=True, slots=True)
class Alternative:
    """A plan that may be taken instead of the best.

    Attributes
    ----------
    chosen
        Positions: the fixed ones, then by position.
    objective, loss_share
        Its objective, and how much less than the best plan's that is.
    bound, status
        No plan that differs so from those before it is better; whether that proves it the best of
        them.
    given_up, taken_instead
        Sites of the best plan that it lacks, and those that it has instead.
    by_region
        Weight covered by region less that of the best plan; empty without regions.
    """

    chosen: IntArray
    objective: float
    loss_share: float
    bound: float
    status: SitingStatus
    given_up: IntArray
    taken_instead: IntArray
    by_region: FloatArray


@dataclass(frozen=True, slots=True)
class NearBest:
    """The best plan and others that are almost as good.

    Attributes
    ----------
    best
        As ``solve_mclp`` answers.
    regions
        In the order of ``by_region``.
    alternatives
        Best first.
    exhausted
        Whether it is proven that there are no more such plans; None = unknown, or not asked.
    """

    best: SitingResult
    regions: tuple[Any, ...]
    alternatives: tuple[Alternative, ...]
    exhausted: bool | None


def near_best(
    cover: Any,
    weights: ArrayLike,
    p: int | None = None,
    *,
    plans: int = 5,
    within_share: float = 0.01,
    differ: int = 2,
    regions: Any = None,
    fixed: Sites = (),
    forbidden: Sites = (),
    costs: ArrayLike | None = None,
    budget: float | None = None,
    groups: object = None,
    group_min: Mapping[Any, int] | None = None,
    group_max: Mapping[Any, int] | None = None,
    backup_share: float = 0.0,
    conflicts: Any = (),
    best: SitingResult | None = None,
    time_limit_seconds: float = 60.0,
    cancelled: Cancelled | None = None,
    met: Callable[[int], None] | None = None,
) -> NearBest:
    """Find the best plan and others nearly as good that differ from each other.

    Parameters
    ----------
    cover, weights, p
        As in ``solve_mclp``.
    plans
        How many, the best included; from 1 up.
    within_share
        Their objective is at least (1 - within_share) x the best plan's.
    differ
        Of any two plans, one lacks at least so many sites of the other (all of them, where it has
        fewer). With exactly p sites both do.
    regions
        By demand point its region, to say what each district gains or loses; None = not asked.
    fixed, forbidden, costs, budget, groups, group_min, group_max, backup_share, conflicts
        As in ``solve_mclp``.
    best
        A plan at hand to depart from, as ``solve_mclp`` gave it for the same question; None = the
        best is sought first.
    time_limit_seconds, cancelled
        For all plans together; the best, where it is sought, takes half of it at most.
    met
        Called with the number of plans found so far, the best included, after each.

    Raises
    ------
    InvalidValueError
        If an input is not what is said above.
    """
    problem = CoverProblem.of(
        cover,
        weights,
        p,
        fixed=fixed,
        forbidden=forbidden,
        costs=costs,
        budget=budget,
        groups=groups,
        group_min=group_min,
        group_max=group_max,
        backup_share=backup_share,
        conflicts=conflicts,
    )
    return plans_near_best(
        problem,
        Near(plans, within_share, differ, regions),
        Limits(time_limit_seconds, cancelled=cancelled),
        best=best,
        found_so_far=met,
    )


@dataclass(frozen=True, slots=True)
class Near:
    """Which other plans are of interest; the attributes are parameters of ``near_best``."""

    plans: int = 5
    within_share: float = 0.01
    differ: int = 2
    regions: Any = None

    def __post_init__(self) -> None:
        """Refuse what is out of range."""
        checked_share("within_share", self.within_share)
        for name, value in (("plans", self.plans), ("differ", self.differ)):
            if value < 1:
                raise InvalidValueError(name, value, Text("至少 1", "a number from 1 up"))


def plans_near_best(
    problem: CoverProblem,
    near: Near,
    limits: Limits,
    *,
    best: SitingResult | None = None,
    found_so_far: Callable[[int], None] | None = None,
) -> NearBest:
    """Find the best plan and others nearly as good, as ``near_best`` does.

    Parameters
    ----------
    problem, near, limits
        The question; when to stop, for all plans together.
    best
        A plan at hand to depart from; None = the best is sought first.
    found_so_far
        Called with the number of plans, the best included, after each.
    """
    clock = limits.clock()
    names, number = _regions(near.regions, problem.demand)
    if best is None:
        best = most_covered(problem, Limits(clock.share(0.5), cancelled=limits.cancelled))
    if best.status is SitingStatus.INFEASIBLE or not len(best.chosen):
        return NearBest(best, names, (), None)
    goal = (1 - near.within_share) * best.objective * (1 - 1e-12)
    search = PlanSearch(problem, goal, near.differ, clock)
    found, exhausted = search.run(best, near.plans, found_so_far)
    return NearBest(
        best,
        names,
        tuple(_compared(search, best, one, number, len(names)) for one in found),
        exhausted,
    )


def _regions(regions: Any, demand: int) -> tuple[tuple[Any, ...], IntArray]:
    """Return the regions' names and by point the number of its region."""
    if regions is None:
        return (), np.empty(0, np.int64)
    labels = list(np.asarray(regions, dtype=object).reshape(-1))
    if len(labels) != demand:
        raise InvalidValueError(
            "regions", len(labels), Text(f"{demand} 个区域", f"{demand} regions, one by point")
        )
    place = {label: number for number, label in enumerate(dict.fromkeys(labels))}
    return tuple(place), np.array([place[label] for label in labels], dtype=np.int64)


def _compared(
    search: PlanSearch, best: SitingResult, one: FoundPlan, number: IntArray, regions: int
) -> Alternative:
    """Say how a plan differs from the best."""
    change = np.empty(0)
    if regions:
        change = _covered(search, one.sites, number, regions) - _covered(
            search, best.chosen, number, regions
        )
    fixed = search.rules.fixed
    loss = (best.objective - one.objective) / best.objective if best.objective else 0.0
    return Alternative(
        chosen=np.concatenate((fixed, np.setdiff1d(one.sites, fixed))),
        objective=one.objective,
        loss_share=loss,
        bound=one.bound,
        status=one.status,
        given_up=np.setdiff1d(best.chosen, one.sites),
        taken_instead=np.setdiff1d(one.sites, best.chosen),
        by_region=change,
    )


def _covered(search: PlanSearch, sites: IntArray, number: IntArray, regions: int) -> FloatArray:
    """Return the weight covered by region."""
    open_ = np.zeros(search.problem.cover.shape[1])
    open_[sites] = 1.0
    reached = (search.problem.cover @ open_) > 0
    return np.bincount(number[reached], search.problem.weights[reached], regions).astype(np.float64)
