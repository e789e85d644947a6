"""What stands in each region: facilities by family, for so many workers and on so much ground."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from geoapp.core.settings import Settings
from geoapp.core.words import Family
from geoapp.operations.moment import today
from geoapp.store.engine import Database
from geoapp.store.facilities.counted import areas_km2, count_by_region
from geoapp.store.regions import stored_parents


@dataclass(slots=True)
class Provision:
    """What stands in a region and all below it.

    Attributes
    ----------
    in_service
        By family, how many are in service today.
    suspended
        How many are suspended.
    per_10000
        In service for each 10,000 workers; None where there are no workers.
    per_km2
        In service on each square kilometre; None where the region's outline is not known.
    """

    in_service: dict[Family, int] = field(default_factory=lambda: dict.fromkeys(Family, 0))
    suspended: int = 0
    per_10000: float | None = None
    per_km2: float | None = None

    @property
    def all_in_service(self) -> int:
        """How many are in service, of all families."""
        return sum(self.in_service.values())

    @property
    def any(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.all_in_service or self.suspended)


@dataclass(frozen=True, slots=True)
class Provisions:
    """What stands in each of some regions, in all that they are parts of, and in none of them."""

    by_region: Mapping[str, Provision]
    whole: Provision
    elsewhere: Provision


def provisions(
    database: Database, settings: Settings, workers: Mapping[str, float], within: str | None
) -> Provisions:
    """Count what stands in each of some regions.

    Parameters
    ----------
    workers
        By the code of a region, how many workers there are in it.
    within
        The region that they are parts of; None is everywhere.
    """
    with database.snapshot() as session:
        counts = count_by_region(session, today(settings))
        parents = stored_parents(session)
        area = areas_km2(session, [*workers, *([] if within is None else [within])])
    found = {code: Provision() for code in workers}
    whole, elsewhere = Provision(), Provision()
    for one in counts:
        above = _above(one.region_code, parents)
        if within is not None and within not in above:
            continue
        listed = next((code for code in above if code in found), None)
        for place in (whole, elsewhere if listed is None else found[listed]):
            place.in_service[one.family] += one.in_service
            place.suspended += one.suspended
    for code, place in found.items():
        _measure(place, workers[code], area.get(code))
    _measure(whole, sum(workers.values()), None if within is None else area.get(within))
    return Provisions(found, whole, elsewhere)


def _above(code: str | None, parents: Mapping[str, str | None]) -> list[str]:
    """Return a region and all that contain it, itself first."""
    found: list[str] = []
    while code is not None and code not in found:
        found.append(code)
        code = parents.get(code)
    return found


def _measure(place: Provision, workers: float, area_km2: float | None) -> None:
    if workers > 0:
        place.per_10000 = place.all_in_service / workers * 10_000
    if area_km2:
        place.per_km2 = place.all_in_service / area_km2
