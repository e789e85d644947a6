"""What if there were stations here? Answered while a planner moves them about.

Demand and what stands already are measured once for a question and kept in this process, as long as
nothing that they rest on has changed; then a place costs no more than the walks around it. A browser
that has the rows of the ground counts each move by itself, and is told where it stands in the end.
"""

import itertools
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.settings import Settings
from geoapp.core.walking import Standard, WalkingEstimate
from geoapp.core.words import Level
from geoapp.operations.ground.reading import Ground, read_ground
from geoapp.operations.moment import today
from geoapp.operations.network.keeper import network_folder
from geoapp.store.engine import Database
from geoapp.store.facilities.read import data_versions
from geoapp.store.runs.inputs import find_demand_set

MOST_PLACES: Final = 200
# Some 30 bytes each: more are not sent to a browser, which asks about each move instead.
MOST_ROWS: Final = 250_000
_KEPT: Final = 3


@dataclass(frozen=True, slots=True)
class DistrictChange:
    """A district before and after; shares are 0 to 1, None without any demand."""

    code: str
    name_zh: str
    name_en: str | None
    before_share: float | None
    after_share: float | None
    added: float


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What some new places would change; weights are workers.

    Attributes
    ----------
    demand, sample
        Code of the demand set, and whether it or a facility that counts is a sample.
    adds
        By place, in the order given, what it newly reaches after those before it.
    districts
        Those in which somebody is newly reached, or all of them if asked, most first.
    """

    demand: str
    sample: bool
    weight: float
    covered_before: float
    covered_after: float
    adds: tuple[float, ...]
    districts: tuple[DistrictChange, ...]


@dataclass(frozen=True, slots=True)
class DistrictSums:
    """The workers of a district, and those who are covered by what stands."""

    code: str
    name_zh: str
    name_en: str | None
    weight: float
    covered: float


@dataclass(frozen=True, slots=True)
class TrialGround:
    """Demand and what stands, for counting elsewhere what a place would change; r rows (see ``Ground``).

    Attributes
    ----------
    lon, lat
        Decimal degrees, WGS-84.
    weight
        Workers.
    existing_m
        The walk to the nearest place that counts, metres; inf = none.
    covered, served
        Whether what stands covers the row, and whether new sites are open then.
    district
        Number of its district; -1 = in none.
    districts
        All of them, in the order of their codes.
    estimate
        How every walk is estimated from the line; None where some are on the network.
    """

    lon: FloatArray
    lat: FloatArray
    weight: FloatArray
    existing_m: FloatArray
    covered: BoolArray
    served: BoolArray
    district: IntArray
    districts: tuple[DistrictSums, ...]
    standard: Standard
    estimate: WalkingEstimate | None


class WhatIfService:
    """Answers from grounds that this process keeps."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings
        self._lock = threading.Lock()
        self._grounds: OrderedDict[tuple[Any, ...], tuple[Ground, _Districts]] = OrderedDict()

    def ask(
        self,
        wanted: SitingParameters,
        places: Sequence[tuple[float, float]],
        *,
        everywhere: bool = False,
    ) -> WhatIf:
        """Return what places (lon, lat in degrees, WGS-84) would change.

        Parameters
        ----------
        everywhere
            Whether to tell also the districts in which nothing changes.

        Raises
        ------
        InvalidValueError
            If there are too many places, or the question cannot be answered from what is stored.
        """
        _check_few(places)
        ground, districts = self._ground(wanted)
        left = np.where(ground.covered, 0.0, ground.weight)
        adds: list[float] = []
        fresh = np.zeros(len(left), np.bool_)
        if places:
            lon, lat = np.array(places, np.float64).T
            cover = ground.cover_of(lon, lat).T.tocsr()
            for place in range(len(places)):
                mine = cover.indices[cover.indptr[place] : cover.indptr[place + 1]]
                new = mine[left[mine] > 0]
                adds.append(float(left[new].sum()))
                fresh[new] = True
                left[new] = 0.0
        weight = float(ground.weight.sum())
        before = float(ground.weight[ground.covered].sum())
        return WhatIf(
            demand=ground.demand_code,
            sample=ground.rests_on.sample,
            weight=weight,
            covered_before=before,
            covered_after=before + float(ground.weight[fresh].sum()),
            adds=tuple(adds),
            districts=districts.changed(ground, fresh, everywhere=everywhere),
        )

    def ground(self, wanted: SitingParameters) -> TrialGround | None:
        """Return the rows that a place may reach; None where they are too many to be sent.

        Raises
        ------
        InvalidValueError
            If the question cannot be answered from what is stored.
        """
        ground, districts = self._ground(wanted)
        rows = len(ground.weight)
        if rows > MOST_ROWS:
            return None
        moments = ground.moments
        return TrialGround(
            lon=ground.demand.lon,
            lat=ground.demand.lat,
            weight=ground.weight,
            existing_m=ground.existing_m,
            covered=ground.covered,
            served=np.ones(rows, np.bool_) if moments is None else moments.served,
            district=districts.number,
            districts=districts.sums(ground),
            standard=ground.standard,
            estimate=ground.estimate if ground.walks.network is None else None,
        )

    def reach(
        self, wanted: SitingParameters, places: Sequence[tuple[float, float]]
    ) -> list[tuple[IntArray, FloatArray]]:
        """Return by place (lon, lat in degrees, WGS-84) the rows within the standard, and the walks in metres.

        Raises
        ------
        InvalidValueError
            If there are too many places, or the question cannot be answered from what is stored.
        """
        _check_few(places)
        if not places:
            return []
        ground, _ = self._ground(wanted)
        walks = ground.walks_of(*np.array(places, np.float64).T).tocsc()
        ends = walks.indptr
        return [
            (walks.indices[start:end], walks.data[start:end])
            for start, end in itertools.pairwise(ends)
        ]

    def _ground(self, wanted: SitingParameters) -> tuple[Ground, "_Districts"]:
        """Return what the question starts from, measured again if anything under it has changed."""
        with self._database.snapshot() as session:
            held = find_demand_set(session, wanted.demand)
            versions = data_versions(session)
        folder = network_folder(self._settings)
        # Who is in service depends on the day, even where hours do not count.
        moment = wanted.at or today(self._settings)
        several = (
            (wanted.period, wanted.moments, wanted.hour_weights, wanted.hours, wanted.seated)
            if wanted.several
            else ()
        )
        standard = (wanted.standard_m, wanted.standard_seconds)
        asked = (standard, wanted.region, wanted.families, moment, several)

        def key_of(demand: str | None, versions: Mapping[str, int]) -> tuple[Any, ...]:
            # A run that starts or ends changes nothing that this rests on.
            rests_on = tuple(sorted(one for one in versions.items() if one[0] != "runs"))
            return (asked, demand, rests_on, None if folder is None else folder.name)

        demand = None if held is None else held.code
        key = key_of(demand, versions | {"demand_set": -1 if held is None else held.version})
        with self._lock:  # one measures, the others wait for it
            found = self._grounds.get(key)
            if found is None:
                ground = read_ground(self._database, self._settings, wanted)
                found = (ground, _Districts.of(ground))
                # What has been edited since the versions were read is in the ground already.
                key = key_of(ground.demand_code, ground.stored.versions)
                self._grounds[key] = found
                while len(self._grounds) > _KEPT:
                    self._grounds.popitem(last=False)
            self._grounds.move_to_end(key)
            return found


