"""What the sites of a plan must keep to: how many, what they cost, quotas of groups, and other rows."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text


@dataclass(frozen=True, slots=True)
class SideRows:
    """Further linear rules on the sites: lower <= rows y <= upper."""

    rows: sp.csr_array
    lower: FloatArray
    upper: FloatArray

    def kept_by(self, open_: FloatArray) -> bool:
        """Say whether a plan (ones where a site is open) keeps them all."""
        value = self.rows @ open_
        return bool(np.all((value >= self.lower - 1e-9) & (value <= self.upper + 1e-9)))


@dataclass(frozen=True, slots=True)
class Rules:
    """What a plan must keep to.

    Attributes
    ----------
    p
        Number of sites: exactly, or at most where there are other rules too.
    fixed, allowed
        Sites that must be open; mask of those that may be.
    costs, budget
        By candidate, and the most that the plan may cost, fixed sites included; None = no budget.
    group
        By candidate: number of its group; -1 = none.
    least, most
        By group: how many sites it must and may have.
    backup_share
        Part of the objective given to being covered twice.
    side
        Other rules, such as spacing; None = none.
    counts_sites
        Whether somebody asked for a number of sites; False = p is only as many as may be opened.
    """

    p: int
    fixed: IntArray
    allowed: BoolArray
    costs: FloatArray
    budget: float | None
    group: IntArray
    least: IntArray
    most: IntArray
    backup_share: float
    side: SideRows | None = None
    counts_sites: bool = True

    @property
    def plain(self) -> bool:
        """Whether there is nothing but a number of sites, fixed and forbidden ones."""
        return self.counted and self.backup_share == 0

    @property
    def counted(self) -> bool:
        """Whether a number of sites is all that the sites must keep to."""
        return self.budget is None and not len(self.least) and self.side is None


def numbered_groups(
    groups: object,
    least: Mapping[object, int] | None,
    most: Mapping[object, int] | None,
    candidates: int,
) -> tuple[IntArray, IntArray, IntArray, tuple[object, ...]]:
    """Return by candidate the number of its group, the least and most sites of each, their names."""
    none = np.full(candidates, -1, np.int64)
    if groups is None:
        if least or most:
            raise InvalidValueError(
                "groups", None, Text("每个候选点的组", "the group of every candidate")
            )
        return none, np.empty(0, np.int64), np.empty(0, np.int64), ()
    labels = list(np.asarray(groups, dtype=object))
    if len(labels) != candidates:
        raise InvalidValueError(
            "groups", len(labels), Text(f"{candidates} 个组", f"{candidates} groups")
        )
    least, most = dict(least or {}), dict(most or {})
    names = tuple(dict.fromkeys([*least, *most]))
    known = set(labels)
    for name, rule, limits in (
        *((one, "group_min", least) for one in least),
        *((one, "group_max", most) for one in most),
    ):
        number = limits[name]
        if name not in known and not (rule == "group_max" or number == 0):
            raise InvalidValueError(rule, name, Text("有候选点的组", "a group that has candidates"))
        if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < 0:
            raise InvalidValueError(
                rule, number, Text("不小于 0 的整数", "a whole number from 0 up")
            )
    place = {name: number for number, name in enumerate(names)}
    return (
        np.array([place.get(label, -1) for label in labels], dtype=np.int64),
        np.array([least.get(name, 0) for name in names], dtype=np.int64),
        np.array([most.get(name, candidates) for name in names], dtype=np.int64),
        names,
    )


def rule_rows(rules: Rules) -> tuple[sp.csr_array, FloatArray, FloatArray]:
    """Return what the rules ask of the sites y: rows, their least and their greatest values."""
    sites = len(rules.allowed)
    rows = [np.ones(sites)]
    lower, upper = [float(rules.p) if rules.plain else -np.inf], [float(rules.p)]
    if rules.budget is not None:
        rows.append(rules.costs)
        lower.append(-np.inf)
        upper.append(rules.budget)
    for number in range(len(rules.least)):
        rows.append((rules.group == number).astype(np.float64))
        lower.append(float(rules.least[number]))
        upper.append(float(rules.most[number]))
    matrix = sp.csr_array(np.array(rows))
    if rules.side is None:
        return matrix, np.array(lower), np.array(upper)
    return (
        sp.vstack((matrix, rules.side.rows), format="csr"),
        np.concatenate((lower, rules.side.lower)),
        np.concatenate((upper, rules.side.upper)),
    )


def needs(rules: Rules, names: tuple[object, ...]) -> tuple[int, float, Text | None]:
    """Return the fewest sites and the least budget that the rules need, and why none would do.

    Groups do not overlap, so the cheapest sites of each group that are still missing are both the
    fewest and the cheapest way to keep all the rules.
    """
    open_ = np.zeros(len(rules.allowed), bool)
    open_[rules.fixed] = True
    count, cost = len(rules.fixed), float(rules.costs[rules.fixed].sum())
    for number, name in enumerate(names):
        mine = rules.group == number
        has = int((mine & open_).sum())
        least, most = int(rules.least[number]), int(rules.most[number])
        if least > most or has > most:
            return (
                count,
                cost,
                Text(
                    f"组 {name} 至多 {most} 个，却要求至少 {max(least, has)} 个",
                    f"group {name} may have {most} sites and must have {max(least, has)}",
                ),
            )
        free = np.sort(rules.costs[mine & rules.allowed & ~open_])
        missing = max(0, least - has)
        if missing > len(free):
            return (
                count,
                cost,
                Text(
                    f"组 {name} 要求至少 {least} 个，只有 {has + len(free)} 个可选",
                    f"group {name} must have {least} sites and only {has + len(free)} may be opened",
                ),
            )
        count += missing
        cost += float(free[:missing].sum())
    return count, cost, None
