"""What a siting run found: computed and written at its end, read by pages, files and the API."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import scipy.sparse as sp
from geoalchemy2.shape import from_shape
from numpy.typing import NDArray
from shapely import Point

from geoapp.analysis.regions import lineage
from geoapp.analysis.siting import SitingStatus
from geoapp.analysis.spheroid import BoolArray, FloatArray, IntArray
from geoapp.core.errors import ConflictError
from geoapp.core.i18n import Text
from geoapp.core.words import Level, RunStatus
from geoapp.operations.runs import Attempt, LostRunError, RunState, read_run
from geoapp.operations.siting_inputs import SitingInputs
from geoapp.operations.siting_parameters import SitingModel, SitingParameters
from geoapp.operations.siting_solve import SitingPlan
from geoapp.operations.siting_walks import walk_figures
from geoapp.store.coverage_read import read_regions
from geoapp.store.engine import Database
from geoapp.store.models import RunRegion, RunSite
from geoapp.store.runs import end_run, run_regions, save_results
from geoapp.store.siting import run_sites, save_sites

KIND: Final = "siting"
RUNNER_UPS: Final = 10
# What an objective counts.
UNITS: Final[Mapping[SitingModel, str]] = {
    SitingModel.MCLP: "workers",
    SitingModel.LSCP: "sites",
    SitingModel.P_MEDIAN: "worker_metres",
    SitingModel.P_CENTER: "metres",
}


@dataclass(frozen=True, slots=True)
class _Found:
    """A plan counted on the demand.

    Attributes
    ----------
    order
        Chosen candidates: fixed ones as given, then in order of what each adds.
    adds, rows
        By chosen site, the workers that it newly reaches, and the demand points that they are at.
    after, backup_after
        By demand point, covered once and twice with the new sites.
    others, other_adds
        The best of the candidates that may be opened and are not, and what each would add now.
    """

    order: IntArray
    adds: FloatArray
    rows: list[IntArray]
    after: BoolArray
    backup_after: BoolArray
    others: IntArray
    other_adds: FloatArray


def _counted(inputs: SitingInputs, plan: SitingPlan) -> _Found:
    chosen = plan.result.chosen
    by_site = sp.csr_array(inputs.cover.T)
    left = np.where(inputs.covered, 0.0, inputs.weight)
    waiting = [site for site in inputs.fixed.tolist() if site in set(chosen.tolist())]
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
        mine = by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]
        new = mine[left[mine] > 0]
        order.append(site)
        adds.append(float(left[new].sum()))
        rows.append(new.astype(np.int64))
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
    return _Found(
        np.array(order, dtype=np.int64),
        np.array(adds),
        rows,
        times > 0,
        times > 1,
        others,
        would[others],
    )


def number(value: float | None) -> float | None:
    """Return a number as JSON can hold it; None where it is not finite."""
    return None if value is None or not math.isfinite(value) else float(value)


def _figures(inputs: SitingInputs, found: _Found, rows: BoolArray) -> dict[str, Any]:
    weight = inputs.weight
    total = float(weight[rows].sum())

    def of(mask: BoolArray) -> float:
        return float(weight[rows & mask].sum())

    def share(part: float) -> float | None:
        return part / total if total > 0 else None

    before, after = of(inputs.covered), of(found.after)
    return {
        "weight": total,
        "point_count": int(rows.sum()),
        "covered_before_weight": before,
        "covered_before_share": share(before),
        "covered_after_weight": after,
        "covered_after_share": share(after),
        "added_weight": of(found.after & ~inputs.covered),
        "backup_before_weight": of(inputs.backup),
        "backup_after_weight": of(found.backup_after),
        "uncovered_weight": of(~found.after),
    }


def _demand_region(inputs: SitingInputs) -> NDArray[np.object_]:
    region = inputs.demand.region
    return np.full(len(inputs.weight), None, dtype=object) if region is None else region


def _by_region(inputs: SitingInputs, found: _Found) -> list[tuple[str, dict[str, Any]]]:
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
        figures = _figures(inputs, found, inside)
        figures["sites"] = sum(one is not None and code in lines[one] for one in site_region)
        rows.append((code, figures))
    return rows


def _by_district(
    districts: NDArray[np.object_], weight: FloatArray, rows: IntArray
) -> dict[str, float]:
    """Return workers by district; those of unknown district under an empty code."""
    sums: dict[str, float] = {}
    for code, one in zip(districts[rows], weight[rows], strict=True):
        sums[code or ""] = sums.get(code or "", 0.0) + float(one)
    return sums


def _sites(run_id: int, inputs: SitingInputs, found: _Found) -> list[RunSite]:
    own = _demand_region(inputs)
    # Where regions have no districts, their own codes say whom.
    above = inputs.region_at(Level.DISTRICT, own)
    districts = np.array(
        [code or district for code, district in zip(above, own, strict=True)], dtype=object
    )
    by_site = sp.csr_array(inputs.cover.T)
    fixed = set(inputs.fixed.tolist())
    sites = []
    for chosen, places, adds in (
        (True, found.order, found.adds),
        (False, found.others, found.other_adds),
    ):
        for rank, (place, gain) in enumerate(zip(places.tolist(), adds, strict=True), start=1):
            if chosen:
                rows = found.rows[rank - 1]
            else:
                mine = by_site.indices[by_site.indptr[place] : by_site.indptr[place + 1]]
                rows = mine[~found.after[mine] & (inputs.weight[mine] > 0)]
            held = inputs.candidates
            sites.append(
                RunSite(
                    run_id=run_id,
                    chosen=chosen,
                    rank=rank,
                    code=held.code[place],
                    name=held.name[place],
                    geom=from_shape(Point(held.lon[place], held.lat[place]), srid=4326),
                    region_code=held.region[place],
                    cost=number(held.cost[place]),
                    fixed=place in fixed,
                    adds=float(gain),
                    by_district=_by_district(districts, inputs.weight, rows),
                )
            )
    return sites


def _pair(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"zh": text.zh, "en": text.en}


def _summary(
    inputs: SitingInputs, wanted: SitingParameters, plan: SitingPlan, found: _Found
) -> dict[str, Any]:
    result = plan.result
    base = float(inputs.weight[inputs.covered].sum())
    total = float(inputs.weight.sum())
    plain = wanted.model is SitingModel.MCLP and wanted.backup_share == 0
    costs = inputs.candidates.cost[found.order]
    summary: dict[str, Any] = {
        "model": str(wanted.model),
        "status": str(result.status),
        "proven": result.status is SitingStatus.OPTIMAL,
        "objective": number(result.objective),
        "objective_unit": UNITS[wanted.model],
        "bound": number(result.bound),
        "bound_basis": result.bound_basis,
        "gap_share": number(result.gap_share),
        "sites": len(found.order),
        "cost": number(float(costs.sum())) if len(costs) else 0.0,
        "total": _figures(inputs, found, np.ones(len(inputs.weight), np.bool_)),
        "curve": [
            {
                "p": one.p,
                "objective": one.objective,
                "bound": one.bound,
                "covered_share": (base + one.objective) / total if plain else None,
                "covered_share_bound": (base + one.bound) / total if plain else None,
            }
            for one in result.curve
        ],
        "seconds": result.seconds,
        "reason": _pair(result.reason),
        "needed_p": result.needed_p,
        "needed_budget": number(result.needed_budget),
        "reachable_share": number(result.reachable_share),
        "unreachable_weight": plan.unreachable_weight,
        "standard_walk_m": inputs.standard.walk_m(inputs.estimate),
        "standard_line_m": inputs.standard.line_m(inputs.estimate),
        "walks": None,
    }
    if plan.unreachable_weight is not None and len(found.order):
        summary["walks"] = walk_figures(inputs, found.order)
    return summary


def store_siting(
    database: Database,
    attempt: Attempt,
    inputs: SitingInputs,
    wanted: SitingParameters,
    plan: SitingPlan,
) -> None:
    """Write the results and end the run, in one transaction.

    Raises
    ------
    LostRunError
        If the run is no longer this worker's; nothing is written.
    """
    found = _counted(inputs, plan)
    summary = _summary(inputs, wanted, plan, found)
    regions = [
        RunRegion(run_id=attempt.run_id, region_code=code, figures=figures)
        for code, figures in _by_region(inputs, found)
    ]
    sites = _sites(attempt.run_id, inputs, found)
    with database.session() as session:
        ended = end_run(
            session,
            attempt.run_id,
            attempt.number,
            RunStatus.SUCCEEDED,
            result=summary,
            inputs=inputs.told,
        )
        if not ended:
            raise LostRunError
        save_results(session, attempt.run_id, regions, [], [])
        save_sites(session, attempt.run_id, sites)


def finished(database: Database, run_id: int) -> RunState:
    """Return a siting run that has results.

    Raises
    ------
    NotFoundError
        If there is no such siting run.
    ConflictError
        If it has not succeeded.
    """
    run = read_run(database, KIND, run_id)
    if run.status is not RunStatus.SUCCEEDED:
        raise ConflictError(
            Text(
                f"运行 {run_id} 没有结果（状态：{run.status}）。",
                f"Run {run_id} has no results (status: {run.status}).",
            )
        )
    return run


def region_figures(database: Database, run_id: int) -> list[dict[str, Any]]:
    """Return a finished run's figures by region, before and after, in order of code.

    Raises
    ------
    ConflictError
        If the run has not succeeded.
    """
    finished(database, run_id)
    with database.session() as session:
        names = {one.code: one for one in read_regions(session)}
        return [
            {
                "code": row.region_code,
                "name_zh": names[row.region_code].name_zh
                if row.region_code in names
                else row.region_code,
                "name_en": names[row.region_code].name_en if row.region_code in names else None,
                "level": names[row.region_code].level if row.region_code in names else None,
                "parent": names[row.region_code].parent_code if row.region_code in names else None,
                **row.figures,
            }
            for row in run_regions(session, run_id)
        ]


def sites_of(database: Database, run_id: int, *, chosen: bool = True) -> list[dict[str, Any]]:
    """Return a finished run's sites in order of what each adds, or the best of the others.

    ``geometry_wkb`` is WGS-84.

    Raises
    ------
    ConflictError
        If the run has not succeeded.
    """
    sample = bool(finished(database, run_id).inputs.get("sample"))
    with database.session() as session:
        names = {one.code: one for one in read_regions(session)}

        def gains(by_district: dict[str, float]) -> list[dict[str, Any]]:
            # JSON of the store does not keep an order.
            rows = sorted(by_district.items(), key=lambda item: (-item[1], item[0]))
            return [
                {
                    "code": code or None,
                    "name_zh": names[code].name_zh if code in names else code or None,
                    "name_en": names[code].name_en if code in names else None,
                    "workers": workers,
                }
                for code, workers in rows
            ]

        return [
            {
                "order": site.rank,
                "code": site.code,
                "name": site.name,
                "region": site.region_code,
                "cost": site.cost,
                "fixed": site.fixed,
                "adds": site.adds,
                "by_district": gains(site.by_district),
                "sample": sample,
                "geometry_wkb": bytes(site.geom.data),
            }
            for site in run_sites(session, run_id, chosen=chosen)
        ]
