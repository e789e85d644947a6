"""What a siting run starts from: demand, what stands already, candidates, and who covers whom."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import scipy.sparse as sp
from shapely.geometry.base import BaseGeometry

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
    """

    candidates: CandidateRows
    fixed: IntArray
    forbidden: IntArray
    cover: sp.csr_array
    land: BaseGeometry | None = None
    streets: StreetIndex | None = None

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
    tell(0.2, _EXISTING)
    ground = measure_ground(settings, wanted, stored, ways)
    tell(0.4, _MEASURING)
    cover = ground.cover_of(
        candidates.lon,
        candidates.lat,
        lambda share: tell(0.4 + 0.6 * share, _MEASURING),
    )
    known = {one.name: getattr(ground, one.name) for one in fields(Ground)}
    return SitingInputs(
        **known | {"rests_on": ground.rests_on.model_copy(update={"candidates": source})},
        candidates=candidates,
        fixed=fixed,
        forbidden=forbidden,
        cover=cover,
        land=land,
        streets=street_index(settings),
    )
