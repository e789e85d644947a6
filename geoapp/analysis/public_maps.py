"""Which listing of a public map is which facility: by name and distance. A proposal, never proof."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from geoapp.analysis.duplicates import (
    FAR_M,
    MOST_SHARING,
    NEAR_M,
    NEAR_NAME,
    alikeness,
    core_name,
    pass_over_notes,
)
from geoapp.analysis.geometry.spheroid import ecef
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.geo import geodesic_m
from geoapp.core.public_maps import Sureness
from geoapp.core.vocabulary import letters_and_digits

# Of two names this much more alike than the next one is meant.
CLEAR: Final = 0.1


@dataclass(frozen=True, slots=True)
class Named:
    """Places with names; ``lon`` and ``lat`` are degrees, EPSG:4326, finite."""

    names: Sequence[str]
    lon: FloatArray
    lat: FloatArray


@dataclass(frozen=True, slots=True)
class Likely:
    """A listing and a facility, by position, that may be one.

    Attributes
    ----------
    alike
        How alike the names are, 0 to 1.
    telling
        Whether the names as they stand are alike; otherwise only what is left of them without what
        their kinds are called, which wants somebody's eye.
    distance_m
        Metres on the spheroid.
    """

    listing: int
    facility: int
    alike: float
    telling: bool
    distance_m: float


@dataclass(frozen=True, slots=True)
class Match:
    """What a listing is.

    Attributes
    ----------
    facility
        Position of the facility; None unless it is matched.
    likely
        What it may be, the most likely first; without those that somebody refused.
    """

    sureness: Sureness
    facility: int | None
    likely: tuple[Likely, ...]


def likely_pairs(listings: Named, facilities: Named) -> list[Likely]:
    """Return the pairs that may be one, by listing.

    They stand within ``NEAR_M`` under like names, or within ``FAR_M`` under the same name: a wrong
    datum moves that far. A name that very many have tells nothing beyond ``NEAR_M``.
    """
    count = len(listings.names)
    if not count or not len(facilities.names):
        return []
    names = [*listings.names, *facilities.names]
    full = [letters_and_digits(name) for name in names]
    cores = [core_name(name) for name in full]
    pairs = np.unique(np.concatenate([_near(listings, facilities), _sharing(full, count)]), axis=0)
    if not len(pairs):
        return []
    left, right = pairs[:, 0], pairs[:, 1] + count
    alike = alikeness(full, left, right)
    pass_over_notes(names, alike, left, right)
    bare = alikeness(cores, left, right)
    metres = np.asarray(
        geodesic_m(
            listings.lon[pairs[:, 0]],
            listings.lat[pairs[:, 0]],
            facilities.lon[pairs[:, 1]],
            facilities.lat[pairs[:, 1]],
        )
    )
    near = metres <= NEAR_M
    telling = (near & (alike >= NEAR_NAME)) | ((metres <= FAR_M) & (alike == 1.0))
    found = telling | (near & (bare >= NEAR_NAME))
    return [
        Likely(
            int(pairs[place, 0]),
            int(pairs[place, 1]),
            round(float(max(alike[place], 0.0 if telling[place] else bare[place])), 3),
            bool(telling[place]),
            float(metres[place]),
        )
        for place in np.flatnonzero(found)
    ]


def match_listings(
    count: int,
    likely: Sequence[Likely],
    in_use: Sequence[bool],
    decided: Mapping[int, int],
    refused: Collection[tuple[int, int]],
) -> list[Match]:
    """Return what each of some listings is.

    A facility that is in use comes before one that is not. Where two may be meant, it is not decided
    here; a facility is proposed for one listing alone, the most likely.

    Parameters
    ----------
    count
        How many listings there are.
    in_use
        By facility whether it is in use.
    decided
        By listing the facility that somebody said it is.
    refused
        Listings and facilities of which somebody said that they are not one.
    """
    by_listing: dict[int, list[Likely]] = defaultdict(list)
    for one in likely:
        if (one.listing, one.facility) not in refused:
            by_listing[one.listing].append(one)
    chosen: dict[int, Likely] = {}
    for listing, some in by_listing.items():
        some.sort(key=lambda one: (not in_use[one.facility], *_rank(one)))
        standing = [one for one in some if in_use[one.facility]] or some
        if listing not in decided and _is_clear(standing):
            chosen[listing] = standing[0]
    taken = set(decided.values())
    best: dict[int, Likely] = {}
    for one in chosen.values():
        known = best.get(one.facility)
        if one.facility not in taken and (known is None or _rank(one) < _rank(known)):
            best[one.facility] = one
    matches = []
    for listing in range(count):
        some = by_listing.get(listing, [])
        if listing in decided:
            matches.append(Match(Sureness.BY_HAND, decided[listing], tuple(some)))
        elif not some:
            matches.append(Match(Sureness.UNMATCHED, None, ()))
        elif listing in chosen and best.get(chosen[listing].facility) is chosen[listing]:
            matches.append(Match(Sureness.ALIKE, chosen[listing].facility, tuple(some)))
        else:
            matches.append(Match(Sureness.AMBIGUOUS, None, tuple(some)))
    return matches


def _rank(one: Likely) -> tuple[bool, float, float]:
    return (not one.telling, -one.alike, one.distance_m)


def _is_clear(some: Sequence[Likely]) -> bool:
    """Tell whether the first of some, in order of rank, is meant and no other."""
    first = some[0]
    if not first.telling:
        return False
    return all(not one.telling or first.alike - one.alike >= CLEAR for one in some[1:])


def _near(listings: Named, facilities: Named) -> IntArray:
    """Return the pairs within ``NEAR_M``, through the earth: it is shorter than along the ground."""
    here, there = (cKDTree(ecef(one.lon, one.lat)) for one in (listings, facilities))
    found = here.sparse_distance_matrix(there, NEAR_M, output_type="ndarray")
    return np.column_stack([found["i"], found["j"]]).astype(np.int64)


def _sharing(words: Sequence[str], count: int) -> IntArray:
    """Return the pairs of one name, the first ``count`` of which are listings; none of very many."""
    groups: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for place, word in enumerate(words):
        groups[word][place >= count].append(place - count * (place >= count))
    pairs = [
        (one, other)
        for word, (some, others) in groups.items()
        if word and max(len(some), len(others)) <= MOST_SHARING
        for one in some
        for other in others
    ]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)
