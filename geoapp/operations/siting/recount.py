"""A siting plan counted on the demand: what each site adds and to whom, before and after."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from geoapp.analysis.coverage.region_figures import lineage
from geoapp.analysis.siting import most_served, seated_alone
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.results.siting import (
    GroupGain,
    KeptSitingRegion,
    MomentFigures,
    PhaseFigures,
    SitingFigures,
)
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.solve import SitingPlan
from geoapp.operations.siting.walks import kept_rows

RUNNER_UPS: Final = 10
MOST_GROUPS: Final = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A plan counted on the demand.

    Attributes
    ----------
    order
        Chosen candidates: fixed ones as given, then in order of what each adds.
    adds, rows, workers
        By chosen site, the workers that it newly reaches (or has seats for), the demand points that
        they are at, and how many are at each.
    before, served, backup_after
        By demand point, the workers that are covered before and with the new sites (where seats count:
        newly served, besides those before), and whether it is covered twice. Where seats of what stands
        count, too, both are those with a seat.
    others, other_adds, other_rows, other_workers
        The best of the candidates that may be opened and are not, what each would add now, and the
        demand points that it would newly reach. None where seats count: what one more would serve
        takes solving again.
    """

    order: IntArray
    adds: FloatArray
    rows: list[IntArray]
    workers: list[FloatArray]
    before: FloatArray
    served: FloatArray
    backup_after: BoolArray
    others: IntArray
    other_adds: FloatArray
    other_rows: list[IntArray]
    other_workers: list[FloatArray]


def _seated(inputs: SitingInputs, plan: SitingPlan, served: sp.csr_array) -> Found:
    """Count whom each site has seats for; the rows of ``served`` are those that were asked about."""
    waiting = np.flatnonzero(inputs.seatable)
    by_site = sp.csc_array(served)
    order = plan.result.chosen
    parts = [slice(by_site.indptr[site], by_site.indptr[site + 1]) for site in order.tolist()]
    opened = np.zeros(len(inputs.candidates))
    opened[order] = 1.0
    times = inputs.cover @ opened + inputs.covered + inputs.backup
    newly = np.zeros(len(inputs.weight))
    newly[waiting] = np.asarray(served.sum(axis=1)).reshape(-1)
    before = _covered_before(inputs)
    if plan.result.seated_before is not None:
        before = np.zeros(len(inputs.weight))
        before[waiting] = plan.result.seated_before
    return Found(
        order=order,
        adds=plan.result.gains,
        rows=[waiting[by_site.indices[part]] for part in parts],
        workers=[by_site.data[part] for part in parts],
        before=before,
        served=before + newly,
        backup_after=times > 1,
        others=np.empty(0, np.int64),
        other_adds=np.empty(0),
        other_rows=[],
        other_workers=[],
    )


def _covered_before(inputs: SitingInputs) -> FloatArray:
    """Return by demand point the workers who are covered, or have a seat, with what stands."""
    stands = inputs.stands
    if stands is None:
        return np.where(inputs.covered, inputs.weight, 0.0)
    turns = None if inputs.moments is None else inputs.moments.turns
    return seated_alone(stands, inputs.weight, turns)


