"""Why coverage is what it is: gaps and their reasons, what depends on whom, and what overlaps.

All on arrays: a_ij = 1 iff site j covers demand point i, w_i its weight.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from geoapp.analysis.coverage.facts import GAP_REASONS, GapReason, reason_codes, sole_weight
from geoapp.analysis.frames import numbered
from geoapp.analysis.siting.checks import Sites, checked_cover, checked_numbers, checked_sites
from geoapp.core.arrays import BoolArray, FloatArray, IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text


@dataclass(frozen=True, slots=True)
class UnreachableDemand:
    """Demand that no candidate covers, whatever is built: positions, weight, share of all weight.

    ``share`` is None where there is no weight at all.
    """

    points: IntArray
    weight: float
    share: float | None


def unreachable_demand(
    cover: Any, weights: ArrayLike, *, forbidden: Sites = ()
) -> UnreachableDemand:
    """Return the demand that no candidate which may be opened covers.

    Parameters
    ----------
    cover, weights, forbidden
        As in ``solve_mclp``. Points of weight 0 are not listed.
    """
    relation = checked_cover(cover, none_too=True)
    weight = checked_numbers("weights", weights, relation.shape[0])
    allowed = np.ones(relation.shape[1])
    allowed[checked_sites("forbidden", forbidden, relation.shape[1])] = 0.0
    points = np.flatnonzero(((relation @ allowed) == 0) & (weight > 0))
    lost, total = float(weight[points].sum()), float(weight.sum())
    return UnreachableDemand(points, lost, lost / total if total else None)


def criticality(
    cover: Any, weights: ArrayLike, *, facilities: Sequence[Hashable] | None = None
) -> FloatArray:
    """Return by facility the weight that it alone covers: what is lost if it closes.

    Parameters
    ----------
    cover
        Relation of the sites that are open, shape (n_demand, n_site).
    weights
        By demand point, from 0 up.
    facilities
        For each site (column) the facility whose place it is. Places of one facility are one source
        of service, and no backup of each other. None = each is a facility of its own.

    Returns
    -------
    By facility, in the order in which they first come.
    """
    relation = _by_facility(checked_cover(cover, none_too=True), facilities)
    weight = checked_numbers("weights", weights, relation.shape[0])
    alone = np.diff(relation.indptr) == 1
    facility = np.full(len(weight), -1, np.int64)
    facility[alone] = relation.indices[relation.indptr[:-1][alone]]
    return sole_weight(facility, weight, alone, relation.shape[1])


def _by_facility(relation: sp.csr_array, facilities: Sequence[Hashable] | None) -> sp.csr_array:
    """Return the relation with the columns of each facility as one."""
    if facilities is None:
        return relation
    sites = relation.shape[1]
    if len(facilities) != sites:
        accepted = Text(f"{sites} 列各一个设施", f"a facility for each of {sites} columns")
        raise InvalidValueError("facilities", len(facilities), accepted)
    distinct, of = numbered(facilities)
    whose = sp.csr_array((np.ones(sites), (np.arange(sites), of)), shape=(sites, len(distinct)))
    merged = sp.csr_array(relation @ whose)
    merged.data[:] = 1.0
    return merged


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two sites that cover the same demand.

    Attributes
    ----------
    first, second
        Positions, ascending.
    shared
        Weight that both cover.
    share
        Of the weight that either covers (weighted Jaccard index, 0 to 1).
    """

    first: int
    second: int
    shared: float
    share: float


def overlaps(
    cover: Any,
    weights: ArrayLike,
    *,
    most: int = 20,
    facilities: Sequence[Hashable] | None = None,
) -> tuple[Overlap, ...]:
    """Return the pairs of sites that overlap most, by share, then by weight.

    Parameters
    ----------
    cover, weights, facilities
        As in ``criticality``; pairs are then of facilities, numbered as they first come.
    most
        No more pairs than this.
    """
    return counted_overlaps(cover, weights, most=most, facilities=facilities)[0]


