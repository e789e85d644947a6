"""Bounds of means and shares worked out by hand, and ranks that stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoapp.analysis.satisfaction import (
    Estimate,
    mean_of_stars,
    share_of_voices,
    standing_ranks,
)


def test_bounds_of_a_mean_by_hand() -> None:
    # Five of five stars: e = sqrt(ln 40 / 10) = 0.607361; each of the four steps below five stars may
    # hold that much: 5 - 4 e = 2.570555. That all agree proves little of who did not speak.
    all_agree = mean_of_stars((0, 0, 0, 0, 5))
    assert (all_agree.value, all_agree.high) == (5.0, 5.0)
    assert all_agree.low == pytest.approx(2.570555, abs=1e-6)
    # 100 of four and 100 of five: e = sqrt(ln 40 / 400) = 0.096033. F is 0, 0, 0, 0.5 below five:
    # 1 + 3 (1 - e) + (1 - 0.5 - e) = 4.5 - 4 e and 1 + 3 + (1 - 0.5 + e) = 4.5 + e.
    half = mean_of_stars((0, 0, 0, 100, 100))
    assert half.value == pytest.approx(4.5)
    assert half.low == pytest.approx(4.5 - 4 * 0.096033, abs=1e-5)
    assert half.high == pytest.approx(4.5 + 0.096033, abs=1e-5)
    with pytest.raises(ValueError, match="at least one"):
        mean_of_stars((0, 0, 0, 0, 0))


def test_bounds_of_a_share_by_hand() -> None:
    # z = 1.959964, z2 = 3.841459. 8 of 10: (0.8 + 0.192073) / 1.384146 = 0.716740; half width
    # 1.959964 / 1.384146 * sqrt(0.016 + 0.009604) = 0.226577.
    share = share_of_voices(8, 10)
    assert share.value == 0.8
    assert (share.low, share.high) == pytest.approx((0.490163, 0.943317), abs=1e-5)
    # 0 of 10: from 0 to z2 / (10 + z2) = 0.277533.
    nobody = share_of_voices(0, 10)
    assert nobody.low == 0.0
    assert nobody.high == pytest.approx(0.277533, abs=1e-6)
    with pytest.raises(ValueError, match="at least one"):
        share_of_voices(0, 0)


def test_only_who_is_parted_from_every_other_has_a_rank() -> None:
    best, middle, near, last = (
        Estimate(4.8, 4.6, 4.9),
        Estimate(4.0, 3.8, 4.2),
        Estimate(4.1, 3.9, 4.3),
        Estimate(2.0, 1.8, 2.2),
    )
    assert standing_ranks([near, last, best, middle]) == [None, 4, 1, None]
    assert standing_ranks([Estimate(4.0, 3.0, 4.6), best]) == [None, None]  # they touch


@given(st.lists(st.integers(0, 60), min_size=5, max_size=5).filter(any), st.integers(2, 9))
def test_bounds_hold_the_value_and_more_voices_narrow_them(tally: list[int], times: int) -> None:
    few = mean_of_stars(tally)
    many = mean_of_stars([times * one for one in tally])
    assert 1.0 <= few.low <= few.value <= few.high <= 5.0
    assert many.value == pytest.approx(few.value)
    assert many.low >= few.low
    assert many.high <= few.high
