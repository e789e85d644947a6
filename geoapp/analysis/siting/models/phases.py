"""Maximal covering in phases: each phase keeps the sites of those before it and opens some more.

With z_ik = 1 iff point i is covered in phase k and n_k sites open in it, the plan sought maximises the sum
over the phases of the weight covered (Schilling 1980),

    max  sum_k sum_i w_i z_ik,   z_ik <= sum_j a_ij sum_{l <= k} y_jl,   sum_j y_jl = n_l,

where y_jl = 1 iff site j opens in phase l. That is maximal covering itself with a row for each pair of
point and phase and a column for each pair of site and phase, which is how it is solved. Each size by
itself bounds its phase, and so their sum bounds all of them together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from geoapp.analysis.siting.checks import Sites, checked_p
from geoapp.analysis.siting.models.mclp import most_covered
from geoapp.analysis.siting.problem import CoverProblem, Limits
from geoapp.analysis.siting.result import (
    Cancelled,
    Clock,
    Progress,
    gap_share,
    settled_bound,
    status_of,
    whole,
)
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.results.status import SitingStatus

# Of the time left: for each size by itself, and for nested plans that start from one of these.
_ALONE_SHARE: Final = 0.4
_NESTED_SHARE: Final = 0.3
# So many pairs of point and site over all phases are searched at once; beyond that bounds are of each size.
_MOST_PAIRS: Final = 20_000_000


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of a plan.

    Attributes
    ----------
    opened
        Sites that open in it, in order of what each adds.
    gains
        By such site, the weight that it newly covers after those before it.
    covered
        Weight covered by the sites of this phase and of those before.
    alone, alone_bound
        The most weight that so many sites were found to cover if only this phase mattered, and what
        no so many sites cover more than.
    """

    opened: IntArray
    gains: FloatArray
    covered: float
    alone: float
    alone_bound: float


@dataclass(frozen=True, slots=True)
class PhasedResult:
    """A plan in phases.

    Attributes
    ----------
    phases
        In order; each holds what it adds to those before it.
    objective, bound
        The sum over the phases of the weight covered, and what no nested plan has more than.
    gap_share
        How far the objective can be from the best possible at most.
    status
        Optimal only where that is proven.
    seconds
        Taken.
    """

    phases: tuple[Phase, ...]
    objective: float
    bound: float
    gap_share: float
    status: SitingStatus
    seconds: float