def counted(inputs: SitingInputs, plan: SitingPlan) -> Found:
    """Put a plan's sites in order of what each adds, and say whom it newly reaches."""
    served = plan.result.served
    if served is None and inputs.stands is not None:  # no plan keeps the rules
        served = sp.csr_array((int(inputs.seatable.sum()), len(inputs.candidates)))
    if served is not None:
        return _seated(inputs, plan, served)
    chosen = plan.result.chosen
    by_site = sp.csr_array(inputs.cover.T)
    left = np.where(inputs.covered, 0.0, inputs.weight)
    waiting = [site for site in inputs.fixed.tolist() if site in set(chosen.tolist())]
    if plan.phases:
        waiting = chosen.tolist()  # in order of the phases already
    rest = sorted(set(chosen.tolist()) - set(waiting))
    order: list[int] = []
    adds: list[float] = []
    rows: list[IntArray] = []
    while waiting or rest:
        if waiting:
            site = waiting.pop(0)
        else:
            gain = by_site[rest] @ left
            site = rest.pop(int(np.argmax(gain)))
        new = _reached(by_site, site, left)
        order.append(site)
        adds.append(float(left[new].sum()))
        rows.append(new)
        left[new] = 0.0
    opened = np.zeros(len(inputs.candidates))
    opened[order] = 1.0
    times = inputs.cover @ opened + inputs.covered + inputs.backup
    would = by_site @ left
    # What is open, forbidden or too near to what is open is no alternative.
    near = np.isin(plan.conflicts, order).any(axis=1)
    for shut in (order, plan.forbidden, plan.conflicts[near].ravel()):
        would[shut] = -1.0
    best = np.argsort(-would, kind="stable")[:RUNNER_UPS]
    others = best[would[best] > 0]
    other_rows = [_reached(by_site, other, left) for other in others.tolist()]
    return Found(
        order=np.array(order, dtype=np.int64),
        adds=np.array(adds),
        rows=rows,
        workers=[inputs.weight[some] for some in rows],
        before=_covered_before(inputs),
        served=np.where(times > 0, inputs.weight, 0.0),
        backup_after=times > 1,
        others=others,
        other_adds=would[others],
        other_rows=other_rows,
        other_workers=[inputs.weight[some] for some in other_rows],
    )


def _reached(by_site: sp.csr_array, site: int, left: FloatArray) -> IntArray:
    """Return the demand points of a site that still have weight."""
    mine = by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]
    return np.asarray(mine[left[mine] > 0], dtype=np.int64)


def figures_of(inputs: SitingInputs, found: Found, rows: BoolArray) -> SitingFigures:
    """Return the figures of some demand points, before and after."""
    weight = inputs.weight
    total = float(weight[rows].sum())

    def of(mask: BoolArray) -> float:
        return float(weight[rows & mask].sum())

    def share(part: float) -> float | None:
        return part / total if total > 0 else None

    before, after = float(found.before[rows].sum()), float(found.served[rows].sum())
    newly = float((found.served - found.before)[rows].sum())
    return SitingFigures(
        weight=total,
        point_count=len(np.unique(inputs.point[rows])),
        covered_before_weight=before,
        covered_before_share=share(before),
        covered_after_weight=after,
        covered_after_share=share(after),
        added_weight=newly,
        backup_before_weight=of(inputs.backup),
        backup_after_weight=of(found.backup_after),
        uncovered_weight=float((weight - found.served)[rows].sum()),
    )


def _demand_region(inputs: SitingInputs) -> NDArray[np.object_]:
    region = inputs.demand.region
    return np.full(len(inputs.weight), None, dtype=object) if region is None else region


def by_region(inputs: SitingInputs, found: Found) -> list[tuple[str, KeptSitingRegion]]:
    """Return the figures of every region that holds demand or a new site, and of those above."""
    own = _demand_region(inputs)
    known = np.array([code is not None for code in own], dtype=np.bool_)
    codes, leaf = np.unique(own[known].astype(str), return_inverse=True)
    site_region = inputs.candidates.region[found.order]
    leaves = {*codes.tolist(), *(code for code in site_region if code is not None)}
    lines = {code: set(lineage(code, inputs.parents)) for code in leaves}
    rows = []
    for code in sorted(set().union(*lines.values())):
        under = np.array([code in lines[one] for one in codes.tolist()], dtype=np.bool_)
        inside = np.zeros(len(own), np.bool_)
        inside[known] = under[leaf] if len(codes) else False
        figures = figures_of(inputs, found, inside)
        sites = sum(one is not None and code in lines[one] for one in site_region)
        rows.append((code, KeptSitingRegion(**dict(figures), sites=sites)))
    return rows


