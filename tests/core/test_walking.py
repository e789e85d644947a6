"""The estimate basis and the closed standard."""

import numpy as np
import pytest

from geoapp.core.errors import InvalidValueError
from geoapp.core.walking import Standard, WalkingEstimate


def test_walk_seconds_and_standard():
    estimate = WalkingEstimate(detour_factor=1.25, speed_m_per_s=1.2)
    # 400 m in line x 1.25 = 500 m on foot; 500 / 1.2 = 416.67 s; 8 min x 1.2 m/s = 576 m.
    assert estimate.walk_m(400.0) == 500.0
    assert estimate.seconds(600.0) == 500.0
    assert Standard.of_seconds(480).walk_m(estimate) == 576.0
    assert Standard.of_metres(500).line_m(estimate) == 400.0


def test_the_standard_is_closed_in_its_own_unit():
    estimate = WalkingEstimate(detour_factor=1.25, speed_m_per_s=1.2)
    walk_m = np.array([np.nextafter(500.0, 0), 500.0, np.nextafter(500.0, 501), np.inf])
    covered = Standard.of_metres(500).covers(walk_m, estimate)
    assert covered.tolist() == [True, True, False, False]
    walk_m = np.array([600.0, 600.001, np.inf])
    assert Standard.of_seconds(500).covers(walk_m, estimate).tolist() == [True, False, False]


@pytest.mark.parametrize("wrong", [0.99, 5.01, float("nan")])
def test_a_senseless_factor_is_refused(wrong):
    with pytest.raises(InvalidValueError, match="detour_factor"):
        WalkingEstimate(detour_factor=wrong)


def test_a_senseless_speed_or_standard_is_refused():
    with pytest.raises(InvalidValueError, match="speed_m_per_s"):
        WalkingEstimate(speed_m_per_s=0.0)
    for wrong in ({}, {"metres": 1.0, "seconds": 1.0}, {"metres": 0.0}, {"seconds": float("inf")}):
        with pytest.raises(InvalidValueError, match="standard"):
            Standard(**wrong)
