"""Why a siting plan is no better and what would do: every figure against all plans there are."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from geoapp.analysis.siting import SitingStatus
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import Quota, SitingModel
from geoapp.core.results.explanation import Explanation, LeastRelaxation, LoosenedLimit
from geoapp.core.settings import Settings
from geoapp.operations.siting.inputs import read_siting_inputs
from geoapp.operations.siting.limits import GOALS, explain
from geoapp.operations.siting.solve import solve_siting
from geoapp.reports.words.explanation import Explained, explained
from geoapp.store.engine import Database
from tests.operations.siting.five_hosts import HOSTS, WANTED, Truth, plans, run_sql, solved, town

__all__ = ["town"]

NAMES = {"370203": Text("市北区", "Shibei"), "370203001": Text("西街道", "West")}
HOST_CODES = [code for code, *_ in HOSTS]
WEST = [number for number, (_, east, _, _) in enumerate(HOSTS) if east < 3.5]
COSTS = np.array([cost for *_, cost in HOSTS])


def all_plans() -> list[tuple[int, ...]]:
    return [plan for p in range(6) for plan in plans(p)]


def told(town: Database, settings: Settings, **changes: Any) -> Explanation:
    found: Explanation = solved(town, settings, **changes).result.explanation
    return found


def words(explanation: Explanation) -> Explained:
    found = explained(explanation, NAMES)
    assert found is not None
    return found


def limits(explanation: Explanation) -> dict[tuple[str, str | None], LoosenedLimit]:
    return {(one.limit, one.region): one for one in explanation.limits}


def relaxations(explanation: Explanation) -> dict[str, LeastRelaxation]:
    assert len({one.limit for one in explanation.relaxations}) == len(explanation.relaxations)
    return {one.limit: one for one in explanation.relaxations}


@pytest.mark.parametrize("forbidden", [(), ("A", "D")])
def test_demand_that_no_candidate_reaches(
    town: Database, settings: Settings, forbidden: tuple[str, ...]
) -> None:
    truth = Truth(town)
    open_ = [number for number, code in enumerate(HOST_CODES) if code not in forbidden]
    lost = (truth.stood[:, 0] > 300) & (truth.walk[:, open_] > 300).all(axis=1)
    found = told(town, settings, p=2, standard_m=300.0, forbidden=forbidden).unreachable
    assert found.workers == truth.weight[lost].sum() > 0
    assert found.share == pytest.approx(found.workers / truth.weight.sum())
    assert found.by_district == {"370203": found.workers}


@pytest.mark.parametrize("p", [1, 2, 3])
def test_one_site_more(town: Database, settings: Settings, p: int) -> None:
    truth = Truth(town)
    best = [max(truth.reached(plan) for plan in plans(k)) for k in (p, p + 1)]
    one = limits(told(town, settings, p=p))["sites", None]
    assert (one.now, one.loosened, one.gain) == (p, p + 1, best[1] - best[0])
    assert one.binding is (best[1] > best[0])


def test_quotas_and_what_they_cost(town: Database, settings: Settings) -> None:
    truth = Truth(town)

    def best(least: int, most: int, p: int = 2) -> float:
        return max(
            truth.reached(plan)
            for count in range(p + 1)
            for plan in plans(count)
            if least <= sum(one in WEST for one in plan) <= most
        )

    for quota in (Quota(1, None), Quota(None, 0), Quota(1, 1)):
        found = told(town, settings, p=2, quotas=(("370203001", quota),))
        now = best(quota.least or 0, 9 if quota.most is None else quota.most)
        known = limits(found)
        if quota.least:
            one = known["group_min", "370203001"]
            assert one.gain == best(0, 9 if quota.most is None else quota.most) - now
        if quota.most is not None:
            one = known["group_max", "370203001"]
            assert one.gain == best(quota.least or 0, quota.most + 1) - now
        gains = [one.gain for one in found.limits]
        assert gains == sorted(gains, reverse=True)
        assert found.complete
        # What is told together with other rules is not asked.
        assert found.relaxations == ()
    assert any("西街道" in line.zh for line in words(found).limits)


def test_a_budget_and_what_it_costs(town: Database, settings: Settings) -> None:
    truth = Truth(town)

    def best(budget: float) -> float:
        return max(truth.reached(plan) for plan in all_plans() if COSTS[list(plan)].sum() <= budget)

    found = told(town, settings, p=None, budget=5.0)
    one = limits(found)["budget", None]
    assert (one.now, one.loosened) == (5.0, 7.0)  # the cheapest host costs 2
    assert one.gain == best(7.0) - best(5.0)
    base = truth.weight[truth.times(()) > 0].sum()
    goal = found.goal_share
    assert goal == min(one for one in GOALS if one > (base + best(5.0)) / truth.weight.sum())
    fitting = [
        COSTS[list(plan)].sum()
        for plan in all_plans()
        if base + truth.reached(plan) >= goal * truth.weight.sum()
    ]
    relaxation = relaxations(found)["budget"]
    if fitting:
        assert (relaxation.needed, relaxation.proven) == (min(fitting), True)
    else:
        assert (relaxation.outcome, relaxation.needed) == ("never", None)


@pytest.mark.parametrize(("p", "standard_m"), [(1, 300.0), (1, 500.0), (2, 250.0), (3, 200.0)])
def test_what_reaches_more(town: Database, settings: Settings, p: int, standard_m: float) -> None:
    truth = Truth(town)
    found = told(town, settings, p=p, standard_m=standard_m)
    goal = found.goal_share
    total = truth.weight.sum()

    def reached(plan: tuple[int, ...], within_m: float) -> float:
        walk = np.minimum(truth.walk[:, list(plan)].min(axis=1, initial=np.inf), truth.stood[:, 0])
        return float(truth.weight[walk <= within_m].sum())

    now = max(reached(plan, standard_m) for plan in plans(p)) / total
    assert goal == min(one for one in GOALS if one > now)
    enough = [
        k for k in range(6) if any(reached(plan, standard_m) >= goal * total for plan in plans(k))
    ]
    sites = relaxations(found)["sites"]
    if enough:
        assert (sites.now, sites.needed, sites.proven) == (p, enough[0], True)
        assert f"再建 {enough[0] - p} 个即可" in words(found).relaxations[0].zh
    else:
        assert (sites.outcome, sites.needed, sites.proven) == ("never", None, True)
    standard = relaxations(found)["standard"]
    distances = np.unique(np.c_[truth.walk, truth.stood[:, :1]])
    fitting = [
        walk
        for walk in distances
        if np.isfinite(walk)
        and any(reached(plan, walk + 1e-9) >= goal * total for plan in plans(p))
    ]
    least = min(fitting)
    if least <= 3 * standard_m:
        # Metres of the oracle are good to 0.1 %; the standard itself is tried.
        assert standard.needed == pytest.approx(least, rel=2e-3)
        assert standard.proven
        after = solved(town, settings, p=p, standard_m=standard.needed + 1e-6).result
        assert after.total.covered_after_share >= goal
        less = solved(town, settings, p=p, standard_m=standard.needed - 0.5).result
        assert less.total.covered_after_share < goal
    else:
        assert (standard.outcome, standard.needed) == ("never", None)


def test_a_standard_in_minutes(town: Database, settings: Settings) -> None:
    found = told(town, settings, p=1, standard_m=None, standard_seconds=240.0)
    standard = relaxations(found)["standard"]
    assert (standard.unit, standard.now) == ("seconds", pytest.approx(240.0))
    changed = {"standard_m": None, "p": 1}
    after = solved(town, settings, standard_seconds=standard.needed + 1e-6, **changed).result
    less = solved(town, settings, standard_seconds=standard.needed - 1, **changed).result
    goal = found.goal_share
    assert after.total.covered_after_share >= goal > less.total.covered_after_share
    assert any("分钟" in line.zh for line in words(found).relaxations)


def test_nothing_to_say_where_all_are_covered(town: Database, settings: Settings) -> None:
    found = told(town, settings, p=1, standard_m=5_000.0)
    assert (found.goal_share, found.relaxations, found.complete) == (None, (), True)
    assert found.unreachable.workers == 0
    assert words(found).unreachable is None


def test_quotas_that_no_plan_keeps(town: Database, settings: Settings) -> None:
    """Only C is in the west: three there cannot be; two more in the east than p cannot be either."""
    run = solved(town, settings, p=2, quotas=(("370203001", Quota(3, None)),))
    assert run.result.status == "infeasible"
    found = relaxations(run.result.explanation)
    assert found["group_min"].needed == len(WEST) == 1
    assert found["group_min"].proven
    assert words(run.result.explanation).relaxations[0].zh == "西街道由至少 3 个减到 1 个"
    run = solved(
        town, settings, p=2, quotas=(("370203001", Quota(1, None)), ("370203002", Quota(3, None)))
    )
    found = run.result.explanation.relaxations
    assert {(one.limit, one.region): one.needed for one in found} == {
        ("sites", None): 4,
        ("group_min", "370203002"): 1,
    }
    sites = next(one for one in found if one.limit == "sites")
    assert sites.proven


def test_a_budget_that_no_plan_keeps(town: Database, settings: Settings) -> None:
    run = solved(town, settings, p=2, budget=4.0, fixed=("A",))
    assert run.result.status == "infeasible"
    found = relaxations(run.result.explanation)
    assert found["budget"].needed >= 5.0
    assert words(run.result.explanation).relaxations[0].zh.startswith("预算 +")
    again = solved(town, settings, p=2, budget=found["budget"].needed, fixed=("A",))
    assert again.result.status == "optimal"


def test_a_spacing_that_no_plan_keeps(town: Database, settings: Settings) -> None:
    """Two hosts must stand, 200 m apart: only a spacing up to that leaves a plan."""
    truth_m = np.hypot(0, 2 * 110.96)  # D and E, 0.002 degrees of latitude apart
    run_sql(town, "delete from facility")
    run = solved(town, settings, p=2, min_spacing_m=600.0, fixed=("D", "E"))
    assert run.result.status == "infeasible"
    found = relaxations(run.result.explanation)["spacing"]
    assert found.needed == 10 * int(truth_m // 10)
    assert words(run.result.explanation).relaxations[-1].zh == f"间距放宽到 {found.needed:.0f} 米"


@pytest.mark.parametrize("share", [0.9, 1.0])
def test_a_share_that_no_candidates_reach(town: Database, settings: Settings, share: float) -> None:
    truth = Truth(town)
    nearest = np.minimum(truth.walk.min(axis=1), truth.stood[:, 0])
    asked = {"model": SitingModel.LSCP, "p": None, "share": share}
    run = solved(town, settings, standard_m=200.0, **asked)
    assert run.result.status == "infeasible"
    found = relaxations(run.result.explanation)
    total = truth.weight.sum()
    assert found["share"].needed == pytest.approx(truth.weight[nearest <= 200].sum() / total)
    assert found["share"].proven
    order = np.argsort(nearest)
    reached = np.cumsum(truth.weight[order])
    least = nearest[order][np.argmax(reached >= share * total - 1e-6)]
    if least <= 600:
        assert found["standard"].needed == pytest.approx(least, rel=2e-3)
        again = solved(town, settings, standard_m=found["standard"].needed + 1e-6, **asked)
        assert again.result.status == "optimal"
        less = solved(town, settings, standard_m=found["standard"].needed - 0.5, **asked)
        assert less.result.status == "infeasible"
    else:
        assert found["standard"].outcome == "never"


def test_a_cancel_leaves_what_is_known(town: Database, settings: Settings) -> None:
    for wanted in (
        replace(WANTED, p=2, standard_m=250.0),
        replace(WANTED, p=2, standard_m=250.0, quotas=(("370203001", Quota(3, None)),)),
    ):
        inputs = read_siting_inputs(town, settings, wanted)
        plan = solve_siting(inputs, wanted)
        found = explain(inputs, wanted, plan, cancelled=lambda: True)
        assert not found.complete
        assert found.limits == ()
        assert found.unreachable.workers > 0
        assert words(found).relaxations == ()
        assert "没有比较完" in words(found).lines()[-1].zh


def test_what_is_not_proven_is_not_compared(town: Database, settings: Settings) -> None:
    wanted = replace(WANTED, p=2)
    inputs = read_siting_inputs(town, settings, wanted)
    plan = solve_siting(inputs, wanted)
    stopped = replace(plan, result=replace(plan.result, status=SitingStatus.TIME_LIMIT))
    found = explain(inputs, wanted, stopped)
    assert (found.complete, found.limits, found.relaxations) == (False, (), ())
    assert explain(inputs, wanted, plan).complete


def test_every_pair_of_plans_is_within_its_limits(town: Database, settings: Settings) -> None:
    """A minimum and a maximum in both streets: each told gain is the difference of two optima."""
    truth = Truth(town)
    for least, most in itertools.product((None, 1), (None, 1, 2)):
        found = told(
            town, settings, p=3, quotas=(("370203002", Quota(least, most)),), standard_m=400.0
        )

        def best(low: int, high: int, p: int = 3) -> float:
            walk = truth.walk <= 400
            stood = truth.stood[:, 0] <= 400
            return max(
                float(truth.weight[walk[:, list(plan)].any(axis=1) & ~stood].sum())
                for count in range(p + 1)
                for plan in plans(count)
                if low <= sum(one not in WEST for one in plan) <= high
            )

        low, high = least or 0, 9 if most is None else most
        known = limits(found)
        assert known["sites", None].gain == best(low, high, 4) - best(low, high)
        if most is not None:
            one = known["group_max", "370203002"]
            assert one.gain == best(low, high + 1) - best(low, high)


def test_a_step_for_which_there_is_no_room_is_not_called_useless(
    town: Database, settings: Settings
) -> None:
    """With a spacing of 50 km one site is all that can stand; a second one is no idle wish."""
    with town.session() as session:
        session.execute(text("update facility set status = 'closed'"))
    found = told(town, settings, p=1, min_spacing_m=50_000.0)
    [one] = found.limits
    assert (one.limit, one.loosened, one.gain) == ("sites", 2, 0)
    assert one.outcome == "infeasible"
    assert words(found).limits[0] == Text(
        "建 2 个站点：做不到，其他条件容不下",
        "2 sites: not possible, the other conditions leave no room",
    )
    free = limits(told(town, settings, p=1))["sites", None]
    assert free.outcome == ("gain" if free.gain else "useless")


def test_a_budget_below_every_cost_says_what_the_cheapest_costs(
    town: Database, settings: Settings
) -> None:
    least = float(COSTS.min())
    for model in (SitingModel.MCLP, SitingModel.EQUITY):
        run = solved(town, settings, model=model, p=None, budget=least / 2)
        result = run.result
        assert result.status == "infeasible" and not result.proven
        assert result.needed_budget == least
        assert result.reason is not None and f"{least:g}" in result.reason.en
        assert result.explanation is not None
        assert relaxations(result.explanation)["budget"].needed == least
