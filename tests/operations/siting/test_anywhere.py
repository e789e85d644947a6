"""Siting runs with sites at any place: better than any host, proven, and kept to where they may stand."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapely

from geoapp.core.errors import ConflictError, InvalidValueError
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.questions.places import DrawnSite
from geoapp.core.questions.quota import Quota
from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.core.settings import Settings
from geoapp.core.words import RunStatus
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.network.importing import import_network
from geoapp.operations.plan_report import save_plan
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting.proof import proof_file, verify_file
from geoapp.reports.words.proof import proof_lines
from geoapp.reports.words.siting import among_text, verdict
from geoapp.store.engine import Database
from tests.operations.siting.five_hosts import WANTED, run_sql, solved, town
from tests.operations.siting.opened import open_sites
from tests.osm_file import write_town_streets
from tests.seed import TOWN_LAT, TOWN_LON

__all__ = ["town"]

ANYWHERE = replace(WANTED, candidates="anywhere")


def test_no_host_is_better_and_every_figure_is_recounted(
    town: Database, settings: Settings, tmp_path: Path
) -> None:
    hosts = solved(town, settings, p=3, standard_m=200.0)
    run = solved(town, settings, p=3, standard_m=200.0, candidates="anywhere")
    result, sites = run.result, siting_results.sites_of(town, run.id)
    assert (result.status, result.proven, result.bound) == ("optimal", True, result.objective)
    assert result.objective == result.total.added_weight == sum(site.adds for site in sites)
    assert result.objective >= hosts.result.objective
    assert "任何地方的 3 处" in verdict(run).zh
    assert len({site.code for site in sites}) == 3
    assert all(site.region is not None for site in sites)
    assert all(not site.fixed for site in sites)
    # The same places as candidates reach the same: the run's figures are counted in one way.
    drawn = tuple(DrawnSite(site.code, site.lon, site.lat) for site in sites)
    again = solved(
        town, settings, p=3, standard_m=200.0, drawn=drawn, fixed=tuple(one.code for one in drawn)
    )
    assert again.result.objective == result.objective
    for ext in ("xlsx", "geojson", "html", "pdf"):
        save_plan(town, settings, run.id, tmp_path / f"plan.{ext}")
    # Anybody can count the plan and its bound again, from the file alone.
    for one in (run, hosts, again):
        save_plan(town, settings, one.id, tmp_path / "plan.proof.json")
        proof, check = verify_file(tmp_path / "plan.proof.json")
        assert (check.faults, check.objective) == ((), one.result.objective)
        assert (proof.run, check.shown) == (one.id, one.result.bound)
        assert "核对通过" in [line.zh for line in proof_lines(proof, check)]
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    assert any(sites[0].code in map(str, row) for sheet in book for row in sheet.values)


def test_nobody_builds_a_site_for_nobody(town: Database, settings: Settings) -> None:
    run = solved(town, settings, p=50, candidates="anywhere")
    assert len(siting_results.sites_of(town, run.id)) == run.result.sites < 50
    assert run.result.total.uncovered_weight == 0
    assert f"{run.result.sites} 处就够了" in verdict(run).zh


def test_the_fewest_sites_anywhere_are_no_more_than_any_hosts(
    town: Database, settings: Settings, tmp_path: Path
) -> None:
    lscp = {"model": SitingModel.LSCP, "p": None, "standard_m": 300.0, "candidates": "anywhere"}
    run = solved(town, settings, share=0.7, **lscp)
    result, sites = run.result, siting_results.sites_of(town, run.id)
    hosts = solved(town, settings, share=0.7, **lscp | {"candidates": "hosts"}).result
    assert (result.status, result.bound) == ("optimal", result.objective)
    assert result.objective == len(sites) == result.sites
    assert result.objective <= (hosts.objective or 99)
    assert result.total.covered_after_share >= 0.7
    assert f"任何地方的站点都不能少于 {len(sites)} 处" in verdict(run).zh
    must = DrawnSite("M", TOWN_LON + 0.0085, TOWN_LAT + 0.0005)
    held = solved(town, settings, share=0.7, drawn=(must,), fixed=("M",), **lscp).result
    assert result.objective <= held.objective <= result.objective + 1
    # Enough is covered: nothing has to be built, and everybody takes more than enough.
    nothing = solved(town, settings, share=0.01, **lscp)
    assert (nothing.result.objective, nothing.result.status) == (0, "optimal")
    assert "不用新建" in verdict(nothing).zh
    everybody = solved(town, settings, **lscp).result
    assert everybody.objective > result.objective
    assert everybody.total.uncovered_weight == 0
    for ext in ("xlsx", "html", "pdf"):
        save_plan(town, settings, run.id, tmp_path / f"plan.{ext}")
    with pytest.raises(ConflictError):
        proof_file(town, run.id)


def test_a_question_that_prices_cannot_prove_has_no_proof(
    town: Database, settings: Settings
) -> None:
    run = solved(town, settings, p=2, quotas=(("370203", Quota(None, 1)),))
    with pytest.raises(ConflictError, match="keeps no proof"):
        proof_file(town, run.id)


def test_drawn_ones_stay_and_the_rest_is_best_beside_them(
    town: Database, settings: Settings
) -> None:
    free = solved(town, settings, p=2, candidates="anywhere").result
    must = DrawnSite("M", TOWN_LON + 0.0085, TOWN_LAT + 0.0005)
    run = solved(town, settings, p=2, candidates="anywhere", drawn=(must,), fixed=("M",))
    sites = siting_results.sites_of(town, run.id)
    assert (sites[0].code, sites[0].fixed) == ("M", True)
    assert (len(sites), run.result.status) == (2, "optimal")
    assert run.result.objective <= free.objective


def test_sites_keep_to_the_region_and_out_of_forbidden_areas(
    town: Database, settings: Settings
) -> None:
    best = siting_results.sites_of(town, solved(town, settings, candidates="anywhere").id)[0]
    around = shapely.Point(best.lon, best.lat).buffer(0.002)
    area = shapely.geometry.mapping(around)
    run = solved(town, settings, candidates="anywhere", forbidden_areas=(area,))
    (site,) = siting_results.sites_of(town, run.id)
    assert not around.contains(shapely.Point(site.lon, site.lat))
    assert 0 < run.result.objective <= best.adds <= run.result.bound
    left = shapely.box(TOWN_LON - 0.001, TOWN_LAT - 0.001, TOWN_LON + 0.0035, TOWN_LAT + 0.02)
    run_sql(
        town,
        "update region set geom = st_multi(st_geomfromtext(:wkt, 4326)) where code = '370203001'",
        wkt=left.wkt,
    )
    west = solved(town, settings, p=2, candidates="anywhere", region="370203001")
    for one in siting_results.sites_of(town, west.id):
        assert left.covers(shapely.Point(one.lon, one.lat))


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("candidates", {"model": SitingModel.P_MEDIAN}),
        ("budget", {"budget": 5.0}),
        ("quotas", {"quotas": (("370203", Quota(1, 2)),)}),
        ("min_spacing_m", {"min_spacing_m": 50.0}),
        ("capacity", {"capacity": 20.0}),
        ("backup_share", {"backup_share": 0.5}),
        ("alternatives", {"alternatives": 2}),
        ("spacing_m", {"spacing_m": 100.0}),
        ("forbidden", {"forbidden": ("A",)}),
        ("drawn", {"drawn": (DrawnSite("M", TOWN_LON, TOWN_LAT),)}),
    ],
)
def test_what_the_bound_does_not_hold_for_is_refused(name: str, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as refused:
        replace(ANYWHERE, **changes).check()
    assert refused.value.parameter == name
    assert refused.value.accepted.zh
    assert refused.value.accepted.en


def test_with_a_walking_network_the_places_are_those_on_its_streets(
    town: Database, settings: Settings, tmp_path: Path
) -> None:
    """The only footway runs along the south: from there walks are along it, elsewhere estimates."""
    import_network(town, settings, write_town_streets(tmp_path / "town.osm.pbf"))
    junctions = solved(
        town, settings, p=2, standard_m=200.0, candidates="generated-network", spacing_m=50.0
    )
    run = solved(town, settings, p=2, standard_m=200.0, candidates="anywhere")
    result, sites = run.result, siting_results.sites_of(town, run.id)
    assert (run.inputs.basis, result.status) == ("network", "optimal")
    assert result.objective == result.bound == result.total.added_weight
    assert result.objective >= junctions.result.objective > 0
    assert "街道上任何地方的 2 处" in verdict(run).zh
    assert "anywhere on the streets" in verdict(run).en
    assert among_text(run.inputs.candidates, run.inputs.basis).zh.startswith("街道上的所有地方")
    for site in sites:
        assert site.lat == pytest.approx(TOWN_LAT, abs=1e-6)
        assert TOWN_LON <= site.lon <= TOWN_LON + 0.006
    # Whom no place on the footway reaches is said, and nobody twice.
    out = result.unreachable_weight
    assert 0 < out <= result.total.uncovered_weight
    assert f"{out:.0f} 人" in verdict(run).zh
    for ext in ("xlsx", "geojson", "html", "pdf"):
        save_plan(town, settings, run.id, tmp_path / f"plan.{ext}")
    # Beside it stands another plan on the footway, with one of its sites elsewhere.
    beside = result.same_cost.plan
    assert len(beside.given_up) == 1 and beside.objective <= beside.bound == result.bound
    for place in beside.taken_instead:
        assert place.lat == pytest.approx(TOWN_LAT, abs=1e-6)
    # Anybody can count the plan again on the streets that the file holds, given sites and forbidden areas too.
    must = DrawnSite("M", TOWN_LON + 0.0085, TOWN_LAT + 0.0005)
    around = shapely.geometry.mapping(shapely.Point(sites[0].lon, sites[0].lat).buffer(0.0005))
    kept = {"p": 2, "standard_m": 200.0, "candidates": "anywhere", "forbidden_areas": (around,)}
    for one in (run, solved(town, settings, drawn=(must,), fixed=("M",), **kept)):
        save_plan(town, settings, one.id, tmp_path / "plan.proof.json")
        proof, check = verify_file(tmp_path / "plan.proof.json")
        assert (check.faults, check.objective) == ((), one.result.objective)
        assert check.shown <= one.result.bound + 3  # whoever is estimated, a hair farther
        assert proof.streets is not None
        lines = [line.zh for line in proof_lines(proof, check)]
        assert lines[-1] == "核对通过"
        assert any("街道上任何地方的" in line for line in lines)
    # The fewest that cover as much: no more than those two, and there is no plan for whom no street reaches.
    lscp = {"model": SitingModel.LSCP, "p": None, "standard_m": 200.0, "candidates": "anywhere"}
    share = result.total.covered_after_share
    few = solved(town, settings, share=share - 1e-9, **lscp)
    assert few.result.objective == few.result.bound <= len(sites)
    assert few.result.total.covered_after_share >= share - 1e-9
    assert "街道上任何地方的站点都不能少于" in verdict(few).zh
    none = solved(town, settings, **lscp).result
    assert (none.status, none.objective, none.sites) == ("infeasible", None, 0)
    assert "street" in none.reason.en
    minutes = solved(town, settings, standard_m=None, standard_seconds=240.0, candidates="anywhere")
    assert minutes.result.status == "optimal"
    # Once the sites stand, the coverage run finds what was promised.
    open_sites(town, settings, run)
    after = coverage_run.run_here(town, settings, CoverageParameters(standard_m=200.0))
    assert after.result is not None
    assert after.result.total.covered_weight == result.total.covered_after_weight


def test_demand_that_is_away_from_the_network_is_sited_for_by_line(
    town: Database, settings: Settings, tmp_path: Path
) -> None:
    free = solved(town, settings, p=2, candidates="anywhere").result
    import_network(town, settings, write_town_streets(tmp_path / "town.osm.pbf"))
    run_sql(town, "update demand_point set geom = st_translate(geom, 1, 0), region_code = null")
    run_sql(town, "update facility set geom = st_translate(geom, 1, 0)")
    run = solved(town, settings, p=2, candidates="anywhere")
    assert (run.inputs.basis, run.result.status) == ("estimate", "optimal")
    assert run.result.objective == run.result.bound == pytest.approx(free.objective, rel=0.05)
    assert "任何地方的 2 处" in verdict(run).zh
    assert "街道" not in verdict(run).zh
    save_plan(town, settings, run.id, tmp_path / "plan.proof.json")
    proof, check = verify_file(tmp_path / "plan.proof.json")
    assert (proof.streets, check.faults) == (None, ())
    # In the box around the network, but on none of its ways, walks are estimated by its own factor.
    run_sql(
        town,
        "update demand_point set geom = st_setsrid(st_makepoint(:lon, :lat), 4326) where id % 2 = 0",
        lon=TOWN_LON + 0.003,
        lat=TOWN_LAT + 0.006,
    )
    mixed = siting_run.run_here(town, settings, ANYWHERE)
    assert mixed.status is RunStatus.FAILED
    assert mixed.error is not None
    assert "绕行系数" in mixed.error.zh


def test_the_stored_question_comes_back() -> None:
    question = SitingParameters(p=2, standard_m=500.0, candidates="anywhere")
    assert SitingParameters.from_stored(question.stored()) == question
    assert not question.same_as(replace(question, candidates=None))


def test_the_longest_walk_to_places_anywhere(
    town: Database, settings: Settings, tmp_path: Path
) -> None:
    asked: dict[str, Any] = {"model": SitingModel.P_CENTER, "p": 2}
    hosts = solved(town, settings, **asked)
    run = solved(town, settings, **asked, candidates="anywhere")
    found = run.found
    assert (found.status, found.objective_unit) == ("optimal", "metres")
    assert found.objective <= hosts.found.objective
    # The walks that the run's figures come from are as long as the solver says.
    assert found.walks.walk_longest_after_m == pytest.approx(found.objective, abs=1e-3)
    assert found.walks.walk_longest_before_m >= found.objective
    said = verdict(run)
    assert "任何地方的 2 处，走得最远的人至少要走" in said.zh
    assert "2 places anywhere" in said.en
    # As candidates none of these places is better than all of them.
    sites = siting_results.sites_of(town, run.id)
    drawn = tuple(DrawnSite(site.code, site.lon, site.lat) for site in sites)
    again = solved(town, settings, **asked, drawn=drawn)
    assert again.found.objective == pytest.approx(found.objective, abs=1e-3)
    # A site that must be there counts as one of them.
    must = DrawnSite("must", TOWN_LON, TOWN_LAT)
    fixed = solved(
        town, settings, **asked, candidates="anywhere", drawn=(must,), fixed=("must",)
    ).found
    assert fixed.status == "optimal" and fixed.objective >= found.objective - 1e-3
    for ext in ("xlsx", "pdf"):
        save_plan(town, settings, run.id, tmp_path / f"plan.{ext}")
    import_network(town, settings, write_town_streets(tmp_path / "town.osm.pbf"))
    # With a walking network the places are those on its streets; who is beside it walks an estimate.
    junctions = solved(town, settings, **asked, candidates="generated-network", spacing_m=50.0)
    streets = solved(town, settings, **asked, candidates="anywhere")
    found = streets.found
    assert (streets.inputs.basis, found.status) == ("network", "optimal")
    assert found.objective <= junctions.found.objective + 1e-9
    assert found.walks.walk_longest_after_m == pytest.approx(found.objective, abs=1e-3)
    assert "街道上任何地方的 2 处，走得最远的人至少要走" in verdict(streets).zh
    for site in siting_results.sites_of(town, streets.id):
        assert site.lat == pytest.approx(TOWN_LAT, abs=1e-6)
    must = DrawnSite("must", TOWN_LON, TOWN_LAT)
    given = solved(
        town, settings, **asked, candidates="anywhere", drawn=(must,), fixed=("must",)
    ).found
    assert given.status == "optimal" and given.objective >= found.objective - 0.1
    save_plan(town, settings, streets.id, tmp_path / "plan.pdf")
