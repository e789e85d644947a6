"""Accessibility beyond in or out: how far people walk, how much they can choose from, how fairly.

Notation: demand point i with weight a_i (workers), facility j with supply S_j (seats, or 1 to count
facilities), walk d_ij in metres, standard D.

- Weighted mean and quantiles of the walk to the nearest facility.
- Cumulative opportunities: sum of S_j over d_ij <= D (Wachs & Kumagai 1973).
- Two-step floating catchment area (Luo & Wang 2003): R_j = S_j / sum of a_i f(d_ij), then
  A_i = sum of R_j f(d_ij), with f = 1 up to D; the enhanced one (Luo & Qi 2009) lets f fall by zones.
- Equity: Gini coefficient of a distribution among workers, and the mean of the worst-off tenth.

Unreachable demand has a share of its own; it is never counted as 0 and never left out in silence.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from geoapp.core.arrays import FloatArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

# Luo & Qi (2009), their first set of weights, for the three thirds of the standard.
ENHANCED_WEIGHTS: Final = (1.0, 0.68, 0.22)
QUANTILES: Final = (0.5, 0.8, 0.9, 0.95)
WORST_SHARE: Final = 0.1


@dataclass(frozen=True, slots=True)
class WalkSummary:
    """How far people walk to their nearest facility.

    Attributes
    ----------
    weight
        Workers.
    unreachable_share
        Who can reach none, 0 to 1; None where there is no weight.
    mean_m
        Weighted mean in metres of those who reach one; None where nobody does.
    quantiles_m
        By share the least walk within which that share of all workers reaches one; None = so many
        reach none that there is no such walk.
    worst_mean_m
        Mean walk of the worst-off tenth of the workers; None where one of these reaches none.
    gini
        Of the walks of those who reach one: 0 = all walk as far; None where nobody reaches one.
    """

    weight: float
    unreachable_share: float | None
    mean_m: float | None
    quantiles_m: dict[float, float | None]
    worst_mean_m: float | None
    gini: float | None


@dataclass(frozen=True, slots=True)
class SupplySummary:
    """How much there is for each worker, and how evenly it lies.

    Attributes
    ----------
    mean
        Weighted mean over all workers; None where there is no weight.
    none_share
        Workers with nothing within the standard, 0 to 1; None where there is no weight.
    worst_mean
        Mean of the tenth of the workers who have least.
    gini
        0 = everybody has as much; None where nobody has anything.
    """

    mean: float | None
    none_share: float | None
    worst_mean: float | None
    gini: float | None


def _ascending(values: ArrayLike, weight: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return numbers from 0 up and their weights above 0, in ascending order of the numbers."""
    amounts = np.asarray(values, np.float64).reshape(-1)
    weights = np.asarray(weight, np.float64).reshape(-1)
    if amounts.shape != weights.shape or np.isnan(amounts).any() or (amounts < 0).any():
        accepted = Text("每个权重一个不小于 0 的数", "one number >= 0 for each weight")
        raise InvalidValueError("values", len(amounts), accepted)
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise InvalidValueError("weight", None, Text("不小于 0 的数", "numbers >= 0"))
    kept = weights > 0
    amounts, weights = amounts[kept], weights[kept]
    order = np.argsort(amounts, kind="stable")
    return amounts[order], weights[order]


def weighted_quantile(values: ArrayLike, weight: ArrayLike, share: float) -> float | None:
    """Return the least value within which at least a share of the weight lies.

    Parameters
    ----------
    values, weight
        n numbers from 0 up (inf = unreachable) and their weights; weight 0 does not count.
    share
        Above 0 and at most 1.

    Returns
    -------
    None where there is no weight, or the value is inf.
    """
    if not 0 < share <= 1:
        raise InvalidValueError("share", share, Text("0 到 1 之间的数", "a number from 0 to 1"))
    amounts, weights = _ascending(values, weight)
    return _quantile(amounts, np.cumsum(weights), share)


def _quantile(amounts: FloatArray, reached: FloatArray, share: float) -> float | None:
    if not len(amounts):
        return None
    # A hair less than the share: 0.1 * total may round above an exact tenth of it.
    found = float(amounts[int(np.searchsorted(reached, share * reached[-1] * (1 - 1e-12)))])
    return found if np.isfinite(found) else None


def gini(values: ArrayLike, weight: ArrayLike) -> float | None:
    """Return the weighted Gini coefficient of n finite numbers from 0 up; 0 = all are equal.

    Half the mean absolute difference between two people drawn by weight, over the mean. None where
    there is no weight or all is 0.
    """
    amounts, weights = _ascending(values, weight)
    if len(amounts) and np.isinf(amounts[-1]):
        raise InvalidValueError("values", np.inf, Text("有限的数", "finite numbers"))
    return _gini(amounts, weights)


def _gini(amounts: FloatArray, weights: FloatArray) -> float | None:
    total = float(amounts @ weights)
    if total <= 0:
        return None
    below = np.cumsum(weights) - weights / 2  # weight below each, half of its own included
    whole = float(weights.sum())
    found = 2 * float((amounts * weights) @ below) / (total * whole) - 1
    return min(1.0, max(0.0, found))


