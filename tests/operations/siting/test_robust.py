"""Runs for several demands of which nobody knows which comes true: against every plan there is."""

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from geoapp.core.errors import InvalidValueError
from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.core.questions.uncertain import Criterion
from geoapp.core.settings import Settings
from geoapp.operations.plan_report import save_plan
from geoapp.operations.siting import run as siting_run
from geoapp.reports.words.siting import summary_lines, verdict
from geoapp.store.engine import Database
from tests.operations.siting.five_hosts import Truth, codes, plans, run_sql, solved, town

__all__ = ["town"]

ROBUST: dict[str, Any] = {"model": SitingModel.ROBUST, "p": 2, "demand": "town"}


@pytest.fixture
def demands(town: Database) -> tuple[Database, list[np.ndarray]]:
    """The town, and two more demands: a lot in the east, and a lot in the north."""
    first = [int(one[0]) for one in run_sql(town, "select id from demand_point order by id")]
    weights = []
    for code, weight in (
        ("east", "1 + id % 5 + 40 * (st_x(geom) > 120.356)::int"),
        ("north", "2 + id % 3 + 60 * (st_y(geom) > 36.076)::int"),
    ):
        run_sql(
            town,
            "insert into demand_set (code, name_zh, is_sample, created_at) "
            "values (:code, :code, false, '2020-01-01')",
            code=code,
        )
        run_sql(
            town,
            "insert into demand_point (set_id, geom, weight, region_code) select "
            f"(select id from demand_set where code = :code), geom, {weight}, region_code "
            "from demand_point where id = any(:first) order by id",
            code=code,
            first=first,
        )
        rows = run_sql(
            town,
            "select demand_point.weight from demand_point join demand_set on demand_set.id = set_id "
            "where code = :code order by demand_point.id",
            code=code,
        )
        weights.append(np.array([float(one[0]) for one in rows]))
    return town, weights


def test_no_plan_does_better_where_it_does_worst(
    demands: tuple[Database, list[np.ndarray]], settings: Settings, tmp_path: Path
) -> None:
    town, more = demands
    truth = Truth(town)
    count = len(more[0])
    for name in ("weight", "walk", "stood"):  # those of the town's own demand alone
        setattr(truth, name, getattr(truth, name)[:count])
    weights = [truth.weight, *more]

    def reached(plan: tuple[int, ...], weight: np.ndarray) -> float:
        truth.weight = weight
        return truth.reached(plan)

    best = [max(reached(plan, weight) for plan in plans(2)) for weight in weights]
    lost = {
        plan: max(b - reached(plan, weight) for b, weight in zip(best, weights, strict=True))
        for plan in plans(2)
    }
    run = solved(town, settings, also_demand=("east", "north"), **ROBUST)
    result, kept = run.result, run.result.robust
    assert (result.status, kept.level, kept.bound) == ("optimal", *[min(lost.values())] * 2)
    chosen = tuple(sorted("ABCDE".index(one) for one in codes(town, run)))
    assert lost[chosen] == kept.level
    assert [one.demand for one in kept.demands] == ["town", "east", "north"]
    for one, weight, most in zip(kept.demands, weights, best, strict=True):
        assert (one.best, one.bound, one.reached) == (most, most, reached(chosen, weight))
        assert one.lost == most - one.reached
    # Figures are of the question's own demand, and the others' plans are told beside.
    assert result.objective == result.total.added_weight == kept.demands[0].reached
    assert result.bound == best[0]
    assert sum(one.times for one in kept.sites) == 2 * 3
    assert {one.code for one in kept.sites if one.in_plan} == codes(town, run)
    words = verdict(run)
    assert f"至多少覆盖 {kept.level:.0f} 人" in words.zh
    assert "whichever of 3 demands comes true" in words.en
    assert any("如果成真" in label.zh for label, _ in summary_lines(run))
    for ext in ("xlsx", "geojson", "pdf", "html"):
        save_plan(town, settings, run.id, tmp_path / f"plan.{ext}")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    told = [str(row[1]) for row in book.worksheets[0].values if "如果成真" in str(row[0])]
    # By name, the code beside it.
    assert [
        one.split("：")[0].endswith(f"（{code}）")
        for one, code in zip(told, ("town", "east", "north"), strict=True)
    ] == [True] * 3
    # The least covered share instead.
    fair = solved(
        town, settings, also_demand=("east", "north"), criterion=Criterion.SHARE, **ROBUST
    )

    def least(plan: tuple[int, ...]) -> float:
        shares = []
        for weight in weights:
            truth.weight = weight
            shares.append(weight[truth.times(plan) > 0].sum() / weight.sum())
        return float(min(shares))

    assert fair.result.robust.level == pytest.approx(max(map(least, plans(2))))
    assert fair.result.robust.bound == fair.result.robust.level
    assert "覆盖率最低" in verdict(fair).zh
    # Rules bind; what keeps them is told as for maximal covering.
    fixed = solved(town, settings, also_demand=("east",), fixed=("E",), **ROBUST)
    assert "E" in codes(town, fixed)
    none = solved(town, settings, also_demand=("east",), budget=1.0, **ROBUST | {"p": None}).result
    assert (none.status, none.needed_budget, none.robust) == ("infeasible", 2.0, None)
    stored = SitingParameters.from_stored(run.params)
    assert (stored.also_demand, stored.criterion) == (("east", "north"), Criterion.REGRET)
    for name, wrong in (
        ("also_demand", {"also_demand": ("nowhere",)}),
        ("also_demand", {"also_demand": ("east", "north"), "demand": None}),
    ):
        with pytest.raises(InvalidValueError) as refused:
            siting_run.start(town, stored.__class__(**{**_given(stored), **wrong}), None)
        assert refused.value.parameter == name


