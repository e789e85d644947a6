"""Facilities that may be one and the same: by name, distance and telephone. Suspicion, never proof."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from scipy.spatial import cKDTree

from geoapp.analysis.geometry.spheroid import ecef
from geoapp.core.arrays import FloatArray, IntArray
from geoapp.core.geo import geodesic_m
from geoapp.core.vocabulary import letters_and_digits, load_vocabulary

# Beside each other under names this much alike, or under one name as far apart as a wrong datum moves.
NEAR_M: Final = 100.0
NEAR_NAME: Final = 0.8
FAR_M: Final = 1000.0
# One telephone for two places of like names in one neighbourhood.
PHONE_M: Final = 2000.0
PHONE_NAME: Final = 0.6
# A number that more places share is an office's, a name that more have is nobody's own.
MOST_SHARING: Final = 50
MOST_SUSPECTED: Final = 1000
MOST_PAIRS: Final = 20_000_000
_LEAST_REACH_M: Final = 0.01
_DIGITS: Final = re.compile(r"\D+")
_LEAST_DIGITS: Final = 7
_NOTE: Final = re.compile(r"(?<=\w)\s*[(（【\[][^()（）【】\[\]]+[)）】\]]")
_NEARLY: Final = 0.95  # not the same name


@dataclass(frozen=True, slots=True)
class FacilityWords:
    """Facilities to be held against each other; phones and kinds may be unknown (None).

    Attributes
    ----------
    lon, lat
        Decimal degrees, EPSG:4326, finite.
    """

    names: Sequence[str]
    kinds: Sequence[str | None]
    phones: Sequence[str | None]
    lon: FloatArray
    lat: FloatArray


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Two positions in the frame, the first the smaller, and why they may be one place.

    ``alike`` is how alike the names are (0 to 1); ``same_phone`` is None where one is unknown.
    """

    first: int
    second: int
    alike: float
    distance_m: float
    same_phone: bool | None


def duplicates(frame: FacilityWords, *, most: int = MOST_SUSPECTED) -> list[Suspicion]:
    """Return the pairs that may be one facility, the most alike and nearest first, at most ``most``.

    Suspected are places within ``NEAR_M`` under like names, within a kilometre under the same name
    (a wrong datum moves that far), and within two under one telephone and like names. What their kind
    is called counts for nothing between two of one kind: of ``台东爱心驿站`` only ``台东`` is compared.
    What stands in brackets behind one name alone, such as the host, does not make it another one.
    A name that very many have says nothing of any two of them.
    Where more pairs stand that near than can be held, only nearer ones are looked at.
    """
    count = len(frame.names)
    if count < 2:
        return []
    full = [letters_and_digits(name) for name in frame.names]
    cores = [core_name(name) for name in full]
    phones = [_phone(phone) for phone in frame.phones]
    blocks = [_near(frame.lon, frame.lat), _sharing(cores), _sharing(phones)]
    pairs = np.unique(np.concatenate(blocks), axis=0)
    if not len(pairs):
        return []
    left, right = pairs[:, 0], pairs[:, 1]
    alike = alikeness(full, left, right)
    kinds = np.array([kind or "" for kind in frame.kinds], dtype=object)
    same_kind = np.flatnonzero(kinds[left] == kinds[right])
    alike[same_kind] = alikeness(cores, left[same_kind], right[same_kind])
    pass_over_notes(frame.names, alike, left, right)
    crowd = _crowd(cores)
    telling = ~(crowd[left] & crowd[right] & (alike == 1.0))
    numbers = np.array([phone or "" for phone in phones], dtype=object)
    both = (numbers[left] != "") & (numbers[right] != "")
    same_phone = both & (numbers[left] == numbers[right])
    likely = (telling & (alike >= NEAR_NAME)) | (same_phone & (alike >= PHONE_NAME))
    left, right, alike = left[likely], right[likely], alike[likely]
    both, same_phone, telling = both[likely], same_phone[likely], telling[likely]
    metres = geodesic_m(frame.lon[left], frame.lat[left], frame.lon[right], frame.lat[right])
    suspected = (
        (telling & (metres <= NEAR_M) & (alike >= NEAR_NAME))
        | (telling & (metres <= FAR_M) & (alike == 1.0))
        | ((metres <= PHONE_M) & same_phone & (alike >= PHONE_NAME))
    )
    left, right, alike, metres = (
        one[suspected] for one in (left, right, alike, np.asarray(metres))
    )
    both, same_phone = both[suspected], same_phone[suspected]
    ranked = np.lexsort((right, left, metres, -alike))[:most]
    return [
        Suspicion(
            int(left[place]),
            int(right[place]),
            round(float(alike[place]), 3),
            float(metres[place]),
            bool(same_phone[place]) if both[place] else None,
        )
        for place in ranked
    ]


