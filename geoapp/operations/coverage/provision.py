"""What stands in each region: facilities by family, for so many workers and on so much ground."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakKeyDictionary

from geoapp.core.settings import Settings
from geoapp.core.words import Family
from geoapp.operations.moment import today
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.counted import areas_km2, count_by_region
from geoapp.store.facilities.read import data_versions

# By version of the outlines, and by code: a region without an outline has none.
_of_stores: Final[WeakKeyDictionary[Database, Mapping[int, Mapping[str, float | None]]]] = (
    WeakKeyDictionary()
)


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
        counts = count_by_region(session, today(settings), list(workers), within)
        area = _areas(database, session, [*workers, *([] if within is None else [within])])
    found = {code: Provision() for code in workers}
    whole, elsewhere = Provision(), Provision()
    for one in counts:
        own = elsewhere if one.region_code is None else found[one.region_code]
        for place in (whole, own):
            place.in_service[one.family] += one.in_service
            place.suspended += one.suspended
    for code, place in found.items():
        _measure(place, workers[code], area.get(code))
    _measure(whole, sum(workers.values()), None if within is None else area.get(within))
    return Provisions(found, whole, elsewhere)


def _areas(database: Database, session: Session, codes: Sequence[str]) -> Mapping[str, float]:
    """Return areas in km² by code; each is measured once for each version of the outlines."""
    version = data_versions(session)["regions"]
    kept = _of_stores.setdefault(database, {})
    known = kept.get(version, {})
    lacking = [code for code in codes if code not in known]
    if lacking:
        measured = areas_km2(session, lacking)
        known = {**known, **{code: measured.get(code) for code in lacking}}
        _of_stores[database] = {version: known}
    return {code: km2 for code in codes if (km2 := known[code]) is not None}


def _measure(place: Provision, workers: float, area_km2: float | None) -> None:
    if workers > 0:
        place.per_10000 = place.all_in_service / workers * 10_000
    if area_km2:
        place.per_km2 = place.all_in_service / area_km2
