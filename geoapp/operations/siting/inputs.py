"""What a siting run starts from: demand, what stands already, candidates, and who covers whom."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any

import numpy as np
import scipy.sparse as sp
from shapely.geometry.base import BaseGeometry

from geoapp.analysis.siting import Standing
from geoapp.analysis.streets.index import StreetIndex
from geoapp.core.arrays import BoolArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_CANDIDATES
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.settings import Settings
from geoapp.operations.ground.candidates import (
    candidate_positions,
    check_count,
    read_candidate_rows,
)
from geoapp.operations.ground.new_sites import check_open_then
from geoapp.operations.ground.reading import Ground, check_siting, measure_ground, ways_to_walk
from geoapp.operations.ground.seats import facility_seats, standing_of
from geoapp.operations.ground.stored import Progress, read_stored
from geoapp.operations.streets.names import street_index
from geoapp.store.engine import Database
from geoapp.store.regions import region_outline
from geoapp.store.runs.sites import CandidateRows

_READING = Text("读取数据", "Reading the data")
_EXISTING = Text("计算现有设施的覆盖", "Measuring what facilities cover")
_MEASURING = Text("计算候选点的步行距离", "Measuring walks to candidates")


@dataclass(frozen=True, slots=True)
class SitingInputs(Ground):
    """Everything that a siting model needs; n demand points, m candidates.

    Attributes
    ----------
    candidates
        In order of code; drawn ones last.
    fixed, forbidden
        Positions of candidates.
    cover
        Who is within the standard of which candidate: ones, CSR of shape (n, m).
    land
        Where sites anywhere may stand (EPSG:4326); None = everywhere, and where candidates are given.
    streets
        Names of streets, to say where sites are; None where none are loaded.
    also
        The same for each further demand that may come true, in the order asked.
    surely_forbidden
        What of the forbidden areas is surely forbidden (EPSG:4326), where their edges are not exact; None
        = all.
    stands
        The facilities with their seats, and which demand points each covers; None where seats of what
        stands do not count.
    """

    candidates: CandidateRows
    fixed: IntArray
    forbidden: IntArray
    cover: sp.csr_array
    land: BaseGeometry | None = None
    streets: StreetIndex | None = None
    also: tuple["SitingInputs", ...] = ()
    surely_forbidden: BaseGeometry | None = None
    stands: Standing | None = None

    @property
    def seatable(self) -> BoolArray:
        """By demand point, whether new sites may change who has a seat there.

        That is who waits, and where seats of what stands count everybody: somebody may move to a new site.
        """
        return self.waiting if self.stands is None else self.weight > 0

    def covered_with(self, sites: Sequence[int] | IntArray) -> BoolArray:
        """Return by demand point whether it is covered once some candidates are open, too."""
        opened = np.zeros(len(self.candidates))
        opened[np.asarray(sites, dtype=np.int64)] = 1.0
        return np.asarray(self.covered | ((self.cover @ opened) > 0))


def read_siting_inputs(
    database: Database,
    settings: Settings,
    wanted: SitingParameters,
    progress: Progress | None = None,
) -> SitingInputs:
    """Read and measure what a siting question needs.

    Parameters
    ----------
    progress
        Told the share done, 0 to 1, and the step; may raise to stop.

    Raises
    ------
    InvalidValueError
        If the question cannot be answered from what is stored.
    """
    tell = progress or (lambda _share, _step: None)
    tell(0.0, _READING)
    ways = ways_to_walk(settings)
    with database.snapshot(scratch=True) as session:
        check_siting(session, wanted, settings.timezone)
        stored = read_stored(session, wanted, settings.timezone)
        others = [
            read_stored(session, replace(wanted, demand=code), settings.timezone)
            for code in wanted.also_demand
        ]
        candidates, source = read_candidate_rows(
            session,
            wanted,
            stored,
            network=ways.network,
            estimate=ways.estimate,
            tolerance_m=settings.region_tolerance_m,
        )
        land = region_outline(session, wanted.region) if wanted.anywhere else None
    if len(candidates) > MOST_CANDIDATES:
        accepted = Text(
            f"使候选点不超过 {MOST_CANDIDATES} 个的间距（现为 {len(candidates)} 个）",
            f"a spacing that makes at most {MOST_CANDIDATES} candidates, not {len(candidates)}",
        )
        raise InvalidValueError("spacing_m", wanted.spacing_m, accepted)
    fixed = candidate_positions(candidates, "fixed", wanted.fixed)
    forbidden = candidate_positions(candidates, "forbidden", wanted.forbidden)
    if not wanted.anywhere:
        check_count(wanted, candidates)
    # Sites anywhere stand about the demand.
    spots = stored.demand if wanted.anywhere else candidates
    places = zip(spots.lon.tolist(), spots.lat.tolist(), strict=True)
    check_open_then(wanted, settings.timezone, stored.calendar, places)
    every: list[SitingInputs] = []
    for number, one in enumerate((stored, *others)):
        done = number / (len(others) + 1)

        def told(share: float, step: Text, done: float = done) -> None:
            tell(0.2 + 0.8 * (done + share / (len(others) + 1)), step)

        told(0.0, _EXISTING)
        ground = measure_ground(settings, replace(wanted, demand=one.demand_code), one, ways)
        told(0.25, _MEASURING)
        cover = ground.cover_of(candidates.lon, candidates.lat, partial(_measured, told))
        known = {field.name: getattr(ground, field.name) for field in fields(Ground)}
        rests_on: dict[str, Any] = {"candidates": source}
        stands = None
        if wanted.existing_seats is not None:
            found = facility_seats(ground, wanted.existing_seats)
            stands = standing_of(ground, found)
            rests_on["existing_seats"] = found.figures(stands, ground.weight)
        every.append(
            SitingInputs(
                **known | {"rests_on": ground.rests_on.model_copy(update=rests_on)},
                candidates=candidates,
                fixed=fixed,
                forbidden=forbidden,
                cover=cover,
                land=land,
                streets=street_index(settings),
                stands=stands,
            )
        )
    return _with_others(every[0], every[1:])


def _measured(told: Progress, share: float) -> None:
    told(0.25 + 0.75 * share, _MEASURING)


def _with_others(inputs: SitingInputs, also: Sequence[SitingInputs]) -> SitingInputs:
    """Return the inputs with those of further demands; a sample among them makes all of it one."""
    if not also:
        return inputs
    sample = any(one.rests_on.sample for one in (inputs, *also))
    rests_on = inputs.rests_on.model_copy(update={"sample": sample})
    return replace(inputs, rests_on=rests_on, also=tuple(also))
