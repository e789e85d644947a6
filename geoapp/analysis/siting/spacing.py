"""Least spacing between stations: pairs of sites of which at most one may be open.

    y_j + y_k <= 1   for every pair in conflict

is written as  sum_{j in Q} y_j <= 1  for cliques Q that hold all the pairs together, which is the
same rule for whole y and a tighter one for its relaxation (Padberg 1973; anti-covering: Moon &
Chaudhry 1984; Murray & Church 1997).
"""

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from geoapp.analysis.geometry.spheroid import checked_lonlat, ecef, geodesic_m
from geoapp.analysis.siting.checks import Sites, checked_numbers, checked_sites
from geoapp.analysis.siting.rules import SideRows
from geoapp.core.arrays import IntArray
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text


def pairs_nearer_than(
    spacing_m: ArrayLike, *, lon: ArrayLike, lat: ArrayLike, fixed: Sites = ()
) -> IntArray:
    """Return the pairs of sites that stand nearer to each other than they may.

    Parameters
    ----------
    spacing_m
        Least geodesic distance in metres: one number, or one by site (1,000 m, and 500 m where it is
        busy); of the two numbers of a pair the smaller counts. A pair exactly so far apart may stay.
    lon, lat
        Decimal degrees, EPSG:4326.
    fixed
        Positions of sites that stand already: pairs of two of them are left out, since a rule for
        new sites cannot move them.

    Returns
    -------
    pairs
        Positions, shape (n, 2), each row ascending; for ``conflicts`` of the models.
    """
    lon_deg, lat_deg = checked_lonlat(lon, lat)
    count = len(lon_deg)
    least_m = checked_numbers(
        "spacing_m", np.full(count, spacing_m) if np.ndim(spacing_m) == 0 else spacing_m, count
    )
    stands = np.zeros(count, bool)
    stands[checked_sites("fixed", fixed, count)] = True
    if count < 2:
        return np.empty((0, 2), np.int64)
    # No geodesic is shorter than its chord, so no pair is missed.
    tree = cKDTree(ecef(lon_deg, lat_deg))
    pairs = tree.query_pairs(float(least_m.max()), output_type="ndarray").astype(np.int64)
    one, other = pairs.min(axis=1), pairs.max(axis=1)
    away_m = geodesic_m(lon_deg[one], lat_deg[one], lon_deg[other], lat_deg[other])
    near = (away_m < np.minimum(least_m[one], least_m[other])) & ~(stands[one] & stands[other])
    return np.unique(np.stack((one[near], other[near]), axis=1), axis=0)


def checked_conflicts(conflicts: Any, sites: int) -> IntArray:
    """Return pairs in conflict, shape (n, 2), each once and ascending.

    Parameters
    ----------
    conflicts
        Sparse or boolean relation of shape (sites, sites), in either or both directions, its
        diagonal of no meaning; or pairs of positions, shape (n, 2).
    sites
        Number of candidates.
    """
    accepted = Text(
        f"形状为（{sites}，{sites}）的关系，或形状为（n，2）的序号对",
        f"a relation ({sites}, {sites}), or pairs of different positions (n, 2)",
    )
    if sp.issparse(conflicts) or getattr(conflicts, "dtype", np.dtype(object)).kind == "b":
        relation = sp.coo_array(conflicts)
        if relation.shape != (sites, sites):
            raise InvalidValueError("conflicts", relation.shape, accepted)
        if relation.data.dtype.kind == "f" and np.isnan(relation.data).any():
            raise InvalidValueError("conflicts", "nan", accepted)
        row, column = (part[relation.data != 0] for part in relation.coords)
        pairs = np.stack((row, column), axis=1)[row != column].astype(np.int64)
    else:
        pairs = np.asarray(conflicts)
        if pairs.size == 0:
            return np.empty((0, 2), np.int64)
        if pairs.ndim != 2 or pairs.shape[1] != 2 or pairs.dtype.kind not in "iu":
            raise InvalidValueError("conflicts", pairs.shape, accepted)
        wrong = (pairs < 0) | (pairs >= sites) | (pairs[:, :1] == pairs[:, 1:])
        if wrong.any():
            raise InvalidValueError("conflicts", pairs[wrong.any(axis=1)][0].tolist(), accepted)
    return np.unique(np.sort(pairs.astype(np.int64), axis=1), axis=0)


def cliques(pairs: IntArray, sites: int) -> list[list[int]]:
    """Return sets of sites, all in conflict with each other, that hold every pair.

    Greedy: a pair that no set holds yet is widened by the sites that conflict with all in the set,
    first those that conflict with most.
    """
    near: list[set[int]] = [set() for _ in range(sites)]
    for one, other in pairs.tolist():
        near[one].add(other)
        near[other].add(one)
    waiting = [set(one) for one in near]
    found: list[list[int]] = []
    for one in range(sites):
        while waiting[one]:
            other = min(waiting[one])
            clique, common = [one, other], near[one] & near[other]
            while common:
                # Pairs that no set holds yet come first, so that each set takes many of them.
                best = max(common, key=lambda site: (len(waiting[site] & set(clique)), -site))
                clique.append(best)
                common &= near[best]
            for site in clique:
                waiting[site] -= set(clique)
            found.append(sorted(clique))
    return found


def spacing_rows(pairs: IntArray, sites: int) -> SideRows | None:
    """Return the rule as rows of cliques; None where no pair is in conflict."""
    if not len(pairs):
        return None
    sets = cliques(pairs, sites)
    first = np.concatenate(([0], np.cumsum([len(one) for one in sets])))
    columns = np.concatenate(sets).astype(np.int64)
    rows = sp.csr_array((np.ones(len(columns)), columns, first), shape=(len(sets), sites))
    return SideRows(rows, np.full(len(sets), -np.inf), np.ones(len(sets)))


def conflict_of_fixed(pairs: IntArray, fixed: IntArray) -> Text | None:
    """Return why the fixed sites alone break the rule; None where they do not."""
    both = np.isin(pairs, fixed).all(axis=1)
    if not both.any():
        return None
    one, other = pairs[both][0].tolist()
    count = int(both.sum())
    return Text(
        f"固定站点中有 {count} 对违反间距要求，如 {one} 与 {other}",
        f"{count} pairs of fixed sites conflict with each other, such as {one} and {other}",
    )
