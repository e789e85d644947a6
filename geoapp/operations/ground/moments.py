"""One plan for several moments: demand points as rows, one for each way in which facilities stand to them.

The mean over the moments, each with its weight, is a sum over (point, moment). All new sites share their
hours, so that of one point only three things tell its moments apart: whether nothing, one facility or more
cover it then, and whether new sites are open. Each such class is one row with the mean of the workers at
its moments: the rows are at most six times the points, however many the moments, and a plan covers the same
on both.

Where seats are limited, who wants one at the same time matters, too. Moments at which the same workers are
out, the same facilities are open and new sites are or are not make one turn, and there is a row for each
point and turn: at every turn all seats are free again.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import scipy.sparse as sp

from geoapp.analysis.coverage.coverage import CoverageResult, coverage
from geoapp.analysis.frames import DemandFrame
from geoapp.analysis.network.graph import WalkingNetwork
from geoapp.analysis.siting import Turns
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_TURN_ROWS
from geoapp.core.results.siting import MomentFigures
from geoapp.core.walking import Standard, WalkingEstimate
from geoapp.operations.ground.in_service import frame_of
from geoapp.store.facilities.read import PlacedFacility

_CLASSES = 3  # covered by nothing, by one facility, by more


@dataclass(frozen=True, slots=True)
class Moments:
    """Demand over several moments, as rows; n points, r rows.

    Attributes
    ----------
    times
        The moments, in the service's time zone.
    open, counts
        By moment, whether new sites are open, and how much it counts: whole numbers.
    demand
        The n points, with all their workers.
    standing
        Of the points: who is covered at all moments, with the workers who are not at some (their mean),
        and the longest walk at any moment with the facility at its end.
    point
        By row, its point.
    covered, backup, served
        By row, whether one, whether two facilities cover it, and whether new sites are open then.
    weight
        By row, the mean of the workers over all moments.
    states, state_of
        Who is covered with the facilities that are open, shape (s, n), and by moment which of these.
    open_places
        Which places of facilities are open in each such state, shape (s, places).
    turns, turn_of
        Where seats are limited, the turn of each row with what a seat is then, and by moment its turn;
        None where they are not.
    """

    times: tuple[datetime, ...]
    open: BoolArray
    counts: IntArray
    demand: DemandFrame
    standing: CoverageResult
    point: IntArray
    covered: BoolArray
    backup: BoolArray
    served: BoolArray
    weight: FloatArray
    states: BoolArray
    state_of: IntArray
    open_places: BoolArray
    turns: Turns | None
    turn_of: IntArray | None

    def frame(self) -> DemandFrame:
        """Return the rows as demand, each at its point."""
        held, region = self.demand, self.demand.region
        at = self.point
        mine = None if region is None else region[at]
        return DemandFrame(held.lon[at], held.lat[at], self.weight, mine)

    def rows_of(self, cover: sp.csr_array) -> sp.csr_array:
        """Return which rows sites cover, given which points: none while new sites are closed."""
        open_ = sp.diags_array(self.served.astype(np.float64))
        rows = sp.csr_array(open_ @ sp.csr_array(cover[self.point]))
        rows.eliminate_zeros()
        return rows

    def reached(self, rows: BoolArray) -> FloatArray:
        """Return by moment the workers newly reached, given which rows new sites reach."""
        near = np.zeros(len(self.demand), np.bool_)
        near[self.point[rows & self.served]] = True
        newly = [
            float(self.demand.weight_at(moment)[near & ~self.states[state]].sum())
            if is_open
            else 0.0
            for moment, is_open, state in zip(self.times, self.open, self.state_of, strict=True)
        ]
        return np.array(newly)

    def figures(
        self, newly: FloatArray, had: FloatArray | None = None
    ) -> tuple[MomentFigures, ...]:
        """Return each moment before and after, given the workers newly reached, or served, then.

        Parameters
        ----------
        newly, had
            By moment; ``had`` are those with a seat before, None = all who are covered.
        """
        found = []
        told = zip(
            self.times, self.open, self.state_of, self.counts.tolist(), newly.tolist(), strict=True
        )
        for number, (moment, is_open, state, counts, more) in enumerate(told):
            weight, covered = self.demand.weight_at(moment), self.states[state]
            before = float(weight[covered].sum() if had is None else had[number])
            found.append(
                MomentFigures(
                    at=moment.isoformat(),
                    sites_open=bool(is_open),
                    counts=counts,
                    weight=float(weight.sum()),
                    covered_before_weight=before,
                    covered_after_weight=before + more,
                )
            )
        return tuple(found)


def over_moments(
    demand: DemandFrame,
    placed: Sequence[PlacedFacility],
    open_: BoolArray,
    times: tuple[datetime, ...],
    sites_open: BoolArray,
    counts: IntArray,
    standard: Standard,
    *,
    seated: bool,
    estimate: WalkingEstimate,
    network: WalkingNetwork | None,
) -> Moments:
    """Measure who is covered at each moment, by the very function of coverage runs, and make the rows.

    Parameters
    ----------
    placed, open_
        Facilities at their places, and which of them count at which moment, shape (moments, places).
    sites_open, counts
        By moment, whether new sites are open, and how much it counts in the means.
    seated
        Whether seats are limited, so that rows are by turn.

    Raises
    ------
    InvalidValueError
        If seats are limited and the turns are more than can be solved.
    """
    # Without any facility there is nothing to tell states apart by, but one there is.
    known = open_ if len(placed) else np.zeros((len(times), 1), np.bool_)
    states, state_of = np.unique(known, axis=0, return_inverse=True)
    states, state_of = states[:, : len(placed)], state_of.reshape(-1)
    frame, count = frame_of(placed), len(demand)
    covered, backup = np.zeros((2, len(states), count), np.bool_)
    results: list[CoverageResult] = []
    for number, mask in enumerate(states):
        found = coverage(
            demand, frame, standard, estimate=estimate, network=network, open_mask=mask
        )
        covered[number], backup[number] = found.covered, found.backup
        results = [_worse(one, found) for one in results] or [found]
    state_of = state_of.astype(np.int64)
    turn_of: IntArray | None = None
    if seated:
        turn_of = _turns_of(demand, times, state_of, sites_open)
        rows = _by_turn(demand, times, covered, backup, state_of, sites_open, counts, turn_of)
    else:
        rows = _by_class(demand, times, covered, backup, state_of, sites_open, counts)
    out = np.zeros(count)
    np.add.at(out, rows.point, np.where(rows.covered, 0.0, rows.weight))
    return Moments(
        times=times,
        open=sites_open,
        counts=counts,
        demand=demand,
        standing=replace(results[0], covered=out == 0, weight=out),
        point=rows.point,
        covered=rows.covered,
        backup=rows.backup,
        served=rows.served,
        weight=rows.weight,
        states=covered,
        state_of=state_of,
        open_places=states,
        turns=rows.turns,
        turn_of=turn_of,
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of ``Moments``."""

    point: IntArray
    covered: BoolArray
    backup: BoolArray
    served: BoolArray
    weight: FloatArray
    turns: Turns | None = None


