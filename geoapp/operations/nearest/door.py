"""A facility seen from its own door, and what stands near it."""

from datetime import UTC, datetime

from geoapp.core.errors import NotFoundError
from geoapp.core.words import Basis
from geoapp.operations.nearest.routes import find_in_service
from geoapp.operations.nearest.service import NearestItem, NearestQuery, NearestService


def at_the_door(service: NearestService, code: str) -> NearestItem | None:
    """Return a facility as an answer to who stands before it; None if it is not in service now."""
    snapshot, _ = service.ground()
    try:
        position, facility = find_in_service(snapshot, code)
    except NotFoundError:
        return None
    opening = snapshot.openings(datetime.now(UTC)).of(snapshot.schedule_at(position))
    return NearestItem(facility, 0.0, 0.0, 0.0, Basis.ESTIMATE, opening)


def near_by(
    service: NearestService, *, lon: float, lat: float, k: int, without: str
) -> list[NearestItem]:
    """Return the nearest ``k`` other facilities in service, from a place (degrees, WGS-84)."""
    found = service.ask(NearestQuery(lon=lon, lat=lat, k=k + 1))
    return [item for item in found if item.facility.code != without][:k]
