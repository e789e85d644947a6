"""The stations of a region that somebody chose: a list of it, and not what is near to its middle."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import floor
from typing import Final

from geoapp.operations.nearest.service import NearestItem, NearestService
from geoapp.operations.nearest.walks import NearestQuery
from geoapp.store.engine import Database
from geoapp.store.facilities.places import region_name
from geoapp.store.facilities.read import PlacedFacility, regions_below

# Stations are counted in squares of a hundredth of a degree: about a kilometre, a walk across.
CELLS_A_DEGREE: Final = 100


@dataclass(frozen=True, slots=True)
class RegionList:
    """Of the stations of a region that fit, the first: open ones before the others.

    Attributes
    ----------
    items
        By straight line, from (``lon``, ``lat``), those open before the others.
    total
        How many fit, open or not.
    lon, lat
        From where they are ordered, WGS-84; None where none fits.
    none_open
        Whether only open ones were wanted and none is, so that the others are listed.
    """

    items: list[NearestItem]
    total: int
    start: tuple[float, float] | None
    none_open: bool


def regions_of(database: Database, code: str) -> frozenset[str]:
    """Return a region's code with those of all below it; empty where there is no such region."""
    with database.session() as session:
        if region_name(session, code) is None:
            return frozenset()
        return frozenset(regions_below(session, code))


def list_region(
    service: NearestService, query: NearestQuery, own: tuple[float, float] | None
) -> RegionList:
    """Return the stations of the query's regions.

    Parameters
    ----------
    query
        Its ``regions`` are listed; from where it is asked counts for nothing.
    own
        The asker's position (lon, lat), WGS-84: what is near to it comes first, and "open" means on
        arrival. None: they are ordered from where most of them stand, and "open" means now.
    """
    found = _fitting(service, query)
    start = own or _most_stand(found)
    if start is None:
        return RegionList([], 0, None, none_open=False)
    is_own = own is not None
    asked = replace(query, lon=start[0], lat=start[1], order="line", arrive=is_own, is_from=is_own)
    opened = replace(asked, open_only=not is_own, open_on_arrival=is_own)
    wants_open = query.open_on_arrival
    items = service.ask(opened)
    none_open = wants_open and not items
    if not wants_open or none_open:
        seen = {item.facility.code for item in items}
        others = service.ask(replace(asked, open_on_arrival=False))
        items += [item for item in others if item.facility.code not in seen]
    total = len({one.code for one in found})
    return RegionList(items[: query.k], total, start, none_open=none_open)


def _fitting(service: NearestService, query: NearestQuery) -> list[PlacedFacility]:
    snapshot, _ = service.ground()
    chosen = snapshot.select(query.filters, query.at or datetime.now(UTC), open_only=False)
    there = zip(snapshot.facilities, chosen.mask.tolist(), strict=True)
    return [one for one, counts in there if counts and one is not None]


def _most_stand(found: list[PlacedFacility]) -> tuple[float, float] | None:
    """Return the middle of the stations of the square that holds most of them."""
    cells = [(floor(one.lon * CELLS_A_DEGREE), floor(one.lat * CELLS_A_DEGREE)) for one in found]
    if not cells:
        return None
    counts = Counter(cells)
    fullest = min(counts, key=lambda cell: (-counts[cell], cell))
    inside = [one for one, cell in zip(found, cells, strict=True) if cell == fullest]
    return (
        sum(one.lon for one in inside) / len(inside),
        sum(one.lat for one in inside) / len(inside),
    )
