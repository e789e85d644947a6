"""Siting runs on a town whose figures are known in advance, and against all plans there are."""

import itertools
import math
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.questions.siting import DrawnSite, Quota, SitingModel, SitingParameters
from geoapp.core.results.coverage import COVERAGE_RUNS
from geoapp.core.results.siting import SITING_RUNS
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.words import RunStatus
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.network.importing import import_network
from geoapp.operations.runs import lifecycle as runs
from geoapp.operations.runs.queue import cancel_run, store_run
from geoapp.operations.runs.state import read_run, recent_runs
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting.inputs import read_siting_inputs
from geoapp.operations.siting.walks import impedances
from geoapp.operations.upkeep.init import initialise
from geoapp.operations.upkeep.users import SignedInUser
from geoapp.operations.worker import execute
from geoapp.store.engine import Database
from geoapp.store.runs.found import save_results
from tests.operations.coverage.test_run import moment
from tests.osm_file import write_town_streets
from tests.seed import TOWN_LAT, TOWN_LON, seed_town

ADMIN = SignedInUser(9, "ada", Role.ADMIN, "")

WANTED = SitingParameters(p=1, standard_m=500.0, candidates="hosts")
# code, east and north in thousandths of a degree, cost
HOSTS = [("A", 8, 0, 5.0), ("B", 8, 8, 3.0), ("C", 2, 7, 4.0), ("D", 4, 4, 9.0), ("E", 4, 2, 2.0)]


def run_sql(database: Database, statement: str, **values: Any) -> list[Any]:
    with database.session() as session:
        result = session.execute(text(statement), values)
        return list(result.all()) if result.returns_rows else []


@pytest.fixture
def town(database: Database) -> Database:
    """The town, two streets in its district, five hosts, and weights that all differ."""
    initialise(database)
    seed_town(database)
    run_sql(
        database,
        "insert into region (code, parent_code, level, name_zh, name_en, geom) values "
        "('370203001', '370203', 'street', '西街道', 'West', null), "
        "('370203002', '370203', 'street', '东街道', 'East', null)",
    )
    run_sql(
        database,
        "update demand_point set weight = 5 + id % 11, "
        "region_code = case when st_x(geom) < 120.3535 then '370203001' else '370203002' end",
    )
    run_sql(database, "insert into candidate_set (code, name_zh) values ('hosts', '候选单位')")
    for code, east, north, cost in HOSTS:
        run_sql(
            database,
            "insert into candidate (set_id, code, name, geom, cost, region_code) select id, :code, "
            "'单位' || :code, st_setsrid(st_makepoint(:lon, :lat), 4326), :cost, :region "
            "from candidate_set",
            code=code,
            lon=TOWN_LON + east / 1000,
            lat=TOWN_LAT + north / 1000,
            cost=cost,
            region="370203001" if east < 3.5 else "370203002",
        )
    return database


def solved(town: Database, settings: Settings, **changes: Any) -> Any:
    run = siting_run.run_here(town, settings, replace(WANTED, **changes))
    assert run.status is RunStatus.SUCCEEDED, run.error
    assert run.result is not None
    return run


class Truth:
    """Every plan there is, counted from the definition on degrees turned into metres."""

    def __init__(self, town: Database) -> None:
        metres = np.array([90_163.0, 110_960.0])  # a degree at 36.07 N; good to 0.1 %
        rows = run_sql(
            town, "select st_x(geom), st_y(geom), weight, region_code from demand_point order by id"
        )
        place = np.array([row[:2] for row in rows]) * metres
        self.weight = np.array([row[2] for row in rows])
        self.region = [row[3] for row in rows]
        stands = "select st_x(geom), st_y(geom) from facility where status = 'open'"
        standing = np.array(run_sql(town, stands)).reshape(-1, 2)
        hosts = np.array([(TOWN_LON + e / 1000, TOWN_LAT + n / 1000) for _, e, n, _ in HOSTS])
        self.walk = 1.3 * np.hypot(*(place[:, None] - hosts[None] * metres).transpose(2, 0, 1))
        stood = 1.3 * np.hypot(*(place[:, None] - standing[None] * metres).transpose(2, 0, 1))
        none = np.full((len(rows), 1), np.inf)
        self.stood = np.sort(np.concatenate((stood, none), axis=1), axis=1)
        both = np.concatenate((self.walk, self.stood), axis=1)
        assert not (abs(both - 500) < 3).any()

    def times(self, plan: tuple[int, ...]) -> np.ndarray:
        return (self.walk[:, list(plan)] <= 500).sum(axis=1) + (self.stood <= 500).sum(axis=1)

    def reached(self, plan: tuple[int, ...], backup: float = 0.0) -> float:
        def value(times: np.ndarray) -> float:
            once, twice = self.weight[times > 0].sum(), self.weight[times > 1].sum()
            return float((1 - backup) * once + backup * twice)

        return value(self.times(plan)) - value(self.times(()))

    def nearest(self, plan: tuple[int, ...]) -> np.ndarray:
        return np.minimum(self.walk[:, list(plan)].min(axis=1), self.stood[:, 0])


