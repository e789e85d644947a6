"""Time that runs out just before a further search ends that search, and fails nothing."""

import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from geoapp.analysis.siting import Limits, result
from geoapp.analysis.siting.explain import relaxations
from geoapp.analysis.siting.explain.relaxations import cheapest_relaxations
from geoapp.analysis.siting.result import Clock

WALKS = np.array([[100.0, np.inf], [900.0, 300.0], [np.inf, 700.0]])


def test_a_share_of_no_time_is_one_that_solvers_take() -> None:
    for clock in (Clock(0.0), Clock(10.0, cancelled=lambda: True)):
        assert clock.left() == 0
        assert Limits(clock.share(0.5)).time_limit_seconds > 0
    assert 4 < Clock(10.0).share(0.5) <= 5


def test_preparing_a_search_may_eat_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    late = [0.0]
    prepare = relaxations.within

    def slowly(*args: Any) -> Any:
        # What stands for the standard's own search comes after the first, which is by the limits.
        late[0] += 40.0
        return prepare(*args)

    monkeypatch.setattr(relaxations, "within", slowly)
    clock = SimpleNamespace(perf_counter=lambda: time.perf_counter() + late[0])
    monkeypatch.setattr(result, "time", clock)
    found = cheapest_relaxations(
        WALKS, np.array([1.0, 1.0, 1.0]), 1, 500.0, share=1.0, time_limit_seconds=60.0
    )
    assert len(found) == 2