def _given(question: SitingParameters) -> dict[str, Any]:
    return {name: getattr(question, name) for name in question.__dataclass_fields__}


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("also_demand", {}),
        ("also_demand", {"also_demand": ("a", "town")}),
        ("also_demand", {"also_demand": ("a",), "model": SitingModel.MCLP}),
        ("candidates", {"also_demand": ("a",), "candidates": "anywhere"}),
        ("capacity", {"also_demand": ("a",), "capacity": 9.0}),
        ("backup_share", {"also_demand": ("a",), "backup_share": 0.5}),
        ("alternatives", {"also_demand": ("a",), "alternatives": 2}),
        ("criterion", {"criterion": Criterion.SHARE, "model": SitingModel.LSCP, "p": None}),
    ],
)
def test_what_it_does_not_honour_is_refused_with_a_reason(
    name: str, changes: dict[str, Any]
) -> None:
    given: dict[str, Any] = {"standard_m": 500.0, "candidates": "hosts", **ROBUST}
    with pytest.raises(InvalidValueError) as refused:
        SitingParameters(**(given | changes)).check()
    assert refused.value.parameter == name
    assert refused.value.accepted.zh
    assert refused.value.accepted.en


@pytest.mark.parametrize("criterion", list(Criterion))
def test_each_district_may_be_off(town: Database, settings: Settings, criterion: Criterion) -> None:
    """Each of two districts in turn has half as many workers more, or fewer: against every plan there is."""
    run_sql(
        town,
        "insert into region (code, parent_code, level, name_zh, name_en, geom) values "
        "('370299', (select parent_code from region where code = '370203'), 'district', '东区', null, null)",
    )
    run_sql(
        town,
        "update demand_point set region_code = '370299' where region_code = '370203002'",
    )
    truth = Truth(town)
    plain, east = truth.weight, np.array([code == "370299" for code in truth.region])
    factors = [np.ones(len(plain))]
    factors += [np.where(side, change, 1.0) for side in (~east, east) for change in (1.5, 0.5)]

    def reached(plan: tuple[int, ...], factor: np.ndarray) -> float:
        truth.weight = plain * factor
        return truth.reached(plan)

    best = [max(reached(plan, factor) for plan in plans(1)) for factor in factors]
    stood = (truth.times(()) > 0).astype(float)

    def level(plan: tuple[int, ...]) -> float:
        if criterion is Criterion.REGRET:
            return max(b - reached(plan, f) for b, f in zip(best, factors, strict=True))
        return min(
            (reached(plan, f) + float((plain * f * stood).sum())) / float((plain * f).sum())
            for f in factors
        )

    run = solved(town, settings, demand_off_share=0.5, criterion=criterion, **ROBUST | {"p": 1})
    kept = run.found.robust
    wanted = min if criterion is Criterion.REGRET else max
    assert run.found.status == "optimal"
    assert kept.level == pytest.approx(wanted(map(level, plans(1))))
    assert kept.bound == kept.level
    assert 0 < kept.level < (1 if criterion is Criterion.SHARE else np.inf)
    told = [(one.district_zh, one.change) for one in kept.demands]
    assert told == [
        (None, None),
        *((name, by) for name in ("市北区", "东区") for by in (0.5, -0.5)),
    ]
    chosen = tuple(sorted("ABCDE".index(one) for one in codes(town, run)))
    assert [one.reached for one in kept.demands] == pytest.approx(
        [reached(chosen, factor) for factor in factors]
    )
    assert any("东区, 50% fewer" in value for _, value in summary_lines(run))
