"""New sites only near streets: candidates, places on the streets, places by line; each measured again."""

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geoapp.core.errors import InvalidValueError
from geoapp.core.questions.near_streets import NearStreets
from geoapp.core.questions.places import DrawnSite
from geoapp.core.questions.siting import SitingModel
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.network.importing import import_network
from geoapp.operations.plan_report import save_plan
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting.proof import verify_file
from geoapp.operations.siting.results import sites_of
from geoapp.reports.words.siting import summary_lines
from geoapp.store.engine import Database
from tests.analysis.geometry.test_near_lines import nearest_m
from tests.city_streets import load_street_names
from tests.operations.siting.five_hosts import WANTED, run_sql, solved, town
from tests.operations.standards.test_far_streets import WAYS, write_streets
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.api_client import client_of, make_app

__all__ = ["town"]

# The last way joins nothing: it is no street, whatever its class.
STREETS = [line for tags, line in WAYS[:-1] if "name" in tags or tags["highway"] == "residential"]
ALL = [line for _, line in WAYS[:-1]]
GENERATED: dict[str, Any] = {"candidates": "generated", "spacing_m": 100.0, "p": 2}


@pytest.fixture
def streets(town: Database, settings: Settings, tmp_path: Path) -> Database:
    """Two streets and a pedestrian one cross west of the demand; a path and a square's rim are beside them."""
    extract = write_streets(tmp_path / "town.osm.pbf")
    import_network(town, settings, extract)
    load_street_names(settings, extract)
    return town


def away_m(database: Database, run: Any, ways: list[Any], *, chosen: bool = True) -> Any:
    sites = sites_of(database, run.id, chosen=chosen)
    pieces = [pair for line in ways for pair in itertools.pairwise(line)]
    start, end = (np.array(one) for one in zip(*pieces, strict=True))
    lon, lat = np.array([(one.lon, one.lat) for one in sites]).reshape(-1, 2).T
    return nearest_m(lon, lat, start, end)


def test_generated_candidates(streets: Database, settings: Settings) -> None:
    run = solved(streets, settings, **GENERATED, standard_m=300.0, near_streets_m=250.0)
    used = run.inputs.near_streets
    assert (used.which, used.source) == ("streets", "town")
    assert used.pieces == sum(len(line) - 1 for line in STREETS)
    assert run.found.objective > 0
    for chosen in (True, False):
        assert (away_m(streets, run, STREETS, chosen=chosen) <= 250).all()
    assert used.farthest_m == pytest.approx(away_m(streets, run, STREETS).max(), abs=0.01)
    told = {label.en: value for label, value in summary_lines(run)}
    line = told["streets to be near"]
    assert "段街道（步行路网 town，OpenStreetMap）" in line and "the farthest site" in line
    # The question is kept as it was asked.
    assert (run.params["near_streets_m"], run.params["forbidden_areas"]) == (250.0, [])
    # Every way on foot.
    every = solved(
        streets,
        settings,
        **GENERATED,
        standard_m=300.0,
        near_streets_m=250.0,
        near_streets=NearStreets.WAYS,
    )
    assert every.inputs.near_streets.pieces == sum(len(line) - 1 for line in ALL)
    assert every.inputs.candidates.count >= run.inputs.candidates.count
    assert (away_m(streets, every, ALL) <= 250).all()
    assert "能走的路" in {one.en: said for one, said in summary_lines(every)}["streets to be near"]


def test_with_hosts_a_site_is_near_both(streets: Database, settings: Settings) -> None:
    run = solved(
        streets, settings, **GENERATED, near_streets_m=400.0, near_hosts="hosts", near_hosts_m=300.0
    )
    assert (away_m(streets, run, STREETS) <= 400).all()
    assert (run.inputs.near_hosts, run.inputs.near_streets.which) == (5, "streets")


def test_any_place_on_the_network(streets: Database, settings: Settings, tmp_path: Path) -> None:
    asked: dict[str, Any] = {"p": 2, "candidates": "anywhere", "standard_m": 400.0}
    free = solved(streets, settings, **asked)
    assert free.inputs.basis == "network"
    run = solved(streets, settings, **asked, near_streets_m=30.0)
    assert (away_m(streets, run, STREETS) <= 30).all()
    assert run.found.objective <= run.found.bound <= free.found.bound
    save_plan(streets, settings, run.id, tmp_path / "plan.proof.json")
    _, check = verify_file(tmp_path / "plan.proof.json")
    assert check.faults == ()
    # Whoever walks on a network stands on a way: nothing is lost, and the bound is the same.
    every = solved(
        streets, settings, **asked, near_streets_m=5.0, near_streets=NearStreets.WAYS
    ).found
    assert (every.objective, every.bound) == (free.found.objective, free.found.bound)
    longest = solved(
        streets, settings, **asked | {"model": SitingModel.P_CENTER}, near_streets_m=30.0
    )
    assert (away_m(streets, longest, STREETS) <= 30).all()


