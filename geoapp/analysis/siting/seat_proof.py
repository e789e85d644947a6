"""Seats in a proof: who is said to sit where, and what a site's seats are worth at some prices."""

from typing import Final

import numpy as np

from geoapp.core.arrays import FloatArray
from geoapp.core.i18n import Text
from geoapp.core.results.proof import Proof, ProofSeats

_ROUND_OFF: Final = 1e-9  # of sums, as a share


def seat_misfits(proof: Proof, seats: ProofSeats) -> list[Text]:
    """Return what no honest file says of its seats."""
    if proof.candidates is None:
        return [Text("座位的证明要有候选点", "a proof with seats is among candidates")]
    if len(seats.row) != len(proof.sites):
        return [
            Text("每个站点都要列出谁坐在那里", "whom each site seats is not listed for all of them")
        ]
    weight = np.array(proof.demand.weight, float)
    row = np.array([one for some in seats.row for one in some], np.int64)
    workers = np.array([one for some in seats.workers for one in some], float)
    if np.any((row < 0) | (row >= len(weight))) or np.any(workers < 0):
        return [
            Text(
                "列出的序号越界，或人数为负",
                "a position lies beyond its list, or workers are negative",
            )
        ]
    found = []
    if np.any(np.bincount(row, workers, minlength=len(weight)) > weight * (1 + _ROUND_OFF)):
        found.append(
            Text("有需求点坐下的人比那里的人多", "more sit of a demand point than there are")
        )
    if any(sum(one) > seats.each * (1 + _ROUND_OFF) for one in seats.workers):
        found.append(Text("有站点坐的人比座位多", "a site seats more than it has seats"))
    return found


def dearest(weight: FloatArray, price: FloatArray, seats: float) -> float:
    """Return what some workers' dearest seats are worth: prices by demand point, for all its workers.

    Parameters
    ----------
    weight, price
        By demand point; the price of one worker is their quotient.
    seats
        How many there are.
    """
    held = weight > 0
    each = price[held] / weight[held]
    order = np.argsort(-each, kind="stable")
    workers = weight[held][order]
    before = np.cumsum(workers) - workers
    sits = np.clip(seats - before, 0.0, workers)
    return float((sits * each[order]).sum())
