"""What a siting run found: computed and written at its end, read by pages, files and the API."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from shapely import Point

from geoapp.analysis.siting import EquityResult, SitingStatus
from geoapp.core.arrays import FloatArray
from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.core.results.explanation import Explanation, OtherPlans, SameCost
from geoapp.core.results.kept import KeptText
from geoapp.core.results.robust import Robustness
from geoapp.core.results.siting import (
    SITING_RUNS,
    BuiltSize,
    CurvePoint,
    DistrictGain,
    DistrictShare,
    Fairness,
    FairnessLevel,
    KeptSitingRegion,
    ObjectiveUnit,
    Site,
    SitingFindings,
    SitingGap,
    SitingRegionFigures,
    SitingRun,
)
from geoapp.core.words import Level, RunStatus
from geoapp.operations.runs.lifecycle import Attempt, LostRunError
from geoapp.operations.runs.state import read_finished
from geoapp.operations.siting.freedom import kept_freedom
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.places import told_places
from geoapp.operations.siting.proof import kept_proof
from geoapp.operations.siting.recount import (
    Found,
    by_district,
    by_group,
    by_moment,
    by_phase,
    by_region,
    counted,
    figures_of,
)
from geoapp.operations.siting.solve import SitingPlan, own_costs
from geoapp.operations.siting.walks import walk_figures
from geoapp.operations.siting.zones import (
    SiteZones,
    gains_by_zone,
    siting_gaps,
    zone_rows,
    zones_of,
)
from geoapp.store.engine import Database
from geoapp.store.facilities.places import region_names
from geoapp.store.runs.found import FiguresRow, SiteRow, run_regions, run_sites, save_results
from geoapp.store.runs.runs import end_run

# What an objective counts.
UNITS: Final[Mapping[SitingModel, ObjectiveUnit]] = {
    SitingModel.MCLP: ObjectiveUnit.WORKERS,
    SitingModel.LSCP: ObjectiveUnit.SITES,
    SitingModel.P_MEDIAN: ObjectiveUnit.WORKER_METRES,
    SitingModel.P_CENTER: ObjectiveUnit.METRES,
    SitingModel.EQUITY: ObjectiveUnit.WORKERS,
    SitingModel.ROBUST: ObjectiveUnit.WORKERS,
}


def number(value: float | None) -> float | None:
    """Return a number as JSON can hold it; None where it is not finite."""
    return None if value is None or not math.isfinite(value) else float(value)


def _costs(inputs: SitingInputs, wanted: SitingParameters, plan: SitingPlan) -> FloatArray:
    """Return by candidate what a site there costs, a chosen one in its size; nan where that is not known."""
    built = plan.result.sizes
    if built is None:
        return inputs.candidates.cost
    costs = np.full(len(inputs.candidates), np.nan)
    of_size = np.array([one.cost for one in wanted.sizes])
    chosen = plan.result.chosen
    costs[chosen] = own_costs(inputs)[chosen] + of_size[built]
    return costs


def _built(wanted: SitingParameters, plan: SitingPlan) -> tuple[BuiltSize, ...] | None:
    """Return the size of each site in their order; None where sizes were not asked for."""
    if plan.result.sizes is None:
        return None
    return tuple(
        BuiltSize(name=wanted.sizes[size].name, seats=wanted.sizes[size].seats)
        for size in plan.result.sizes.tolist()
    )


def _sites(inputs: SitingInputs, found: Found, costs: FloatArray) -> list[SiteRow]:
    districts = inputs.districts()
    fixed = set(inputs.fixed.tolist())
    held, sites = inputs.candidates, []
    listed = np.concatenate((found.order, found.others))
    told = dict(zip(listed.tolist(), told_places(inputs, listed), strict=True))
    for chosen, places, adds, reached, workers in (
        (True, found.order, found.adds, found.rows, found.workers),
        (False, found.others, found.other_adds, found.other_rows, found.other_workers),
    ):
        each = zip(places.tolist(), adds, reached, workers, strict=True)
        for rank, (place, gain, rows, counts) in enumerate(each, start=1):
            sites.append(
                SiteRow(
                    chosen=chosen,
                    rank=rank,
                    code=held.code[place],
                    name=held.name[place],
                    place_zh=told[place].zh,
                    place_en=told[place].en,
                    geometry_wkb=shapely.to_wkb(Point(held.lon[place], held.lat[place])),
                    region_code=held.region[place],
                    cost=number(costs[place]),
                    fixed=place in fixed,
                    adds=float(gain),
                    by_district=by_district(districts[rows], counts),
                )
            )
    return sites


def _findings(
    inputs: SitingInputs,
    wanted: SitingParameters,
    plan: SitingPlan,
    found: Found,
    zones: SiteZones,
    beside: "Beside",
) -> SitingFindings:
    result = plan.result
    base = float(inputs.weight[inputs.covered].sum())
    total = float(inputs.weight.sum())
    seated = wanted.seated
    plain = wanted.model is SitingModel.MCLP and wanted.backup_share == 0 and not seated
    costs = _costs(inputs, wanted, plan)[found.order]
    distances = wanted.model in (SitingModel.P_MEDIAN, SitingModel.P_CENTER) and len(found.order)
    members: dict[str, Any] = {
        "model": wanted.model,
        "status": result.status,
        "proven": result.status is SitingStatus.OPTIMAL,
        "objective": number(result.objective),
        "objective_unit": ObjectiveUnit.WORKERS_SERVED if seated else UNITS[wanted.model],
        "bound": number(result.bound),
        "bound_basis": result.bound_basis,
        "gap_share": number(result.gap_share),
        "sites": len(found.order),
        "cost": number(float(costs.sum())) if len(costs) else 0.0,
        "total": figures_of(inputs, found, np.ones(len(inputs.weight), np.bool_)),
        "curve": tuple(
            CurvePoint(
                p=one.p,
                objective=one.objective,
                bound=one.bound,
                covered_share=(base + one.objective) / total if plain else None,
                covered_share_bound=(base + one.bound) / total if plain else None,
            )
            for one in result.curve
        ),
        "seconds": result.seconds,
        "reason": KeptText.of(result.reason),
        "needed_p": result.needed_p,
        "needed_budget": number(result.needed_budget),
        "reachable_share": number(result.reachable_share),
        "unreachable_weight": plan.unreachable_weight,
        "standard_walk_m": inputs.standard.walk_m(inputs.estimate),
        "standard_line_m": inputs.standard.line_m(inputs.estimate),
        "walks": walk_figures(inputs, found.order) if distances else None,
        "explanation": beside.explanation,
        "alternatives": beside.others,
        "same_cost": beside.same_cost,
        "anywhere_bound": beside.anywhere_bound,
        "robust": beside.robust,
        "groups": by_group(inputs, found),
        "moments": by_moment(inputs, plan, found),
        "phases": by_phase(inputs, wanted, plan),
        "built": _built(wanted, plan),
        "gap_zones": len(zones.gaps.zones),
        "gap_rest_zones": zones.gaps.rest_zones,
        "gap_rest_workers": zones.gaps.rest_workers,
    }
    if plan.equity is not None:
        members["equity"] = _fairness(plan.equity)
    return SitingFindings(**members)


def _fairness(found: EquityResult) -> Fairness:
    """Return the districts, the worst served first, and how far down that order is proven."""
    known = [
        DistrictShare(code=str(code) or None, share=float(share))
        for code, share in zip(found.regions, found.shares.tolist(), strict=True)
        if math.isfinite(share)
    ]
    proven = 0
    for level in found.levels:
        if not level.proven:
            break
        proven += 1
    return Fairness(
        districts=tuple(sorted(known, key=lambda one: one.share)),
        proven_districts=proven,
        levels=tuple(
            FairnessLevel(
                lowest=one.lowest,
                objective=one.objective,
                bound=number(one.bound),
                proven=one.proven,
            )
            for one in found.levels
        ),
    )


@dataclass(frozen=True, slots=True)
class Beside:
    """What a run found beside its plan; None where it was not asked for or not sought."""

    explanation: Explanation | None
    others: OtherPlans | None
    same_cost: SameCost | None
    anywhere_bound: float | None
    robust: Robustness | None


def store_siting(
    database: Database,
    attempt: Attempt,
    inputs: SitingInputs,
    wanted: SitingParameters,
    plan: SitingPlan,
    beside: Beside,
) -> None:
    """Write the results and end the run, in one transaction.

    Raises
    ------
    LostRunError
        If the run is no longer this worker's; nothing is written.
    """
    found = counted(inputs, plan)
    zones = zones_of(inputs, found)
    findings = _findings(inputs, wanted, plan, found, zones, beside)
    regions = [FiguresRow(code, figures.as_json()) for code, figures in by_region(inputs, found)]
    sites = _sites(inputs, found, _costs(inputs, wanted, plan))
    gaps, arrays = zone_rows(inputs, zones)
    proof = kept_proof(database, attempt.run_id, inputs, wanted, plan, found)
    freedom = kept_freedom(database, inputs, wanted, plan, found)
    with database.session() as session:
        ended = end_run(
            session,
            attempt.run_id,
            attempt.number,
            RunStatus.SUCCEEDED,
            result=findings.stored(),
            inputs=inputs.rests_on.as_json(),
        )
        if not ended:
            raise LostRunError
        save_results(
            session,
            attempt.run_id,
            regions=regions,
            gaps=gaps,
            arrays={**arrays, **proof, **freedom},
            sites=sites,
        )


def finished(database: Database, run_id: int) -> SitingRun:
    """Return a siting run that has results.

    Raises
    ------
    NotFoundError
        If there is no such siting run.
    ConflictError
        If it has not succeeded.
    """
    return read_finished(database, SITING_RUNS, run_id)


def region_figures(database: Database, run_id: int) -> list[SitingRegionFigures]:
    """Return a finished run's figures by region, before and after, in order of code.

    Raises
    ------
    ConflictError
        If the run has not succeeded.
    """
    finished(database, run_id)
    with database.snapshot() as session:
        names = {one.code: one for one in region_names(session, outlined=False)}
        rows = []
        for row in run_regions(session, run_id):
            region = names.get(row.region_code)
            rows.append(
                SitingRegionFigures(
                    code=row.region_code,
                    name_zh=region.name_zh if region else row.region_code,
                    name_en=region.name_en if region else None,
                    level=Level(region.level) if region else None,
                    parent=region.parent_code if region else None,
                    **dict(KeptSitingRegion.checked(row.figures)),
                )
            )
        return rows


def sites_of(database: Database, run_id: int, *, chosen: bool = True) -> list[Site]:
    """Return a finished run's sites in order of what each adds, or the best of the others.

    Raises
    ------
    ConflictError
        If the run has not succeeded.
    """
    run = finished(database, run_id)
    sample = run.inputs.sample
    years = [one.year for one in run.found.phases or () for _ in range(one.sites)] if chosen else []
    built = (run.found.built or ()) if chosen else ()
    with database.snapshot() as session:
        names = {one.code: one for one in region_names(session, outlined=False)}
        by_zone = gains_by_zone(session, run_id, chosen=chosen)

        def gains(by_district: dict[str, float]) -> tuple[DistrictGain, ...]:
            # JSON of the store does not keep an order.
            rows = sorted(by_district.items(), key=lambda item: (-item[1], item[0]))
            return tuple(
                DistrictGain(
                    code=code or None,
                    name_zh=names[code].name_zh if code in names else code or None,
                    name_en=names[code].name_en if code in names else None,
                    workers=workers,
                )
                for code, workers in rows
            )

        sites = []
        for site in run_sites(session, run_id, chosen=chosen):
            lon, lat = shapely.get_coordinates(shapely.from_wkb(site.geometry_wkb))[0].tolist()
            sites.append(
                Site(
                    order=site.rank,
                    code=site.code,
                    name=site.name,
                    place_zh=site.place_zh,
                    place_en=site.place_en,
                    region=site.region_code,
                    cost=site.cost,
                    size=built[site.rank - 1].name if built else None,
                    seats=built[site.rank - 1].seats if built else None,
                    fixed=site.fixed,
                    phase=years[site.rank - 1] if years else None,
                    adds=site.adds,
                    by_district=gains(site.by_district),
                    by_zone=None if by_zone is None else by_zone.get(site.rank, ()),
                    sample=sample,
                    lon=lon,
                    lat=lat,
                )
            )
        return sites


def gap_zones(database: Database, run_id: int) -> list[SitingGap]:
    """Return the gap zones that a finished run started from, and whom its sites reach of each.

    Raises
    ------
    ConflictError
        If the run has not succeeded.
    """
    finished(database, run_id)
    with database.snapshot() as session:
        return siting_gaps(session, run_id)
