"""What would close a gap, and who overlaps: counted again on a town of 25 points."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import orjson
import pytest
import shapely
from sqlalchemy import text

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.settings import Settings
from geoapp.core.words import RunStatus
from geoapp.operations.coverage import closers as coverage_closers
from geoapp.operations.coverage import results as coverage_results
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.coverage.files import save_coverage
from geoapp.store.engine import Database
from tests.operations.coverage.small_town import run_sql, town

__all__ = ["town"]

METRES = np.array([90_163.0, 110_960.0])  # a degree at 36.07 N; good to 0.1 %


def walked(from_: np.ndarray, to: np.ndarray) -> np.ndarray:
    return 1.3 * np.hypot(*((from_[:, None] - to[None]) * METRES).transpose(2, 0, 1))


@pytest.fixture
def weighed(town: Database) -> Database:
    """Weights that all differ."""
    run_sql(town, "update demand_point set weight = 5 + id % 11")
    return town


def done(town: Database, settings: Settings, standard_m: float) -> Any:
    run = coverage_run.run_here(town, settings, CoverageParameters(standard_m=standard_m))
    assert run.status is RunStatus.SUCCEEDED, run.error
    return run


def demand(town: Database) -> tuple[np.ndarray, np.ndarray]:
    rows = run_sql(town, "select st_x(geom), st_y(geom), weight from demand_point order by id")
    return np.array([row[:2] for row in rows]), np.array([row[2] for row in rows])


def stations(town: Database) -> tuple[list[str], np.ndarray]:
    rows = run_sql(
        town,
        "select code, st_x(geom), st_y(geom) from facility where status = 'open' order by code",
    )
    return [row[0] for row in rows], np.array([row[1:] for row in rows])


@pytest.mark.parametrize("standard_m", [200.0, 300.0, 460.0])
def test_what_would_close_each_zone(
    weighed: Database, settings: Settings, standard_m: float
) -> None:
    """Every closer's workers are counted again; the fewest are found by trying all subsets."""
    run = done(weighed, settings, standard_m)
    points, weight = demand(weighed)
    _, standing = stations(weighed)
    bare = (walked(points, standing) > standard_m).all(axis=1)
    zones = coverage_results.gap_zones(weighed, run.id)
    assert zones
    # Half the standard as a line is less than the 180 m between points: all are candidates.
    assert standard_m / 1.3 / 2 < 180
    candidates = points[bare]
    for zone in zones:
        shape = shapely.from_wkb(zone.geometry_wkb)
        rows = np.array(
            [out and shape.covers(shapely.Point(*at)) for at, out in zip(points, bare, strict=True)]
        )
        assert weight[rows].sum() == zone.workers
        cover = walked(points[rows], candidates) <= standard_m
        gains = np.sort(weight[rows] @ cover)[::-1]
        told = [one.workers for one in zone.closers]
        assert told == [gain for gain in gains[:3] if gain > 0]
        for one in zone.closers:
            here = walked(points[rows], np.array([[one.lon, one.lat]]))[:, 0] <= standard_m
            assert weight[rows][here].sum() == one.workers
        used = np.flatnonzero(cover.any(axis=0))
        fewest = next(
            count
            for count in range(1, len(used) + 1)
            if any(
                cover[:, list(some)].any(axis=1).all()
                for some in itertools.combinations(used, count)
            )
        )
        assert (zone.sites_needed, zone.sites_needed_proven) == (fewest, True)
        assert zone.out_of_reach_workers == 0


def test_pairs_that_overlap_most(weighed: Database, settings: Settings) -> None:
    for standard_m in (300.0, 500.0, 900.0):
        run = done(weighed, settings, standard_m)
        points, weight = demand(weighed)
        codes, standing = stations(weighed)
        cover = walked(points, standing) <= standard_m
        expected = {}
        for a, b in itertools.combinations(range(len(codes)), 2):
            both = weight[cover[:, a] & cover[:, b]].sum()
            if both > 0:
                share = both / weight[cover[:, a] | cover[:, b]].sum()
                expected[codes[a], codes[b]] = (both, share)
        found = coverage_results.facility_overlaps(weighed, run.id, 100)
        assert found is not None
        assert {
            (one.first_code, one.second_code): (one.shared_weight, pytest.approx(one.share))
            for one in found
        } == expected
        assert coverage_results.overlap_total(weighed, run.id) == len(expected)
        shares = [one.share for one in found]
        assert shares == sorted(shares, reverse=True)
        assert len(coverage_results.facility_overlaps(weighed, run.id, 1) or []) == 1
        assert all(one.first_name_zh for one in found)


