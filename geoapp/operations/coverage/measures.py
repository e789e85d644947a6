"""The accessibility measures of a coverage run: computed with it, kept with it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoapp.analysis.coverage.access_report import AccessReport, access_report
from geoapp.analysis.coverage.coverage import CoverageResult
from geoapp.analysis.frames import DemandFrame
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.walks.pairs import PairWalks, kept_walks
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

    A facility that is an area stands where its point is.
    """
    standard_m = result.standard.walk_m(estimate)
    pairs = PairWalks.of(demand.lon, demand.lat, estimate=estimate, network=network)
    walks = pairs.within(
        np.array([one.lon for one in counted]),
        np.array([one.lat for one in counted]),
        limit_m=standard_m + 0.2,  # the standard itself draws the line
    )
    return access_report(
        walks=kept_walks(walks, result.standard.covers(walks.data, estimate)),
        walk_m=result.walk_m,
        weight=result.weight,
        standard_m=standard_m,
        capacity=np.array(
            [np.nan if one.capacity is None else float(one.capacity) for one in counted]
        ),
        region=demand.region,
        parents=parents,
        group=group,
    )


def stored_access(report: AccessReport) -> dict[str, Any]:
    """Return what the run keeps of all demand; regions keep theirs."""
    return {
        "total": report.total.stored(),
        "groups": {name: one.stored() for name, one in report.groups.items()},
        "regions_gini": report.regions_gini,
        "groups_gini": report.groups_gini,
        "facilities": report.facilities,
        "capacity_known": report.capacity_known,
    }
