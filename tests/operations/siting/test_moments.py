"""One plan for several moments: against all plans there are, and against coverage runs at each moment."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from geoapp.core.errors import InvalidValueError
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.questions.hour_weights import HourWeight
from geoapp.core.questions.period import Period
from geoapp.core.questions.quota import Quota
from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.core.settings import Settings
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting.files import save_siting
from geoapp.operations.siting.proof import proof_file, verify_file
from geoapp.operations.siting.results import gap_zones, region_figures, sites_of
from geoapp.operations.siting.what_if import WhatIfService
from geoapp.reports.words.moments import moment_lines
from geoapp.reports.words.siting import summary_lines, verdict
from geoapp.store.engine import Database
from tests.operations.coverage.small_town import moment
from tests.operations.siting.five_hosts import HOSTS, WANTED, Truth, codes, plans, run_sql, town
from tests.operations.siting.opened import open_sites
from tests.seed import TOWN_LAT, TOWN_LON

__all__ = ["town"]

# A Tuesday with everybody out, its evening, and a Saturday night.
MOMENTS = (
    moment("2026-11-24T10:00"),
    moment("2026-11-24T20:00"),
    moment("2026-11-28T23:00"),
)
HOURS = "06:00-22:00"
STANDING = {  # code, east and north, whether it is open at each of the three moments
    "T-1": (0, 0, (1, 1, 1)),
    "T-2": (2, 0, (1, 0, 0)),
    "T-4": (6, 6, (1, 0, 0)),
}


@pytest.fixture
def busy(town: Database) -> Database:
    """Some of the town's people work in the morning alone; whose hours are unknown counts never."""
    run_sql(
        town,
        "update demand_point set hours = case when id % 3 = 0 then "
        "array_fill(1::real, array[12]) || array_fill(0.25::real, array[12]) end",
    )
    return town


class Counted:
    """Every plan at every moment, from the definition."""

    def __init__(self, town: Database) -> None:
        truth, metres = Truth(town), np.array([90_163.0, 110_960.0])
        rows = run_sql(town, "select st_x(geom), st_y(geom), id from demand_point order by id")
        place = np.array([row[:2] for row in rows]) * metres
        stands = np.array(
            [(TOWN_LON + e / 1000, TOWN_LAT + n / 1000) for e, n, _ in STANDING.values()]
        )
        walk = 1.3 * np.hypot(*(place[:, None] - stands[None] * metres).transpose(2, 0, 1))
        open_ = np.array([row[2] for row in STANDING.values()])
        morning = np.array([row[2] % 3 == 0 for row in rows])
        self.before = np.array([(walk <= 500) @ then for then in open_.T])
        self.weight = np.array(
            [truth.weight * np.where(morning & (one.hour >= 12), 0.25, 1.0) for one in MOMENTS]
        )
        self.near = truth.walk <= 500

    def reached(
        self,
        plan: tuple[int, ...],
        open_: list[int],
        backup: float = 0.0,
        counts: tuple[int, ...] = (1, 1, 1),
    ) -> float:
        total = 0.0
        scaled = [count * weight for count, weight in zip(counts, self.weight, strict=True)]
        for before, weight, is_open in zip(self.before, scaled, open_, strict=True):
            after = before + is_open * self.near[:, list(plan)].sum(axis=1)
            for times, part in ((1, 1 - backup), (2, backup)):
                total += part * weight[(after >= times) & (before < times)].sum()
        return total / sum(counts)


def solved(town: Database, settings: Settings, **changes: Any) -> Any:
    run = siting_run.run_here(town, settings, replace(WANTED, moments=MOMENTS, **changes))
    assert run.result is not None, run.error
    return run


