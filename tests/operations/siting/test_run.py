"""Siting runs on a town whose figures are known in advance, and against all plans there are."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from geoapp.analysis.streets.index import StreetIndex
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.questions.siting import SitingModel
from geoapp.core.settings import Settings
from geoapp.core.streets import Spot, Street, StreetNames
from geoapp.core.words import RunStatus
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.network.importing import import_network
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting.inputs import read_siting_inputs
from geoapp.operations.siting.places import told_places
from geoapp.operations.siting.walks import impedances
from geoapp.store.engine import Database
from tests.operations.coverage.small_town import moment
from tests.operations.siting.five_hosts import WANTED, Truth, codes, plans, run_sql, solved, town
from tests.osm_file import write_town_streets
from tests.seed import TOWN_LAT, TOWN_LON

__all__ = ["town"]


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


def test_the_moment_weighs_demand_and_closes_stations(town: Database, settings: Settings) -> None:
    run_sql(town, "update demand_point set hours = array_fill(0.5::real, array[24])")
    night = solved(town, settings, at=moment("2026-11-24T22:00"))
    assert night.inputs.facilities_counted == 1
    assert night.result.total.weight == Truth(town).weight.sum() / 2


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


def test_sites_are_told_by_street_and_corner(town: Database, settings: Settings) -> None:
    inputs = read_siting_inputs(town, settings, WANTED)
    assert inputs.streets is None
    lon, lat = float(inputs.candidates.lon[0]), float(inputs.candidates.lat[0])
    main = shapely.MultiLineString([[(lon - 0.01, lat), (lon + 0.01, lat)]])
    side = shapely.MultiLineString([[(lon - 0.002, lat), (lon - 0.002, lat + 0.01)]])
    names = StreetNames(
        (
            Street("香港中路", "", "Hong Kong Road", (), (), main),
            Street("示例街", "", "", (), (), side),
        ),
        {(0, 1): (Spot(lon - 0.002, lat, 0.0),)},
    )
    every = np.arange(len(inputs.candidates))
    before = told_places(inputs, every)
    after = told_places(replace(inputs, streets=StreetIndex(names)), every)
    assert after[0].zh.endswith("香港中路与示例街路口以东 180 米")
    assert after[0].en.startswith("180 m east of the corner of Hong Kong Road and 示例街")
    # Away from any street they are told as without one.
    away = np.abs(inputs.candidates.lat - lat) > 0.002
    assert away.any()
    assert [one for one, is_away in zip(after, away, strict=True) if is_away] == [
        one for one, is_away in zip(before, away, strict=True) if is_away
    ]