def rows_of(book: openpyxl.Workbook, sheet: str) -> list[dict[str, Any]]:
    """Return the rows below a sheet's head, which its filter marks, by heading."""
    top = int(book[sheet].auto_filter.ref.split(":")[0][1:])
    head, *rows = list(book[sheet].iter_rows(min_row=top, values_only=True))
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_they_are_in_the_files(weighed: Database, settings: Settings, tmp_path: Path) -> None:
    run = done(weighed, settings, 500.0)
    for suffix in ("xlsx", "geojson", "gpkg", "csv"):
        save_coverage(weighed, run.id, tmp_path / f"run.{suffix}")
    book = openpyxl.load_workbook(tmp_path / "run.xlsx")
    pairs = coverage_results.facility_overlaps(weighed, run.id, 50)
    assert len(rows_of(book, "重叠")) == len(pairs or [])
    zone = coverage_results.gap_zones(weighed, run.id)[0]
    told = rows_of(book, "盲区")[0]
    assert told["该处经度\nits longitude"] == zone.closers[0].lon
    assert told["劳动者\nworkers"] == zone.workers
    body = orjson.loads((tmp_path / "run.geojson").read_bytes())
    assert body["features"][0]["properties"]["closers"] == [
        one.model_dump() for one in zone.closers
    ]
    assert len(body["overlaps"]) == len(pairs or [])


def test_pairs_that_are_not_listed_are_counted_in_the_file(
    weighed: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = done(weighed, settings, 900.0)
    total = coverage_results.overlap_total(weighed, run.id)
    assert total is not None and total > 1
    monkeypatch.setattr("geoapp.operations.coverage.workbook.MOST_OVERLAPS", 1)
    save_coverage(weighed, run.id, tmp_path / "run.xlsx")
    rows = openpyxl.load_workbook(tmp_path / "run.xlsx")["重叠"].values
    assert any(f"列出重叠最多的 1 对，共 {total} 对" in str(row[0]) for row in rows)


def test_what_is_not_known_is_not_nothing(
    weighed: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Runs from before there were such figures, and those with too many pairs to be counted."""
    run = done(weighed, settings, 500.0)
    with weighed.session() as session:
        session.execute(text("delete from run_array where name like 'overlap%'"))
        session.execute(text("delete from run_array where name like 'gap_%'"))
    assert coverage_results.facility_overlaps(weighed, run.id, 5) is None
    assert coverage_results.overlap_total(weighed, run.id) is None
    assert coverage_results.gap_zones(weighed, run.id)[0].closers is None
    save_coverage(weighed, run.id, tmp_path / "run.xlsx")
    book = openpyxl.load_workbook(tmp_path / "run.xlsx")
    assert not rows_of(book, "重叠")
    assert any("这次运行没有比较" in str(row[0]) for row in book["重叠"].values)

    class Fewer(coverage_closers.PairWalks):
        """Holds no pairs."""

        def cover(self, *args: Any, **more: Any) -> Any:
            raise InvalidValueError("candidates", 4, Text("更少的候选点", "fewer candidates"))

    monkeypatch.setattr(coverage_closers, "PairWalks", Fewer)
    again = done(weighed, settings, 500.0)
    assert coverage_results.facility_overlaps(weighed, again.id, 5) is None
    assert coverage_results.gap_zones(weighed, again.id)[0].sites_needed is None


def test_no_gaps_and_one_station(town: Database, settings: Settings) -> None:
    run = done(town, settings, 20_000.0)
    assert coverage_results.gap_zones(town, run.id) == []
    run_sql(town, "delete from facility where code <> 'T-1'")
    run = done(town, settings, 500.0)
    assert coverage_results.facility_overlaps(town, run.id, 5) == []
    run_sql(town, "delete from facility")
    run = done(town, settings, 500.0)
    assert coverage_results.facility_overlaps(town, run.id, 5) == []


def test_far_zones_are_left_out(
    weighed: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage_closers, "CLOSED_ZONES", 1)
    run = done(weighed, settings, 150.0)
    zones = coverage_results.gap_zones(weighed, run.id)
    assert len(zones) > 1
    assert [zone.sites_needed is None for zone in zones] == [False] + [True] * (len(zones) - 1)
