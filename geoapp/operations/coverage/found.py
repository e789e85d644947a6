"""All that a coverage run found: who is covered, the gap zones and their reasons, what else there is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from numpy.typing import NDArray

from geoapp.analysis.coverage.access_report import AccessReport
from geoapp.analysis.coverage.coverage import CoverageResult
from geoapp.analysis.coverage.gaps import GapResult
from geoapp.analysis.coverage.gaps import gap_zones as find_gap_zones
from geoapp.analysis.coverage.straight_line import StraightLine
from geoapp.operations.coverage.closers import closer_arrays, overlap_arrays
from geoapp.operations.coverage.inputs import CoverageInputs
from geoapp.operations.coverage.measures import access_of
from geoapp.operations.coverage.network import against_lines
from geoapp.operations.coverage.reasons import HoursGap, hours_gap
from geoapp.operations.ground.in_service import frame_of, named_regions

MAX_ZONES: Final = 500


@dataclass(frozen=True, slots=True)
class CoverageFound:
    """What a coverage run found, before it is written.

    Attributes
    ----------
    result
        Who is covered.
    zones
        Where those are who are not.
    line, line_by_region
        How wrong straight lines would have been, in all and by region; None and empty without a
        network.
    hours
        Who would be covered if hours did not count; None where they do not.
    access
        The accessibility measures.
    arrays
        What would close the zones, and which facilities overlap, as the arrays that a run keeps.
    """

    result: CoverageResult
    zones: GapResult
    line: StraightLine | None
    line_by_region: dict[str, StraightLine]
    hours: HoursGap | None
    access: AccessReport
    arrays: tuple[tuple[str, NDArray[Any]], ...]


def measure(
    inputs: CoverageInputs, result: CoverageResult, progress: Callable[[float], None]
) -> CoverageFound:
    """Measure all that a run tells besides who is covered.

    Parameters
    ----------
    progress
        Called with the share done, 0 to 1; may raise to stop.
    """
    demand, network, counted = inputs.demand, inputs.ways.network, inputs.counted
    parents = inputs.stored.parents
    lines = against_lines(demand, frame_of(counted), result, parents)
    hours = None
    if inputs.local is not None:
        hours = hours_gap(demand, result, frame_of(inputs.placed), inputs.states, network)
    access = access_of(
        demand,
        inputs.stored.demand.group,
        counted,
        result,
        network,
        parents,
        estimate=inputs.ways.estimate,
    )
    zones = find_gap_zones(
        demand,
        result,
        regions=named_regions(inputs.stored.regions),
        max_zones=MAX_ZONES,
        progress=lambda share: progress(0.4 * share),
    )
    arrays = (
        *closer_arrays(demand, result, zones, network, lambda share: progress(0.4 + 0.2 * share)),
        *overlap_arrays(
            demand, result, counted, network, lambda share: progress(0.6 + 0.4 * share)
        ),
    )
    line, by_region = (None, {}) if lines is None else lines
    return CoverageFound(result, zones, line, by_region, hours, access, arrays)
