"""What a network tells of a coverage run that straight lines do not."""

from collections.abc import Mapping

from geoapp.analysis.coverage.coverage import CoverageResult
from geoapp.analysis.coverage.straight_line import StraightLine, straight_line
from geoapp.analysis.frames import DemandFrame, FacilityFrame
from geoapp.analysis.nearest.bulk import two_nearest


def against_lines(
    demand: DemandFrame,
    facilities: FacilityFrame,
    result: CoverageResult,
    parents: Mapping[str, str | None],
) -> tuple[StraightLine, dict[str, StraightLine]] | None:
    """Return how wrong straight lines would have been: in all, and by region; None = no network."""
    if result.snap_state is None:
        return None
    found = two_nearest(facilities.index, demand.lon, demand.lat)
    return straight_line(
        state=result.snap_state,
        walk_m=result.walk_m,
        line_m=found.line_m[:, 0],
        weight=result.weight,
        standard=result.standard,
        estimate=result.estimate,
        region=demand.region,
        parents=parents,
    )