def test_the_plan_is_the_best_over_all_moments(
    busy: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    counted = Counted(busy)
    costs = [host[3] for host in HOSTS]

    def within(budget: float) -> Callable[[tuple[int, ...]], bool]:
        return lambda plan: sum(costs[one] for one in plan) <= budget

    cases: list[tuple[dict[str, Any], Callable[[tuple[int, ...]], bool], float]] = [
        ({"p": 1}, lambda _: True, 0.0),
        ({"p": 2, "hours": HOURS}, lambda _: True, 0.0),
        ({"p": 3, "hours": HOURS, "fixed": ("D",)}, lambda plan: 3 in plan, 0.0),
        ({"p": 3, "budget": 9.0, "hours": HOURS}, within(9.0), 0.0),
        ({"p": 2, "backup_share": 0.3, "hours": HOURS}, lambda _: True, 0.3),
        (
            {"p": 2, "quotas": (("370203001", Quota(1, None)),)},
            lambda plan: 2 in plan,  # C alone stands in the west
            0.0,
        ),
    ]
    for asked, allowed, backup in cases:
        open_ = [1, 1, 0] if asked.get("hours") else [1, 1, 1]
        with subtests.test(asked=asked):
            run = solved(busy, settings, **asked)
            some = range(asked["p"] + 1) if "budget" in asked or backup else [asked["p"]]
            best = max(
                counted.reached(plan, open_, backup)
                for p in some
                for plan in plans(p)
                if allowed(plan)
            )
            found = run.result
            assert found.objective == pytest.approx(best, rel=1e-12)
            assert found.proven
            chosen = tuple("ABCDE".index(code) for code in codes(busy, run))
            assert counted.reached(chosen, open_, backup) == pytest.approx(best, rel=1e-12)
            assert [one.sites_open for one in found.moments] == [bool(one) for one in open_]
            total = found.total
            mean = np.mean([one.covered_after_weight for one in found.moments])
            assert total.covered_after_weight == pytest.approx(mean, rel=1e-12)
            assert total.point_count == 25
            assert total.added_weight == pytest.approx(counted.reached(chosen, open_), rel=1e-12)
            sites = sites_of(busy, run.id)
            assert sum(one.adds for one in sites) == pytest.approx(total.added_weight, rel=1e-12)
            assert sum(
                row.added_weight for row in region_figures(busy, run.id) if row.code == "370203"
            ) == pytest.approx(total.added_weight, rel=1e-12)
            zones = gap_zones(busy, run.id)
            assert sum(zone.workers for zone in zones) == pytest.approx(
                total.weight - total.covered_before_weight, rel=1e-12
            )
            assert sum(zone.reached_workers for zone in zones) == pytest.approx(
                total.added_weight, rel=1e-12
            )


def test_each_moment_is_what_a_coverage_run_finds_then(
    busy: Database, settings: Settings, tmp_path: Any
) -> None:
    run = solved(busy, settings, p=2, hours=HOURS)

    def covered(at: datetime) -> tuple[float, float]:
        asked = CoverageParameters(standard_m=500.0, at=at)
        found = coverage_run.run_here(busy, settings, asked).result
        assert found is not None
        return found.total.weight, found.total.covered_weight

    before = [covered(at) for at in MOMENTS]
    tried = WhatIfService(busy, settings)
    question = replace(WANTED, moments=MOMENTS, hours=HOURS)
    implied = tried.ask(question, [(one.lon, one.lat) for one in sites_of(busy, run.id)])
    assert implied.covered_after == pytest.approx(run.result.total.covered_after_weight, rel=1e-12)
    open_sites(busy, settings, run)
    for one, at, (weight, was) in zip(run.result.moments, MOMENTS, before, strict=True):
        assert datetime.fromisoformat(one.at) == at
        assert one.weight == pytest.approx(weight, rel=1e-12)
        assert one.covered_before_weight == pytest.approx(was, rel=1e-12)
        assert one.covered_after_weight == pytest.approx(covered(at)[1], rel=1e-12)
    # Files and the terminal say when, and that the figures are means.
    told = {label.en: value for label, value in summary_lines(run)}
    assert "means over 3 moments" in told["workers and shares"]
    assert "new stations are closed" in told["Sat 2026-11-28 23:00"]
    save_siting(busy, run.id, tmp_path / "plan.xlsx")


def test_a_week_is_told_by_its_parts(busy: Database, settings: Settings) -> None:
    wanted = replace(WANTED, p=2, at=MOMENTS[0], period=Period.WEEK)
    run = siting_run.run_here(busy, settings, wanted)
    found = run.result
    assert found is not None
    assert found.moments is not None
    hours = [datetime.fromisoformat(one.at) for one in found.moments]
    monday = moment("2026-11-23T00:00")
    assert hours == [monday + timedelta(hours=number) for number in range(168)]
    lines = moment_lines(run)
    assert [(one.when.en, one.count) for one in lines] == [
        ("Weekdays, day, 7 to 19 h", 60),
        ("Weekdays, evening, 19 to 23 h", 20),
        ("Weekdays, night, 23 to 7 h", 40),
        ("Weekend, day, 7 to 19 h", 24),
        ("Weekend, evening, 19 to 23 h", 8),
        ("Weekend, night, 23 to 7 h", 16),
    ]
    mean = sum(one.added * one.count for one in lines) / 168
    assert mean == pytest.approx(found.total.added_weight, rel=1e-9)
    assert "provided that the new stations are open then" in verdict(run).en


WEIGHED: list[tuple[dict[str, Any], tuple[int, ...]]] = [
    ({"p": 1}, (1, 7, 1)),
    ({"p": 2, "hours": HOURS}, (0, 3, 5)),
    ({"p": 2}, (1, 0, 12)),
    ({"p": 3, "budget": 9.0, "hours": HOURS}, (1, 9, 2)),
    ({"p": 2, "backup_share": 0.3}, (2, 0, 3)),
]


def weights_of(counts: tuple[int, ...]) -> tuple[HourWeight, ...]:
    hours = ("Mo-Fr 09:00-11:00", "19:00-21:00", "周末")
    return tuple(HourWeight(*one) for one in zip(hours, counts, strict=True) if one[1] != 1)


@pytest.mark.parametrize(("asked", "counts"), WEIGHED)
def test_moments_count_by_the_weights_of_their_hours(
    busy: Database, settings: Settings, asked: dict[str, Any], counts: tuple[int, ...]
) -> None:
    truth, backup = Counted(busy), asked.get("backup_share", 0.0)
    open_ = [1, 1, 0] if asked.get("hours") else [1, 1, 1]
    cost = [host[3] for host in HOSTS]
    some = range(asked["p"] + 1) if "budget" in asked or backup else [asked["p"]]
    best = max(
        truth.reached(plan, open_, backup, counts)
        for p in some
        for plan in plans(p)
        if sum(cost[one] for one in plan) <= asked.get("budget", np.inf)
    )
    run = solved(busy, settings, **asked, hour_weights=weights_of(counts))
    found = run.result
    assert found.proven
    assert found.objective == pytest.approx(best, rel=1e-12)
    assert [one.counts for one in found.moments] == list(counts)
    mean = np.average([one.covered_after_weight for one in found.moments], weights=counts)
    assert found.total.covered_after_weight == pytest.approx(mean, rel=1e-12)
    lines = moment_lines(run)
    assert [one.counts_share for one in lines] == [one / sum(counts) for one in counts]
    reached = sum(one.added * (one.counts_share or 0) for one in lines)
    assert reached == pytest.approx(found.total.added_weight, rel=1e-12)
    assert "means over 3 moments by their weights" in verdict(run).en


def test_a_weighed_plan_is_proven_tried_and_stored_as_asked(
    busy: Database, settings: Settings, tmp_path: Any
) -> None:
    asked = {"p": 2, "hours": HOURS, "hour_weights": weights_of((0, 3, 5))}
    run = solved(busy, settings, **asked)
    question = SitingParameters.from_stored(run.params)
    assert question.hour_weights == asked["hour_weights"]
    implied = WhatIfService(busy, settings).ask(
        question, [(one.lon, one.lat) for one in sites_of(busy, run.id)]
    )
    assert implied.covered_after == pytest.approx(run.result.total.covered_after_weight, rel=1e-12)
    path = tmp_path / "plan.proof.json"
    path.write_bytes(proof_file(busy, run.id))
    proof, check = verify_file(path)
    assert not check.faults
    assert proof.objective == pytest.approx(run.result.objective, rel=1e-12)
    assert "Sat-Sun 00:00-24:00 counts 5" in proof.question.en
    held = json.loads(path.read_text())
    held["demand"]["weight"][0] += 1
    path.write_text(json.dumps(held))
    assert verify_file(path)[1].faults


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"at": MOMENTS[0]}, "moments"),
    ({"period": Period.WEEK, "moments": ()}, "period"),
    ({"hours": "sunrise-sunset"}, "hours"),
    ({"hours": "02:00-03:00"}, "hours"),
    ({"moments": (MOMENTS[0], MOMENTS[0])}, "moments"),
    ({"moments": (moment("2020-01-01T10:00"), MOMENTS[0])}, "moments"),
    ({"candidates": "facilities:base", "families": ("station",)}, "hours"),
    ({"model": SitingModel.P_MEDIAN}, "moments"),
    ({"hour_weights": weights_of((0, 0, 0))}, "hour_weights"),
    ({"hour_weights": (HourWeight("03:00-04:00", 2),)}, "hour_weights"),
    ({"hour_weights": (HourWeight("sunrise-sunset", 2),)}, "hour_weights"),
    ({"hour_weights": (HourWeight("08:00-12:00", 2), HourWeight("Tu", 3))}, "hour_weights"),
    ({"hour_weights": (HourWeight("08:00-12:00", 2),), "moments": ()}, "hour_weights"),
    ({"model": SitingModel.LSCP, "p": None, "candidates": "anywhere"}, "candidates"),
]


