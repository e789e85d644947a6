"""Which listing is which facility: against all pairs looked at one by one, and what is left open."""

import numpy as np

from geoapp.analysis.duplicates import FAR_M, NEAR_M, NEAR_NAME, alikeness, core_name
from geoapp.analysis.public_maps import Likely, Named, likely_pairs, match_listings
from geoapp.core.geo import geodesic_m
from geoapp.core.public_maps import Sureness
from geoapp.core.vocabulary import letters_and_digits

WORDS = ["台东", "台东一路", "香港中路", "香港中路三", "大港", "大港爱心驿站", "台东爱心驿站"]


def _places(rng: np.random.Generator, count: int) -> Named:
    names = [str(rng.choice(WORDS)) + "驿站" * int(rng.integers(2)) for _ in range(count)]
    return Named(names, 120.35 + 0.012 * rng.random(count), 36.07 + 0.012 * rng.random(count))


def test_likely_pairs_are_those_that_brute_force_finds() -> None:
    rng = np.random.default_rng(11)
    listings, facilities = _places(rng, 40), _places(rng, 60)
    wanted = set()
    for i, name in enumerate(listings.names):
        for j, other in enumerate(facilities.names):
            one, two = letters_and_digits(name), letters_and_digits(other)
            place = (facilities.lon[j], facilities.lat[j])
            metres = float(geodesic_m(listings.lon[i], listings.lat[i], *place))
            first, second = np.array([0]), np.array([1])
            alike = float(alikeness([one, two], first, second)[0])
            bare = float(alikeness([core_name(one), core_name(two)], first, second)[0])
            if metres <= NEAR_M and max(alike, bare) >= NEAR_NAME:
                wanted.add((i, j))
            if metres <= FAR_M and alike == 1.0:
                wanted.add((i, j))
    found = likely_pairs(listings, facilities)
    assert {(one.listing, one.facility) for one in found} == wanted
    assert len(wanted) > 30
    assert likely_pairs(listings, Named([], np.empty(0), np.empty(0))) == []


def test_what_may_be_two_is_left_to_somebody() -> None:
    def pair(
        listing: int, facility: int, alike: float, *, telling: bool = True, m: float = 10.0
    ) -> Likely:
        return Likely(listing, facility, alike, telling, m)

    likely = [
        pair(0, 0, 1.0),
        pair(0, 1, 0.85),  # clearly less alike
        pair(1, 1, 0.9),
        pair(1, 2, 0.85),  # as likely
        pair(2, 3, 0.9, telling=False),  # only without what its kind is called
        pair(3, 4, 1.0, m=5),
        pair(4, 4, 1.0, m=50),  # the same facility, farther off
        pair(5, 5, 1.0),  # refused below
        pair(6, 6, 0.9),
        pair(6, 7, 0.9),  # the other one has closed
    ]
    in_use = [True] * 7 + [False]
    matches = match_listings(9, likely, in_use, {8: 2}, {(5, 5)})
    assert [(one.sureness, one.facility) for one in matches] == [
        (Sureness.ALIKE, 0),
        (Sureness.AMBIGUOUS, None),
        (Sureness.AMBIGUOUS, None),
        (Sureness.ALIKE, 4),
        (Sureness.AMBIGUOUS, None),
        (Sureness.UNMATCHED, None),
        (Sureness.ALIKE, 6),
        (Sureness.UNMATCHED, None),
        (Sureness.BY_HAND, 2),
    ]
    # Whom somebody named is proposed to no other.
    taken = match_listings(1, [pair(0, 0, 1.0)], [True], {}, set())
    assert taken[0].facility == 0
    taken = match_listings(2, [pair(0, 0, 1.0)], [True], {1: 0}, set())
    assert taken[0].sureness is Sureness.AMBIGUOUS