def plans(p: int) -> list[tuple[int, ...]]:
    return list(itertools.combinations(range(5), p))


def codes(town: Database, run: Any) -> set[str]:
    return {site.code for site in siting_results.sites_of(town, run.id)}


@pytest.mark.parametrize("p", [1, 2, 3, 5])
def test_mclp_reaches_the_most(town: Database, settings: Settings, p: int) -> None:
    truth = Truth(town)
    run = solved(town, settings, p=p)
    result = run.result
    best = max(truth.reached(plan) for plan in plans(p))
    assert result.objective == result.bound == best
    assert (result.status, result.proven, result.gap_share) == ("optimal", True, 0)
    assert result.objective_unit == "workers"
    chosen = tuple("ABCDE".index(code) for code in codes(town, run))
    assert truth.reached(chosen) == best
    assert [point.objective for point in result.curve] == [
        max(truth.reached(plan) for plan in plans(k)) for k in range(1, p + 1)
    ]
    total = result.total
    assert total.covered_before_weight == truth.weight[truth.times(()) > 0].sum()
    assert total.covered_after_weight == total.covered_before_weight + best
    assert total.added_weight == best
    assert result.curve[-1].covered_share == total.covered_after_share
    assert total.backup_after_weight == truth.weight[truth.times(chosen) > 1].sum()
    # The same question to the coverage run gives the same figures before.
    before = coverage_run.run_here(town, settings, CoverageParameters(standard_m=500.0))
    assert before.result is not None
    assert before.result.total.covered_weight == total.covered_before_weight


def test_sites_say_what_they_add_and_to_whom(town: Database, settings: Settings) -> None:
    truth = Truth(town)
    run = solved(town, settings, p=3)
    sites = siting_results.sites_of(town, run.id)
    assert [site.order for site in sites] == [1, 2, 3]
    open_: tuple[int, ...] = ()
    for site in sites:
        more = (*open_, "ABCDE".index(site.code))
        assert site.adds == truth.reached(more) - truth.reached(open_)
        assert sum(one.workers for one in site.by_district) == site.adds
        named = [one.name_zh for one in site.by_district]
        assert named == (["市北区"] if site.adds else [])
        open_ = more
    adds = [site.adds for site in sites]
    assert adds == sorted(adds, reverse=True)
    assert sites[0].name == f"单位{sites[0].code}"
    others = siting_results.sites_of(town, run.id, chosen=False)
    assert all(
        other.adds == truth.reached((*open_, "ABCDE".index(other.code))) - truth.reached(open_)
        for other in others
    )
    assert [other.adds for other in others] == sorted(
        (other.adds for other in others), reverse=True
    )


def test_regions_add_up(town: Database, settings: Settings) -> None:
    truth = Truth(town)
    run = solved(town, settings, p=2)
    rows = {row.code: row for row in siting_results.region_figures(town, run.id)}
    assert set(rows) == {"370200", "370203", "370203001", "370203002"}
    assert rows["370203"].name_zh == "市北区"
    assert rows["370203"].sites == 2
    for name in ("weight", "covered_before_weight", "covered_after_weight", "added_weight"):
        assert getattr(rows["370200"], name) == getattr(run.result.total, name)
        first, second, both = (
            getattr(rows[code], name) for code in ("370203001", "370203002", "370203")
        )
        assert first + second == both
    west = np.array([code == "370203001" for code in truth.region])
    assert rows["370203001"].weight == truth.weight[west].sum()


