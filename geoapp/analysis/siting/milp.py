"""Linear programmes with whole-number variables, solved by HiGHS directly on the sparse model.

A bound is taken from the row duals of the relaxation by one sparse product of our own:

    min c'x, lo <= Ax <= up, l <= x <= u   has, for every vector y of row duals,
    bound(y) = sum_r (lo_r if y_r > 0 else up_r) y_r + sum_j min(l_j d_j, u_j d_j),   d = c - A'y

(weak duality; Bertsimas & Tsitsiklis 1997, ch. 4), which holds whatever the solver did to find y.
"""

import math
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.result import Clock
from geoapp.core.arrays import BoolArray, FloatArray

_THREADS = 1


@dataclass(frozen=True, slots=True)
class Model:
    """min cost'x, row_lower <= rows x <= row_upper, lower <= x <= upper, x_j whole where asked."""

    cost: FloatArray
    lower: FloatArray
    upper: FloatArray
    whole: BoolArray
    rows: sp.csr_array
    row_lower: FloatArray
    row_upper: FloatArray


@dataclass(frozen=True, slots=True)
class Answer:
    """What HiGHS gave.

    Attributes
    ----------
    x
        A feasible point; None where none was found.
    bound
        Its own lower bound; -inf where it gave none.
    no_plan
        It found that nothing is feasible.
    """

    x: FloatArray | None
    bound: float
    no_plan: bool


class _QuietHighs(highspy.Highs):
    """HiGHS that is silent before its first call, which would print its name."""

    def enableCallbacks(self) -> None:  # noqa: N802 - HiGHS's name, called while it is made
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _solver(model: Model, clock: Clock, relaxed: bool) -> tuple[highspy.Highs, float]:
    """Return HiGHS with the model in it, and the factor (a power of two) on its costs."""
    largest = float(np.abs(model.cost).max(initial=0.0))
    scale = 2.0 ** round(10 - math.log2(largest)) if largest > 0 and not 1 <= largest < 2**20 else 1
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.cost), model.rows.shape[0]
    lp.col_cost_ = model.cost * scale
    lp.col_lower_, lp.col_upper_ = model.lower, model.upper
    lp.row_lower_, lp.row_upper_ = model.row_lower, model.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = model.rows.indptr.astype(np.int32)
    lp.a_matrix_.index_ = model.rows.indices.astype(np.int32)
    lp.a_matrix_.value_ = model.rows.data.astype(np.float64)
    if not relaxed:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(one)] for one in model.whole]
    highs = _QuietHighs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("threads", _THREADS)
    highs.setOptionValue("time_limit", max(0.01, clock.left()))
    highs.passModel(lp)
    return highs, float(scale)


def dual_bound(model: Model, duals: FloatArray) -> tuple[float, float]:
    """Return the lower bound that row duals prove, and the sum of its absolute terms."""
    duals = np.where(np.where(duals > 0, np.isfinite(model.row_lower), True), duals, 0.0)
    duals = np.where(np.where(duals < 0, np.isfinite(model.row_upper), True), duals, 0.0)
    side = np.where(duals > 0, model.row_lower, np.where(duals < 0, model.row_upper, 0.0))
    reduced = model.cost - model.rows.T @ duals
    terms = np.minimum(model.lower * reduced, model.upper * reduced)
    size = np.abs(side * duals).sum() + np.abs(model.rows.T) @ np.abs(duals) @ model.upper
    return math.fsum(side * duals) + math.fsum(terms), float(size + np.abs(model.cost).sum())


def relaxation_duals(model: Model, clock: Clock) -> FloatArray | None:
    """Return row duals of the linear relaxation; None where HiGHS had none in the time left."""
    highs, scale = _solver(model, clock, relaxed=True)
    highs.run()
    solution = highs.getSolution()
    if not solution.dual_valid:
        return None
    return np.asarray(solution.row_dual) / scale


def interior_point(model: Model, clock: Clock) -> tuple[float, FloatArray]:
    """Return value and row duals of the linear relaxation, in the middle of the best points.

    A basis has its duals at a corner: as prices of a column generation they swing, and take many more
    rounds. Both are a little off the best, and anything at all where time runs out.
    """
    highs, scale = _solver(model, clock, relaxed=True)
    highs.setOptionValue("solver", "ipm")
    highs.setOptionValue("run_crossover", "off")
    highs.run()
    duals = np.asarray(highs.getSolution().row_dual)
    if len(duals) != model.rows.shape[0]:
        return math.nan, np.zeros(model.rows.shape[0])
    return float(highs.getInfo().objective_function_value) / scale, duals / scale


def solve(
    model: Model,
    clock: Clock,
    *,
    start: FloatArray | None = None,
    stop_within: float = 0.0,
    any_point: bool = False,
) -> Answer:
    """Search for the best whole-number point.

    Parameters
    ----------
    model
        What to solve.
    clock
        Time left; the caller may cancel.
    start
        A feasible point to begin from.
    stop_within
        Stop when objective and bound are this near in the objective's unit.
    any_point
        Stop at the first feasible point.
    """
    highs, scale = _solver(model, clock, relaxed=False)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", max(stop_within * scale, 1e-9))
    if any_point:
        highs.setOptionValue("mip_max_improving_sols", 1)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start
        highs.setSolution(solution)
    if clock.cancelled is not None:

        def ask(event: Any) -> None:
            if clock.left() == 0:
                event.interrupt()

        highs.cbMipInterrupt.subscribe(ask)
    highs.run()
    status = highs.getModelStatus()
    info = highs.getInfo()
    none = status == highspy.HighsModelStatus.kInfeasible
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    x = np.asarray(highs.getSolution().col_value) if found else None
    if x is not None and start is not None:
        reported = float(info.objective_function_value)
        if abs(float(model.cost @ x) * scale - reported) > 1e-6 * max(1.0, abs(reported)):
            # HiGHS 1.16 can hand back the start beside the objective of a better point.
            return solve(model, clock, stop_within=stop_within, any_point=any_point)
    bound = float(info.mip_dual_bound) / scale
    return Answer(
        x,
        bound if math.isfinite(bound) else -math.inf,
        none,
    )
