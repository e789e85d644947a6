"""The best plan of which so many sites are elsewhere, and nothing stands near where they were."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from geoapp.analysis.siting.checks import checked_sites
from geoapp.analysis.siting.models.mclp import most_covered
from geoapp.analysis.siting.problem import CoverProblem, Limits
from geoapp.analysis.siting.result import SitingResult
from geoapp.analysis.siting.rules import SideRows
from geoapp.core.arrays import IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text


def plan_elsewhere(
    problem: CoverProblem,
    plan: ArrayLike,
    near: Sequence[ArrayLike],
    differ: int,
    limits: Limits,
) -> SitingResult:
    """Return the best plan that gives up so many sites of a plan, and has none near these.

    A site of the plan has two more columns, of which one is open: k_l, it may stay, or d_l, it is given up:

        y_j <= k_l for all j near l,   k_l + d_l = 1,   sum_l k_l <= n - differ.

    They cover nobody, cost nothing, and are counted in p, which is then the most sites.

    Parameters
    ----------
    problem
        The question, without seats: what every plan must keep to.
    plan, near
        Positions of the plan's sites that may be given up, and of each the candidates that stand near it,
        itself included or not.
    differ
        How many are given up at least, from 1 up to all of them.
    limits
        When to stop.

    Returns
    -------
    result
        As of ``solve_mclp``; ``infeasible`` where no plan is so.

    Raises
    ------
    InvalidValueError
        If an input is not what is said above.
    """
    count = len(problem.rules.allowed)
    sites = checked_sites("plan", np.asarray(plan, dtype=np.int64), count)
    if len(near) != len(sites) or np.isin(sites, problem.rules.fixed).any():
        accepted = Text("每个可放弃的站点一组", "one group for each site that may be given up")
        raise InvalidValueError("near", len(near), accepted)
    if not 1 <= differ <= len(sites):
        accepted = Text(f"1 至 {len(sites)}", f"1 to {len(sites)}")
        raise InvalidValueError("differ", differ, accepted)
    about = [
        np.setdiff1d(
            np.append(checked_sites("near", np.asarray(one, dtype=np.int64), count), site),
            problem.rules.fixed,
        )
        for one, site in zip(near, sites.tolist(), strict=True)
    ]
    wide = _with_choices(problem, about, differ)
    found = most_covered(wide, limits)
    kept = found.chosen < count
    return replace(
        found,
        chosen=found.chosen[kept],
        gains=found.gains[kept] if len(found.gains) == len(kept) else found.gains,
        curve=(),
        prices=None,
    )


def _with_choices(problem: CoverProblem, about: list[IntArray], differ: int) -> CoverProblem:
    rules, many = problem.rules, len(about)
    count = len(rules.allowed)
    stays, gone = count + np.arange(many), count + many + np.arange(many)
    site = np.concatenate(about)
    owner = np.repeat(np.arange(many), [len(one) for one in about])
    row, wide = np.arange(len(site)), count + 2 * many
    pairs = sp.csr_array(
        (
            np.r_[np.ones(len(site)), -np.ones(len(site))],
            (np.r_[row, row], np.r_[site, stays[owner]]),
        ),
        shape=(len(site), wide),
    )
    each = sp.csr_array(
        (np.ones(2 * many), (np.tile(np.arange(many), 2), np.r_[stays, gone])), shape=(many, wide)
    )
    some = sp.csr_array((np.ones(many), (np.zeros(many, np.int64), stays)), shape=(1, wide))
    blocks: list[Any] = [pairs, each, some]
    lower: list[Any] = [np.full(len(site), -np.inf), np.ones(many), [-np.inf]]
    upper: list[Any] = [np.zeros(len(site)), np.ones(many), [float(many - differ)]]
    if rules.side is not None:
        old = rules.side.rows
        more = sp.csr_array((old.shape[0], 2 * many))
        blocks.insert(0, sp.hstack((old, more), format="csr"))
        lower.insert(0, rules.side.lower)
        upper.insert(0, rules.side.upper)
    side = SideRows(
        sp.csr_array(sp.vstack(blocks, format="csr")), np.concatenate(lower), np.concatenate(upper)
    )
    cover = problem.cover
    return replace(
        problem,
        cover=sp.csr_array((cover.data, cover.indices, cover.indptr), (cover.shape[0], wide)),
        rules=replace(
            rules,
            p=rules.p + many,
            allowed=np.append(rules.allowed, np.ones(2 * many, bool)),
            costs=np.append(rules.costs, np.zeros(2 * many)),
            group=np.append(rules.group, np.full(2 * many, -1)),
            side=side,
        ),
    )
