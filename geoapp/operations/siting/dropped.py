"""Sites that the board has dropped return to the next question: no site is sought around them."""

from dataclasses import replace

import shapely.geometry

from geoapp.core.geo import circle
from geoapp.core.proposals import ProposalState
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.results.siting import DroppedPlace
from geoapp.store.engine import Database
from geoapp.store.proposals import ProposalFilter, proposal_records


def without_dropped(
    database: Database, wanted: SitingParameters
) -> tuple[SitingParameters, tuple[DroppedPlace, ...]]:
    """Return the question with areas around what the board has dropped, and what that is.

    They are forbidden areas like those that somebody draws, so that they hold for candidates and for
    places anywhere, and the bound holds beside them.
    """
    if wanted.without_dropped_m is None:
        return wanted, ()
    with database.snapshot() as session:
        dropped = frozenset({str(ProposalState.DROPPED)})
        found = proposal_records(session, ProposalFilter(states=dropped))
    around = tuple(
        shapely.geometry.mapping(
            circle(lon=one.lon, lat=one.lat, radius_m=wanted.without_dropped_m)
        )
        for one in found
    )
    places = tuple(
        DroppedPlace(proposal=one.id, name_zh=one.name_zh, name_en=one.name_en, reason=one.reason)
        for one in found
    )
    return replace(wanted, forbidden_areas=(*wanted.forbidden_areas, *around)), places
