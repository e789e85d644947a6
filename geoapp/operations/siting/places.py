"""Where the sites of a question are, as people say it."""

from geoapp.core.arrays import IntArray
from geoapp.core.i18n import Text
from geoapp.operations.ground.places import told_at
from geoapp.operations.siting.inputs import SitingInputs


def told_places(inputs: SitingInputs, candidates: IntArray) -> list[Text]:
    """Return where some candidates are, in the order given."""
    held = inputs.candidates
    return told_at(
        held.lon[candidates],
        held.lat[candidates],
        [held.region[one] for one in candidates.tolist()],
        standing=inputs.existing,
        regions=inputs.regions,
        streets=inputs.streets,
    )