@pytest.mark.parametrize("share", [0.7, 0.8, 0.9])
def test_lscp_takes_the_fewest(town: Database, settings: Settings, share: float) -> None:
    truth = Truth(town)
    result = solved(town, settings, model=SitingModel.LSCP, p=None, share=share).result
    base = truth.weight[truth.times(()) > 0].sum()
    fewest = next(
        (
            p
            for p in range(6)
            if any(base + truth.reached(plan) >= share * truth.weight.sum() for plan in plans(p))
        ),
        None,
    )
    if fewest is None:
        assert result.status == "infeasible"
        assert result.reachable_share < share
    else:
        assert result.objective == result.bound == result.sites == fewest
        assert result.status == "optimal"
        assert result.total.covered_after_share >= share


def test_lscp_of_what_is_covered_already_needs_nothing(town: Database, settings: Settings) -> None:
    run = solved(town, settings, model=SitingModel.LSCP, p=None, share=0.1)
    assert (run.result.objective, run.result.sites, run.result.gap_share) == (0, 0, 0)
    assert run.result.status == "optimal"
    assert siting_results.sites_of(town, run.id) == []


@pytest.mark.parametrize("p", [1, 2, 4])
def test_p_median_and_p_center_with_what_stands(town: Database, settings: Settings, p: int) -> None:
    truth = Truth(town)
    median = solved(town, settings, model=SitingModel.P_MEDIAN, p=p).result
    least = min(float(truth.weight @ truth.nearest(plan)) for plan in plans(p))
    assert median.objective == pytest.approx(least, rel=0.001)
    assert median.status == "optimal"
    assert median.sites == p
    assert median.unreachable_weight == 0
    walks = median.walks
    assert walks.walk_mean_after_m == pytest.approx(median.objective / truth.weight.sum(), rel=1e-6)
    assert walks.walk_mean_before_m > walks.walk_mean_after_m
    center = solved(town, settings, model=SitingModel.P_CENTER, p=p).result
    worst = min(float(truth.nearest(plan).max()) for plan in plans(p))
    assert center.objective == pytest.approx(worst, rel=0.001)
    assert center.walks.walk_longest_after_m == pytest.approx(center.objective)
    assert center.status == "optimal"


def test_without_any_facility(town: Database, settings: Settings) -> None:
    run_sql(town, "update facility set status = 'closed'")
    truth = Truth(town)
    median = solved(town, settings, model=SitingModel.P_MEDIAN, p=2).result
    least = min(float(truth.weight @ truth.nearest(plan)) for plan in plans(2))
    assert median.objective == pytest.approx(least, rel=0.001)
    assert median.walks.walk_mean_before_m is None
    assert median.total.covered_before_weight == 0
    best = max(truth.reached(plan) for plan in plans(2))
    assert solved(town, settings, p=2).result.objective == best


def test_backup_counts_what_stands(town: Database, settings: Settings) -> None:
    truth = Truth(town)
    for share in (0.3, 1.0):
        result = solved(town, settings, p=2, backup_share=share).result
        best = max(truth.reached(plan, share) for plan in plans(2))
        assert result.objective == pytest.approx(best, abs=1e-9)
        assert result.status == "optimal"
        assert result.curve[-1].p == 2


def test_rules(town: Database, settings: Settings) -> None:
    truth = Truth(town)
    costs = [cost for *_, cost in HOSTS]
    run = solved(town, settings, p=None, budget=9.0)
    affordable = [
        plan for p in range(1, 6) for plan in plans(p) if sum(costs[one] for one in plan) <= 9
    ]
    assert run.result.objective == max(truth.reached(plan) for plan in affordable)
    assert run.result.cost <= 9
    run = solved(town, settings, p=3, fixed=("E",), forbidden=("B",))
    assert "E" in codes(town, run)
    assert "B" not in codes(town, run)
    held = [plan for plan in plans(3) if 4 in plan and 1 not in plan]
    assert run.result.objective == max(truth.reached(plan) for plan in held)
    first = siting_results.sites_of(town, run.id)[0]
    assert (first.code, first.fixed) == ("E", True)
    assert all(o.code != "B" for o in siting_results.sites_of(town, run.id, chosen=False))
    # One of the west (C alone stands there) and at most one of the east.
    quotas = (("370203001", Quota(least=1)), ("370203002", Quota(most=1)))
    run = solved(town, settings, p=3, quotas=quotas)
    assert run.result.objective == max(truth.reached((2, one)) for one in (0, 1, 3, 4))
    rows = {row.code: row.sites for row in siting_results.region_figures(town, run.id)}
    assert rows == {"370200": 2, "370203": 2, "370203001": 1, "370203002": 1}