@dataclass(frozen=True, slots=True)
class _Districts:
    """The districts of a ground's demand, numbered; -1 = in none."""

    codes: tuple[str, ...]
    number: IntArray

    @classmethod
    def of(cls, ground: Ground) -> "_Districts":
        count = len(ground.weight)
        region = ground.demand.region
        if region is None:
            return cls((), np.full(count, -1, np.int64))
        above = ground.region_at(Level.DISTRICT, region)
        known = np.array([code is not None for code in above], np.bool_)
        number = np.full(count, -1, np.int64)
        if not known.any():
            return cls((), number)
        codes, number[known] = np.unique(above[known].astype(str), return_inverse=True)
        return cls(tuple(codes.tolist()), number)

    def _sum(self, ground: Ground, mask: BoolArray) -> FloatArray:
        """Return by district the workers of some rows."""
        some = mask & (self.number >= 0)
        found = np.bincount(self.number[some], ground.weight[some], minlength=len(self.codes))
        return found.astype(np.float64)

    def sums(self, ground: Ground) -> tuple[DistrictSums, ...]:
        """Return each district with its workers and those who are covered."""
        names = {one.code: one for one in ground.regions}
        total, covered = self._sum(ground, self.number >= 0), self._sum(ground, ground.covered)
        return tuple(
            DistrictSums(code, names[code].name_zh, names[code].name_en, weight, reached)
            for code, weight, reached in zip(
                self.codes, total.tolist(), covered.tolist(), strict=True
            )
        )

    def changed(
        self, ground: Ground, fresh: BoolArray, *, everywhere: bool
    ) -> tuple[DistrictChange, ...]:
        added = self._sum(ground, fresh)
        if not (everywhere or added.any()):
            return ()
        total, before = self._sum(ground, self.number >= 0), self._sum(ground, ground.covered)
        names = {one.code: one for one in ground.regions}
        order = np.argsort(-added, kind="stable")
        return tuple(
            DistrictChange(
                code=self.codes[one],
                name_zh=names[self.codes[one]].name_zh,
                name_en=names[self.codes[one]].name_en,
                before_share=_share(before[one], total[one]),
                after_share=_share(before[one] + added[one], total[one]),
                added=float(added[one]),
            )
            for one in (order if everywhere else order[added[order] > 0]).tolist()
        )


def _check_few(places: Sequence[tuple[float, float]]) -> None:
    if len(places) > MOST_PLACES:
        accepted = Text(f"至多 {MOST_PLACES} 处", f"at most {MOST_PLACES} places")
        raise InvalidValueError("places", len(places), accepted)


def _share(part: float, total: float) -> float | None:
    return float(part / total) if total > 0 else None
