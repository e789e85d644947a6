"""All that a coverage run found: who is covered, the gap zones and their reasons, what else there is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
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
        The accessibility measures; None = not computed.
    arrays
        What else a run keeps: by demand point, what would close the zones, which facilities overlap.
    """

    result: CoverageResult
    zones: GapResult
    line: StraightLine | None
    line_by_region: dict[str, StraightLine]
    hours: HoursGap | None
    access: AccessReport | None
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
    access = access_of(
        demand,
        inputs.stored.demand.group,
        counted,
        result,
        network,
        parents,
        estimate=inputs.ways.estimate,
    )
    gaps = measure_gaps(inputs, result, lambda share: progress(0.6 * share))
    arrays = (
        *gaps.arrays,
        ("walk_m", result.walk_m.astype(np.float32)),
        ("covered", result.covered),
        ("backup", result.backup),
        *overlap_arrays(
            demand, result, counted, network, lambda share: progress(0.6 + 0.4 * share)
        ),
    )
    line, by_region = (None, {}) if lines is None else lines
    return CoverageFound(result, gaps.zones, line, by_region, gaps.hours, access, arrays)


def measure_gaps(
    inputs: CoverageInputs, result: CoverageResult, progress: Callable[[float], None]
) -> CoverageFound:
    """Gather those who are not covered: where they are, why, and what would reach them; nothing else.

    Parameters
    ----------
    progress
        As in `measure`.
    """
    demand, network = inputs.demand, inputs.ways.network
    hours = None
    if inputs.local is not None:
        hours = hours_gap(demand, result, frame_of(inputs.placed), inputs.states, network)
    zones = find_gap_zones(
        demand,
        result,
        regions=named_regions(inputs.stored.regions),
        max_zones=MAX_ZONES,
        progress=lambda share: progress(0.7 * share),
    )
    closing = closer_arrays(
        demand, result, zones, network, lambda share: progress(0.7 + 0.3 * share)
    )
    return CoverageFound(result, zones, None, {}, hours, None, tuple(closing))