def test_spacing_from_sites_and_facilities(town: Database, settings: Settings) -> None:
    """D and E are 222 m apart; E is 286 m from T-2; B is 286 m from T-4, C 379 m."""
    truth = Truth(town)
    run = solved(town, settings, p=5, min_spacing_m=260.0)
    free = [plan for p in range(1, 6) for plan in plans(p) if not {3, 4} <= set(plan)]
    assert run.result.objective == max(truth.reached(plan) for plan in free)
    assert not {"D", "E"} <= codes(town, run)
    assert not {"D", "E"} & {o.code for o in siting_results.sites_of(town, run.id, chosen=False)}
    run = solved(town, settings, p=5, min_spacing_m=300.0)
    assert not {"B", "E"} & codes(town, run)
    stuck = solved(town, settings, p=2, min_spacing_m=300.0, fixed=("E",)).result
    assert stuck.status == "infeasible"
    assert "E" in stuck.reason.en
    nowhere = solved(town, settings, p=2, min_spacing_m=5_000.0).result
    assert nowhere.status == "infeasible"


def test_infeasible_is_an_answer_with_what_would_do(town: Database, settings: Settings) -> None:
    run = solved(town, settings, p=1, fixed=("A",), quotas=(("370203001", Quota(least=1)),))
    assert run.result.status == "infeasible"
    assert run.result.needed_p == 2
    assert run.result.objective is None
    assert run.result.proven is False
    assert run.result.total.added_weight == 0
    assert siting_results.sites_of(town, run.id) == []
    poor = solved(town, settings, p=None, budget=1.0, fixed=("A",)).result
    assert (poor.status, poor.needed_budget) == ("infeasible", 5.0)
    backed = solved(
        town, settings, p=1, fixed=("A",), backup_share=0.5, quotas=(("370203001", Quota(least=1)),)
    ).result
    assert (backed.status, backed.needed_p) == ("infeasible", 2)
    assert "2" in backed.reason.en


def test_a_region_has_its_own_demand_and_candidates(town: Database, settings: Settings) -> None:
    truth = Truth(town)
    run = solved(town, settings, p=1, region="370203001")
    assert codes(town, run) == {"C"}
    west = np.array([code == "370203001" for code in truth.region])
    assert run.result.total.weight == truth.weight[west].sum()
    with pytest.raises(InvalidValueError, match="p:"):
        siting_run.start(town, replace(WANTED, p=2, region="370203001"), None)


def test_the_moment_weighs_demand_and_closes_stations(town: Database, settings: Settings) -> None:
    run_sql(town, "update demand_point set hours = array_fill(0.5::real, array[24])")
    night = solved(town, settings, at=moment("2026-11-24T22:00"))
    assert night.inputs.facilities_counted == 1
    assert night.result.total.weight == Truth(town).weight.sum() / 2


def test_drawn_and_generated_candidates(town: Database, settings: Settings) -> None:
    drawn = (DrawnSite("我的点", TOWN_LON + 0.008, TOWN_LAT + 0.004, "路口", 1.5),)
    run = solved(town, settings, p=2, drawn=drawn, fixed=("我的点",))
    site = siting_results.sites_of(town, run.id)[0]
    assert (site.code, site.fixed, site.name, site.cost) == (
        "我的点",
        True,
        "路口",
        1.5,
    )
    assert site.region == "370203"
    made = solved(town, settings, candidates=None, p=3, spacing_m=100.0)
    assert made.inputs.candidates.generated == "generated"
    assert made.inputs.candidates.count == 25
    # Candidates at every demand point: one more site always reaches somebody who is not.
    assert made.result.objective >= solved(town, settings, p=3).result.objective
    again = solved(town, settings, candidates=None, p=3, spacing_m=100.0)
    assert codes(town, made) == codes(town, again)
    one = sorted(codes(town, made))[0]
    without = solved(town, settings, candidates=None, p=3, spacing_m=100.0, forbidden=(one,))
    assert one not in codes(town, without)
    with pytest.raises(InvalidValueError, match="drawn"):
        siting_run.start(town, replace(WANTED, drawn=(DrawnSite("A", 120.0, 36.0),)), None)