def _by_class(
    demand: DemandFrame,
    times: Sequence[datetime],
    covered: BoolArray,
    backup: BoolArray,
    state_of: IntArray,
    sites_open: BoolArray,
    counts: IntArray,
) -> _Rows:
    """Return a row for each point and way in which facilities and new sites stand to it."""
    mean = np.zeros((2 * _CLASSES, len(demand)))
    at = np.arange(len(demand))
    for moment, state, is_open, weight in zip(times, state_of, sites_open, counts, strict=True):
        kind = covered[state].astype(np.int64) + backup[state] + _CLASSES * int(is_open)
        mean[kind, at] += weight * demand.weight_at(moment)
    mean /= counts.sum()
    kept = mean > 0
    kept[0] |= ~kept.any(axis=0)  # nobody is there at these moments: still a point
    point, kind = np.nonzero(kept.T)
    return _Rows(
        point=point.astype(np.int64),
        covered=kind % _CLASSES > 0,
        backup=kind % _CLASSES > 1,
        served=kind >= _CLASSES,
        weight=mean[kind, point],
    )


def _turns_of(
    demand: DemandFrame, times: Sequence[datetime], state_of: IntArray, sites_open: BoolArray
) -> IntArray:
    """Return by moment its turn: those at which everything is the same are one.

    Raises
    ------
    InvalidValueError
        If points and turns make more rows than can be solved.
    """
    known: dict[tuple[bytes, int, bool], int] = {}
    turns = []
    for moment, state, is_open in zip(times, state_of.tolist(), sites_open.tolist(), strict=True):
        out = hashlib.blake2b(demand.weight_at(moment).tobytes()).digest()
        turns.append(known.setdefault((out, state, is_open), len(known)))
    if len(known) * len(demand) > MOST_TURN_ROWS:
        most = MOST_TURN_ROWS // len(demand)
        accepted = Text(
            f"有座位时，{len(demand)} 个需求点至多 {most} 个互不相同的时刻（现为 {len(known)} 个）；请少看几个时刻，"
            "或小一些的区域",
            f"with seats at most {most} moments that differ for {len(demand)} demand points, not "
            f"{len(known)}: fewer moments, or a smaller region",
        )
        raise InvalidValueError("moments", len(times), accepted)
    return np.array(turns, dtype=np.int64)


def _by_turn(
    demand: DemandFrame,
    times: Sequence[datetime],
    covered: BoolArray,
    backup: BoolArray,
    state_of: IntArray,
    sites_open: BoolArray,
    counts: IntArray,
    turn_of: IntArray,
) -> _Rows:
    """Return a row for each point and turn at which somebody is there."""
    _, first = np.unique(turn_of, return_index=True)
    share = np.bincount(turn_of, counts) / counts.sum()
    people = [demand.weight_at(times[moment]) for moment in first.tolist()]
    kept = np.array([one > 0 for one in people])
    kept[0] |= ~kept.any(axis=0)  # nobody is there at these moments: still a point
    point, turn = np.nonzero(kept.T)
    state = state_of[first][turn]
    return _Rows(
        point=point.astype(np.int64),
        covered=covered[state, point],
        backup=backup[state, point],
        served=sites_open[first][turn],
        weight=np.concatenate([one[None] for one in people])[turn, point] * share[turn],
        turns=Turns(turn.astype(np.int64), share),
    )


def _worse(one: CoverageResult, other: CoverageResult) -> CoverageResult:
    """Return by point the longer of two walks, and the facility at its end."""
    longer = other.walk_m > one.walk_m
    return replace(
        one,
        walk_m=np.where(longer, other.walk_m, one.walk_m),
        nearest_position=np.where(longer, other.nearest_position, one.nearest_position),
    )
