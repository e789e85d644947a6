"""The plans of a run of actions: longer hours alone, new stations alone, and everything offered.

Facilities that no action concerns stay as they are: what they cover is taken out of the model and
counted as covered, before and after. Objectives are workers within reach, averaged over the moments.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting import ActionKind, ActionPlan, SitingStatus, solve_actions
from geoapp.analysis.siting.result import Cancelled, Progress, gap_share
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.questions.actions import ActionParameters
from geoapp.core.results.actions import Choice
from geoapp.operations.actions.inputs import ActionInputs

_KINDS = {
    Choice.LONGER: {ActionKind.EXTEND_HOURS},
    Choice.BUILD: {ActionKind.BUILD},
    Choice.ALL: set(ActionKind),
}


@dataclass(frozen=True, slots=True)
class Solved:
    """A plan in terms of all that is offered; weights are workers averaged over the moments.

    Attributes
    ----------
    taken
        Positions in ``ActionInputs.offered``, in order of what each adds.
    adds
        What each adds after those before it.
    before, objective, bound
        Within reach now, by the plan, and no plan has more than ``bound``.
    gap_share
        How far the plan can be from the best at most, as a share of what it adds.
    cost, least_cost
        Of the plan; no plan that reaches as many costs less than ``least_cost``.
    covered
        By row, once the plan is carried out.
    """

    choice: Choice
    taken: tuple[int, ...]
    adds: tuple[float, ...]
    before: float
    objective: float
    bound: float
    gap_share: float
    status: SitingStatus
    cost: float
    least_cost: float
    covered: BoolArray
    seconds: float


def choices(inputs: ActionInputs) -> list[Choice]:
    """Return the plans to be compared: each alone where there is more than one kind, then all."""
    kinds = {one.action.kind for one in inputs.offered}
    return [
        choice
        for choice in Choice
        if choice is Choice.ALL or (_KINDS[choice] & kinds) not in (set(), kinds)
    ]


def solve_choice(
    inputs: ActionInputs,
    wanted: ActionParameters,
    choice: Choice,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Solved:
    """Find the plan that has most workers within reach, of the actions of a choice."""
    mine = np.array(
        [n for n, one in enumerate(inputs.offered) if one.action.kind in _KINDS[choice]],
        dtype=np.int64,
    )
    named = {str(inputs.offered[n].action.facility) for n in mine.tolist()}
    touched = np.array([code in named for code in inputs.codes], dtype=np.bool_)
    stays = _any(inputs.current, np.flatnonzero(~touched))
    left = ~stays & (inputs.weights > 0)
    rows = np.flatnonzero(left)
    moments = len(inputs.moments)
    kept = float(inputs.weights[stays].sum())
    conflicts, shut = _conflicts(inputs, mine, touched)
    usable = mine[~np.isin(np.arange(len(mine)), shut)]
    if len(shut):  # positions have moved
        conflicts, _ = _conflicts(inputs, usable, touched)

    def tell(objective: float, bound: float) -> None:
        if progress is not None:
            progress((kept + objective) / moments, (kept + bound) / moments)

    plan = solve_actions(
        sp.csr_array(inputs.cover[rows][:, usable]),
        inputs.weights[rows],
        [inputs.offered[n].action for n in usable.tolist()],
        wanted.budget,
        current=sp.csr_array(inputs.current[rows][:, np.flatnonzero(touched)]),
        existing=[code for code, yes in zip(inputs.codes, touched, strict=True) if yes],
        most_actions=wanted.most_actions,
        conflicts=conflicts,
        time_limit_seconds=wanted.time_limit_seconds,
        progress=tell,
        cancelled=cancelled,
    )
    covered = stays.copy()
    covered[rows] = plan.covered
    return _solved(choice, usable, plan, kept, moments, covered, wanted.target_gap)


def _any(cover: sp.csr_array, columns: IntArray) -> BoolArray:
    chosen = np.zeros(cover.shape[1])
    chosen[columns] = 1.0
    return np.asarray((cover @ chosen) > 0)


def _solved(
    choice: Choice,
    usable: IntArray,
    plan: ActionPlan,
    kept: float,
    moments: int,
    covered: BoolArray,
    target_gap: float,
) -> Solved:
    """Return a plan with what stays counted in, its gap as a share of what it adds."""
    gap = gap_share(plan.objective - plan.before, plan.bound - plan.before)
    status = plan.status
    if gap == 0:
        status = SitingStatus.OPTIMAL
    elif status is not SitingStatus.CANCELLED and gap <= target_gap:
        status = SitingStatus.WITHIN_GAP
    return Solved(
        choice=choice,
        taken=tuple(int(usable[one.index]) for one in plan.taken),
        adds=tuple(one.adds / moments for one in plan.taken),
        before=(kept + plan.before) / moments,
        objective=(kept + plan.objective) / moments,
        bound=(kept + plan.bound) / moments,
        gap_share=gap,
        status=status,
        cost=plan.cost,
        least_cost=plan.least_cost,
        covered=covered,
        seconds=plan.seconds,
    )


def _conflicts(
    inputs: ActionInputs, mine: IntArray, touched: BoolArray
) -> tuple[IntArray, IntArray]:
    """Return which of some actions exclude each other, and which are too near to what stays.

    The pairs are among the actions and the facilities that they concern, as the library numbers them.
    """
    count, offered = len(mine), len(inputs.offered)
    place = np.full(offered + len(inputs.codes), -1)
    place[mine] = np.arange(count)
    place[offered + np.flatnonzero(touched)] = count + np.arange(int(touched.sum()))
    if not len(inputs.conflicts):
        return np.empty((0, 2), np.int64), np.empty(0, np.int64)
    stays = np.zeros(offered + len(inputs.codes), np.bool_)
    stays[offered:] = ~touched
    one, other = inputs.conflicts.T
    pairs = np.stack((place[one], place[other]), axis=1)
    shut = np.r_[pairs[stays[other], 0], pairs[stays[one], 1]]
    inside = (pairs >= 0).all(axis=1)
    return pairs[inside], np.unique(shut[shut >= 0])


def average(inputs: ActionInputs, rows: BoolArray, points: BoolArray) -> float:
    """Return the workers of some rows and points, averaged over the moments."""
    by_moment: FloatArray = np.where(rows, inputs.weights, 0.0).reshape(len(inputs.moments), -1)
    return float(by_moment[:, points].sum() / len(inputs.moments))


def best_of(solved: Sequence[Solved], target_gap: float) -> Solved:
    """Return the plan with everything offered; one of a part that reached more stands in for it.

    Its bound stays that of everything offered, since no plan of a part could have another.
    """
    whole = solved[-1]
    better = max(solved, key=lambda one: (one.objective, one is whole))
    if better.objective <= whole.objective:
        return whole
    gap = gap_share(better.objective - better.before, whole.bound - better.before)
    status = whole.status
    if gap == 0:
        status = SitingStatus.OPTIMAL
    elif status is not SitingStatus.CANCELLED and gap <= target_gap:
        status = SitingStatus.WITHIN_GAP
    return replace(better, choice=whole.choice, bound=whole.bound, gap_share=gap, status=status)
