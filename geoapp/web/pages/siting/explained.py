"""What a siting run's page tells beside its sites: gap zones, what limits the plan, what would do."""

from typing import Any

from geoapp.core.i18n import Text
from geoapp.core.results.siting import SitingRun
from geoapp.operations.siting import results as siting_results
from geoapp.reports.words.coverage import zones_text
from geoapp.reports.words.explanation import explained
from geoapp.web.edge.language import language
from geoapp.web.edge.services import services

MOST_ZONES = 20


def explained_parts(run: SitingRun, names: dict[str, Text]) -> dict[str, Any]:
    """Return what ``limits.html`` and ``explained.html`` need of a run that succeeded.

    Parameters
    ----------
    names
        The regions' names by code.
    """
    gaps = siting_results.gap_zones(services().database, run.id)
    return {
        "gaps": gaps[:MOST_ZONES],
        "zones_shown": zones_text(
            run.found.gap_zones, run.found.gap_rest_zones, run.found.gap_rest_workers
        ).pick(language()),
        "gaps_left_out": len(gaps) - len(gaps[:MOST_ZONES]),
        "why": explained(run.found.explanation, names),
    }
