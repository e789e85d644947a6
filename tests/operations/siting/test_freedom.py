"""Where a run's sites may stand instead: recounted on the demand, kept to the rules, hosts from the register."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from pyproj import Geod

from geoapp.core.errors import ConflictError
from geoapp.core.i18n import Text
from geoapp.core.questions.quota import Quota
from geoapp.core.questions.siting import SitingModel
from geoapp.core.results.freedom import PlanFreedom
from geoapp.core.settings import Settings
from geoapp.operations.plan_report import save_plan
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting.freedom import freedom_of, possible_hosts
from geoapp.reports.words.freedom import freedom_text, host_text
from geoapp.store.engine import Database
from tests.operations.siting.five_hosts import run_sql, solved, town
from tests.seed import TOWN_LAT, TOWN_LON

__all__ = ["town"]

GEOD = Geod(ellps="WGS84")


def away_m(lon: float, lat: float, places: np.ndarray) -> np.ndarray:
    count = len(places)
    found: np.ndarray = GEOD.inv(np.full(count, lon), np.full(count, lat), *places.T)[2]
    return found


def waiting(town: Database, line_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the places and workers of the demand that nothing in service covers."""
    rows = np.array(run_sql(town, "select st_x(geom), st_y(geom), weight from demand_point"))
    standing = run_sql(town, "select st_x(geom), st_y(geom) from facility where status = 'open'")
    left = np.ones(len(rows), bool)
    for lon, lat in standing:
        left &= away_m(lon, lat, rows[:, :2]) > line_m
    return rows[left, :2], rows[left, 2]


def reached(sites: np.ndarray, points: np.ndarray, line_m: float) -> np.ndarray:
    return np.array([away_m(*site, points) <= line_m for site in sites.tolist()]).any(axis=0)