def test_forbidden_areas(town: Database, settings: Settings) -> None:
    square = [[120.357, 36.069], [120.359, 36.069], [120.359, 36.079], [120.357, 36.079]]
    area = {"type": "Polygon", "coordinates": [[*square, square[0]]]}
    run = solved(town, settings, p=3, forbidden_areas=(area,))
    assert codes(town, run) == {"C", "D", "E"}
    for bad in ({"type": "Point", "coordinates": [1, 2]}, {"type": "Polygon"}, {"a": 1}):
        with pytest.raises(InvalidValueError, match="forbidden_areas"):
            siting_run.start(town, replace(WANTED, forbidden_areas=(bad,)), None)


def test_on_the_network(town: Database, settings: Settings, tmp_path: Path) -> None:
    """The only footway runs along the south: there walks are along it, elsewhere estimates."""
    import_network(town, settings, write_town_streets(tmp_path / "town.osm.pbf"))
    run = solved(town, settings, p=2)
    assert run.inputs.basis == "network"
    assert run.inputs.network_weight > 0
    before = coverage_run.run_here(town, settings, CoverageParameters(standard_m=500.0))
    assert before.result is not None
    total = run.result.total
    assert total.covered_before_weight == before.result.total.covered_weight
    # Once the sites stand, the coverage run finds what was promised.
    for site in siting_results.sites_of(town, run.id):
        run_sql(
            town,
            "insert into facility (code, kind_code, name_zh, geom) "
            "select 'NEW-' || code, 'outdoor_station', name, geom from candidate where code = :code",
            code=site.code,
        )
    after = coverage_run.run_here(town, settings, CoverageParameters(standard_m=500.0))
    assert after.result is not None
    assert after.result.total.covered_weight == total.covered_after_weight
    assert after.result.total.backup_weight == total.backup_after_weight
    made = solved(town, settings, candidates="generated-network", spacing_m=50.0)
    assert made.inputs.candidates.count >= 1


@pytest.mark.parametrize("standing", ["T-1,T-2,T-3,T-4", "T-2", "T-4", ""])
@pytest.mark.parametrize("network", [False, True])
def test_no_walk_that_matters_is_left_out(
    town: Database, settings: Settings, tmp_path: Path, standing: str, network: bool
) -> None:
    """Whatever stands, and on whichever part of the network: all walks that better somebody's."""
    if network:
        import_network(town, settings, write_town_streets(tmp_path / "town.osm.pbf"))
    run_sql(
        town,
        "update facility set status = case when code = any(:codes) then 'open' else 'closed' end",
        codes=standing.split(","),
    )
    # One more host on the short street that joins nothing, and a worker there.
    for number, east in (("F", 8), ("G", 10)):
        run_sql(
            town,
            "insert into candidate (set_id, code, geom) select id, :code, "
            "st_setsrid(st_makepoint(:lon, :lat), 4326) from candidate_set",
            code=number,
            lon=TOWN_LON + east / 1000,
            lat=TOWN_LAT + 0.01,
        )
    run_sql(
        town,
        "insert into demand_point (set_id, geom, weight) select id, "
        "st_setsrid(st_makepoint(:lon, :lat), 4326), 7 from demand_set",
        lon=TOWN_LON + 0.0093,
        lat=TOWN_LAT + 0.01,
    )
    inputs = read_siting_inputs(town, settings, WANTED)
    every = inputs.walks.within(inputs.candidates.lon, inputs.candidates.lat, limit_m=None)
    truth = np.full(every.shape, np.inf)
    truth[np.repeat(np.arange(every.shape[0]), np.diff(every.indptr)), every.indices] = every.data
    truth[truth >= inputs.existing_m[:, None]] = np.inf
    walks = impedances(inputs)
    found = np.full(walks.shape, np.inf)
    found[np.repeat(np.arange(walks.shape[0]), np.diff(walks.indptr)), walks.indices] = walks.data
    assert np.allclose(found, truth)
    assert np.isfinite(truth).any()