def worst_mean(
    values: ArrayLike, weight: ArrayLike, *, share: float = WORST_SHARE, greatest: bool = True
) -> float | None:
    """Return the weighted mean of the worst-off share of the weight.

    Parameters
    ----------
    greatest
        Whether the greatest values are the worst (walks) or the least (supply).

    Returns
    -------
    The point at the edge counts with the part of its weight that belongs there. None where there is
    no weight, or one of these values is inf.
    """
    amounts, weights = _ascending(values, weight)
    return _worst_mean(
        amounts[::-1] if greatest else amounts, weights[::-1] if greatest else weights, share
    )


def _worst_mean(amounts: FloatArray, weights: FloatArray, share: float) -> float | None:
    """Return the mean of the first share of the weight."""
    if not len(amounts):
        return None
    wanted = share * float(weights.sum())
    taken = np.clip(wanted - (np.cumsum(weights) - weights), 0, weights)
    here = taken > 0
    if not np.isfinite(amounts[here]).all():
        return None
    return float(amounts[here] @ taken[here] / taken[here].sum())


def walk_summary(walk_m: ArrayLike, weight: ArrayLike) -> WalkSummary:
    """Describe walks to the nearest facility, metres; inf = none can be reached."""
    amounts, weights = _ascending(walk_m, weight)
    total = float(weights.sum())
    there = slice(0, int(np.searchsorted(amounts, np.inf)))
    reached = float(weights[there].sum())
    upto = np.cumsum(weights)
    return WalkSummary(
        weight=total,
        unreachable_share=(total - reached) / total if total > 0 else None,
        mean_m=float(amounts[there] @ weights[there]) / reached if reached > 0 else None,
        quantiles_m={share: _quantile(amounts, upto, share) for share in QUANTILES},
        worst_mean_m=_worst_mean(amounts[::-1], weights[::-1], WORST_SHARE),
        gini=_gini(amounts[there], weights[there]),
    )


def supply_summary(supply: ArrayLike, weight: ArrayLike) -> SupplySummary:
    """Describe how much there is for each demand point's workers."""
    amounts, weights = _ascending(supply, weight)
    total = float(weights.sum())
    return SupplySummary(
        mean=float(amounts @ weights) / total if total > 0 else None,
        none_share=float(weights[amounts == 0].sum()) / total if total > 0 else None,
        worst_mean=_worst_mean(amounts, weights, WORST_SHARE),
        gini=_gini(amounts, weights),
    )


def cumulative_opportunities(walks: sp.csr_array, supply: ArrayLike) -> FloatArray:
    """Return by demand point the supply of all facilities within the standard.

    Parameters
    ----------
    walks
        CSR, shape (n_demand, n_facility): stored iff within the standard; a stored 0 is a walk.
    supply
        By facility; 1 counts facilities.
    """
    return np.asarray(_of(walks, np.ones(len(walks.data))) @ _supply(walks, supply))


def zone_weights(
    walks: sp.csr_array, standard_m: float, weights: tuple[float, ...] = ENHANCED_WEIGHTS
) -> FloatArray:
    """Return for each stored walk the weight of its zone; zones are equal parts of the standard.

    A walk exactly at the edge of two zones belongs to the nearer one.
    """
    edges = standard_m * np.arange(1, len(weights)) / len(weights)
    found: FloatArray = np.asarray(weights)[np.searchsorted(edges, walks.data, side="left")]
    return found


def two_step(
    walks: sp.csr_array,
    demand: ArrayLike,
    supply: ArrayLike,
    *,
    decay: ArrayLike | None = None,
) -> FloatArray:
    """Return by demand point its supply for each worker (two-step floating catchment area).

    Parameters
    ----------
    walks
        As in `cumulative_opportunities`.
    demand
        Workers by demand point.
    supply
        By facility, from 0 up.
    decay
        For each stored walk f(d), from 0 to 1 (see `zone_weights`); None = 1, the plain form.

    Notes
    -----
    What all workers have together is the supply of all facilities that somebody can reach.
    """
    ratio = for_each_worker(_supply(walks, supply), workers_in_reach(walks, demand, decay))
    return within_reach(walks, ratio, decay)


def workers_in_reach(
    walks: sp.csr_array, demand: ArrayLike, decay: ArrayLike | None = None
) -> FloatArray:
    """Return by facility the workers who share it, parameters as in `two_step`: its first step."""
    return np.asarray(_weighted(walks, decay).T @ np.asarray(demand, np.float64))


def for_each_worker(supply: FloatArray, workers: FloatArray) -> FloatArray:
    """Return by facility its supply for each worker who shares it; 0 where nobody is near."""
    return np.divide(supply, workers, out=np.zeros_like(supply), where=workers > 0)


def within_reach(
    walks: sp.csr_array, amount: FloatArray, decay: ArrayLike | None = None
) -> FloatArray:
    """Return by demand point what the facilities in its reach have in all: the second step."""
    return np.asarray(_weighted(walks, decay) @ amount)


def _weighted(walks: sp.csr_array, decay: ArrayLike | None) -> sp.csr_array:
    return _of(walks, np.ones(len(walks.data)) if decay is None else np.asarray(decay, np.float64))


def _supply(walks: sp.csr_array, supply: ArrayLike) -> FloatArray:
    amount = np.asarray(supply, np.float64).reshape(-1)
    if len(amount) != walks.shape[1] or not (np.isfinite(amount) & (amount >= 0)).all():
        accepted = Text("每处设施一个不小于 0 的数", "one number >= 0 for each facility")
        raise InvalidValueError("supply", len(amount), accepted)
    return amount


def _of(walks: sp.csr_array, data: FloatArray) -> sp.csr_array:
    return sp.csr_array((data, walks.indices, walks.indptr), shape=walks.shape)
