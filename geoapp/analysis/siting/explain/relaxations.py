"""How far one limit must give way, all others kept, so that enough demand is covered."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from geoapp.analysis.siting.checks import (
    Sites,
    checked_both,
    checked_impedance,
    checked_numbers,
    checked_p,
    checked_share,
)
from geoapp.analysis.siting.distance.center_search import within
from geoapp.analysis.siting.models.lscp import solve_lscp
from geoapp.analysis.siting.models.mclp import solve_mclp
from geoapp.analysis.siting.problem import Limits
from geoapp.analysis.siting.result import Cancelled, Clock
from geoapp.core.arrays import FloatArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.results.status import Limit, SitingStatus


@dataclass(frozen=True, slots=True)
class Relaxation:
    """How far one limit must give way, all others kept, so that enough demand is covered.

    Attributes
    ----------
    limit
        Sites, budget or standard.
    now, needed
        The limit, and what suffices; None = however far it gives way, it is not enough (or nothing
        that is enough was found in time).
    at_least
        Nothing less than this suffices; inf where nothing does.
    """

    limit: Limit
    now: float
    needed: float | None
    at_least: float

    @property
    def proven(self) -> bool:
        """Whether ``needed`` is the least that suffices, or it is proven that nothing does."""
        return self.at_least == (np.inf if self.needed is None else self.needed)


def cheapest_relaxations(
    impedance: Any,
    weights: ArrayLike,
    p: int,
    standard: float,
    *,
    share: float,
    costs: ArrayLike | None = None,
    budget: float | None = None,
    fixed: Sites = (),
    forbidden: Sites = (),
    time_limit_seconds: float = 60.0,
    cancelled: Cancelled | None = None,
) -> tuple[Relaxation, ...]:
    """Return how many sites, what budget or which standard would cover a share of the demand.

    Parameters
    ----------
    impedance
        Dense (inf = unreachable) or CSR, shape (n_demand, n_candidate); CSR must hold the pairs up
        to the greatest standard worth considering.
    weights
        By demand point.
    p, standard
        As they are: number of sites, fixed ones included; greatest impedance, in its unit.
    share
        Of all weight that should be covered.
    costs, budget
        By candidate, and the budget as it is; both or none. Then the budget is asked for too, with
        any number of sites.
    fixed, forbidden
        As in ``solve_mclp``.
    time_limit_seconds, cancelled
        For all questions together.

    Raises
    ------
    InvalidValueError
        If an input is not what is said above.
    """
    clock = Limits(time_limit_seconds, cancelled=cancelled).clock()
    matrix = checked_impedance(impedance)
    weight = checked_numbers("weights", weights, matrix.shape[0])
    checked_share("share", share)
    _, allowed = checked_both(fixed, forbidden, matrix.shape[1])
    p = checked_p(p, allowed)
    if (costs is None) != (budget is None):
        raise InvalidValueError(
            "budget", budget, Text("与 costs 同时给出的预算", "a budget given together with costs")
        )
    cover = within(matrix, standard)
    found: list[Relaxation] = []
    asked: list[tuple[Limit, float, ArrayLike | None]] = [(Limit.SITES, float(p), None)]
    if budget is not None:
        asked.append((Limit.BUDGET, float(budget), costs))
    for number, (limit, now, price) in enumerate(asked):
        answer = solve_lscp(
            cover,
            weight,
            share=share,
            costs=price,
            fixed=fixed,
            forbidden=forbidden,
            time_limit_seconds=clock.share(1 / (len(asked) + 1 - number)),
            cancelled=cancelled,
        )
        if answer.status is SitingStatus.INFEASIBLE:
            found.append(Relaxation(limit, now, None, np.inf))
        else:
            found.append(Relaxation(limit, now, answer.objective, answer.bound))
    found.append(_standard(matrix, weight, p, standard, share, fixed, forbidden, clock))
    return tuple(found)


def _standard(
    matrix: Any,
    weights: FloatArray,
    p: int,
    standard: float,
    share: float,
    fixed: Sites,
    forbidden: Sites,
    clock: Clock,
) -> Relaxation:
    """Return the least standard with which p sites cover the share.

    It is one of the impedances (or 0, where nothing is asked), so their order is halved again and
    again (partial p-center; Daskin & Owen 1999).
    """
    required = share * float(weights.sum()) * (1 - 1e-12)
    values = np.unique(np.append(matrix.data, 0.0))
    low, high = 0, len(values)
    while low < high:
        if clock.left() == 0:
            break
        # The greatest first: if that is not enough, nothing is.
        middle = len(values) - 1 if high == len(values) else (low + high) // 2
        answer = solve_mclp(
            within(matrix, values[middle]),
            weights,
            p,
            fixed=fixed,
            forbidden=forbidden,
            time_limit_seconds=clock.share(),
            cancelled=clock.cancelled,
        )
        if answer.objective >= required:
            high = middle
        elif answer.bound < required or answer.status is SitingStatus.INFEASIBLE:
            low = middle + 1
        else:
            break
    least = float(values[low]) if low < len(values) else np.inf
    return Relaxation(
        Limit.STANDARD, standard, float(values[high]) if high < len(values) else None, least
    )
