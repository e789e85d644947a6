"""What stands in each region: facilities by family, for so many workers and on so much ground."""

import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakKeyDictionary

from cachetools import LRUCache

from geoapp.core.settings import Settings
from geoapp.core.words import Family
from geoapp.operations.moment import today
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.counted import Count, areas_km2, count_by_region
from geoapp.store.facilities.read import data_versions

MOST_KEPT: Final = 64


class _Kept:
    """What was counted and measured last, by what it rests on; for all threads of a process.

    Counts hold for one version of facilities, regions and kinds and for one day, areas for one of the regions.
    """

    def __init__(self) -> None:
        self._lock: Final = threading.Lock()
        self._counts: Final[LRUCache[Hashable, list[Count]]] = LRUCache(MOST_KEPT)
        # By code, of one version; a region without an outline has none.
        self._areas: tuple[int, Mapping[str, float | None]] = (-1, {})

    def counts(self, key: Hashable, count: Callable[[], list[Count]]) -> list[Count]:
        """Return what was counted under a key, counted now if it was not."""
        with self._lock:
            known = self._counts.get(key)
        if known is None:
            known = count()
            with self._lock:
                self._counts[key] = known
        return known

    def areas(self, session: Session, version: int, codes: Sequence[str]) -> Mapping[str, float]:
        """Return areas in km² by code, of regions whose outline is known."""
        with self._lock:
            kept, measured = self._areas
        known = measured if kept == version else {}
        lacking = [code for code in codes if code not in known]
        if lacking:
            found = areas_km2(session, lacking)
            known = {**known, **{code: found.get(code) for code in lacking}}
            with self._lock:
                self._areas = version, known
        return {code: km2 for code in codes if (km2 := known[code]) is not None}


_of_stores: Final[WeakKeyDictionary[Database, _Kept]] = WeakKeyDictionary()


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
    kept = _of_stores.setdefault(database, _Kept())
    day, listed = today(settings), list(workers)
    with database.snapshot() as session:
        versions = data_versions(session)
        # Of this very snapshot: an edit is another version, and is counted anew.
        rests_on = tuple(versions[name] for name in ("facilities", "regions", "vocabulary"))
        counts = kept.counts(
            (rests_on, day, within, tuple(listed)),
            lambda: count_by_region(session, day, listed, within),
        )
        area = kept.areas(
            session, versions["regions"], [*workers, *([] if within is None else [within])]
        )
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


def _measure(place: Provision, workers: float, area_km2: float | None) -> None:
    if workers > 0:
        place.per_10000 = place.all_in_service / workers * 10_000
    if area_km2:
        place.per_km2 = place.all_in_service / area_km2