def test_every_place_shown_keeps_what_it_says_and_the_register_names_hosts(
    town: Database, settings: Settings, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    for candidates in ("hosts", "anywhere"):
        run = solved(town, settings, p=2, standard_m=200.0, candidates=candidates)
        sites = siting_results.sites_of(town, run.id)
        freedom = freedom_of(town, run)
        assert PlanFreedom.of_bytes(freedom.as_bytes()) == freedom
        assert [(one.order, one.code) for one in freedom.sites] == [
            (one.order, one.code) for one in sites
        ]
        points, weight = waiting(town, freedom.standard_m)
        plan = np.array([(one.lon, one.lat) for one in sites])
        now = weight[reached(plan, points, freedom.standard_m)].sum()
        assert now == run.result.objective
        rng = np.random.default_rng(1)
        tried = []
        for number, site in enumerate(freedom.sites):
            for area in site.areas:
                west, south, east, north = area.geometry.bounds
                places = np.stack(
                    (rng.uniform(west, east, 80), rng.uniform(south, north, 80)), axis=-1
                )
                for place in places[shapely.intersects_xy(area.geometry, *places.T)]:
                    moved = plan.copy()
                    moved[number] = place
                    then = weight[reached(moved, points, freedom.standard_m)].sum()
                    assert now - then <= area.share * site.weight + 1e-9
                    tried.append((number, place))
        assert len(tried) > 20

    with subtests.test("hosts"):
        number, (x, y) = max(tried, key=lambda one: away_m(*plan[one[0]].tolist(), one[1][None])[0])
        outside = f"st_setsrid(st_makepoint({TOWN_LON - 0.5}, {TOWN_LAT}), 4326)"
        for code, status, geom in (
            ("OLD", "closed", f"st_setsrid(st_makepoint({float(x)!r}, {float(y)!r}), 4326)"),
            ("FAR", "closed", outside),
        ):
            run_sql(
                town,
                "insert into facility (code, kind_code, name_zh, name_en, geom, status) select "
                f":code, kind_code, '旧站', 'Old', {geom}, :status from facility limit 1",
                code=code,
                status=status,
            )
        run_sql(
            town,
            "insert into candidate (set_id, code, name, geom, host_type) select id, 'F', '银行', "
            "st_setsrid(st_makepoint(:x, :y), 4326), 'bank' from candidate_set",
            x=float(x),
            y=float(y),
        )
        hosts = possible_hosts(town, freedom, sites)[number + 1]
        assert {"OLD", "F"} <= {one.code for one in hosts}
        assert "FAR" not in {one.code for one in hosts}
        (old,) = [one for one in hosts if one.code == "OLD"]
        site = sites[number]
        assert old.distance_m == pytest.approx(
            away_m(site.lon, site.lat, np.array([[old.lon, old.lat]]))[0]
        )
        told = host_text(old, {old.kind or "": Text("驿站", "Station")})
        assert told.zh.startswith("旧站（驿站，停用，距原址 ")
        assert told.en.startswith("Old (station, closed for good, ")

    with subtests.test("files"):
        for ext in ("gpkg", "xlsx", "pdf"):
            save_plan(town, settings, run.id, tmp_path / f"plan.{ext}")
        frame = pyogrio.read_dataframe(tmp_path / "plan.gpkg", layer="freedom")
        assert len(frame) == sum(len(one.areas) for one in freedom.sites)
        assert frame.geometry.iloc[0].equals(freedom.sites[0].areas[0].geometry)
        assert "OLD" in set(pyogrio.read_dataframe(tmp_path / "plan.gpkg", layer="hosts").code)


def test_rules_hold_where_a_site_may_stand(town: Database, settings: Settings) -> None:
    run_sql(
        town,
        "update region set geom = st_multi(st_makeenvelope(:w, :s, :e, :n, 4326)) "
        "where code = '370203001'",
        **{
            "w": TOWN_LON - 0.01,
            "s": TOWN_LAT - 0.01,
            "e": TOWN_LON + 0.0035,
            "n": TOWN_LAT + 0.02,
        },
    )
    free = solved(town, settings, candidates="hosts")
    site = siting_results.sites_of(town, free.id)[0]
    widest = freedom_of(town, free).sites[0].areas[-1]
    away = shapely.box(site.lon + 0.0005, site.lat - 0.1, site.lon + 0.1, site.lat + 0.1)
    assert away.intersects(widest.geometry)
    changed: list[dict[str, Any]] = [
        {"forbidden_areas": (shapely.geometry.mapping(away),)},
        {"quotas": (("370203001", Quota(0, 2)),), "p": 2},
        {"min_spacing_m": 400.0, "p": 2},
    ]
    for one in changed:
        run = solved(town, settings, **({"candidates": "hosts"} | one))
        sites = siting_results.sites_of(town, run.id)
        for kept, freedom in zip(sites, freedom_of(town, run).sites, strict=True):
            for area in (each.geometry for each in freedom.areas):
                corners = shapely.get_coordinates(area)
                if "forbidden_areas" in one:
                    assert not away.intersects(area)
                if "quotas" in one and len(corners):
                    west = shapely.box(-180, -90, TOWN_LON + 0.0035, 90)
                    assert (
                        west.covers(area)
                        if kept.region == "370203001"
                        else (not west.intersects(area))
                    )
                if "min_spacing_m" in one:
                    for other in sites:
                        if other is not kept and len(corners):
                            assert (away_m(other.lon, other.lat, corners) >= 400).all()


def test_where_there_are_none_the_reason_is_told(town: Database, settings: Settings) -> None:
    for changes, told in (
        ({"model": SitingModel.P_MEDIAN}, "步行距离"),
        ({"capacity": 20.0}, "座位"),
        ({"backup_share": 0.5}, "备用覆盖"),
    ):
        run = solved(town, settings, **changes)
        with pytest.raises(ConflictError) as refused:
            freedom_of(town, run)
        assert told in refused.value.text.zh
    plain = solved(town, settings)
    network = replace(plain, inputs=plain.inputs.model_copy(update={"network": "streets"}))
    run_sql(town, "delete from run_array where name = 'freedom'")
    for run, told in ((network, "步行路网"), (plain, "早先的运行")):
        with pytest.raises(ConflictError) as refused:
            freedom_of(town, run)
        assert told in refused.value.text.zh
    needless = solved(town, settings, p=5, standard_m=5000.0)
    for site in freedom_of(town, needless).sites:
        assert (site.weight, site.areas) == (0, ())
        assert "移到哪里都不少" in freedom_text(site).zh
