"""What a solver is given: the covering problem, checked once, and when to stop."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from geoapp.analysis.siting.checks import (
    Sites,
    checked_both,
    checked_cover,
    checked_numbers,
    checked_p,
    checked_share,
    checked_some,
)
from geoapp.analysis.siting.result import Cancelled, Clock, Progress
from geoapp.analysis.siting.rules import Rules, numbered_groups
from geoapp.analysis.siting.spacing import checked_conflicts, spacing_rows
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text


@dataclass(frozen=True, slots=True)
class Limits:
    """When a solver stops, and whom it reports to.

    Attributes
    ----------
    time_limit_seconds
        Search no longer; the best plan so far is the answer, and says so.
    target_gap
        Stop when the plan is proven to be within this share of the best.
    progress, cancelled
        Called with the best objective and bound so far; asked whether to stop and keep the best so
        far.

    Raises
    ------
    InvalidValueError
        If a number is not what is said above.
    """

    time_limit_seconds: float = 60.0
    target_gap: float = 0.0
    progress: Progress | None = None
    cancelled: Cancelled | None = None

    def __post_init__(self) -> None:
        """Refuse what is no time and no share."""
        seconds, gap = self.time_limit_seconds, self.target_gap
        if math.isnan(seconds) or seconds <= 0:
            raise InvalidValueError(
                "time_limit_seconds", seconds, Text("大于 0 的秒数", "seconds above 0")
            )
        checked_share("target_gap", gap, 0.0, math.inf if gap > 1 else 1.0)

    def clock(self) -> Clock:
        """Start the clock of a solver."""
        return Clock(self.time_limit_seconds, self.cancelled, self.progress)


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes in which each candidate may be built.

    Attributes
    ----------
    seats
        By size, the most weight that a site of it can serve.
    costs
        By candidate and size, shape (n_candidate, n_size).
    """

    seats: FloatArray
    costs: FloatArray

    @classmethod
    def of(cls, seats: ArrayLike, costs: ArrayLike, candidates: int) -> Self:
        """Check seats and costs, of which one row may do for all candidates.

        Raises
        ------
        InvalidValueError
            If they are no finite numbers from 0 up, or do not fit together.
        """
        places = np.asarray(seats, dtype=np.float64)
        if places.ndim != 1 or not len(places):
            accepted = Text("每种大小一个数", "one number for each size")
            raise InvalidValueError("sizes", places.shape, accepted)
        places = checked_numbers("sizes", places, len(places))
        priced = np.asarray(costs, dtype=np.float64)
        if priced.ndim == 1:
            priced = np.broadcast_to(priced, (candidates, len(priced)))
        if priced.shape != (candidates, len(places)):
            accepted = Text(
                f"每种大小一个数，或形状 {candidates} x {len(places)}",
                f"one number for each size, or shape {candidates} x {len(places)}",
            )
            raise InvalidValueError("size_costs", priced.shape, accepted)
        flat = checked_numbers("size_costs", priced.ravel(), priced.size)
        return cls(places, flat.reshape(priced.shape))


@dataclass(frozen=True, slots=True)
class Turns:
    """When demand points want a seat: at each turn all seats are free again.

    Attributes
    ----------
    of
        By demand point, the number of its turn.
    share
        By turn, what one seat is then in the unit of the weights: where these are means over many hours,
        the share of the hours that are of this turn.
    """

    of: IntArray
    share: FloatArray

    @classmethod
    def one(cls, demand: int) -> Self:
        """Return that all demand points want their seats at the same time."""
        return cls(np.zeros(demand, np.int64), np.ones(1))

    @classmethod
    def checked(cls, turns: ArrayLike, shares: ArrayLike, demand: int) -> Self:
        """Check turns and their shares.

        Raises
        ------
        InvalidValueError
            If a turn has no share, or a number is none.
        """
        own = np.asarray(turns)
        share = np.asarray(shares, dtype=np.float64)
        share = checked_numbers("turn_shares", share, share.size)
        fits = own.shape == (demand,) and np.issubdtype(own.dtype, np.integer)
        if not fits or own.min(initial=0) < 0 or own.max(initial=0) >= max(1, len(share)):
            accepted = Text(
                f"每个需求点一个整数，0 到 {len(share) - 1}",
                f"one whole number for each demand point, 0 to {len(share) - 1}",
            )
            raise InvalidValueError("turns", own.shape, accepted)
        return cls(own.astype(np.int64), share)


@dataclass(frozen=True, slots=True)
class Standing:
    """Sites that stand already and seat so many: open in every plan, and no candidates.

    Attributes
    ----------
    cover
        Whom they cover, canonical CSR of ones, shape (n_demand, n_standing).
    seats
        By site, the most weight that it can serve.
    """

    cover: sp.csr_array
    seats: FloatArray

    @classmethod
    def checked(cls, cover: Any, seats: ArrayLike, demand: int) -> Self:
        """Check whom they cover, and their seats.

        Raises
        ------
        InvalidValueError
            If the relation is not about the same demand points, or a number is none.
        """
        relation = checked_cover(cover, none_too=True)
        if relation.shape[0] != demand:
            accepted = Text(f"{demand} 行，与 cover 相同", f"{demand} rows, as the cover has")
            raise InvalidValueError("standing", relation.shape, accepted)
        return cls(relation, checked_numbers("standing_seats", seats, relation.shape[1]))