def counted_overlaps(
    cover: Any,
    weights: ArrayLike,
    *,
    most: int = 20,
    facilities: Sequence[Hashable] | None = None,
) -> tuple[tuple[Overlap, ...], int]:
    """Return what ``overlaps`` returns, and how many pairs overlap at all."""
    relation = _by_facility(checked_cover(cover, none_too=True), facilities)
    weight = checked_numbers("weights", weights, relation.shape[0])
    by_site = sp.csr_array(relation.T)
    both = sp.triu(by_site @ sp.diags_array(weight) @ relation, k=1, format="coo")
    first, second = both.coords
    each = by_site @ weight
    kept = both.data > 0
    first, second, shared = first[kept], second[kept], both.data[kept]
    share = shared / (each[first] + each[second] - shared)
    order = np.lexsort((second, first, -shared, -share))[:most]
    found = tuple(
        Overlap(int(first[one]), int(second[one]), float(shared[one]), float(share[one]))
        for one in order
    )
    return found, len(share)


@dataclass(frozen=True, slots=True)
class GapReasons:
    """By demand point why it is a gap, as position in ``GAP_REASONS``."""

    code: IntArray

    def points(self, reason: GapReason) -> IntArray:
        """Return the demand points of one reason."""
        return np.flatnonzero(self.code == GAP_REASONS.index(reason))

    def weight(self, weights: ArrayLike) -> dict[GapReason, float]:
        """Return the weight of each reason."""
        weight = checked_numbers("weights", weights, len(self.code))
        total = np.bincount(self.code, weight, len(GAP_REASONS))
        return {reason: float(total[number]) for number, reason in enumerate(GAP_REASONS)}


def gap_reasons(
    open_now: Any, walkable: Any, cut_off: ArrayLike, *, maybe_open: Any = None
) -> GapReasons:
    """Return by demand point why no open station covers it.

    Parameters
    ----------
    open_now
        Relation to the stations within the standard on foot that are known to be open at the hour,
        shape (n_demand, n_station).
    walkable
        Relation to all stations within the standard on foot, whatever their hours.
    cut_off
        By demand point, whether no way on the network leads from it to any station: see
        `geoapp.analysis.coverage.coverage.cut_off`.
    maybe_open
        Relation to the stations within the standard on foot whose hours are unknown; None = none.

    Notes
    -----
    The first that applies is the reason: covered; unknown hours; closed; cut off; no station.
    """
    relations = {"open_now": open_now, "walkable": walkable}
    if maybe_open is not None:
        relations["maybe_open"] = maybe_open
    any_: dict[str, BoolArray] = {}
    shape = checked_cover(open_now, none_too=True).shape
    for name, relation in relations.items():
        checked = checked_cover(relation, none_too=True)
        if checked.shape != shape:
            raise InvalidValueError(name, checked.shape, Text(f"形状 {shape}", f"shape {shape}"))
        any_[name] = np.diff(checked.indptr) > 0
    unknown = any_.get("maybe_open", np.zeros(shape[0], bool))
    apart = np.asarray(cut_off)
    if apart.dtype != np.bool_ or apart.shape != shape[:1]:
        accepted = Text(f"{shape[0]} 个真假值", f"{shape[0]} booleans, one for each demand point")
        raise InvalidValueError("cut_off", f"{apart.dtype} {apart.shape}", accepted)
    code = reason_codes(any_["open_now"], unknown, any_["walkable"], apart)
    return GapReasons(code)


def closers(
    cover: Any, weights: ArrayLike, points: ArrayLike, *, most: int = 3
) -> tuple[tuple[int, float], ...]:
    """Return the candidates that would close most of a gap, and the weight that each covers of it.

    Parameters
    ----------
    cover, weights
        Candidates' relation and weights by demand point.
    points
        Positions of the gap's demand points.
    most
        No more candidates than this; those that cover nothing of the gap are not listed.
    """
    relation = checked_cover(cover, none_too=True)
    weight = checked_numbers("weights", weights, relation.shape[0])
    rows = checked_sites("points", points, relation.shape[0])
    inside = np.zeros(len(weight))
    inside[rows] = weight[rows]
    gain = relation.T @ inside
    order = np.argsort(-gain, kind="stable")[:most]
    return tuple((int(one), float(gain[one])) for one in order if gain[one] > 0)
