"""A coverage run with the facilities of an earlier day: what it keeps for it, and what is read from that.

A run keeps who walks to which place of every facility that ever stood. Which of them stood on a day is
read from the register as it is known now: those known to have stood make the lower figure, those that
may have stood as well the higher one.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geoapp.analysis.coverage.by_hour import HourGroups, hour_groups, reached_sets
from geoapp.analysis.coverage.region_figures import lineage
from geoapp.core.arrays import BoolArray, FloatArray
from geoapp.core.dated_states import Band
from geoapp.core.errors import ConflictError, InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.coverage import CoverageRun
from geoapp.core.settings import Settings
from geoapp.core.words import Status
from geoapp.operations.coverage.inputs import CoverageInputs
from geoapp.operations.ground.in_service import frame_of
from geoapp.operations.ground.standing import surely_on
from geoapp.operations.moment import past_day, today
from geoapp.reports.words.changes import NO_DAYS, NO_DAYS_OF_MOMENT
from geoapp.store.engine import Database
from geoapp.store.facilities.as_of import AsOf
from geoapp.store.facilities.read import PlacedFacility, read_placed_on
from geoapp.store.runs.found import run_array

_NUMBERS: Final = ("region", "profile", "reach", "weight", "starts", "classes")
_ABOUT: Final = "days_about"


@dataclass(frozen=True, slots=True)
class SharesOnDay:
    """Which share a run's question covers with the facilities of a day, as the register knows it now.

    Attributes
    ----------
    whole, shares
        Of everybody and by code of a region, least and most; None where nobody works.
    facilities
        How many stood on that day for certain, and how many more may have.
    later
        How many more were registered, or were given a place, after the run: it does not know who
        walks there.
    """

    day: date
    whole: tuple[float, float] | None
    shares: Mapping[str, tuple[float, float] | None]
    facilities: Band
    later: int


def day_arrays(
    inputs: CoverageInputs, wanted: CoverageParameters, progress: Callable[[float], None]
) -> list[tuple[str, NDArray[Any]]]:
    """Return what a run keeps so that any earlier day can be told from it.

    Without arrays: a run about a moment, or more pairs than memory should hold.
    """
    if wanted.at is not None:
        return []
    families = wanted.families
    placed = [one for one in inputs.ever if families is None or one.family in families]
    rows = inputs.stored.demand
    codes = sorted({code for code in rows.region.tolist() if code is not None})
    number = {code: place for place, code in enumerate(codes)} | {None: len(codes)}
    try:
        groups = hour_groups(
            inputs.demand,
            frame_of(placed),
            np.arange(len(placed)),
            wanted.standard,
            region_of=np.array([number[code] for code in rows.region.tolist()], np.int64),
            profile_of=np.zeros(len(rows.region), np.int64),
            estimate=inputs.ways.estimate,
            network=inputs.ways.network,
            progress=progress,
        )
    except InvalidValueError:
        return []
    parents = inputs.stored.parents
    about = {
        "regions": codes,
        "parents": {
            one: parents.get(one) for one in {up for code in codes for up in lineage(code, parents)}
        },
        "places": [[one.code, one.place] for one in placed],
    }
    return [
        (_ABOUT, np.frombuffer(json.dumps(about).encode(), np.uint8)),
        *((f"days_{name}", _small(getattr(groups, name))) for name in _NUMBERS),
    ]


def _small(values: NDArray[Any]) -> NDArray[Any]:
    return values.astype(np.int32) if values.dtype.kind == "i" else values


def shares_on_day(
    database: Database, settings: Settings, run: CoverageRun, day: date
) -> SharesOnDay | None:
    """Tell what a run would cover with the facilities of a day; None where it has not kept enough."""
    wanted = CoverageParameters.from_stored(run.params)
    now = datetime.now(ZoneInfo(settings.timezone)).date()
    with database.snapshot() as session:
        about = run_array(session, run.id, _ABOUT)
        numbers = {name: run_array(session, run.id, f"days_{name}") for name in _NUMBERS}
        known = {name: one for name, one in numbers.items() if one is not None}
        if about is None or len(known) < len(_NUMBERS):
            return None
        placed = read_placed_on(session, AsOf(day, now, frozenset({Status.OPEN})))
    kept = json.loads(about.tobytes())
    there = [
        one
        for one in placed
        if (wanted.families is None or one.family in wanted.families) and _may_stand(one, day)
    ]
    number = {(code, place): at for at, (code, place) in enumerate(kept["places"])}
    surely, perhaps = np.zeros((2, len(number)), np.bool_)
    for one in there:
        at = number.get((one.code, one.place))
        if at is not None:
            perhaps[at] = True
            surely[at] = surely_on(one, day)
    sure = {one.code for one in there if surely_on(one, day)}
    every = {one.code for one in there}
    low, high, total = _by_leaf(HourGroups(**known), surely, perhaps, len(kept["regions"]) + 1)
    below: dict[str, list[int]] = {}
    for place, leaf in enumerate(kept["regions"]):
        for code in lineage(leaf, kept["parents"]):
            below.setdefault(code, []).append(place)

    def band(some: list[int] | slice) -> tuple[float, float] | None:
        weight = float(total[some].sum())
        if weight <= 0:
            return None
        return float(low[some].sum()) / weight, float(high[some].sum()) / weight

    return SharesOnDay(
        day=day,
        whole=band(slice(None)),
        shares={code: band(leaves) for code, leaves in below.items()},
        facilities=Band(len(sure), len(every - sure)),
        later=len({one.code for one in there if (one.code, one.place) not in number}),
    )


def needed_on_day(
    database: Database, settings: Settings, run: CoverageRun, day: date
) -> SharesOnDay:
    """Tell what a run would cover with the facilities of a day.

    Raises
    ------
    InvalidValueError
        If the day is none that is past or today.
    ConflictError
        If the run has not kept enough, or is about a moment.
    """
    found = shares_on_day(database, settings, run, past_day(day, today(settings)))
    if found is None:
        raise ConflictError(untold(run))
    return found


def untold(run: CoverageRun) -> Text:
    """Return why a run cannot be compared with the facilities of a day."""
    at = CoverageParameters.from_stored(run.params).at
    return NO_DAYS if at is None else NO_DAYS_OF_MOMENT


def _may_stand(one: PlacedFacility, day: date) -> bool:
    """Tell whether the period of a place holds a day."""
    return (one.from_date is None or one.from_date <= day) and (
        one.to_date is None or day <= one.to_date
    )


def _by_leaf(
    groups: HourGroups, surely: BoolArray, perhaps: BoolArray, regions: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return by the run's own regions who is surely, perhaps and at all there."""
    covered = [reached_sets(groups, one[:, None])[groups.reach, 0] for one in (surely, perhaps)]

    def sums(part: BoolArray) -> FloatArray:
        return np.bincount(groups.region, groups.weight * part, minlength=regions).astype(
            np.float64
        )

    return sums(covered[0]), sums(covered[1]), sums(np.ones(len(groups.weight), np.bool_))
