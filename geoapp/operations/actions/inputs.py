"""What a run of actions starts from: who is covered when, as things are and after each action."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

import numpy as np
import scipy.sparse as sp
import shapely
from numpy.typing import NDArray

from geoapp.analysis.siting import Action, ActionKind, pairs_nearer_than, sliced
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.hours import is_unread, state
from geoapp.core.i18n import Text
from geoapp.core.questions.actions import ActionParameters
from geoapp.core.results.actions import ActionRunInputs, Narrowing
from geoapp.core.settings import Settings
from geoapp.operations.ground.in_service import in_service
from geoapp.operations.ground.reading import Ground, read_ground
from geoapp.operations.siting.inputs import SitingInputs, read_siting_inputs
from geoapp.reports.words.actions import longer_detail, move_detail
from geoapp.store.engine import Database
from geoapp.store.facilities.read import PlacedFacility
from geoapp.store.runs.sites import CandidateRows

# Of the facilities that may move or close, those on which fewest depend; of the places to which one
# may move, those that would newly reach most.
MOST_MOVED: Final = 20
MOST_TARGETS: Final = 50
MOST_CLOSED: Final = 100
_EDGE_STEP_DEG: Final = 1e-4  # some 10 m along the edge of a facility that is an area
_READING_SHARE: Final = 0.7
_OPENING = Text("计算每个时刻谁开着", "Finding out who is open when")

Progress = Callable[[float, Text], None]


@dataclass(frozen=True, slots=True)
class Offered:
    """An action with its places: EPSG:4326; ``target`` is a candidate's position or None."""

    action: Action
    name: Text
    lon: float
    lat: float
    target: int | None = None


@dataclass(frozen=True, slots=True)
class ActionInputs:
    """What the solver needs; rows are demand points by moment (moment x n + point), weights workers.

    Attributes
    ----------
    ground, candidates
        Demand, walks and regions; the places for new stations, None where none are asked for.
    offered, cover
        The m actions, and which rows the facility or place of each covers once it is taken, CSR of
        shape (rows, m); empty for a closure.
    codes, names, current
        The facilities that count, and which rows each covers as it is, CSR (rows, facilities).
    weights
        By row; the sum over a moment is the workers who are out there then.
    moments
        In the service's own time zone.
    conflicts
        Pairs that may not both stand, as ``solve_actions`` takes them for all actions.
    rests_on
        What it all rests on, as the run keeps it.
    """

    ground: Ground
    candidates: CandidateRows | None
    offered: tuple[Offered, ...]
    cover: sp.csr_array
    codes: tuple[str, ...]
    current: sp.csr_array
    weights: FloatArray
    moments: tuple[datetime, ...]
    conflicts: IntArray
    rests_on: ActionRunInputs


@dataclass(frozen=True, slots=True)
class _Places:
    """The places of some facilities: by place whose it is, and whom it covers if it is open."""

    rows: list[PlacedFacility]
    codes: tuple[str, ...]
    owner: IntArray
    cover: sp.csr_array

    def at(self, open_: BoolArray, weights: FloatArray) -> sp.csr_array:
        """Return which rows each facility covers, given which places are open at each moment."""
        slices, _ = sliced(self.cover, open_, weights)
        places = len(self.rows)
        ones = (np.ones(places), (np.arange(places), self.owner))
        together = slices @ sp.csr_array(ones, shape=(places, len(self.codes)))
        together.data = np.ones_like(together.data)
        return sp.csr_array(together)