def test_the_network_candidates_need_a_network(town: Database, settings: Settings) -> None:
    run = siting_run.run_here(town, settings, replace(WANTED, candidates="generated-network"))
    assert run.status is RunStatus.FAILED
    assert run.error is not None
    assert "candidates" in run.error.en


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [
        ({"p": None}, "p"),
        ({"p": 0}, "p"),
        ({"p": 6}, "p"),
        ({"p": 1, "fixed": ("A", "B")}, "p"),
        ({"model": SitingModel.LSCP}, "p"),
        ({"model": SitingModel.LSCP, "p": None, "quotas": (("370203", Quota(1)),)}, "quotas"),
        ({"model": SitingModel.P_MEDIAN, "budget": 5.0}, "budget"),
        ({"model": SitingModel.P_CENTER, "backup_share": 0.5}, "backup_share"),
        ({"model": SitingModel.P_MEDIAN, "min_spacing_m": 500.0}, "min_spacing_m"),
        ({"share": 0.9}, "share"),
        ({"standard_m": None}, "standard_m"),
        ({"region": "999999"}, "region"),
        ({"demand": "nowhere"}, "demand"),
        ({"candidates": "nowhere"}, "candidates"),
        ({"candidates": None, "budget": 5.0}, "budget"),
        ({"families": ("castle",)}, "families"),
        ({"fixed": ("Z",)}, "fixed"),
        ({"forbidden": ("Z",)}, "forbidden"),
        ({"fixed": ("A",), "forbidden": ("A",)}, "forbidden"),
        ({"quotas": (("999999", Quota(1)),)}, "quotas"),
        ({"quotas": (("370203", Quota(2, 1)),)}, "quotas"),
        ({"quotas": (("370203", Quota(-1)),)}, "quotas"),
        ({"time_limit_seconds": 0.0}, "time_limit_seconds"),
        ({"time_limit_seconds": math.nan}, "time_limit_seconds"),
        ({"target_gap": -0.1}, "target_gap"),
        ({"spacing_m": 1.0}, "spacing_m"),
    ],
)
def test_refuses_at_once_what_cannot_be_done(
    town: Database, changes: dict[str, Any], parameter: str
) -> None:
    with pytest.raises(InvalidValueError) as refused:
        siting_run.start(town, replace(WANTED, **changes), None)
    assert refused.value.parameter == parameter
    assert recent_runs(town, SITING_RUNS) == []


def test_quotas_of_regions_that_hold_each_other_are_refused(
    town: Database, settings: Settings
) -> None:
    quotas = (("370203", Quota(most=1)), ("370203001", Quota(most=1)))
    run = siting_run.run_here(town, settings, replace(WANTED, quotas=quotas))
    assert run.status is RunStatus.FAILED
    assert run.error is not None
    assert "quotas" in run.error.en


def test_no_demand_is_said(town: Database, settings: Settings) -> None:
    run_sql(town, "update demand_point set weight = 0")
    run = siting_run.run_here(town, settings, WANTED)
    assert run.status is RunStatus.FAILED
    assert run.error is not None
    assert "demand" in run.error.en


def test_parameters_survive_being_stored() -> None:
    full = replace(
        WANTED,
        drawn=(DrawnSite("x", 1.0, 2.0),),
        fixed=("A",),
        quotas=(("370203", Quota(1, 2)),),
        families=("station",),
        at=moment("2026-11-24T22:00"),
        forbidden_areas=({"type": "Polygon", "coordinates": []},),
    )
    assert SitingParameters.from_stored(full.stored()) == full