def by_group(inputs: SitingInputs, found: Found) -> tuple[GroupGain, ...] | None:
    """Return the figures of the largest groups of workers, the largest first; None where none is told."""
    group = inputs.stored.demand.group[inputs.point]
    names: set[str | None] = set(group.tolist())
    if not names - {None}:
        return None
    gains = []
    for name in names:
        figures = figures_of(inputs, found, np.array([one == name for one in group], np.bool_))
        gains.append(
            GroupGain(
                group=name,
                weight=figures.weight,
                covered_before_share=figures.covered_before_share,
                covered_after_share=figures.covered_after_share,
                added_weight=figures.added_weight,
            )
        )
    return tuple(sorted(gains, key=lambda one: (-one.weight, one.group or ""))[:MOST_GROUPS])


def by_moment(
    inputs: SitingInputs, plan: SitingPlan, found: Found
) -> tuple[MomentFigures, ...] | None:
    """Return each of several moments before and after; None where the question is about one or none.

    Where seats are limited, workers newly served are those who have one then.
    """
    moments = inputs.moments
    if moments is None:
        return None
    seats = seats_of(plan)
    if seats is None and inputs.stands is not None:
        seats = np.empty(0)  # no plan keeps the rules
    if moments.turns is None or moments.turn_of is None or seats is None:
        return moments.figures(moments.reached(inputs.covered_with(found.order) & ~inputs.covered))
    cover = sp.csr_array(inputs.cover[:, plan.result.chosen])
    stands = inputs.stands
    newly, had = np.zeros((2, len(moments.times)))
    for turn in range(len(moments.turns.share)):
        then = np.flatnonzero(moments.turn_of == turn)
        # A moment that does not count has rows of no weight: those are of its people.
        people = moments.demand.weight_at(moments.times[then[0]])
        rows = moments.turns.of == turn
        if stands is None:
            rows &= ~inputs.covered & moments.served
            newly[then] = most_served(kept_rows(cover, rows), people[moments.point[rows]], seats)
            continue
        out, near = people[moments.point[rows]], kept_rows(stands.cover, rows)
        had[then] = most_served(near, out, stands.seats)
        both = sp.csr_array(sp.hstack((near, kept_rows(cover, rows)), format="csr"))
        after = most_served(both, out, np.concatenate((stands.seats, seats)))
        newly[then] = max(0.0, after - had[then[0]])
    return moments.figures(newly, None if stands is None else had)


def seats_of(plan: SitingPlan) -> FloatArray | None:
    """Return the seats of each chosen site, as the library was asked; None where they are not limited."""
    if plan.asked is None:
        return None
    problem, result = plan.asked.problem, plan.result
    if problem.sizes is not None and result.sizes is not None:
        return problem.sizes.seats[result.sizes]
    return None if problem.capacities is None else problem.capacities[result.chosen]


def by_phase(
    inputs: SitingInputs, wanted: SitingParameters, plan: SitingPlan
) -> tuple[PhaseFigures, ...] | None:
    """Return the phases of a plan in phases; None for others."""
    if not plan.phases:
        return None
    base, total = float(inputs.weight[inputs.covered].sum()), float(inputs.weight.sum())
    standing = 0
    phases = []
    for (year, number), one in zip(wanted.phases, plan.phases, strict=True):
        standing += number
        phases.append(
            PhaseFigures(
                year=year,
                sites=number,
                sites_total=standing,
                added_weight=one.covered,
                covered_share=(base + one.covered) / total if total > 0 else None,
                alone_weight=one.alone,
                alone_bound=one.alone_bound,
            )
        )
    return tuple(phases)


def by_district(districts: NDArray[np.object_], workers: FloatArray) -> dict[str, float]:
    """Return workers by district, given those of each; of unknown district under an empty code."""
    sums: dict[str, float] = {}
    for code, one in zip(districts, workers, strict=True):
        sums[code or ""] = sums.get(code or "", 0.0) + float(one)
    return sums


def gains_by_district(inputs: SitingInputs, other: BoolArray, own: BoolArray) -> dict[str, float]:
    """Return by district how many workers more, or fewer, are covered (by demand point) than before."""
    change = other.astype(float) - own
    rows = np.flatnonzero(change)
    return by_district(inputs.districts()[rows], inputs.weight[rows] * change[rows])