def read_action_inputs(
    database: Database,
    settings: Settings,
    wanted: ActionParameters,
    progress: Progress | None = None,
) -> ActionInputs:
    """Read and measure what a question about actions needs.

    Raises
    ------
    InvalidValueError
        If the question cannot be answered from what is stored.
    """
    tell = progress or (lambda _share, _step: None)
    wanted.check()
    new_places = {ActionKind.BUILD, ActionKind.MOVE} & set(wanted.kinds)
    question = wanted.ground()
    ground: Ground
    if new_places:
        ground = read_siting_inputs(
            database, settings, question, lambda share, step: tell(_READING_SHARE * share, step)
        )
    else:
        ground = read_ground(database, settings, question)
    tell(_READING_SHARE, _OPENING)
    placed, calendar = ground.stored.placed, ground.stored.calendar
    zone = ZoneInfo(settings.timezone)
    moments = tuple(one.astimezone(zone) for one in wanted.moments)
    weights = np.array([ground.demand.weight_at(one) for one in moments])
    if not weights.sum() > 0:
        accepted = Text("有需求的时刻", "moments at which there is demand")
        raise InvalidValueError("moments", len(moments), accepted)
    here = [one for one in placed if any(in_service(one, moment) for moment in moments)]
    counts = [wanted.families is None or one.family in wanted.families for one in here]
    counted = _places(ground, [one for one, yes in zip(here, counts, strict=True) if yes])

    def open_at(one: PlacedFacility, moment: datetime, hours: str | None) -> bool:
        return in_service(one, moment) and ground.stored.would_be_open(one, moment, hours) is True

    hours = wanted.new_hours
    now = _opened(counted, moments, lambda one, moment: open_at(one, moment, one.opening_hours))
    longer = now | _opened(counted, moments, lambda one, moment: open_at(one, moment, hours))
    current = counted.at(now, weights)
    builder = _Builder(wanted, weights.reshape(-1), counted, current)
    if wanted.extend_cost is not None:
        builder.extend(counted.at(longer, weights), (longer != now).any(axis=0))
    if wanted.upgrade_cost is not None:
        others = _places(ground, [one for one, yes in zip(here, counts, strict=True) if not yes])
        open_now = _opened(
            others, moments, lambda one, moment: open_at(one, moment, one.opening_hours)
        )
        builder.upgrade(others, others.at(open_now, weights))
    candidates = ground.candidates if isinstance(ground, SitingInputs) else None
    if isinstance(ground, SitingInputs):
        is_open = np.array(
            [
                state(hours, one, timezone=settings.timezone, calendar=calendar) is True
                for one in moments
            ]
        )
        builder.on_sites(ground, is_open, _by_facility(counted, now), weights)
    if wanted.close_saving is not None:
        builder.close()
    offered, cover = builder.offered, builder.stacked()
    if not offered:
        accepted = Text(
            "至少有一项可做的措施的条件（设施、候选点、开放时间）",
            "a question in which some action can be taken (facilities, candidates, hours)",
        )
        raise InvalidValueError("actions", 0, accepted)
    return ActionInputs(
        ground=ground,
        candidates=candidates,
        offered=tuple(offered),
        cover=cover,
        codes=counted.codes,
        current=current,
        weights=weights.reshape(-1),
        moments=moments,
        conflicts=_conflicts(wanted, offered, counted),
        rests_on=ActionRunInputs(
            **ground.rests_on.model_dump(exclude_unset=True, exclude={"facilities_counted"}),
            facilities_counted=len(counted.codes),
            facilities_hours_unknown=len(
                {one.code for one in counted.rows if is_unread(one.opening_hours)}
            ),
            offered={
                kind: sum(one.action.kind is kind for one in offered) for kind in wanted.kinds
            },
            narrowed=tuple(builder.narrowed),
            moments=tuple(one.isoformat() for one in moments),
        ),
    )


def _places(ground: Ground, rows: list[PlacedFacility]) -> _Places:
    """Measure whom each place covers; an area by the points along its edge."""
    lon: list[float] = []
    lat: list[float] = []
    place: list[int] = []
    for number, one in enumerate(rows):
        points = [(one.lon, one.lat)]
        if one.area_wkb is not None:
            edge = shapely.segmentize(shapely.from_wkb(one.area_wkb).boundary, _EDGE_STEP_DEG)
            points += [(x, y) for x, y in shapely.get_coordinates(edge).tolist()]
        lon += [x for x, _ in points]
        lat += [y for _, y in points]
        place += [number] * len(points)
    codes, owner = np.unique([one.code for one in rows], return_inverse=True)
    by_point = ground.walks.cover(np.array(lon), np.array(lat), ground.standard)
    ones = (np.ones(len(place)), (np.arange(len(place)), np.array(place, dtype=np.int64)))
    cover = sp.csr_array(by_point @ sp.csr_array(ones, shape=(len(place), len(rows))))
    cover.data = np.ones_like(cover.data)
    return _Places(rows, tuple(str(one) for one in codes), owner.astype(np.int64), cover)