def test_inputs_answer_what_if(town: Database, settings: Settings) -> None:
    truth = Truth(town)
    inputs = read_siting_inputs(town, settings, WANTED)
    assert inputs.rests_on.sample is False
    for plan in ((), (1,), (0, 2, 4)):
        covered = inputs.covered_with(plan)
        assert (covered == (truth.times(plan) > 0)).all()
    moved = inputs.walks.cover(
        inputs.candidates.lon[:1], inputs.candidates.lat[:1], inputs.standard
    )
    assert (moved.toarray()[:, 0] == inputs.cover[:, [0]].toarray()[:, 0]).all()


def test_a_cancel_while_solving_keeps_the_best_so_far(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_early(inputs: Any, wanted: Any, *, progress: Any, cancelled: Any) -> Any:
        progress(1.0, 2.0)
        cancel_run(town, SITING_RUNS, run_id, by=ADMIN)
        while not cancelled():
            pass
        # The library is asked with a flag that is up: it answers with its first plan.
        return real(inputs, wanted, progress=progress, cancelled=cancelled)

    real = siting_run.solve_siting
    monkeypatch.setattr(siting_run, "solve_siting", stop_early)
    wanted = replace(WANTED, p=2)
    run_id = store_run(town, SITING_RUNS, wanted.stored(), None)
    runs.perform_here(town, run_id, siting_run.work(town, settings))
    run = read_run(town, SITING_RUNS, run_id)
    assert (run.status, run.cancel_requested) == (RunStatus.SUCCEEDED, True)
    assert run.result is not None
    assert run.result.status in ("cancelled", "optimal")
    assert (run.result.status == "optimal") == (run.result.gap_share == 0)
    assert len(siting_results.sites_of(town, run_id)) == 2


def test_a_cancel_before_solving_has_no_results(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_early(*_: Any, **__: Any) -> Any:
        cancel_run(town, SITING_RUNS, run_id, by=ADMIN)
        while True:
            tell(0.5, None)

    def reading(_database: Any, _settings: Any, _wanted: Any, progress: Any) -> Any:
        nonlocal tell
        tell = progress
        return stop_early()

    tell: Any = None
    monkeypatch.setattr(siting_run, "read_siting_inputs", reading)
    run_id = store_run(town, SITING_RUNS, WANTED.stored(), None)
    runs.perform_here(town, run_id, siting_run.work(town, settings))
    run = read_run(town, SITING_RUNS, run_id)
    assert (run.status, run.result) == (RunStatus.CANCELLED, None)
    with pytest.raises(ConflictError):
        siting_results.sites_of(town, run_id)


def test_a_lost_attempt_writes_nothing_and_a_stopping_worker_puts_its_run_back(
    town: Database, settings: Settings
) -> None:
    run = siting_run.start(town, WANTED, "wang")
    assert run.created_by == "wang"
    stopping = threading.Event()
    stopping.set()
    execute(town, settings, run.id, stopping)
    assert read_run(town, SITING_RUNS, run.id).status is RunStatus.QUEUED

    def work(attempt: runs.Attempt, params: dict[str, Any]) -> None:
        # While this worker was silent another one took the run up.
        run_sql(town, "update run set attempts = attempts + 1 where id = :id", id=run.id)
        siting_run.work(town, settings)(attempt, params)

    runs.perform(town, run.id, work, threading.Event())
    assert read_run(town, SITING_RUNS, run.id).status is RunStatus.RUNNING
    for table in ("run_site", "run_region"):
        assert run_sql(town, f"select count(*) from {table}")[0][0] == 0
    run_sql(town, "update run set status = 'queued' where id = :id", id=run.id)
    execute(town, settings, run.id, threading.Event())
    assert read_run(town, SITING_RUNS, run.id).status is RunStatus.SUCCEEDED
    assert len(siting_results.sites_of(town, run.id)) == 1
    with pytest.raises(NotFoundError):
        read_run(town, COVERAGE_RUNS, run.id)


def test_results_are_written_whole_or_not_at_all(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*rows: Any, **more: Any) -> None:
        save_results(*rows, **more)
        raise OSError("the disk is full")

    monkeypatch.setattr(siting_results, "save_results", fail)
    run = siting_run.run_here(town, settings, WANTED)
    assert (run.status, run.result) == (RunStatus.FAILED, None)
    for table in ("run_site", "run_region"):
        assert run_sql(town, f"select count(*) from {table}")[0][0] == 0
