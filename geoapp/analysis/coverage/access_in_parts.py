"""The accessibility measures of a demand that comes part by part: those of all of it at once.

The workers whom a facility has in reach add up over the parts (`access_part`). What is told of a
distribution (quantiles, the worst-off tenth, the Gini coefficient) needs its values in rising order: each
part brings its own in order, and here they are gone through together, so many at a time that they fit in
memory. By group, what is below a value is known when it comes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geoapp.analysis.coverage.access import QUANTILES, WORST_SHARE, SupplySummary, WalkSummary
from geoapp.analysis.coverage.access_report import AccessMeasures, AccessReport, between
from geoapp.analysis.coverage.region_figures import lineage, quantile_target
from geoapp.core.arrays import FloatArray, IntArray

WALK: Final = "walk"
_TOGETHER = 1_000_000  # values put in order at once, if no more are equal
_SAMPLE: Final = 500  # one value of so many tells where they lie

_BELOW: Final = {share: quantile_target(share, 1.0) for share in QUANTILES}

Run = NDArray[Any]
Rows = Callable[[int, IntArray], tuple[IntArray, FloatArray]]


class Groups:
    """Whom measures are told of: all, each region and those above, each group of workers.

    Parameters
    ----------
    codes, parents
        By number of a region its code; for each code that of the region above.
    kinds
        By number of a group of workers its name.

    Attributes
    ----------
    regions, kinds
        By name the number of the group that it is here; 0 is all.
    lowest
        Regions above no other.
    """

    def __init__(
        self, codes: Sequence[str], parents: Mapping[str, str | None], kinds: Sequence[str]
    ) -> None:
        lines = [lineage(code, parents) for code in codes]
        names = sorted({code for line in lines for code in line})
        self.regions = {code: place + 1 for place, code in enumerate(names)}
        self.kinds = {name: 1 + len(names) + place for place, name in enumerate(kinds)}
        above = {parents.get(code) for code in names}
        self.lowest = {code for code in names if code not in above}
        self._lines = np.full((len(codes) + 1, max(map(len, lines), default=0)), -1, np.int64)
        for place, line in enumerate(lines):
            self._lines[place, : len(line)] = [self.regions[code] for code in line]

    def __len__(self) -> int:
        """Return how many there are."""
        return 1 + len(self.regions) + len(self.kinds)

    def of(self, leaf: IntArray, kind: IntArray) -> IntArray:
        """Return by point the groups that it is in, -1 filling up; shape (n, depth).

        Parameters
        ----------
        leaf, kind
            By point the numbers of its region and of its group of workers; -1 = unknown.
        """
        mine = np.where(kind < 0, -1, kind + 1 + len(self.regions))
        return np.column_stack((np.zeros(len(leaf), np.int64), self._lines[leaf], mine))


class Distribution:
    """A measure by group, of values that come in rising order.

    Parameters
    ----------
    total, least
        By group the weight of all, and of those whose value is 0, who come first.
    greatest
        Whether the greatest values are the worst (walks) or the least (supply).
    """

    def __init__(self, total: FloatArray, least: FloatArray, *, greatest: bool) -> None:
        self._total, self._least, self._greatest = total, least, greatest
        self._upto = least.copy()
        self._sum, self._below, self._worst = (np.zeros(len(total)) for _ in range(3))
        self._worst_weight = self._taken(np.zeros(len(total)), least, total)
        self._quantiles: list[dict[float, float | None]] = [
            {
                share: 0.0 if 0 < total[group] * _BELOW[share] <= least[group] else None
                for share in QUANTILES
            }
            for group in range(len(total))
        ]

    def _taken(self, before: FloatArray, weight: FloatArray, total: FloatArray) -> FloatArray:
        """Return how much of some weight is among the worst-off share, by what comes before it."""
        ahead = total - before - weight if self._greatest else before
        return np.clip(WORST_SHARE * total - ahead, 0.0, weight)

    def add(self, group: IntArray, value: FloatArray, weight: FloatArray) -> None:
        """Take up values in rising order, none below those taken up before; group -1 counts for none."""
        order = np.argsort(group, kind="stable")
        order = order[np.searchsorted(group[order], 0) :]
        group, value, weight = group[order], value[order], weight[order]
        if not len(group):
            return
        first = np.flatnonzero(np.diff(group, prepend=-1))
        size = np.diff(np.append(first, len(group)))
        upto = np.cumsum(weight)
        upto += np.repeat(self._upto[group[first]] - (upto[first] - weight[first]), size)
        total, count = self._total[group], len(self._total)
        taken = self._taken(upto - weight, weight, total)
        self._sum += np.bincount(group, value * weight, count)
        self._below += np.bincount(group, value * weight * (upto - weight / 2), count)
        self._worst += np.bincount(group, value * taken, count)
        self._worst_weight += np.bincount(group, taken, count)
        if self._greatest:
            for share in QUANTILES:
                target = total * _BELOW[share]
                for row in np.flatnonzero((upto - weight < target) & (target <= upto)).tolist():
                    self._quantiles[group[row]][share] = float(value[row])
        self._upto[group[first]] = upto[first + size - 1]

    def supply(self, group: int) -> SupplySummary:
        """Describe a supply."""
        total = float(self._total[group])
        if total <= 0:
            return SupplySummary(None, None, None, None)
        return SupplySummary(
            mean=float(self._sum[group]) / total,
            none_share=float(self._least[group]) / total,
            worst_mean=float(self._worst[group] / self._worst_weight[group]),
            gini=self._gini(group),
        )

    def walk(self, group: int, unreached: float) -> WalkSummary:
        """Describe walks, of which so much weight has none."""
        total, reached = float(self._total[group]), float(self._upto[group])
        worst = None
        if total > 0 and unreached == 0:
            worst = float(self._worst[group] / self._worst_weight[group])
        return WalkSummary(
            weight=total,
            unreachable_share=unreached / total if total > 0 else None,
            mean_m=float(self._sum[group]) / reached if reached > 0 else None,
            quantiles_m=self._quantiles[group],
            worst_mean_m=worst,
            gini=self._gini(group),
        )

    def _gini(self, group: int) -> float | None:
        total = float(self._sum[group])
        if total <= 0:
            return None
        found = 2 * float(self._below[group]) / (total * float(self._upto[group])) - 1
        return min(1.0, max(0.0, found))


class AccessInParts:
    """What is known of the parts, until all of them are.

    Parameters
    ----------
    groups
        Whom the measures are told of.
    measures
        Their names, `WALK` first.
    """

    def __init__(self, groups: Groups, measures: Sequence[str]) -> None:
        self._groups = groups
        self._points = np.zeros(len(groups), np.int64)
        self._total, self._unreached = np.zeros(len(groups)), np.zeros(len(groups))
        self._least = {name: np.zeros(len(groups)) for name in measures}

    def take(
        self, group: IntArray, weight: FloatArray, walk_m: FloatArray, runs: Mapping[str, Run]
    ) -> None:
        """Take up a part: by point its groups (`Groups.of`), weight and walk; by measure its `in_order`."""
        self._points += self._by_group(group).astype(np.int64)
        self._total += self._by_group(group, weight)
        unreached = np.where(np.isfinite(walk_m), 0.0, weight)
        self._unreached += self._by_group(group, unreached)
        for name, run in runs.items():
            left = weight - unreached if name == WALK else weight.copy()
            left[run["row"]] = 0.0
            self._least[name] += self._by_group(group, left)

    def _by_group(self, group: IntArray, weight: FloatArray | None = None) -> FloatArray:
        held = group >= 0
        some = None if weight is None else np.broadcast_to(weight[:, None], group.shape)[held]
        return np.bincount(group[held], some, len(self._groups)).astype(np.float64)

    def distribution(self, name: str, runs: Sequence[Run], rows: Rows) -> Distribution:
        """Go through a measure of all parts.

        Parameters
        ----------
        runs
            By part what it has, in order (`access_part.in_order`).
        rows
            Returns for a part and some of its rows their groups and weights.
        """
        found = Distribution(self._total, self._least[name], greatest=name == WALK)
        for some in rising(runs, _TOGETHER):
            value = np.concatenate([run["value"] for _, run in some])
            told = [rows(number, run["row"]) for number, run in some]
            group = np.concatenate([one for one, _ in told])
            weight = np.concatenate([one for _, one in told])
            order = np.argsort(value, kind="stable")
            for column in range(group.shape[1]):
                found.add(group[order, column], value[order], weight[order])
        return found

    def report(
        self, found: Mapping[str, Distribution], facilities: int, capacity_known: int
    ) -> AccessReport:
        """Return the measures from their distributions."""

        def of(group: int) -> AccessMeasures:
            some = {name: one.supply(group) for name, one in found.items() if name != WALK}
            return AccessMeasures(
                walk=found[WALK].walk(group, float(self._unreached[group])),
                within=some["within"],
                shared=some["shared"],
                shared_enhanced=some["shared_enhanced"],
                seats=some.get("seats"),
                seats_enhanced=some.get("seats_enhanced"),
            )

        regions = {code: of(group) for code, group in self._groups.regions.items()}
        kinds = {
            name: of(group) for name, group in self._groups.kinds.items() if self._points[group]
        }
        return AccessReport(
            total=of(0),
            regions=regions,
            groups=kinds,
            regions_gini=between(
                [regions[code] for code in regions if code in self._groups.lowest]
            ),
            groups_gini=between(list(kinds.values())),
            facilities=facilities,
            capacity_known=capacity_known,
        )


def rising(runs: Sequence[Run], together: int) -> Iterator[list[tuple[int, Run]]]:
    """Yield what lies in runs, from the least values to the greatest: by run a slice, without empty ones.

    All that are yielded at once lie above all that were before; they are some ``together`` values, and all
    that are equal to each other, of which no others come beside them: these are yielded run by run.
    """
    sample = np.sort(np.concatenate([run["value"][::_SAMPLE] for run in runs] or [np.empty(0)]))
    picked = sample[:: max(1, together // _SAMPLE)]
    often = picked[1:][picked[1:] == picked[:-1]]
    edges = np.unique(np.concatenate((picked, np.nextafter(often, -np.inf), [np.inf])))
    before = [0] * len(runs)
    for edge in edges.tolist():
        some = []
        for number, run in enumerate(runs):
            end = int(np.searchsorted(run["value"], edge, side="right"))
            if end > before[number]:
                some.append((number, run[before[number] : end]))
                before[number] = end
        if some and np.isin(edge, often):
            yield from ([one] for one in some)
        elif some:
            yield some