def _opened(
    places: _Places,
    moments: tuple[datetime, ...],
    is_open: Callable[[PlacedFacility, datetime], bool],
) -> BoolArray:
    """Return which places are open, shape (moments, places)."""
    return np.array(
        [[is_open(one, moment) for one in places.rows] for moment in moments], dtype=np.bool_
    ).reshape(len(moments), len(places.rows))


def _by_facility(places: _Places, open_: BoolArray) -> BoolArray:
    """Return which facilities are open at any of their places, shape (moments, facilities)."""
    found = np.zeros((len(open_), len(places.codes)), np.bool_)
    for place, owner in enumerate(places.owner.tolist()):
        found[:, owner] |= open_[:, place]
    return found


class _Builder:
    """Collects the actions and whom each covers."""

    def __init__(
        self, wanted: ActionParameters, weights: FloatArray, counted: _Places, current: sp.csr_array
    ) -> None:
        self._wanted, self._weights, self._current = wanted, weights, current
        self._counted = counted
        self._first = {one.code: one for one in reversed(counted.rows)}
        self._times = np.asarray(current.sum(axis=1)).reshape(-1)
        self.offered: list[Offered] = []
        self.narrowed: list[Narrowing] = []
        self._columns: list[sp.csc_array] = []

    def stacked(self) -> sp.csr_array:
        """Return the columns of all actions."""
        if not self._columns:
            return sp.csr_array((len(self._weights), 0))
        return sp.csr_array(sp.hstack(self._columns, format="csr"))

    def _offer(self, kind: ActionKind, one: PlacedFacility, detail: Text | None = None) -> None:
        cost = self._wanted.cost_of(kind)
        action = Action(kind, one.code, cost or 0.0, detail)
        self.offered.append(Offered(action, _named(one), one.lon, one.lat))

    def extend(self, longer: sp.csr_array, differs: BoolArray) -> None:
        """Offer longer hours where they open somebody's door at one of the moments."""
        changed = np.zeros(len(self._counted.codes), np.bool_)
        changed[self._counted.owner[differs]] = True
        more = np.asarray((longer - self._current).sum(axis=0)).reshape(-1) > 0
        chosen = np.flatnonzero(changed & more)
        hours = self._wanted.new_hours
        detail = longer_detail(hours)
        for number in chosen.tolist():
            self._offer(ActionKind.EXTEND_HOURS, self._first[self._counted.codes[number]], detail)
        self._columns.append(sp.csc_array(longer)[:, chosen])

    def upgrade(self, others: _Places, cover: sp.csr_array) -> None:
        """Offer facilities of families that do not count, as they are open."""
        first = {one.code: one for one in reversed(others.rows)}
        useful = np.flatnonzero(np.asarray(cover.sum(axis=0)).reshape(-1) > 0)
        for number in useful.tolist():
            self._offer(ActionKind.UPGRADE, first[others.codes[number]])
        self._columns.append(sp.csc_array(cover)[:, useful])

    def on_sites(
        self,
        inputs: SitingInputs,
        is_open: BoolArray,
        facility_open: BoolArray,
        weights: FloatArray,
    ) -> None:
        """Offer new stations and moves to candidates."""
        sites = inputs.candidates
        every = np.repeat(is_open[:, None], len(sites), axis=1)
        cover = sp.csc_array(sliced(inputs.cover, every, weights)[0])
        useful = np.flatnonzero(np.diff(cover.indptr) > 0)
        if self._wanted.build_cost is not None:
            for site in useful.tolist():
                self.offered.append(
                    Offered(
                        Action(
                            ActionKind.BUILD, f"new:{sites.code[site]}", self._wanted.build_cost
                        ),
                        _site(sites, site),
                        float(sites.lon[site]),
                        float(sites.lat[site]),
                        site,
                    )
                )
            self._columns.append(cover[:, useful])
        if self._wanted.move_cost is not None:
            self._moves(inputs, facility_open, weights, cover)

    def _moves(
        self,
        inputs: SitingInputs,
        facility_open: BoolArray,
        weights: FloatArray,
        cover: sp.csc_array,
    ) -> None:
        gain = cover.T @ np.where(self._times > 0, 0.0, self._weights)
        useful = np.argsort(-gain, kind="stable")[: int((gain > 0).sum())]
        targets = useful[:MOST_TARGETS]
        self._narrow(ActionKind.MOVE, "places", len(targets), len(useful))
        sites = inputs.candidates
        every = sp.csr_array(inputs.cover[:, targets])
        for number in self._least_needed(
            ActionKind.MOVE, MOST_MOVED, np.asarray(facility_open.any(axis=0))
        ):
            one = self._first[self._counted.codes[number]]
            hours = np.repeat(facility_open[:, number][:, None], len(targets), axis=1)
            self._columns.append(sp.csc_array(sliced(every, hours, weights)[0]))
            for site in targets.tolist():
                name = sites.name[site] or sites.code[site]
                self._offer(ActionKind.MOVE, one, move_detail(name))
                self.offered[-1] = Offered(
                    self.offered[-1].action,
                    _named(one),
                    float(sites.lon[site]),
                    float(sites.lat[site]),
                    site,
                )

    def close(self) -> None:
        """Offer to close the facilities on which fewest depend."""
        every = np.ones(len(self._counted.codes), np.bool_)
        chosen = self._least_needed(ActionKind.CLOSE, MOST_CLOSED, every)
        for number in chosen:
            self._offer(ActionKind.CLOSE, self._first[self._counted.codes[number]])
        self._columns.append(sp.csc_array((len(self._weights), len(chosen))))

    def _narrow(
        self, kind: ActionKind, among: Literal["facilities", "places"], considered: int, total: int
    ) -> None:
        if considered < total:
            self.narrowed.append(
                Narrowing(kind=kind, among=among, considered=considered, total=total)
            )

    def _least_needed(self, kind: ActionKind, most: int, among: BoolArray) -> list[int]:
        """Return the facilities that alone cover least, in that order; note those left out."""
        alone = np.where(self._times == 1, self._weights, 0.0)
        needed = np.where(among, self._current.T @ alone, np.inf)
        order: NDArray[np.int64] = np.argsort(needed, kind="stable")[:most]
        chosen = [one for one in order.tolist() if np.isfinite(needed[one])]
        self._narrow(kind, "facilities", len(chosen), int(among.sum()))
        return chosen


