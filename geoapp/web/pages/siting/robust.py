"""What the page tells of one plan for several demands."""

from collections.abc import Mapping
from typing import Any

from geoapp.core.i18n import Text
from geoapp.core.results.siting import SitingFindings
from geoapp.reports.words.robust import outcome_name, recurring_text


def robust_parts(found: SitingFindings, names: Mapping[str, Text]) -> dict[str, Any]:
    """Return what ``planner/siting/robust.html`` needs of a run.

    Parameters
    ----------
    names
        Of the demand sets, by code.
    """
    kept = found.robust
    if kept is None:
        return {"robust": None}
    many = len(kept.demands)
    # Of districts that are off in turn there are many: those that cost most are read first.
    sets = [one for one in kept.demands if one.change is None]
    off = [one for one in kept.demands if one.change is not None]
    order = [*sets, *sorted(off, key=lambda one: -one.lost)]
    rows = [{**dict(one), "name": outcome_name(one, names)} for one in order]
    return {"robust": {"demands": rows, "sites": [recurring_text(one, many) for one in kept.sites]}}
