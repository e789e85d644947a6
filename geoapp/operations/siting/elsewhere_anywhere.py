"""Another plan of as many sites beside one anywhere: half of its sites stay, the others go elsewhere."""

import math
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Final

import numpy as np
import shapely

from geoapp.analysis.geometry.spheroid import GEOD
from geoapp.analysis.siting import Alternative, SitingStatus
from geoapp.analysis.siting.result import Cancelled
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.core.results.explanation import SameCost
from geoapp.core.settings import Settings
from geoapp.operations.siting.alternatives import other_plan
from geoapp.operations.siting.anywhere import best_places
from geoapp.operations.siting.inputs import SitingInputs
from geoapp.operations.siting.recount import gains_by_district
from geoapp.operations.siting.same_cost import NEAR_SHARE, SEEKING, most_seconds
from geoapp.operations.siting.solve import SitingPlan
from geoapp.store.engine import Database

# Sweeps around more demand points take longer than such a plan is worth.
_MOST_POINTS: Final = 200_000
_CORNERS: Final = 48  # of a polygon about a disc


def places_elsewhere(
    database: Database,
    settings: Settings,
    inputs: SitingInputs,
    wanted: SitingParameters,
    plan: SitingPlan,
    *,
    tell: Callable[[Text], None] | None = None,
    cancelled: Cancelled | None = None,
) -> SameCost | None:
    """Return a plan of as many sites that keeps half of them, and builds no other near those it gives up.

    Given up are the sites that most of whom they reach could do without: who has no other site of the
    plan. No site stands within half the standard of them, by line; the others stay as they are. What
    no such plan surpasses is what none anywhere does. None where it is not sought: for other models
    than maximal covering, beyond 200,000 demand points, and where no site could be another.

    Parameters
    ----------
    inputs, plan
        Of a run with sites anywhere, its places as candidates that are all chosen.
    tell, cancelled
        Called with the step; asked whether to stop: then nothing is said of it.
    """
    result = plan.result
    free = np.setdiff1d(result.chosen, inputs.fixed)
    if (
        wanted.model is not SitingModel.MCLP
        or result.status in (SitingStatus.INFEASIBLE, SitingStatus.CANCELLED)
        or not len(free)
        or int(inputs.waiting.sum()) > _MOST_POINTS
    ):
        return None
    if tell is not None:
        tell(SEEKING)
    differ = (len(free) + 1) // 2
    near_m = NEAR_SHARE * inputs.standard.line_m(inputs.estimate)
    gone = _least_missed(inputs, result.chosen, free)[:differ]
    kept = np.setdiff1d(result.chosen, gone)
    held = inputs.candidates
    closed = [_disc(float(held.lon[k]), float(held.lat[k]), near_m) for k in gone.tolist()]
    asked = replace(
        wanted,
        p=len(result.chosen),
        forbidden_areas=(*wanted.forbidden_areas, *closed),
        time_limit_seconds=most_seconds(wanted),
    )
    other, found = best_places(database, settings, _only(inputs, kept), asked, cancelled=cancelled)
    if cancelled is not None and cancelled():
        return None
    objective = found.result.objective
    gains = gains_by_district(inputs, _covered(other), inputs.covered_with(result.chosen))
    return SameCost(
        plan=other_plan(
            other,
            Alternative(
                chosen=found.result.chosen,
                objective=objective,
                loss_share=1 - objective / result.objective if result.objective else 0.0,
                bound=max(result.bound, objective),
                status=SitingStatus.UNPROVEN,
                given_up=np.sort(gone),
                taken_instead=np.arange(len(kept), len(other.candidates)),
                by_region=np.array(list(gains.values())),
            ),
            tuple(gains),
            own=inputs,
        ),
        none=False,
        differ=differ,
        near_m=near_m,
        cost=None,
        other_cost=None,
    )


def _covered(inputs: SitingInputs) -> BoolArray:
    return inputs.covered_with(np.arange(len(inputs.candidates)))


def _least_missed(inputs: SitingInputs, chosen: IntArray, free: IntArray) -> IntArray:
    """Return sites by the workers whom nothing else of the plan reaches, the fewest first."""
    cover = inputs.cover[:, chosen]
    alone = (np.asarray(cover.sum(axis=1)).ravel() == 1) & ~inputs.covered
    missed: FloatArray = inputs.cover[:, free].T @ np.where(alone, inputs.weight, 0.0)
    return free[np.lexsort((-free, missed))]


def _only(inputs: SitingInputs, sites: IntArray) -> SitingInputs:
    """Return inputs whose candidates are some of these, all fixed."""
    held = inputs.candidates
    rows = type(held)(**{one.name: getattr(held, one.name)[sites] for one in fields(held)})
    return replace(
        inputs, candidates=rows, cover=inputs.cover[:, sites].tocsr(), fixed=np.arange(len(sites))
    )


def _disc(lon: float, lat: float, radius_m: float) -> dict[str, object]:
    """Return a GeoJSON polygon (EPSG:4326) that holds all within some metres of a place, and little more."""
    azimuth = np.linspace(0.0, 360.0, _CORNERS, endpoint=False)
    # The middle of each side is the nearest to the place.
    corner_m = np.full(_CORNERS, radius_m / math.cos(math.pi / _CORNERS) + 1.0)
    x, y, _ = GEOD.fwd(np.full(_CORNERS, lon), np.full(_CORNERS, lat), azimuth, corner_m)
    area: dict[str, object] = shapely.geometry.mapping(shapely.Polygon(np.stack((x, y), axis=-1)))
    return area