def _conflicts(wanted: ActionParameters, offered: list[Offered], counted: _Places) -> IntArray:
    """Return which actions and facilities are too near to both stand."""
    if wanted.min_spacing_m is None:
        return np.empty((0, 2), np.int64)
    count = len(offered)
    first = {one.code: one for one in reversed(counted.rows)}
    standing = [first[code] for code in counted.codes]
    pairs = pairs_nearer_than(
        wanted.min_spacing_m,
        lon=np.array([*(one.lon for one in offered), *(one.lon for one in standing)]),
        lat=np.array([*(one.lat for one in offered), *(one.lat for one in standing)]),
        fixed=np.arange(count, count + len(standing)),
    )
    # What is offered where it stands comes no nearer to anybody; a closure stands nowhere.
    keys = [str(one.action.facility) for one in offered] + list(counted.codes)
    new = np.array([one.target is not None for one in offered] + [False] * len(standing))
    gone = np.array(
        [one.action.kind is ActionKind.CLOSE for one in offered] + [False] * len(standing)
    )
    kept = [
        (a, b)
        for a, b in pairs.tolist()
        if (new[a] or new[b]) and not (gone[a] or gone[b]) and keys[a] != keys[b]
    ]
    return np.array(kept, dtype=np.int64).reshape(-1, 2)


def _named(one: PlacedFacility) -> Text:
    return Text(one.name, one.name_en or one.name)


def _site(sites: CandidateRows, site: int) -> Text:
    name = sites.name[site] or sites.code[site]
    return Text(name, name)