def solve_phases(
    cover: Any,
    weights: ArrayLike,
    opening: Sequence[int],
    *,
    fixed: Sites = (),
    forbidden: Sites = (),
    time_limit_seconds: float = 60.0,
    target_gap: float = 0.0,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> PhasedResult:
    """Choose the sites of each phase so that the weight covered, summed over the phases, is the most.

    Parameters
    ----------
    cover, weights
        As of ``solve_mclp``.
    opening
        How many sites open in each phase, from 1 up; all of them open.
    fixed
        Sites that open in the first phase.
    forbidden
        Sites that never open.
    time_limit_seconds, target_gap, progress, cancelled
        As of ``solve_mclp``.

    Raises
    ------
    InvalidValueError
        If an input is not what is said above.
    """
    if not opening or min(opening) < 1:
        accepted = Text("每期至少 1 处", "at least 1 site in each phase")
        raise InvalidValueError("opening", list(opening), accepted)
    limits = Limits(time_limit_seconds, target_gap, progress, cancelled)
    whole_problem = CoverProblem.of(cover, weights, sum(opening), fixed=fixed, forbidden=forbidden)
    if len(whole_problem.rules.fixed) > opening[0]:
        accepted = Text(
            f"至多 {opening[0]} 个：必选点都在第一期开",
            f"at most {opening[0]}: fixed sites open in the first phase",
        )
        raise InvalidValueError("fixed", len(whole_problem.rules.fixed), accepted)
    checked_p(opening[0], whole_problem.rules.allowed)
    return _Search(whole_problem, np.cumsum(opening), limits).run()


class _Search:
    """Sizes by themselves, plans nested about each, then all phases in one model."""

    def __init__(self, problem: CoverProblem, sizes: IntArray, limits: Limits) -> None:
        self.problem, self.sizes, self.gap = problem, sizes, limits.target_gap
        self.clock: Clock = limits.clock()
        self.plan: list[IntArray] = []
        self.objective, self.bound = -1.0, np.inf

    def run(self) -> PhasedResult:
        """Search until plan and bound meet, or the time is over."""
        count = len(self.sizes)
        alone, bounds = [], []
        for number, size in enumerate(self.sizes.tolist()):
            part = _ALONE_SHARE / (1 + _ALONE_SHARE * (count - 1 - number))
            found = self._solve(size, seconds=self.clock.share(part))
            alone.append(found.chosen)
            bounds.append(found.bound)
        self.bound = float(sum(bounds))
        for number in reversed(range(count)):
            self._offer(self._nested(alone, number, self.clock.share(_NESTED_SHARE / count)))
            if self._settled():
                break
        if count > 1 and not self._settled() and self.clock.left() > 0:
            self._together()
        return self._result(alone, bounds)

    def _solve(self, size: int, *, seconds: float, **rules: Any) -> Any:
        fixed = rules.get("fixed", self.problem.rules.fixed)
        allowed = rules.get("allowed", self.problem.rules.allowed)
        problem = self.problem.with_rules(p=size, fixed=fixed, allowed=allowed)
        return most_covered(problem, Limits(seconds, cancelled=self.clock.cancelled))

    def _nested(self, alone: list[IntArray], anchor: int, seconds: float) -> list[IntArray]:
        """Return the phases about the best plan of one size: parts of it before, more sites after."""
        plan, each = list(alone), seconds / max(1, len(alone) - 1)
        for number in reversed(range(anchor)):
            within = np.zeros(self.problem.cover.shape[1], np.bool_)
            within[plan[number + 1]] = True
            found = self._solve(int(self.sizes[number]), seconds=each, allowed=within)
            plan[number] = found.chosen
        for number in range(anchor + 1, len(alone)):
            found = self._solve(int(self.sizes[number]), seconds=each, fixed=plan[number - 1])
            plan[number] = found.chosen
        return plan

    def _covered(self, sites: IntArray) -> float:
        opened = np.zeros(self.problem.cover.shape[1])
        opened[sites] = 1.0
        return float(self.problem.weights[(self.problem.cover @ opened) > 0].sum())

    def _offer(self, plan: list[IntArray]) -> None:
        value = sum(self._covered(sites) for sites in plan)
        if value > self.objective:
            self.plan, self.objective = plan, value
            self._settle()
            self.clock.report(self.objective, self.bound)

    def _settle(self) -> None:
        total = float(self.problem.weights.sum()) * len(self.sizes)
        self.bound = settled_bound(
            self.objective, self.bound, total, whole(self.problem.weights), 1
        )

    def _settled(self) -> bool:
        return gap_share(self.objective, self.bound) <= self.gap

    def _together(self) -> None:
        """Search all phases in one model; a copy of a site in a later phase adds nothing to it."""
        cover, count = self.problem.cover, len(self.sizes)
        if cover.nnz * count * (count + 1) // 2 > _MOST_PAIRS:
            return
        sites, rules = cover.shape[1], self.problem.rules
        blocks = [
            [cover if opened <= phase else None for opened in range(count)]
            for phase in range(count)
        ]
        opening = np.diff(self.sizes, prepend=0)
        shut = np.flatnonzero(~rules.allowed)
        later = (np.arange(1, count)[:, None] * sites + rules.fixed[None, :]).reshape(-1)
        never = (np.arange(count)[:, None] * sites + shut[None, :]).reshape(-1)
        quota = dict(enumerate(opening.tolist()))
        problem = CoverProblem.of(
            sp.block_array(blocks, format="csr"),
            np.tile(self.problem.weights, count),
            int(self.sizes[-1]),
            fixed=rules.fixed,
            forbidden=np.concatenate((never, later)),
            groups=np.repeat(np.arange(count), sites),
            group_min=quota,
            group_max=quota,
        )
        found = most_covered(
            problem, Limits(self.clock.share(), self.gap, cancelled=self.clock.cancelled)
        )
        self.bound = min(self.bound, found.bound)
        self._settle()
        self._offer(self._filled(np.divmod(found.chosen, sites)))

    def _filled(self, chosen: tuple[IntArray, IntArray]) -> list[IntArray]:
        """Return the sites of each phase, given phase and site of the columns that were chosen."""
        phase, site = chosen
        plan, held = [], np.empty(0, np.int64)
        spare = np.flatnonzero(self.problem.rules.allowed)
        for number, size in enumerate(self.sizes.tolist()):
            held = np.union1d(held, site[phase == number])
            # A second copy of a site is idle, and any other site in its place covers no less.
            free = spare[~np.isin(spare, np.union1d(held, site))]
            more = free if len(free) >= size - len(held) else spare[~np.isin(spare, held)]
            held = np.union1d(held, more[: size - len(held)])
            plan.append(held)
        return plan

    def _result(self, alone: list[IntArray], bounds: list[float]) -> PhasedResult:
        phases, before = [], np.empty(0, np.int64)
        left = self.problem.weights.copy()
        by_site = sp.csr_array(self.problem.cover.T)
        fixed = self.problem.rules.fixed.tolist()
        for sites, best, bound in zip(self.plan, alone, bounds, strict=True):
            fresh = np.setdiff1d(sites, before).tolist()
            order = [one for one in fixed if one in fresh]
            rest = [one for one in fresh if one not in set(order)]
            gains: list[float] = []
            opened: list[int] = []
            while order or rest:
                best_left = 0 if order else int(np.argmax(by_site[rest] @ left))
                site = (order or rest).pop(best_left)
                mine = by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]
                gains.append(float(left[mine].sum()))
                left[mine] = 0.0
                opened.append(site)
            covered = self._covered(sites)
            most = max(self._covered(best), covered)
            phases.append(
                Phase(np.array(opened, np.int64), np.array(gains), covered, most, max(bound, most))
            )
            before = sites
        status = status_of(self.objective, self.bound, self.gap, self.clock)
        return PhasedResult(
            phases=tuple(phases),
            objective=self.objective,
            bound=self.bound,
            gap_share=gap_share(self.objective, self.bound),
            status=status,
            seconds=self.clock.taken(),
        )
