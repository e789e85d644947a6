"""The accessibility measures of a coverage run: computed with it, kept with it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from geoapp.analysis.coverage.access_report import AccessMeasures, AccessReport, access_report
from geoapp.analysis.coverage.coverage import CoverageResult
from geoapp.analysis.frames import DemandFrame, numbered
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.walks.pairs import PairWalks, kept_walks, nearest_of_each
from geoapp.core.arrays import FloatArray
from geoapp.core.results.coverage import (
    AccessFigures,
    AccessTotals,
    SupplyMeasures,
    WalkMeasures,
)
from geoapp.core.walking import WalkingEstimate
from geoapp.store.facilities.read import PlacedFacility


def access_of(
    demand: DemandFrame,
    group: NDArray[np.object_],
    counted: list[PlacedFacility],
    result: CoverageResult,
    network: WalkingNetwork | None,
    parents: Mapping[str, str | None],
    *,
    estimate: WalkingEstimate,
) -> AccessReport:
    """Compute the measures of a run's demand and the facilities that counted.

    A facility that is an area stands where its point is. One that is at several places at once is one
    facility with its seats once, not at each place: how it divides them is not known, and whoever
    reaches it goes to the nearest of its places.
    """
    standard_m = result.standard.walk_m(estimate)
    pairs = PairWalks.of(demand.lon, demand.lat, estimate=estimate, network=network)
    walks = pairs.within(
        np.array([one.lon for one in counted]),
        np.array([one.lat for one in counted]),
        limit_m=standard_m + 0.2,  # the standard itself draws the line
    )
    within = kept_walks(walks, result.standard.covers(walks.data, estimate))
    codes, facility_of = numbered(one.code for one in counted)
    return access_report(
        walks=nearest_of_each(within, facility_of, len(codes)),
        walk_m=result.walk_m,
        weight=result.weight,
        standard_m=standard_m,
        capacity=capacities(counted),
        region=demand.region,
        parents=parents,
        group=group,
    )


def capacities(counted: Sequence[PlacedFacility]) -> FloatArray:
    """Return by facility, in the order of their first places, its seats; nan = unknown."""
    seats = {one.code: one.capacity for one in counted}
    return np.array([np.nan if own is None else float(own) for own in seats.values()])


def access_figures(measures: AccessMeasures) -> AccessFigures:
    """Return measures as the run keeps them; quantiles are named in percent."""
    walk = asdict(measures.walk)
    walk["quantiles_m"] = {
        f"{share * 100:.0f}": walk_m for share, walk_m in measures.walk.quantiles_m.items()
    }
    return AccessFigures(
        walk=WalkMeasures.model_validate(walk),
        within=SupplyMeasures.model_validate(measures.within),
        shared=SupplyMeasures.model_validate(measures.shared),
        shared_enhanced=SupplyMeasures.model_validate(measures.shared_enhanced),
        seats=SupplyMeasures.of(measures.seats),
        seats_enhanced=SupplyMeasures.of(measures.seats_enhanced),
    )


def access_totals(report: AccessReport) -> AccessTotals:
    """Return what the run keeps of all demand; regions keep theirs."""
    return AccessTotals(
        total=access_figures(report.total),
        groups={name: access_figures(one) for name, one in report.groups.items()},
        regions_gini=report.regions_gini,
        groups_gini=report.groups_gini,
        facilities=report.facilities,
        capacity_known=report.capacity_known,
    )