def test_any_place_by_line(streets: Database, settings: Settings, tmp_path: Path) -> None:
    # North of all ways, so far that nobody is put on one.
    run_sql(
        streets,
        "update demand_point set region_code = null, geom = st_translate(geom, -0.004, 0.0125)",
    )
    asked: dict[str, Any] = {"p": 2, "candidates": "anywhere", "standard_m": 700.0}
    free = solved(streets, settings, **asked)
    assert free.inputs.basis == "estimate"
    run = solved(streets, settings, **asked, near_streets_m=350.0)
    assert (away_m(streets, run, STREETS) <= 350).all()
    assert (away_m(streets, free, STREETS) > 350).any()
    assert run.found.objective < free.found.objective <= run.found.bound
    save_plan(streets, settings, run.id, tmp_path / "plan.proof.json")
    _, check = verify_file(tmp_path / "plan.proof.json")
    assert check.faults == ()
    fewest = solved(
        streets,
        settings,
        p=None,
        model=SitingModel.LSCP,
        candidates="anywhere",
        standard_m=700.0,
        share=float(np.nextafter(run.found.total.covered_after_share, 0)),
        near_streets_m=350.0,
    )
    assert (away_m(streets, fewest, STREETS) <= 350).all()


def test_drawn_sites_are_held_to_it_too(streets: Database, settings: Settings) -> None:
    far = DrawnSite("X", TOWN_LON + 0.004, TOWN_LAT + 0.004)
    asked = replace(WANTED, p=2, drawn=(far,), fixed=("X",), near_streets_m=100.0)
    run = siting_run.run_here(streets, settings, asked)
    assert run.error is not None and "near_streets_m" in run.error.zh
    none = replace(WANTED, **GENERATED, near_streets_m=1.0)
    run_sql(streets, "update demand_point set geom = st_translate(geom, 0.00003, 0.00003)")
    left = siting_run.run_here(streets, settings, none)
    assert left.error is not None and "离街道更远" in left.error.zh


def test_without_a_network_it_is_neither_offered_nor_accepted(
    town: Database, settings: Settings, tmp_path: Path
) -> None:
    client = client_of(make_app(settings, town), town, Role.PLANNER)
    question = {"p": 1, "standard_m": 500, "near_streets_m": 50}

    def answered() -> tuple[int, Any]:
        reply = client.post("/api/v1/siting-runs", json=question)
        return reply.status_code, reply.get_json()

    asked = replace(WANTED, near_streets_m=50.0)
    for ask in (siting_run.start, siting_run.run_here):
        with pytest.raises(InvalidValueError) as caught:
            if ask is siting_run.start:
                siting_run.start(town, asked, None, settings=settings)
            else:
                siting_run.run_here(town, settings, asked)
        assert caught.value.parameter == "near_streets_m"
        assert "没有导入步行路网" in caught.value.text.zh
        assert "no walking network is loaded" in caught.value.text.en
    status, problem = answered()
    assert status == 422 and "no walking network" in str(problem)
    assert 'name="near_streets' not in client.get("/plan/siting").get_data(as_text=True)
    import_network(town, settings, write_streets(tmp_path / "town.osm.pbf"))
    page = client.get("/plan/siting").get_data(as_text=True)
    assert 'name="near_streets_m"' in page and 'name="near_streets"' in page
    assert answered()[0] == 202


def test_a_region_without_streets_is_told(
    town: Database, settings: Settings, tmp_path: Path
) -> None:
    import_network(town, settings, write_streets(tmp_path / "town.osm.pbf"))
    run_sql(town, "update region set geom = st_translate(geom, 1, 1) where code = '370203'")
    asked = replace(WANTED, region="370203", near_streets_m=50.0)
    run = siting_run.run_here(town, settings, asked)
    assert run.error is not None and "没有按等级算街道的路" in run.error.zh
