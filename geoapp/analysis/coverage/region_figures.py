"""Coverage counted by region: weights, shares and the distribution of walking distances.

A region's figures hold all demand in it and in the regions under it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

# Upper edges of the histogram's bins in walked metres; a bin holds lower < walk <= upper (the
# first one 0 too), closed like the standard. The last bin holds everything beyond.
HISTOGRAM_EDGES_M: Final = (
    *(100.0 * step for step in range(1, 11)),
    *(1250.0, 1500.0, 2000.0, 3000.0, 5000.0, 10_000.0),
)
QUANTILES: Final = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class WalkDistribution:
    """Walking distances of all the demand of a region, weighted, in metres.

    A quantile is the least distance within which at least that share of the weight lies. None =
    so much of the demand has no facility at all that there is no such number.
    """

    p10_m: float | None
    p50_m: float | None
    p90_m: float | None
    mean_m: float | None
    greatest_m: float | None
    histogram_weight: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class RegionCoverage:
    """What a region, the whole, or the demand of unknown region has.

    Attributes
    ----------
    code
        The region's code; None for the whole and for the demand of unknown region.
    point_count
        Number of demand points, those of weight 0 included.
    weight, covered_weight, backup_weight, uncovered_weight, unreachable_weight
        Number of workers: all; with a facility within the standard; with two; with none (covered +
        uncovered = all); and, among the uncovered, those for whom there is no facility at all.
    covered_share, backup_share, uncovered_share
        0 to 1; None where there is no weight to share.
    walk
        None where there is no weight.
    """

    code: str | None
    point_count: int
    weight: float
    covered_weight: float
    backup_weight: float
    uncovered_weight: float
    unreachable_weight: float
    covered_share: float | None
    backup_share: float | None
    uncovered_share: float | None
    walk: WalkDistribution | None


@dataclass(frozen=True, slots=True)
class Tally:
    """Demand in the order of rising walking distance, ready to be counted by group.

    Attributes
    ----------
    order
        The points by rising walk.
    walk_m
        Rising; inf = no facility at all.
    weight, covered, backup
        In the same order.
    """

    order: IntArray
    walk_m: FloatArray
    weight: FloatArray
    covered: BoolArray
    backup: BoolArray
    integral: bool

    @classmethod
    def build(
        cls, walk_m: FloatArray, weight: FloatArray, covered: BoolArray, backup: BoolArray
    ) -> "Tally":
        """Sort n points by walking distance."""
        order = np.argsort(walk_m, kind="stable")
        integral = bool((weight == np.floor(weight)).all())
        return cls(order, walk_m[order], weight[order], covered[order], backup[order], integral)

    def _sum(self, weight: FloatArray) -> float:
        """Add up so that the order does not matter: whole numbers are exact, others by fsum."""
        return float(weight.sum()) if self.integral else math.fsum(weight)

    def whole(self) -> RegionCoverage:
        """Return the figures of all points together."""
        return self._row(None, np.arange(len(self.order)))

    def groups(self, group: IntArray, codes: list[str | None]) -> list[RegionCoverage]:
        """Return the figures of each group; `group` is by point, -1 = in none."""
        own = group[self.order]
        by_group = np.argsort(own, kind="stable")  # stable: the walks keep rising in each group
        bounds = np.searchsorted(own[by_group], np.arange(len(codes) + 1))
        return [
            self._row(code, by_group[bounds[number] : bounds[number + 1]])
            for number, code in enumerate(codes)
        ]

    def _row(self, code: str | None, rows: IntArray) -> RegionCoverage:
        weight, covered, walk_m = self.weight[rows], self.covered[rows], self.walk_m[rows]
        total = self._sum(weight)
        covered_weight = self._sum(weight[covered])
        backup_weight = self._sum(weight[self.backup[rows]])
        uncovered_weight = self._sum(weight[~covered])

        def share(part: float) -> float | None:
            return part / total if total > 0 else None

        return RegionCoverage(
            code=code,
            point_count=len(rows),
            weight=total,
            covered_weight=covered_weight,
            backup_weight=backup_weight,
            uncovered_weight=uncovered_weight,
            unreachable_weight=self._sum(weight[np.isinf(walk_m)]),
            covered_share=share(covered_weight),
            backup_share=share(backup_weight),
            uncovered_share=share(uncovered_weight),
            walk=_distribution(walk_m[weight > 0], weight[weight > 0]),
        )


def quantile_target(share: float, weight: float) -> float:
    """Return the weight that must be reached for a share of the whole weight."""
    # A hair less than the share: 0.1 * total may round above an exact tenth of it.
    return share * weight * (1 - 1e-12)


def _distribution(walk_m: FloatArray, weight: FloatArray) -> WalkDistribution | None:
    """Describe rising distances with positive weights."""
    if len(walk_m) == 0:
        return None
    reached = np.cumsum(weight)

    def known(value: float) -> float | None:
        return float(value) if np.isfinite(value) else None

    targets = [quantile_target(share, float(reached[-1])) for share in QUANTILES]
    p10, p50, p90 = (known(walk_m[place]) for place in np.searchsorted(reached, targets).tolist())
    here = np.isfinite(walk_m)
    bins = np.searchsorted(HISTOGRAM_EDGES_M, walk_m[here], side="left")
    histogram = np.bincount(bins, weights=weight[here], minlength=len(HISTOGRAM_EDGES_M) + 1)
    mean_m = float(walk_m @ weight / reached[-1]) if here.all() else None
    return WalkDistribution(p10, p50, p90, mean_m, known(walk_m[-1]), tuple(histogram.tolist()))


def lineage(code: str, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """Return a region's ancestors and itself, the highest first.

    Raises
    ------
    InvalidValueError
        If a region is its own ancestor.
    """
    chain = [code]
    while (parent := parents.get(chain[-1])) is not None:
        if parent in chain:
            raise InvalidValueError(
                "parents", parent, Text("没有回路的隶属关系", "parents that form no circle")
            )
        chain.append(parent)
    return tuple(reversed(chain))


def by_region(
    tally: Tally, region: NDArray[Any] | None, parents: Mapping[str, str | None]
) -> tuple[tuple[RegionCoverage, ...], RegionCoverage | None]:
    """Count every region that holds demand, with all regions above, in the order of codes.

    Parameters
    ----------
    tally
        The points.
    region
        By point its region's code, None = unknown.
    parents
        For each code the code of the region above it; a code without one stands alone.

    Returns
    -------
    regions, without_region
        The second counts the points of unknown region; None where there are none.
    """
    if region is None or len(region) == 0:
        return (), None
    known = np.array([code is not None for code in region], dtype=np.bool_)
    codes, leaf = np.unique(region[known].astype(str), return_inverse=True)
    lines = [lineage(code, parents) for code in codes.tolist()]
    rows: list[RegionCoverage] = []
    for depth in range(max((len(line) for line in lines), default=0)):
        here = sorted({line[depth] for line in lines if len(line) > depth})
        number_of = {code: number for number, code in enumerate(here)}
        of_leaf = np.array(
            [number_of[line[depth]] if len(line) > depth else -1 for line in lines], dtype=np.int64
        )
        group = np.full(len(region), -1, dtype=np.int64)
        group[known] = of_leaf[leaf]
        rows.extend(tally.groups(group, list(here)))
    without = None
    if not known.all():
        without = tally.groups(np.where(known, -1, 0), [None])[0]
    return tuple(sorted(rows, key=lambda row: row.code or "")), without


def rows_below(
    region: NDArray[Any] | None, parents: Mapping[str, str | None]
) -> dict[str, IntArray]:
    """Return by code the points of every region that holds some, and of all regions above.

    Parameters
    ----------
    region, parents
        As in `by_region`; points of unknown region are in none.
    """
    known = np.array([code is not None for code in ([] if region is None else region)], np.bool_)
    if region is None or not known.any():
        return {}
    codes, leaf = np.unique(region[known].astype(str), return_inverse=True)
    order = np.argsort(leaf, kind="stable")
    parts = np.split(np.flatnonzero(known)[order], np.cumsum(np.bincount(leaf))[:-1])
    below: dict[str, list[IntArray]] = {}
    for code, rows in zip(codes.tolist(), parts, strict=True):
        for above in lineage(code, parents):
            below.setdefault(above, []).append(rows)
    return {code: np.concatenate(rows) for code, rows in sorted(below.items())}