def test_what_several_moments_cannot_be_had_with_is_refused(
    town: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    for wrong, named in WRONG:
        with subtests.test(named=named), pytest.raises(InvalidValueError) as caught:
            asked = replace(WANTED, **{"moments": MOMENTS, **wrong})
            siting_run.start(town, asked, None, settings=settings)
        assert caught.value.parameter == named


def test_sites_anywhere_and_the_fewest_over_several_moments(
    busy: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    counted = Counted(busy)
    with subtests.test("anywhere reaches as much as any candidates, and its bound holds"):
        run = solved(busy, settings, p=2, candidates="anywhere", hours=HOURS)
        best = max(counted.reached(plan, [1, 1, 0]) for plan in plans(2))
        assert run.result.bound >= run.result.objective >= best * (1 - 1e-9)
        mean = np.mean([one.covered_after_weight for one in run.result.moments])
        assert run.result.total.covered_after_weight == pytest.approx(mean, rel=1e-12)
    with subtests.test("the fewest that cover a share of the mean"):
        total = counted.weight.sum()
        base = (counted.weight * (counted.before > 0)).sum()
        goal = (base + 3 * max(counted.reached(plan, [1, 1, 1]) for plan in plans(2))) / total
        run = solved(busy, settings, model=SitingModel.LSCP, p=None, share=float(goal) * (1 - 1e-9))
        assert run.result.objective == run.result.bound == 2
