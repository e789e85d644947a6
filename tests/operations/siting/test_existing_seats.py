"""Existing facilities' seats count: against every plan, by who could sit anywhere before and after."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from geoapp.core.errors import InvalidValueError
from geoapp.core.questions.quota import Quota
from geoapp.core.questions.sizes import SiteSize
from geoapp.core.settings import Settings
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting.inputs import read_siting_inputs
from geoapp.operations.siting.results import gap_zones, region_figures, sites_of
from geoapp.reports.words.seats import seats_text
from geoapp.reports.words.siting import figure_lines, summary_lines
from geoapp.store.engine import Database
from tests.operations.siting.five_hosts import HOSTS, WANTED, Truth, codes, plans, run_sql
from tests.operations.siting.test_capacity import seated
from tests.operations.siting.test_moments import (
    HOURS,
    MOMENTS,
    STANDING,
    Counted,
    busy,
    town,
    weights_of,
)
from tests.seed import TOWN_LAT, TOWN_LON

__all__ = ["busy", "town"]

PLACES = {"T-1": (0, 0), "T-2": (2, 0), "T-3": (0, 4), "T-4": (6, 6)}
SIZES = (SiteSize("小", 12.0, 4.0), SiteSize("大", 40.0, 11.0))


def record(town: Database, seats: dict[str, int | None]) -> None:
    for code, some in seats.items():
        run_sql(
            town, "update facility set capacity = :seats where code = :code", code=code, seats=some
        )


def covers(town: Database, names: Sequence[str]) -> np.ndarray:
    """Return from the definition whom facilities cover."""
    metres = np.array([90_163.0, 110_960.0])
    rows = run_sql(town, "select st_x(geom), st_y(geom) from demand_point order by id")
    place = np.array([tuple(row) for row in rows]) * metres
    stands = np.array(
        [(TOWN_LON + PLACES[one][0] / 1000, TOWN_LAT + PLACES[one][1] / 1000) for one in names]
    )
    return 1.3 * np.hypot(*(place[:, None] - stands[None] * metres).transpose(2, 0, 1)) <= 500


CASES: list[tuple[dict[str, int | None], float, dict[str, Any]]] = [
    ({"T-1": 30, "T-2": 10, "T-3": 0, "T-4": 25}, 7.0, {"p": 1, "capacity": 30.0}),
    ({"T-1": 30, "T-2": None, "T-3": None, "T-4": 12}, 9.0, {"p": 2, "capacity": 25.0}),
    ({"T-1": None, "T-2": None, "T-3": None, "T-4": None}, 0.0, {"p": 2, "capacity": 25.0}),
    ({"T-1": 5, "T-2": 5, "T-3": 5, "T-4": 5}, 0.0, {"p": 3, "capacity": 40.0, "budget": 9.0}),
    ({"T-1": 999, "T-2": 3, "T-3": None, "T-4": 999}, 1.0, {"p": 2, "capacity": 60.0}),
    (
        {"T-1": 8, "T-2": 8, "T-3": 8, "T-4": 8},
        0.0,
        {"p": 2, "capacity": 25.0, "quotas": (("370203001", Quota(1, None)),)},
    ),
]


@pytest.mark.parametrize(("recorded", "taken", "asked"), CASES)
def test_no_plan_seats_more_beyond_those_who_sit_today(
    town: Database,
    settings: Settings,
    recorded: dict[str, int | None],
    taken: float,
    asked: dict[str, Any],
) -> None:
    record(town, recorded)
    truth = Truth(town)
    near, stands = truth.walk <= 500, covers(town, list(PLACES))
    held = [taken if recorded[one] is None else float(recorded[one] or 0) for one in PLACES]
    base = seated(stands, truth.weight, held)

    def beyond(plan: tuple[int, ...]) -> float:
        both = np.concatenate((near[:, list(plan)], stands), axis=1)
        return seated(both, truth.weight, [*[asked["capacity"]] * len(plan), *held]) - base

    cost = [host[3] for host in HOSTS]
    some = range(1, asked["p"] + 1) if "budget" in asked else [asked["p"]]
    best = max(
        beyond(plan)
        for p in some
        for plan in plans(p)
        if sum(cost[one] for one in plan) <= asked.get("budget", np.inf)
        and ("quotas" not in asked or 2 in plan)  # C alone stands in the west
    )
    run = siting_run.run_here(town, settings, replace(WANTED, existing_seats=taken, **asked))
    found = run.result
    assert found is not None and found.proven and found.objective_unit == "workers_served"
    assert found.objective == pytest.approx(best, rel=1e-9, abs=1e-9)
    chosen = tuple("ABCDE".index(code) for code in codes(town, run))
    assert beyond(chosen) == pytest.approx(best, abs=1e-9)
    total = found.total
    assert total.covered_before_weight == pytest.approx(base)
    assert total.covered_after_weight == pytest.approx(base + best)
    assert total.added_weight == pytest.approx(best, abs=1e-9)
    assert total.uncovered_weight == pytest.approx(total.weight - base - best)
    sites = sites_of(town, run.id)
    assert sum(one.adds for one in sites) == pytest.approx(best, abs=1e-9)
    for one in sites:
        assert one.adds <= asked["capacity"] + 1e-9
        assert sum(part.workers for part in one.by_district) == pytest.approx(one.adds, abs=1e-9)
        # Who was out of reach is in a gap zone; who only had no seat is in none.
        assert sum(part.workers for part in one.by_zone or ()) <= one.adds + 1e-9
    rows = {row.code: row for row in region_figures(town, run.id)}
    assert rows["370203"].added_weight == pytest.approx(best, abs=1e-9)
    assert rows["370203"].covered_before_weight == pytest.approx(base)
    for row in rows.values():
        assert row.added_weight >= -1e-9
        assert row.covered_after_weight <= row.weight + 1e-9
    reached = sum(one.reached_workers for one in gap_zones(town, run.id))
    assert reached <= best + 1e-9
    seats = run.inputs.existing_seats
    assert seats is not None
    unknown = sum(one is None for one in recorded.values())
    assert (seats.facilities, seats.unknown, seats.taken) == (4, unknown, taken)
    assert seats.seats == pytest.approx(sum(held))
    told = {label.zh for label, _ in summary_lines(run)}
    assert "此前有座位" in told and "此前覆盖" not in told
    assert "仍没有座位" in [label.zh for label, _ in figure_lines(run, len(sites))]
    assert (f"{unknown} 处没有登记座位" in seats_text(run).zh) == (unknown > 0)


def test_without_the_option_what_stands_serves_all_in_its_reach(
    town: Database, settings: Settings
) -> None:
    record(town, dict.fromkeys(PLACES, 1))
    wanted = replace(WANTED, p=2, capacity=25.0)
    plain = siting_run.run_here(town, settings, wanted)
    assert plain.result is not None and plain.inputs.existing_seats is None
    truth = Truth(town)
    assert plain.result.total.covered_before_weight == truth.weight[truth.times(()) > 0].sum()
    # With seats for everybody it is the same question.
    record(town, dict.fromkeys(PLACES, 10_000))
    same = siting_run.run_here(town, settings, replace(wanted, existing_seats=0.0))
    assert same.result is not None
    assert same.result.objective == pytest.approx(plain.result.objective)
    for name in ("covered_before_weight", "covered_after_weight", "added_weight"):
        assert getattr(same.result.total, name) == pytest.approx(getattr(plain.result.total, name))


OVER_MOMENTS: list[tuple[dict[str, Any], tuple[int, ...]]] = [
    ({"p": 1, "capacity": 30.0}, (1, 1, 1)),
    ({"p": 2, "capacity": 12.0, "hours": HOURS}, (1, 1, 1)),
    ({"p": 2, "capacity": 25.0, "hours": HOURS}, (0, 3, 5)),
]


def beyond_then(
    truth: Counted,
    stands: np.ndarray,
    held: list[float],
    plan: tuple[int, ...],
    seats: list[float],
    open_: list[int],
) -> tuple[np.ndarray, np.ndarray]:
    """Return by moment who sits today, and who sits beyond that with a plan."""
    standing_open = np.array([row[2] for row in STANDING.values()], bool).T
    before, more = [], []
    for weight, is_open, stood in zip(truth.weight, open_, standing_open, strict=True):
        near = stands & stood
        base = seated(near, weight, held)
        both = np.concatenate((truth.near[:, list(plan)] & bool(is_open), near), axis=1)
        before.append(base)
        more.append(seated(both, weight, [*seats, *held]) - base)
    return np.array(before), np.array(more)


@pytest.mark.parametrize(("asked", "counts"), OVER_MOMENTS)
def test_no_plan_seats_more_over_all_moments(
    busy: Database, settings: Settings, asked: dict[str, Any], counts: tuple[int, ...]
) -> None:
    record(busy, {"T-1": 40, "T-2": None, "T-3": 500, "T-4": 9})
    held = [40.0, 15.0, 9.0]  # T-3's hours are unknown: it counts never
    truth, stands = Counted(busy), covers(busy, list(STANDING))
    open_ = [1, 1, 0] if asked.get("hours") else [1, 1, 1]

    def each(plan: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        return beyond_then(truth, stands, held, plan, [asked["capacity"]] * len(plan), open_)

    best = max(np.average(each(plan)[1], weights=counts) for plan in plans(asked["p"]))
    weights = {} if counts == (1, 1, 1) else {"hour_weights": weights_of(counts)}
    run = siting_run.run_here(
        busy,
        settings,
        replace(WANTED, moments=MOMENTS, existing_seats=15.0, **asked, **weights),
    )
    found = run.result
    assert found is not None and found.proven and found.moments is not None
    assert found.objective == pytest.approx(best, rel=1e-9)
    chosen = tuple("ABCDE".index(code) for code in codes(busy, run))
    before, more = each(chosen)
    for one, base, newly in zip(found.moments, before, more, strict=True):
        assert one.covered_before_weight == pytest.approx(base)
        assert one.covered_after_weight == pytest.approx(base + newly)
    total = found.total
    assert total.covered_before_weight == pytest.approx(np.average(before, weights=counts))
    assert total.added_weight == pytest.approx(best, rel=1e-9)
    seats = run.inputs.existing_seats
    # Two are open in the morning alone, which may count nothing.
    assert seats is not None
    assert (seats.facilities, seats.unknown) == ((3, 1) if counts[0] else (1, 0))


def test_no_plan_in_any_sizes_seats_more_over_all_moments(
    busy: Database, settings: Settings
) -> None:
    record(busy, {"T-1": 20, "T-2": 6, "T-4": 0})
    held, budget, open_ = [20.0, 6.0, 0.0], 24.0, [1, 1, 0]
    truth, stands = Counted(busy), covers(busy, list(STANDING))
    own = [cost for *_, cost in HOSTS]
    best = 0.0
    for count in range(1, 4):  # four cost too much in any sizes
        for plan in plans(count):
            for built in itertools.product(SIZES, repeat=count):
                pairs = zip(plan, built, strict=True)
                if sum(own[site] + size.cost for site, size in pairs) <= budget:
                    sizes = [size.seats for size in built]
                    _, more = beyond_then(truth, stands, held, plan, sizes, open_)
                    best = max(best, float(more.mean()))
    run = siting_run.run_here(
        busy,
        settings,
        replace(
            WANTED,
            p=None,
            moments=MOMENTS,
            existing_seats=3.0,
            sizes=SIZES,
            budget=budget,
            hours=HOURS,
        ),
    )
    found = run.result
    assert found is not None and found.proven and found.cost is not None
    assert found.objective == pytest.approx(best, rel=1e-9)
    assert found.cost <= budget


def test_where_no_plan_keeps_the_rules_who_sits_today_is_told(
    town: Database, settings: Settings
) -> None:
    record(town, dict.fromkeys(PLACES, 4))
    asked = {"p": 1, "capacity": 25.0, "quotas": (("370203001", Quota(2, None)),)}
    run = siting_run.run_here(town, settings, replace(WANTED, existing_seats=1.0, **asked))
    assert run.result is not None and run.result.objective is None
    base = seated(covers(town, list(PLACES)), Truth(town).weight, [4.0] * 4)
    assert run.result.total.covered_before_weight == pytest.approx(base)
    assert run.result.total.added_weight == 0


def test_facilities_cover_whom_the_coverage_analysis_says(
    busy: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    """One is an area, one is at two places with its seats once, one not there all year."""
    run_sql(
        busy,
        "update facility set geom = st_makeenvelope(120.3535, 36.0725, 120.3565, 36.0765, 4326) "
        "where code = 'T-4'",
    )
    run_sql(
        busy,
        "insert into facility_place (facility_id, geom, label_zh) select id, st_setsrid("
        "st_makepoint(120.35, 36.07 + step * 0.008), 4326), '停靠' from facility, "
        "generate_series(0, 1) step where code = 'T-1'",
    )
    for asked in (
        {},
        {"at": MOMENTS[0]},
        {"moments": MOMENTS},
        {"moments": MOMENTS, "hours": HOURS},
    ):
        with subtests.test(asked=asked):
            wanted = replace(WANTED, capacity=9.0, existing_seats=5.0, **asked)  # type: ignore[arg-type]
            inputs = read_siting_inputs(busy, settings, wanted)
            stands = inputs.stands
            assert stands is not None
            near = np.asarray(stands.cover.sum(axis=1)).reshape(-1)
            assert ((near > 0) == inputs.covered).all()
            assert ((near > 1) == inputs.backup).all()
            assert len(stands.seats) == len({one.code for one in inputs.existing})


def test_what_is_not_offered_with_existing_seats_is_refused(
    town: Database, subtests: pytest.Subtests
) -> None:
    for change, name in (
        ({"capacity": None}, "existing_seats"),
        ({"existing_seats": -1.0}, "existing_seats"),
        ({"existing_seats": float("nan")}, "existing_seats"),
        ({"model": "equity"}, "capacity"),
        ({"backup_share": 0.5}, "capacity"),
        ({"alternatives": 2}, "alternatives"),
        ({"candidates": "anywhere"}, "capacity"),
        ({"phases": ((2027, 1),)}, "capacity"),
    ):
        wanted = replace(WANTED, capacity=9.0, existing_seats=5.0)
        with subtests.test(change=change), pytest.raises(InvalidValueError) as caught:
            siting_run.start(town, replace(wanted, **change), None)  # type: ignore[arg-type]
        assert caught.value.parameter == name
