"""What the codes in a question are called, read once for a page."""

from flask import g

from geoapp.operations.facilities.naming import read_naming
from geoapp.reports.words.naming import Naming
from geoapp.web.edge.services import services


def naming() -> Naming:
    """Return the names of regions and demand sets, as of this request."""
    if "naming" not in g:
        parts = services()
        g.naming = read_naming(parts.database, parts.settings.timezone)
    known: Naming = g.naming
    return known
