"""What a siting run's page tells beside its sites: gap zones, what limits the plan, what would do."""

from typing import Any

from geoapp.operations import siting_results
from geoapp.operations.runs import RunState
from geoapp.web.services import services

MOST_ZONES = 20


def explained_parts(run: RunState) -> dict[str, Any]:
    """Return what ``planner/siting_explained.html`` needs of a run that has succeeded."""
    gaps = siting_results.gap_zones(services().database, run.id)
    return {"gaps": gaps[:MOST_ZONES], "gaps_left_out": len(gaps) - len(gaps[:MOST_ZONES])}
