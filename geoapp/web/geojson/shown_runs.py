"""Which siting runs layers do not show unasked, and what kept answers of layers depend on."""

from geoapp.operations.moment import data_moment
from geoapp.operations.siting.scenarios import runs_not_for
from geoapp.web.edge.access import current_role
from geoapp.web.edge.services import services


def hidden_runs_here() -> frozenset[int]:
    """Return the siting runs that not everybody of the asker's role may read."""
    return runs_not_for(services().database, current_role())


def layers_moment() -> str:
    """Return a text that changes whenever what layers show to the asker's role may change."""
    parts = services()
    hidden = ",".join(str(number) for number in sorted(hidden_runs_here()))
    return f"{data_moment(parts.database, parts.settings)};hidden={hidden}"