def changed_much(
    name_then: str,
    name_now: str,
    place_then: tuple[float, float] | None,
    place_now: tuple[float, float] | None,
) -> bool:
    """Tell whether a facility is hardly known again by its name, or stands elsewhere.

    Places are (lon, lat) in degrees, EPSG:4326; None is nowhere.
    """
    words = letters_and_digits(name_then), letters_and_digits(name_now)
    if fuzz.ratio(*words) / 100.0 < NEAR_NAME:
        return True
    if place_then is None or place_now is None:
        return place_then is not place_now
    return bool(geodesic_m(*place_then, *place_now) > NEAR_M)


def alikeness(words: Sequence[str], left: IntArray, right: IntArray) -> NDArray[np.float64]:
    """Return how alike words are, pair by pair (0 to 1)."""
    if not len(left):
        return np.empty(0)
    scores = process.cpdist(
        [words[place] for place in left], [words[place] for place in right], scorer=fuzz.ratio
    )
    return np.asarray(scores, dtype=np.float64) / 100.0


def pass_over_notes(
    names: Sequence[str], alike: NDArray[np.float64], left: IntArray, right: IntArray
) -> None:
    """Raise how alike two names are, of which one alone has something in brackets, to what is before it."""
    noted = np.array([_NOTE.search(name) is not None for name in names], dtype=np.bool_)
    one = np.flatnonzero(noted[left] != noted[right])
    bare = (
        [core_name(letters_and_digits(_NOTE.sub("", name))) for name in names] if len(one) else []
    )
    said = np.minimum(alikeness(bare, left[one], right[one]), _NEARLY)
    alike[one] = np.maximum(alike[one], said)


def _near(lon: FloatArray, lat: FloatArray) -> IntArray:
    """Return the pairs within ``NEAR_M``, through the earth: it is shorter than along the ground."""
    tree = cKDTree(ecef(lon, lat))
    reach = NEAR_M
    while reach > 0 and tree.count_neighbors(tree, reach) > 2 * MOST_PAIRS:
        reach = reach / 2 if reach > _LEAST_REACH_M else 0.0
    if reach == 0:
        return np.empty((0, 2), dtype=np.int64)
    pairs: IntArray = tree.query_pairs(reach, output_type="ndarray").astype(np.int64)
    return np.sort(pairs, axis=1)


def _crowd(words: Sequence[str]) -> NDArray[np.bool_]:
    """Tell which words are those of more than ``MOST_SHARING``."""
    counts = Counter(words)
    return np.array([counts[word] > MOST_SHARING for word in words], dtype=np.bool_)


def _sharing(words: Sequence[str | None]) -> IntArray:
    """Return the pairs that share a word which few have."""
    groups: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        if word:
            groups.setdefault(word, []).append(place)
    pairs = [
        pair
        for members in groups.values()
        if 2 <= len(members) <= MOST_SHARING
        for pair in combinations(members, 2)
    ]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def core_name(name: str) -> str:
    """Return a folded name without what its kind is called; the name where nothing else is left."""
    words, lengths = _kind_words()
    for length in lengths:
        if name[-length:] in words:
            return name[:-length] or name
    return name


@lru_cache(maxsize=1)
def _kind_words() -> tuple[frozenset[str], tuple[int, ...]]:
    """Return what kinds are called, and how long these words are, the longest first."""
    words = {
        letters_and_digits(name)
        for kind in load_vocabulary().kinds
        for name in (kind.name_zh, kind.name_en, *kind.synonyms)
    }
    words |= {"驿站", "服务站点", "服务站", "站点", "服务点"}
    words.discard("")
    return frozenset(words), tuple(sorted({len(word) for word in words}, reverse=True))


def _phone(phone: str | None) -> str | None:
    digits = _DIGITS.sub("", phone or "").removeprefix("86")
    return digits if len(digits) >= _LEAST_DIGITS else None