@dataclass(frozen=True, slots=True)
class CoverProblem:
    """Whom candidates cover, what the demand weighs, and what a plan must keep to.

    Attributes
    ----------
    cover
        Canonical CSR of ones, shape (n_demand, n_candidate).
    weights
        By demand point.
    rules
        What plans must keep to, the share given to backup included.
    groups
        Names of the groups, in the order in which the rules number them.
    conflicts
        Pairs of sites that may not both be open, shape (n, 2); the rules hold them as rows, too.
    capacities
        By candidate, the most weight that it can serve; None = no limit.
    sizes
        Sizes in which candidates may be built; the rules then hold the cheapest cost of each. None = one
        size alone.
    turns
        When who wants a seat; None = all at the same time. Without seats it says nothing.
    standing
        Sites that stand already, where they seat only so many; None = what they cover is no part of the
        problem. The objective is what a plan serves beyond what these serve without it.
    """

    cover: sp.csr_array
    weights: FloatArray
    rules: Rules
    groups: tuple[Any, ...]
    conflicts: IntArray
    capacities: FloatArray | None = None
    sizes: Sizes | None = None
    turns: Turns | None = None
    standing: Standing | None = None

    @classmethod
    def of(
        cls,
        cover: Any,
        weights: ArrayLike | None,
        p: int | None = None,
        *,
        fixed: Sites = (),
        forbidden: Sites = (),
        costs: ArrayLike | None = None,
        budget: float | None = None,
        groups: object = None,
        group_min: Mapping[Any, int] | None = None,
        group_max: Mapping[Any, int] | None = None,
        backup_share: float = 0.0,
        conflicts: Any = (),
        capacities: ArrayLike | None = None,
        sizes: ArrayLike | None = None,
        size_costs: ArrayLike | None = None,
        turns: ArrayLike | None = None,
        turn_shares: ArrayLike | None = None,
        standing: Any = None,
        standing_seats: ArrayLike | None = None,
    ) -> Self:
        """Check the inputs, which are those of ``solve_mclp``, and return the problem.

        Raises
        ------
        InvalidValueError
            If an input is not what ``solve_mclp`` says.
        """
        relation = checked_cover(cover)
        sites = relation.shape[1]
        weight = checked_numbers("weights", weights, relation.shape[0])
        kept, allowed = checked_both(fixed, forbidden, sites)
        checked_some(allowed)
        if capacities is not None and backup_share > 0:
            accepted = Text(
                "与 capacities 同用时为 0：座位只算一次", "0 with capacities: a seat serves once"
            )
            raise InvalidValueError("backup_share", backup_share, accepted)
        built = None
        if (sizes is None) != (size_costs is None):
            accepted = Text("与 sizes 同时给出的费用", "costs given together with sizes")
            raise InvalidValueError("size_costs", size_costs, accepted)
        if sizes is not None and size_costs is not None:
            _check_alone(costs, capacities, backup_share)
            built = Sizes.of(sizes, size_costs, sites)
            costs = built.costs.min(axis=1)
        if (costs is None) != (budget is None):
            accepted = Text("与 costs 同时给出的预算", "a budget given together with costs")
            raise InvalidValueError("budget", budget, accepted)
        if p is None and budget is None:
            raise InvalidValueError(
                "p", None, Text("站点数，或预算", "a number of sites, or a budget")
            )
        if budget is not None:
            checked_share("budget", budget, 0.0, np.finfo(np.float64).max)
        number, least, most, names = numbered_groups(groups, group_min, group_max, sites)
        pairs = checked_conflicts(conflicts, sites)
        rules = Rules(
            p=int(allowed.sum()) if p is None else checked_p(p, allowed),
            fixed=kept,
            allowed=allowed,
            costs=checked_numbers("costs", costs, sites),
            budget=budget,
            group=number,
            least=least,
            most=most,
            backup_share=checked_share("backup_share", backup_share),
            side=spacing_rows(pairs, sites),
            counts_sites=p is not None,
        )
        seats = None if capacities is None else checked_numbers("capacities", capacities, sites)
        if (turns is None) != (turn_shares is None):
            accepted = Text("与 turns 同时给出的份额", "shares given together with turns")
            raise InvalidValueError("turn_shares", "...", accepted)
        when = None
        if turns is not None and turn_shares is not None:
            when = Turns.checked(turns, turn_shares, relation.shape[0])
        stands = None
        if standing is not None or standing_seats is not None:
            if standing is None or standing_seats is None or (seats is None and built is None):
                accepted = Text(
                    "standing 与 standing_seats 同时给出，并有 capacities 或 sizes",
                    "standing and standing_seats together, and with capacities or sizes",
                )
                raise InvalidValueError("standing", "...", accepted)
            stands = Standing.checked(standing, standing_seats, relation.shape[0])
        return cls(relation, weight, rules, names, pairs, seats, built, when, stands)

    @property
    def demand(self) -> int:
        """Number of demand points."""
        return len(self.weights)

    def with_rules(self, **changes: Any) -> Self:
        """Return the problem with some of its rules changed."""
        return replace(self, rules=replace(self.rules, **changes))


def _check_alone(costs: object, capacities: object, backup_share: float) -> None:
    """Refuse what sizes say already, and a backup share."""
    for name, value in (("costs", costs), ("capacities", capacities)):
        if value is not None:
            accepted = Text(
                "与 sizes 同用时不给：大小已说明座位和费用",
                "none together with sizes: they say seats and costs",
            )
            raise InvalidValueError(name, "...", accepted)
    if backup_share > 0:
        accepted = Text("与 sizes 同用时为 0：座位只算一次", "0 with sizes: a seat serves once")
        raise InvalidValueError("backup_share", backup_share, accepted)
