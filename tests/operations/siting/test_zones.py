"""Whom a siting run's sites reach by gap zone, counted again from the zones' shapes."""

import shapely

from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.settings import Settings
from geoapp.operations.coverage import results as coverage_results
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.siting import results as siting_results
from geoapp.store.engine import Database
from tests.operations.siting.five_hosts import HOSTS, Truth, run_sql, solved, town

__all__ = ["town"]


def places(town: Database) -> list[shapely.Point]:
    rows = run_sql(town, "select st_x(geom), st_y(geom) from demand_point order by id")
    return [shapely.Point(*row) for row in rows]


def test_zones_are_those_of_a_coverage_run(town: Database, settings: Settings) -> None:
    run = solved(town, settings, p=2)
    asked = CoverageParameters(standard_m=500.0)
    before = coverage_run.run_here(town, settings, asked)
    zones = siting_results.gap_zones(town, run.id)
    same = ("rank", "name_zh", "name_en", "workers", "points", "worst_m", "geometry_wkb")
    expected = coverage_results.gap_zones(town, before.id)
    assert zones
    assert [[getattr(one, name) for name in same] for one in zones] == [
        [getattr(one, name) for name in same] for one in expected
    ]
    assert run.result.gap_zones == len(zones)
    assert (run.result.gap_rest_zones, run.result.gap_rest_workers) == (0, 0.0)


def test_who_gains_by_zone(town: Database, settings: Settings) -> None:
    """Three sites: each zone's gains are the weights of the points that lie in its shape."""
    truth = Truth(town)
    points = places(town)
    # A short standard leaves several zones apart.
    for standard_m in (150.0, 300.0, 500.0):
        run = solved(town, settings, p=3, standard_m=standard_m)
        zones = siting_results.gap_zones(town, run.id)
        shapes = {zone.rank: shapely.from_wkb(zone.geometry_wkb) for zone in zones}
        bare = truth.stood[:, 0] > standard_m
        of_point = [
            [rank for rank, shape in shapes.items() if shape.covers(point)] if out else []
            for point, out in zip(points, bare, strict=True)
        ]
        assert all(len(one) == 1 for one, out in zip(of_point, bare, strict=True) if out)
        hosts = [code for code, *_ in HOSTS]
        waiting = bare.copy()
        reached = dict.fromkeys(shapes, 0.0)
        for site in siting_results.sites_of(town, run.id):
            new = waiting & (truth.walk[:, hosts.index(site.code)] <= standard_m)
            expected: dict[int, float] = {}
            for row in new.nonzero()[0]:
                rank = of_point[row][0]
                expected[rank] = expected.get(rank, 0.0) + truth.weight[row]
                reached[rank] += truth.weight[row]
            assert {one.rank: one.workers for one in site.by_zone} == expected
            assert sum(expected.values()) == site.adds
            waiting &= ~new
        for zone in zones:
            assert zone.reached_workers == reached[zone.rank]
            assert zone.left_workers == zone.workers - reached[zone.rank]
        for other in siting_results.sites_of(town, run.id, chosen=False):
            new = waiting & (truth.walk[:, hosts.index(other.code)] <= standard_m)
            told = {one.rank: one.workers for one in other.by_zone}
            assert sum(told.values()) == truth.weight[new].sum() == other.adds
            assert set(told) == {of_point[row][0] for row in new.nonzero()[0]}


def test_most_first_and_named(town: Database, settings: Settings) -> None:
    run = solved(town, settings, p=1, standard_m=300.0)
    names = {one.rank: one.name_zh for one in siting_results.gap_zones(town, run.id)}
    for site in siting_results.sites_of(town, run.id):
        workers = [one.workers for one in site.by_zone]
        assert workers == sorted(workers, reverse=True)
        assert all(one.name_zh == names[one.rank] for one in site.by_zone)


def test_an_older_run_says_that_it_does_not_know(town: Database, settings: Settings) -> None:
    run = solved(town, settings, p=1)
    run_sql(town, "delete from run_array where run_id = :run", run=run.id)
    assert siting_results.gap_zones(town, run.id) == []
    assert siting_results.sites_of(town, run.id)[0].by_zone is None
