"""Rows that keep a plan apart from those found before it (distance cuts: Balas & Jeroslow 1972)."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.siting.rules import Rules, SideRows
from geoapp.core.arrays import IntArray


@dataclass(frozen=True, slots=True)
class Apart:
    """Rules that keep plans apart from those before.

    Where every plan has exactly p sites, what is given up equals what is taken instead and one row
    by plan before is enough. Otherwise a plan P_l has two more columns, of which one is open: g_l,
    so many of its sites are given up, or t_l, so many others are taken:

        sum_{j in P_l} y_j + m_l g_l <= |P_l|,   sum_{j not in P_l} y_j >= d t_l,   g_l + t_l = 1,

    m_l = min(d, |P_l|). They cover nobody, cost nothing, and are counted in p.
    """

    rules: Rules
    before: tuple[IntArray, ...]
    sites: int
    differ: int
    exact: bool

    @classmethod
    def of(cls, before: list[IntArray], rules: Rules, differ: int) -> Self:
        """Write the rows for the plans before."""
        count, exact = len(rules.allowed), rules.plain
        extra = 0 if exact else 2 * len(before)
        rows, lower, upper = [], [], []
        if exact:
            rows.append(np.ones(count))
            lower, upper = [float(rules.p)], [float(rules.p)]
        for number, plan in enumerate(before):
            mine = np.zeros(count + extra)
            mine[plan] = 1.0
            mine[rules.fixed] = 0.0
            size = float(mine.sum())
            if exact:
                rows.append(mine)
                lower.append(-np.inf)
                upper.append(size - _fewest_given_up(size, differ))
                continue
            gives, takes = count + 2 * number, count + 2 * number + 1
            others = np.zeros(count + extra)
            others[:count] = 1.0 - mine[:count]
            others[rules.fixed] = 0.0
            mine[gives], others[takes] = _fewest_given_up(size, differ), -float(differ)
            either = np.zeros(count + extra)
            either[[gives, takes]] = 1.0
            rows += [mine, others, either]
            lower += [-np.inf, 0.0, 1.0]
            upper += [size, np.inf, 1.0]
        matrix: Any = sp.csr_array(np.array(rows))
        if rules.side is not None:
            shape = (rules.side.rows.shape[0], extra)
            old = sp.hstack((rules.side.rows, sp.csr_array(shape)), format="csr")
            matrix = sp.vstack((old, matrix), format="csr")
            lower, upper = [*rules.side.lower, *lower], [*rules.side.upper, *upper]
        side = SideRows(sp.csr_array(matrix), np.array(lower), np.array(upper))
        wide = replace(
            rules,
            p=rules.p + extra // 2,
            allowed=np.append(rules.allowed, np.ones(extra, bool)),
            costs=np.append(rules.costs, np.zeros(extra)),
            group=np.append(rules.group, np.full(extra, -1)),
            side=side,
        )
        return cls(wide, tuple(before), count, differ, exact)

    def widened(self, cover: sp.csr_array) -> sp.csr_array:
        """Return a cover with the columns of choices, which cover nobody."""
        extra = len(self.rules.allowed) - self.sites
        if not extra:
            return cover
        return sp.csr_array(
            (cover.data, cover.indices, cover.indptr), shape=(cover.shape[0], self.sites + extra)
        )

    def with_choices(self, sites: IntArray) -> IntArray:
        """Return a plan with the columns that say how it differs from those before."""
        if self.exact:
            return sites
        free = [np.setdiff1d(plan, self.rules.fixed) for plan in self.before]
        chosen = [
            self.sites
            + 2 * number
            + int(len(np.setdiff1d(plan, sites)) < _fewest_given_up(len(plan), self.differ))
            for number, plan in enumerate(free)
        ]
        return np.append(sites, np.array(chosen, dtype=np.int64))


def _fewest_given_up(size: float, differ: int) -> float:
    """Return how many of so many sites a plan gives up that is apart; what has none gives up none."""
    return min(float(differ), size) if size else float(differ)
