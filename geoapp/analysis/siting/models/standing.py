"""Sites that stand already and seat so many: whose seats new sites can change, and the flows of both.

What new sites add is the greatest flow of all sites less that of the standing ones. Most of it need not be
searched, exactly:

- A standing site with seats for all in its reach may seat them all, whatever else is open: giving them its
  seats frees others and takes none. They are settled, and the next site has fewer in its reach.
- Of the rest only who is tied to a candidate, over standing sites and those in their reach, can gain.

From the flow of the standing sites to that of all there is a way on which nobody loses a seat that he had:
an augmenting path never takes weight from the point that it starts at, nor from those that it passes
(Ford & Fulkerson 1956). So each new site in turn is said to seat those who have a seat more with it.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from geoapp.analysis.siting.milp import Model, solve
from geoapp.analysis.siting.problem import CoverProblem, Standing, Turns
from geoapp.analysis.siting.result import Clock, whole
from geoapp.core.arrays import BoolArray, FloatArray, IntArray

_RECOUNT_SECONDS = 600.0  # a recount is short and must be had, whatever time is left
_NEAR = 1e-9
_LOOSE = 1e-6  # ten times what HiGHS lets a row be off
_BATCH = 4_000  # pairs of rows and sites


@dataclass(frozen=True, slots=True)
class Stood:
    """Standing sites by merged rows, and whom they seat before anything opens.

    Attributes
    ----------
    cover, seats
        Whom they cover, CSR of ones (merged rows, standing sites), and the seats of each.
    held
        By merged row, the weight that has a seat before.
    settled
        By demand point, the weight with a seat, whatever opens, of those that are in no merged row.
    """

    cover: sp.csr_array
    seats: FloatArray
    held: FloatArray
    settled: FloatArray

    @classmethod
    def none(cls, rows: int, demand: int) -> Self:
        """Return that nothing stands, or what stands is no part of the problem."""
        return cls(sp.csr_array((rows, 0)), np.empty(0), np.zeros(rows), np.zeros(demand))

    @property
    def base(self) -> float:
        """What the standing sites serve of the merged rows."""
        return float(self.held.sum())


def parts_of(cover: sp.csr_array, turns: Turns) -> IntArray:
    """Return by row the number of its part: rows that no site and turn ties together are apart."""
    (demand, sites), count = cover.shape, len(turns.share)
    row = np.repeat(np.arange(demand), np.diff(cover.indptr))
    column = cover.indices * count + turns.of[row]
    nodes = demand + sites * count
    joined = sp.csr_array((np.ones(len(row)), (row, demand + column)), shape=(nodes, nodes))
    _, part = connected_components(joined, directed=False)
    return np.asarray(part[:demand], np.int64)


def seated_flow(
    cover: sp.csr_array,
    weights: FloatArray,
    turns: Turns,
    seats: FloatArray,
    least: FloatArray | None = None,
    spared: BoolArray | None = None,
) -> sp.csr_array:
    """Return a greatest flow from rows to sites, CSR of shape (rows, sites).

    Parts that nothing ties together are solved a few at a time, which takes far less than all at once.

    Parameters
    ----------
    cover
        Sorted CSR of ones, shape (rows, sites).
    weights, turns, seats
        By row, when each row wants its seats, and by site.
    least
        By row, what is to be served at least, which must be possible but for round-off.
    spared
        By site, whether it is to serve no more than it must.
    """
    sizes = np.diff(cover.indptr)
    part = parts_of(cover, turns)
    some = np.flatnonzero(sizes > 0)
    order = some[np.argsort(part[some], kind="stable")]
    batch = np.zeros(len(order), np.int64)
    if len(order):
        # A batch ends with a part.
        pairs = np.cumsum(sizes[order]) - sizes[order]
        begins = np.append(True, part[order][1:] != part[order][:-1])
        first = np.maximum.accumulate(np.where(begins, pairs, 0))
        batch = first // _BATCH
    blocks, at = [], []
    for number in np.unique(batch).tolist():
        rows = order[batch == number]
        mine = Turns(turns.of[rows], turns.share)
        floor = None if least is None else least[rows]
        blocks.append(
            _flow_of(sp.csr_array(cover[rows]), weights[rows], mine, seats, floor, spared)
        )
        at.append(rows)
    if not blocks:
        return sp.csr_array(cover.shape)
    coo = sp.vstack(blocks).tocoo()
    row, column = coo.coords
    found = sp.csr_array((coo.data, (np.concatenate(at)[row], column)), shape=cover.shape)
    found.sort_indices()
    return found


def _flow_of(
    cover: sp.csr_array,
    weights: FloatArray,
    turns: Turns,
    seats: FloatArray,
    least: FloatArray | None,
    spared: BoolArray | None,
) -> sp.csr_array:
    """Return a greatest flow by one linear program over the sites and turns that have a pair."""
    demand, count = cover.shape[0], len(turns.share)
    row, column = np.repeat(np.arange(demand), np.diff(cover.indptr)), cover.indices
    pair, one = np.arange(len(row)), np.ones(len(row))
    used, at = np.unique(column * count + turns.of[row], return_inverse=True)
    rows = sp.vstack(
        (
            sp.csr_array((one, (row, pair)), shape=(demand, len(row))),
            sp.csr_array((one, (at, pair)), shape=(len(used), len(row))),
        ),
        format="csr",
    )
    room = np.concatenate((weights, seats[used // count] * turns.share[used % count]))
    low = np.full(len(room), -np.inf)
    if least is not None:
        low[:demand] = np.where(least > 0, least - _NEAR * np.maximum(1.0, least), -np.inf)
    model = Model(
        cost=-one,
        lower=np.zeros(len(row)),
        upper=weights[row],
        whole=np.zeros(len(row), bool),
        rows=sp.csr_array(rows),
        row_lower=low,
        row_upper=room,
    )
    answer = solve(model, Clock(_RECOUNT_SECONDS))
    if answer.no_plan and least is not None:
        # What another flow serves may be more than there is by as much as HiGHS lets a row be off.
        low[:demand] = np.where(least > _LOOSE, least - _LOOSE, -np.inf)
        answer = solve(model, Clock(_RECOUNT_SECONDS))
    assert answer.x is not None  # serving nobody, or as before, is feasible
    found = answer.x
    if spared is not None and spared[column].any():
        all_served = float(found.sum())
        again = replace(
            model,
            cost=spared[column].astype(np.float64),
            rows=sp.csr_array(sp.vstack((model.rows, one[None]), format="csr")),
            row_lower=np.append(low, all_served - _NEAR * max(1.0, all_served)),
            row_upper=np.append(room, np.inf),
        )
        fewest = solve(again, Clock(_RECOUNT_SECONDS)).x
        found = found if fewest is None else fewest
    amount = np.maximum(found, 0.0)
    if whole(room):
        # Corners of a transport problem in whole numbers are whole; round-off is not part of them.
        amount = np.rint(amount)
    return sp.csr_array((amount, (row, column)), shape=cover.shape)


def with_standing(model: Model, stood: Stood, weights: FloatArray, turns: Turns) -> Model:
    """Return a model with the flows to standing sites, whose first rows are those of the demand."""
    cover, count = stood.cover, len(turns.share)
    (demand, sites) = cover.shape
    if not cover.nnz:
        return model
    row, column = np.repeat(np.arange(demand), np.diff(cover.indptr)), cover.indices
    pair, one = np.arange(len(row)), np.ones(len(row))
    at = column * count + turns.of[row]
    mine = sp.csr_array((one, (row, pair)), shape=(model.rows.shape[0], len(row)))
    seats = sp.csr_array((one, (at, pair)), shape=(sites * count, len(row)))
    return Model(
        cost=np.concatenate((model.cost, -one)),
        lower=np.concatenate((model.lower, np.zeros(len(row)))),
        upper=np.concatenate((model.upper, weights[row])),
        whole=np.concatenate((model.whole, np.zeros(len(row), bool))),
        rows=sp.csr_array(sp.block_array([[model.rows, mine], [None, seats]], format="csr")),
        row_lower=np.concatenate((model.row_lower, np.full(sites * count, -np.inf))),
        row_upper=np.concatenate((model.row_upper, np.outer(stood.seats, turns.share).ravel())),
    )


def settled_by(
    cover: sp.csr_array, weights: FloatArray, turns: Turns, seats: FloatArray
) -> BoolArray:
    """Return by row whether a site has seats for all in its reach who are not settled before."""
    count = len(turns.share)
    row = np.repeat(np.arange(cover.shape[0]), np.diff(cover.indptr))
    column = cover.indices * count + turns.of[row]
    room = np.outer(seats, turns.share).ravel()
    settled = np.zeros(cover.shape[0], np.bool_)
    while True:
        left = np.where(settled, 0.0, weights)
        enough = np.bincount(column, left[row], len(room)) <= room
        fresh = np.zeros_like(settled)
        fresh[row[enough[column]]] = True
        fresh &= left > 0
        if not fresh.any():
            return settled
        settled |= fresh


def tied_to_new(
    problem: CoverProblem, standing: Standing, turns: Turns
) -> tuple[BoolArray, FloatArray]:
    """Return which rows new sites can change, and of all others the weight that has a seat whatever opens."""
    weights = problem.weights
    settled = settled_by(standing.cover, weights, turns, standing.seats)
    held = np.where(settled, weights, 0.0)
    left = ~settled & (weights > 0)
    opened = problem.cover @ problem.rules.allowed.astype(np.float64) > 0
    near = standing.cover.copy()
    near.data = left[np.repeat(np.arange(len(left)), np.diff(near.indptr))].astype(np.float64)
    near.eliminate_zeros()
    part = parts_of(near, turns)
    tied = left & np.isin(part, part[opened & left])
    _seat(standing, weights, turns, np.flatnonzero(left & ~tied), held)
    return tied, held


def seated_alone(stands: Standing, weights: FloatArray, turns: Turns | None) -> FloatArray:
    """Return by demand point the weight that standing sites seat: of several greatest flows, of one.

    Parameters
    ----------
    weights, turns
        By demand point, and when each wants its seats; None = all at the same time.
    """
    when = turns or Turns.one(len(weights))
    settled = settled_by(stands.cover, weights, when, stands.seats)
    held = np.where(settled, weights, 0.0)
    _seat(stands, weights, when, np.flatnonzero(~settled & (weights > 0)), held)
    return held


def _seat(
    stands: Standing, weights: FloatArray, turns: Turns, rows: IntArray, held: FloatArray
) -> None:
    """Write down by demand point whom standing sites seat of some rows."""
    near = sp.csr_array(stands.cover[rows])
    flow = seated_flow(near, weights[rows], Turns(turns.of[rows], turns.share), stands.seats)
    held[rows] = np.asarray(flow.sum(axis=1)).reshape(-1)


def scaled(problem: CoverProblem, unit: float) -> Standing | None:
    """Return what stands with its seats in another unit of weight."""
    stands = problem.standing
    return None if stands is None else replace(stands, seats=stands.seats / unit)


def one_after_another(
    cover: sp.csr_array,
    weights: FloatArray,
    turns: Turns,
    seats: FloatArray,
    stood: Stood,
    order: IntArray,
) -> sp.csr_array:
    """Return who has a seat: before, then more with each site in turn, CSR of shape (rows, 1 + sites).

    Parameters
    ----------
    cover, weights, turns
        Whom candidates cover, by merged row.
    seats
        By candidate.
    stood, order
        What stands; the sites that open, one after another.
    """
    every = sp.csr_array(sp.hstack((cover[:, order], stood.cover), format="csr"))
    every.sort_indices()
    part = parts_of(every, turns)
    by_site = sp.csc_array(cover)
    held = stood.held
    columns = [held]
    for opened, site in enumerate(order.tolist(), start=1):
        mine = by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]
        rows = np.flatnonzero(np.isin(part, part[mine]))  # nobody else sits otherwise
        now = order[:opened]
        both = sp.csr_array(sp.hstack((cover[rows][:, now], stood.cover[rows]), format="csr"))
        both.sort_indices()
        flow = seated_flow(
            both,
            weights[rows],
            Turns(turns.of[rows], turns.share),
            np.concatenate((seats[now], stood.seats)),
            held[rows],
        )
        after = held.copy()
        fresh = np.asarray(flow.sum(axis=1)).reshape(-1)
        more = fresh > held[rows] + _NEAR * np.maximum(1.0, held[rows])
        after[rows] = np.where(more, fresh, held[rows])
        columns.append(after - held)
        held = after
    found = sp.csr_array(np.array(columns).T)
    found.sort_indices()
    return found
