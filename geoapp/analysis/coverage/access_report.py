"""The accessibility measures of a demand set: in all, by region, by group of workers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from geoapp.analysis.coverage.access import (
    SupplySummary,
    WalkSummary,
    cumulative_opportunities,
    gini,
    supply_summary,
    two_step,
    walk_summary,
    zone_weights,
)
from geoapp.analysis.coverage.region_figures import rows_below
from geoapp.core.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class AccessMeasures:
    """The measures of some of the demand.

    Attributes
    ----------
    walk
        To the nearest facility.
    within
        Facilities within the standard, for each worker.
    shared, shared_enhanced
        Facilities for each worker by the two-step and the enhanced two-step method.
    seats, seats_enhanced
        The same with capacities, of the facilities whose capacity is known; None = of none.
    """

    walk: WalkSummary
    within: SupplySummary
    shared: SupplySummary
    shared_enhanced: SupplySummary
    seats: SupplySummary | None
    seats_enhanced: SupplySummary | None


@dataclass(frozen=True, slots=True)
class AccessReport:
    """Measures of all demand, and how evenly they lie.

    Attributes
    ----------
    total, regions, groups
        Of all; by region code, those above included; by group of workers.
    regions_gini, groups_gini
        Gini coefficient of the mean walks of the lowest regions, and of the groups, weighted by
        their workers who reach a facility: 0 = people walk as far everywhere. None where there are
        fewer than two.
    facilities, capacity_known
        How many facilities count, and how many of them have a known capacity.
    """

    total: AccessMeasures
    regions: dict[str, AccessMeasures]
    groups: dict[str, AccessMeasures]
    regions_gini: float | None
    groups_gini: float | None
    facilities: int
    capacity_known: int


def access_report(
    *,
    walks: sp.csr_array,
    walk_m: FloatArray,
    weight: FloatArray,
    standard_m: float,
    capacity: NDArray[np.float64],
    region: NDArray[Any] | None = None,
    parents: Mapping[str, str | None] | None = None,
    group: NDArray[Any] | None = None,
) -> AccessReport:
    """Compute the measures.

    Parameters
    ----------
    walks
        Metres, CSR of shape (n_demand, n_facility): what is within the standard.
    walk_m
        By demand point the walk to its nearest facility; inf = none.
    weight
        Workers by demand point.
    standard_m
        The standard in walked metres.
    capacity
        Seats by facility; nan = unknown.
    region, parents, group
        By demand point its region's code and its group, None = unknown; by code the region above.
    """
    falls = zone_weights(walks, standard_m)
    one = np.ones(walks.shape[1])
    amounts = {
        "within": cumulative_opportunities(walks, one),
        "shared": two_step(walks, weight, one),
        "shared_enhanced": two_step(walks, weight, one, decay=falls),
    }
    known = ~np.isnan(capacity)
    if known.any():
        seats = np.where(known, capacity, 0.0)
        amounts["seats"] = two_step(walks, weight, seats)
        amounts["seats_enhanced"] = two_step(walks, weight, seats, decay=falls)

    def of(rows: IntArray | slice) -> AccessMeasures:
        some = {
            name: supply_summary(amount[rows], weight[rows]) for name, amount in amounts.items()
        }
        return AccessMeasures(
            walk=walk_summary(walk_m[rows], weight[rows]),
            within=some["within"],
            shared=some["shared"],
            shared_enhanced=some["shared_enhanced"],
            seats=some.get("seats"),
            seats_enhanced=some.get("seats_enhanced"),
        )

    total = of(slice(None))
    regions = {
        # The regions above all others have the figures of all.
        code: total if len(rows) == len(weight) else of(rows)
        for code, rows in rows_below(region, parents or {}).items()
    }
    groups = {code: of(rows) for code, rows in rows_below(group, {}).items()}
    above = {(parents or {}).get(code) for code in regions}
    return AccessReport(
        total=total,
        regions=regions,
        groups=groups,
        regions_gini=between([one for code, one in regions.items() if code not in above]),
        groups_gini=between(list(groups.values())),
        facilities=walks.shape[1],
        capacity_known=int(known.sum()),
    )


def between(parts: list[AccessMeasures]) -> float | None:
    """Return the Gini coefficient of mean walks, each by its workers who reach a facility; None of fewer than two."""
    told = [
        (one.walk.mean_m, one.walk.weight * (1 - (one.walk.unreachable_share or 0.0)))
        for one in parts
        if one.walk.mean_m is not None
    ]
    if len(told) < 2:
        return None
    means, weights = np.array(told).T
    return gini(means, weights)
