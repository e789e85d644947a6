"""Seats over several moments: free again at each, against all plans in all sizes at every moment."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from geoapp.core import limits
from geoapp.core.errors import InvalidValueError
from geoapp.core.questions.sizes import SiteSize
from geoapp.core.settings import Settings
from geoapp.operations.ground import moments
from geoapp.operations.siting.inputs import read_siting_inputs
from geoapp.operations.siting.results import region_figures, sites_of
from geoapp.reports.words.moments import moment_lines
from geoapp.reports.words.siting import summary_lines
from geoapp.store.engine import Database
from tests.operations.siting.five_hosts import HOSTS, WANTED, codes, plans
from tests.operations.siting.test_capacity import seated
from tests.operations.siting.test_moments import (
    HOURS,
    MOMENTS,
    Counted,
    busy,
    solved,
    town,
    weights_of,
)

__all__ = ["busy", "town"]

SIZES = (SiteSize("小", 12.0, 4.0), SiteSize("大", 40.0, 11.0))


def served(
    truth: Counted,
    plan: tuple[int, ...],
    seats: list[float],
    open_: list[int],
) -> np.ndarray:
    """Return by moment the most workers newly served by a plan."""
    return np.array(
        [
            seated(truth.near[:, list(plan)] & (before == 0)[:, None], weight, seats) * is_open
            for before, weight, is_open in zip(truth.before, truth.weight, open_, strict=True)
        ]
    )


CASES: list[tuple[dict[str, Any], tuple[int, ...]]] = [
    ({"p": 1, "capacity": 30.0}, (1, 1, 1)),
    ({"p": 2, "capacity": 12.0, "hours": HOURS}, (1, 1, 1)),
    ({"p": 2, "capacity": 25.0}, (1, 7, 2)),
    ({"p": 3, "capacity": 40.0, "budget": 9.0, "hours": HOURS}, (1, 1, 1)),
    ({"p": 2, "capacity": 25.0, "hours": HOURS}, (0, 3, 5)),
]


@pytest.mark.parametrize(("asked", "counts"), CASES)
def test_no_plan_seats_more_over_all_moments(
    busy: Database, settings: Settings, asked: dict[str, Any], counts: tuple[int, ...]
) -> None:
    truth = Counted(busy)
    open_ = [1, 1, 0] if asked.get("hours") else [1, 1, 1]
    cost = [host[3] for host in HOSTS]
    some = range(1, asked["p"] + 1) if "budget" in asked else [asked["p"]]

    def mean(plan: tuple[int, ...]) -> float:
        each = served(truth, plan, [asked["capacity"]] * len(plan), open_)
        return float(np.average(each, weights=counts))

    best = max(
        mean(plan)
        for p in some
        for plan in plans(p)
        if sum(cost[one] for one in plan) <= asked.get("budget", np.inf)
    )
    weights = {} if counts == (1, 1, 1) else {"hour_weights": weights_of(counts)}
    run = solved(busy, settings, **asked, **weights)
    found = run.result
    assert found.proven and found.objective_unit == "workers_served"
    assert found.objective == pytest.approx(best, rel=1e-9)
    chosen = tuple("ABCDE".index(code) for code in codes(busy, run))
    each = served(truth, chosen, [asked["capacity"]] * len(chosen), open_)
    for one, newly in zip(found.moments, each, strict=True):
        assert one.covered_after_weight - one.covered_before_weight == pytest.approx(newly)
    total = found.total
    assert total.added_weight == pytest.approx(best, rel=1e-9)
    after = [one.covered_after_weight for one in found.moments]
    assert total.covered_after_weight == pytest.approx(np.average(after, weights=counts))
    sites = sites_of(busy, run.id)
    assert sum(one.adds for one in sites) == pytest.approx(best)
    assert all(one.adds <= asked["capacity"] + 1e-9 for one in sites)
    assert sum(
        row.added_weight for row in region_figures(busy, run.id) if row.code == "370203"
    ) == pytest.approx(best)
    lines = moment_lines(run)
    assert [one.added for one in lines] == pytest.approx(each)
    assert "新增服务人数（有座位的）" in [label.zh for label, _ in summary_lines(run)]


def test_no_plan_in_any_sizes_seats_more_over_all_moments(
    busy: Database, settings: Settings
) -> None:
    truth, open_, budget = Counted(busy), [1, 1, 0], 24.0
    own = [cost for *_, cost in HOSTS]
    best = 0.0
    for count in range(1, 6):
        for plan in plans(count):
            for built in itertools.product(SIZES, repeat=count):
                pairs = zip(plan, built, strict=True)
                if sum(own[site] + size.cost for site, size in pairs) <= budget:
                    each = served(truth, plan, [size.seats for size in built], open_)
                    best = max(best, float(each.mean()))
    run = solved(busy, settings, p=None, sizes=SIZES, budget=budget, hours=HOURS)
    found = run.result
    assert found.proven
    assert found.objective == pytest.approx(best, rel=1e-9)
    mean = np.mean([one.covered_after_weight for one in found.moments])
    assert found.total.covered_after_weight == pytest.approx(mean)
    assert found.cost <= budget


def test_more_turns_than_can_be_solved_are_refused(
    busy: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert limits.MOST_TURN_ROWS > 1_000_000
    monkeypatch.setattr(moments, "MOST_TURN_ROWS", 40)
    with pytest.raises(
        InvalidValueError, match="at most 1 moments that differ for 25 demand points, not 2"
    ) as caught:
        read_siting_inputs(busy, settings, replace(WANTED, moments=MOMENTS, p=1, capacity=5.0))
    assert caught.value.parameter == "moments"
