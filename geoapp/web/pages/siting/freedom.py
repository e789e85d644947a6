"""What a siting run's page tells of where each site may move, and of who the register knows there."""

from collections.abc import Sequence
from typing import Any, Final

from geoapp.core.results.siting import Site, SitingRun
from geoapp.operations.siting.freedom import find_freedom, told_freedom, why_none
from geoapp.reports.words.freedom import accuracy_text
from geoapp.web.edge.services import services

_MOST_HOSTS: Final = 5


def freedom_parts(run: SitingRun, sites: Sequence[Site]) -> dict[str, Any]:
    """Return what ``freedom.html`` and the rows of sites need of a run that succeeded."""
    database = services().database
    found = find_freedom(database, run)
    if found is None:
        return {"freedom": None, "free": {}, "freedom_note": why_none(run)}
    free = {
        order: {"text": told.text, "hosts": told.hosts[:_MOST_HOSTS], "count": len(told.hosts)}
        for order, told in told_freedom(database, found, sites).items()
    }
    return {"freedom": found, "free": free, "freedom_note": accuracy_text(found)}
