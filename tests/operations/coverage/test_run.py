"""Coverage runs on a small town whose figures are known in advance."""

import csv
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
from arro3.io import read_parquet
from PIL import Image
from sqlalchemy import text

from geoapp.core.errors import InvalidValueError, NotFoundError
from geoapp.core.results.coverage import COVERAGE_RUNS
from geoapp.core.settings import Settings
from geoapp.core.words import RunStatus
from geoapp.operations.coverage import results as coverage_results
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.coverage.files import save_coverage
from geoapp.operations.coverage.region_gaps import gaps_of_region
from geoapp.operations.runs.state import read_run, recent_runs
from geoapp.reports.parts import class_colour
from geoapp.reports.words.coverage import counted_text, reasons_text, season_text
from geoapp.store.engine import Database
from tests.operations.coverage.small_town import WANTED, moment, run_sql, town
from tests.web.api_client import make_app

__all__ = ["town"]


def test_figures_by_hand(town: Database, settings: Settings) -> None:
    """25 points, 0.002 degrees apart (180 m east, 222 m north), ten workers each.

    In service: T-1 at (0, 0), T-2 at (2, 0), T-3 at (0, 4), T-4 at (6, 6) thousandths of a degree.
    A walk of 500 m at a detour of 1.3 is a line of 384.6 m: one step north (222 m) or two steps
    east (361 m) or one each way (286 m) are within, two steps north (444 m) are not.
    """
    run = coverage_run.run_here(town, settings, WANTED)
    assert run.status is RunStatus.SUCCEEDED
    assert run.result is not None
    total = run.result.total
    stations = np.array([(0, 0), (2, 0), (0, 4), (6, 6)], dtype=float)
    points = np.array([(2 * x, 2 * y) for x in range(5) for y in range(5)], dtype=float)
    # Degrees to metres at 36.07 north, good to 0.2 %: no point lies so near the standard.
    steps = (points[:, None, :] - stations[None, :, :]) * np.array([90.1, 110.95])
    lines = np.sort(np.hypot(steps[..., 0], steps[..., 1]), axis=1)
    assert not (abs(lines[:, :2] - 500 / 1.3) < 3).any()
    assert total.weight == 250
    assert total.covered_weight == 10 * (lines[:, 0] <= 500 / 1.3).sum()
    assert total.backup_weight == 10 * (lines[:, 1] <= 500 / 1.3).sum()
    assert total.covered_weight + total.uncovered_weight == 250
    assert 0 < total.backup_weight < total.covered_weight < 250
    rows = {row.code: row for row in coverage_results.region_figures(town, run.id)}
    assert rows["370203"].covered_weight == rows["370200"].covered_weight
    assert rows["370203"].name_zh == "市北区"
    zones = coverage_results.gap_zones(town, run.id)
    assert sum(zone.workers for zone in zones) == total.uncovered_weight
    assert [zone.rank for zone in zones] == list(range(1, len(zones) + 1))
    assert all("市北区" in zone.name_zh and "Shibei" in zone.name_en for zone in zones)


def test_those_without_a_position_are_left_out_and_counted(
    town: Database, settings: Settings
) -> None:
    before = coverage_run.run_here(town, settings, WANTED)
    assert (before.inputs.without_position, before.inputs.out_of_season) == (0, 0)
    for code, region, status in (
        ("N-1", "370203", "open"),
        ("N-2", None, "open"),
        ("N-3", "370203", "closed"),
    ):
        run_sql(
            town,
            "insert into facility (code, kind_code, name_zh, position_basis, region_code, status) "
            "values (:code, 'service_base', :code, :basis, :region, :status)",
            code=code,
            basis="unknown" if region is None else "region_only",
            region=region,
            status=status,
        )
    # T-4 has one place alone, which it left: open, and nowhere today.
    run_sql(
        town,
        "insert into facility_place (facility_id, geom, valid_from, valid_to) "
        "select id, geom, '2020-01-01', '2020-02-01' from facility where code = 'T-4'",
    )
    gone = coverage_run.run_here(town, settings, WANTED)
    assert gone.inputs.out_of_season == 1
    assert "另有 1 处启用的设施那天不在" in season_text(gone.inputs.out_of_season).zh
    run_sql(town, "delete from facility_place")
    everywhere = coverage_run.run_here(town, settings, WANTED)
    assert everywhere.result is not None and before.result is not None
    assert everywhere.result.total == before.result.total
    assert everywhere.result.facilities == before.result.facilities
    assert everywhere.inputs.without_position == 2
    # Of a district only those that are known to be in it, and only of the families asked about.
    here = coverage_run.run_here(town, settings, replace(WANTED, region="370203"))
    assert here.inputs.without_position == 1
    stations = coverage_run.run_here(town, settings, replace(WANTED, families=("station",)))
    assert stations.inputs.without_position == 0


def test_of_a_past_day_an_opening_date_is_needed(town: Database, settings: Settings) -> None:
    """T-1 and T-2 are open since 2014, the others since nobody knows when; T-5 and T-6 were once."""
    with town.session() as session:
        session.execute(
            text("update facility set opened_on = '2014-05-01' where code in ('T-1', 'T-2')")
        )
    noon = replace(WANTED, at=moment("2015-11-24T12:00"))
    past = coverage_run.run_here(town, settings, noon)
    assert past.result is not None
    # T-1 and T-2 are known to be open; T-4 may not have stood yet, T-5 and T-6 may have been open
    # before they were closed and suspended, and T-3's hours are unknown.
    assert past.result.facilities_counted == 2
    assert past.result.facilities_hours_unknown == 4
    # Of T-4, T-5 and T-6 only dates are missing; that is told apart from T-3's hours.
    assert past.result.facilities_undated == 3
    told = "1 with unknown hours, 3 not certain to have been there"
    assert told in counted_text(past.result).en
    assert "那天是否在不明" in reasons_text(past).zh
    # What is closed then is closed, whenever it opened: at night T-3, T-5 and T-6 are unknown.
    night = coverage_run.run_here(town, settings, replace(WANTED, at=moment("2015-11-24T22:00")))
    assert night.result is not None
    assert night.result.facilities_hours_unknown == 3
    assert night.result.facilities_undated == 2
    # A year in which it opened is not enough; one that has closed since counts where its dates say so.
    with town.session() as session:
        session.execute(
            text(
                "update facility set opened_on = '2015-01-01', opened_basis = 'year' "
                "where code = 'T-2'"
            )
        )
        session.execute(
            text(
                "update facility set opened_on = '2012-03-01', closed_on = '2020-01-01' "
                "where code = 'T-5'"
            )
        )
    again = coverage_run.run_here(town, settings, noon)
    assert again.result is not None
    assert (again.result.facilities_counted, again.result.facilities_undated) == (2, 3)


def test_only_what_is_known_to_be_open_counts_at_a_moment(
    town: Database, settings: Settings
) -> None:
    night = coverage_run.run_here(town, settings, replace(WANTED, at=moment("2026-11-24T22:00")))
    noon = coverage_run.run_here(town, settings, replace(WANTED, at=moment("2026-11-24T12:00")))
    assert night.result is not None
    assert noon.result is not None
    # At night T-1 alone; at noon T-1, T-2 and T-4; T-3's hours are unknown.
    assert night.result.facilities_counted == 1
    assert noon.result.facilities_counted == 3
    assert noon.result.facilities_hours_unknown == 1
    covered = [one.result.total.covered_weight for one in (night, noon)]  # type: ignore[index]
    assert covered[0] < covered[1]
    # Whoever is covered when hours do not count is, at night, covered, near a closed station, or
    # near the one with unknown hours.
    always = coverage_run.run_here(town, settings, WANTED)
    assert always.result is not None
    assert always.result.uncovered_closed_weight is None
    closed, unknown = (
        night.result.uncovered_closed_weight,
        night.result.uncovered_hours_unknown_weight,
    )
    assert min(closed, unknown) > 0
    assert covered[0] + closed + unknown == always.result.total.covered_weight
    zones = coverage_results.gap_zones(town, night.id)
    assert sum(zone.closed_workers for zone in zones) == closed
    assert sum(zone.hours_unknown_workers for zone in zones) == unknown
    assert {zone.cut_off_workers for zone in zones} == {None}  # no network, no such thing
    said = reasons_text(night)
    assert f"附近有站点、只是那时不开 {closed:.0f} 人" in said.zh
    assert f"{unknown:.0f} have one near whose hours are unknown" in said.en
    assert reasons_text(always).zh == ""


def test_accessibility_measures(town: Database, settings: Settings) -> None:
    run_sql(town, "update facility set capacity = 20 where code = 'T-1'")
    run_sql(town, "update demand_point set grp = case when id % 2 = 0 then '快递' end")
    run = coverage_run.run_here(town, settings, WANTED)
    told = coverage_results.access_measures(town, run.id)
    assert run.result is not None
    total, covered = told.total, run.result.total
    assert total.walk.weight == 250
    assert total.walk.mean_m == pytest.approx(covered.walk.mean_m)
    assert total.walk.quantiles_m["50"] == pytest.approx(covered.walk.p50_m)
    assert total.walk.worst_mean_m <= covered.walk.greatest_m
    # Who is uncovered has nothing within the standard, and the other way round.
    assert total.within.none_share == pytest.approx(covered.uncovered_share)
    # All that is shared out is what there is: four facilities; 20 seats.
    assert total.shared.mean * 250 == pytest.approx(4)
    assert total.seats_enhanced.mean * 250 == pytest.approx(20)
    assert (told.facilities, told.capacity_known) == (4, 1)
    assert set(told.groups) == {"快递"}
    assert told.groups["快递"].walk.weight == 120
    assert told.regions["370203"].walk.weight == 250
    assert told.regions["370203"] == told.regions["370200"] == total
    assert (told.regions_gini, told.groups_gini) == (None, None)


def test_what_rests_on_each_facility(town: Database, settings: Settings) -> None:
    run = coverage_run.run_here(town, settings, WANTED)
    assert run.result is not None
    before = run.result.total.covered_weight
    loads = coverage_results.loads(town, run.id, 10)
    assert {one.code for one in loads} == {"T-1", "T-2", "T-3", "T-4"}
    assert sum(one.nearest_weight for one in loads) == 250
    assert [one.sole_weight for one in loads] == sorted(
        (one.sole_weight for one in loads), reverse=True
    )
    assert loads[0].name_zh
    for one in loads:
        run_sql(town, f"update facility set status = 'closed' where code = '{one.code}'")
        without = coverage_run.run_here(town, settings, WANTED)
        assert without.result is not None
        assert before - without.result.total.covered_weight == one.sole_weight
        run_sql(town, f"update facility set status = 'open' where code = '{one.code}'")
    assert coverage_results.loads(town, run.id, 1) == loads[:1]


def test_two_places_of_a_facility_are_no_backup_of_each_other(
    town: Database, settings: Settings
) -> None:
    before = coverage_run.run_here(town, settings, WANTED)
    # T-4 now stands at two places, both where it stood: whom it served, it serves alone still.
    for label in ("甲", "乙"):
        run_sql(
            town,
            "insert into facility_place (facility_id, geom, label_zh) "
            "select id, geom, :label from facility where code = 'T-4'",
            label=label,
        )
    after = coverage_run.run_here(town, settings, WANTED)
    assert before.result is not None
    assert after.result is not None
    assert after.result.total == before.result.total
    assert after.result.facilities_counted == 4
    first, second = (coverage_results.loads(town, run.id, 10) for run in (before, after))
    assert second == first
    assert next(one.sole_weight for one in first if one.code == "T-4") > 0


def test_the_seats_of_a_facility_at_two_places_are_there_once(
    town: Database, settings: Settings
) -> None:
    run_sql(town, "update facility set capacity = 25 where code = 'T-4'")
    before = coverage_run.run_here(town, settings, WANTED)
    # One of its places is where it stood, the other 220 m north of it: both hold on the day.
    for label, north in (("甲", 0.0), ("乙", 0.002)):
        run_sql(
            town,
            "insert into facility_place (facility_id, geom, label_zh) select id, "
            "st_translate(geom, 0, :north), :label from facility where code = 'T-4'",
            label=label,
            north=north,
        )
    after = coverage_run.run_here(town, settings, WANTED)
    # One place at a time by its period: of two, that of today alone.
    run_sql(town, "update facility_place set valid_from = '2999-01-01' where label_zh = '乙'")
    today = coverage_run.run_here(town, settings, WANTED)
    for run in (before, after, today):
        assert run.result is not None
        access = run.result.access
        assert access is not None
        assert (access.facilities, access.capacity_known) == (4, 1)
        seats = access.total.seats
        assert seats is not None
        # Whoever shares them, 25 seats are 25 seats: a tenth of one for each of 250 workers.
        assert seats.mean == pytest.approx(25 / 250)
    assert today.result.access == before.result.access


def test_families_and_hourly_demand(town: Database, settings: Settings) -> None:
    homes = coverage_run.run_here(town, settings, replace(WANTED, families=("home",)))
    assert homes.result is not None
    assert homes.result.facilities_counted == 1
    run_sql(
        town,
        "update demand_point set hours = (select array_agg(case when h between 8 and 17 then 1 "
        "else 0.5 end order by h) from generate_series(0, 23) h)",
    )
    night = coverage_run.run_here(town, settings, replace(WANTED, at=moment("2026-11-24T22:00")))
    assert night.result is not None
    assert night.result.total.weight == 125


def test_no_facility_at_all_is_an_answer_of_its_own(town: Database, settings: Settings) -> None:
    run_sql(town, "update facility set status = 'closed'")
    run = coverage_run.run_here(town, settings, WANTED)
    assert run.result is not None
    assert run.result.total.unreachable_weight == 250
    assert run.result.total.walk.mean_m is None
    zones = coverage_results.gap_zones(town, run.id)
    assert zones[0].nearest_code is None
    assert zones[0].worst_m is None


def test_refuses_at_once_what_cannot_be_done(town: Database) -> None:
    for changes, parameter in (
        ({"region": "999999"}, "region"),
        ({"demand": "nowhere"}, "demand"),
        ({"families": ("castle",)}, "families"),
    ):
        with pytest.raises(InvalidValueError) as refused:
            coverage_run.start(town, replace(WANTED, **changes), None)  # type: ignore[arg-type]
        assert refused.value.parameter == parameter
    assert recent_runs(town, COVERAGE_RUNS) == []
    with pytest.raises(NotFoundError):
        read_run(town, COVERAGE_RUNS, 12345)


def test_files_of_a_run(town: Database, settings: Settings, tmp_path: Path) -> None:
    run = coverage_run.run_here(town, settings, WANTED)
    zones = len(coverage_results.gap_zones(town, run.id))
    for suffix in ("geojson", "gpkg"):
        path = tmp_path / f"run.{suffix}"
        save_coverage(town, run.id, path)
        layer = {"layer": "gaps"} if suffix == "gpkg" else {}
        frame = pyogrio.read_dataframe(path, **layer)
        assert len(frame) == zones
        assert frame.crs.to_epsg() == 4326
    save_coverage(town, run.id, tmp_path / "run.csv")
    with (tmp_path / "run.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert not any(value.startswith(("{", "[")) for row in rows for value in row.values())
    district = next(row for row in rows if row["code"] == "370203")
    figures = next(
        row for row in coverage_results.region_figures(town, run.id) if row.code == district["code"]
    )
    ninety_m = figures.access.walk.quantiles_m["90"]
    assert float(district["access_walk_quantiles_m_90"]) == ninety_m
    with pytest.raises(InvalidValueError):
        save_coverage(town, run.id, tmp_path / "run.doc")
    assert {path.suffix for path in tmp_path.iterdir()} == {".geojson", ".gpkg", ".csv"}
    # The regions come with their outlines, ready to be drawn; and everybody gets the same by a link.
    drawn = pyogrio.read_dataframe(tmp_path / "run.gpkg", layer="regions").set_index("code")
    assert drawn.crs.to_epsg() == 4326
    assert drawn.loc["370203"].geometry.geom_type == "MultiPolygon"
    assert drawn.loc["370203", "covered_weight"] == figures.covered_weight
    anybody = make_app(settings, town).test_client()
    sent = anybody.get(f"/coverage/runs/{run.id}.gpkg")
    (tmp_path / "sent.gpkg").write_bytes(sent.data)
    assert len(pyogrio.read_dataframe(tmp_path / "sent.gpkg", layer="gaps")) == zones
    sent = anybody.get(f"/coverage/runs/{run.id}.parquet")
    (tmp_path / "sent.parquet").write_bytes(sent.data)
    table = read_parquet(str(tmp_path / "sent.parquet")).read_all()
    row = [one.as_py() for one in table["code"]].index("370203")
    assert table["covered_weight"][row].as_py() == figures.covered_weight
    assert shapely.from_wkb(table["geom"][row].as_py()).equals(drawn.loc["370203"].geometry)
    assert anybody.get(f"/coverage/runs/{run.id}.csv").data.startswith(b"\xef\xbb\xbfcode,")
    assert anybody.get(f"/coverage/runs/{run.id}.geojson").get_json(force=True)["regions"]
    # The map as a picture: the district in the colour of its share; of one region, in the other language.
    pictures = []
    for question in ("lang=zh", "lang=en&region=370203"):
        sent = anybody.get(f"/coverage/runs/{run.id}.png?{question}")
        assert sent.mimetype == "image/png"
        pictures.append(sent.data)
    assert pictures[0] != pictures[1]
    with Image.open(BytesIO(pictures[0])) as picture:
        assert picture.width == 1600
        colours = {colour: count for count, colour in picture.getcolors(1 << 24)}
    red, green, blue = (
        int(class_colour(figures.covered_share)[at : at + 2], 16) for at in (1, 3, 5)
    )
    # More than its swatch in the legend, which is 37 by 23.
    assert colours[red, green, blue] > 10_000
    # Of a region all its zones are found again, and not only those among the greatest of the run.
    listed = [
        shapely.from_wkb(one.geometry_wkb) for one in coverage_results.gap_zones(town, run.id)
    ]
    with town.session() as session:
        again = gaps_of_region(session, run, "370203")
        assert again is not None
        assert [one.area for one in again] == pytest.approx([one.area for one in listed])
        session.execute(text("update demand_set set version = version + 1"))
        assert gaps_of_region(session, run, "370203") is None
        session.rollback()
    for wrong in (f"{run.id}.doc", "99999.gpkg", f"{run.id}.png?region=110000"):
        assert anybody.get(f"/coverage/runs/{wrong}").status_code == 404, wrong


def test_the_workbook_is_for_a_person(town: Database, settings: Settings, tmp_path: Path) -> None:
    """Every figure of it is the run's own, as a number; no sheet repeats the total under a wider name."""
    run_sql(
        town,
        "insert into region (code, parent_code, level, name_zh, name_en) values "
        "('370000', null, 'province', '山东省', 'Shandong'), "
        "('370203001', '370203', 'street', '东街道', 'East Street'), "
        "('370203002', '370203', 'street', '西街道', 'West Street')",
    )
    run_sql(town, "update region set parent_code = '370000' where code = '370200'")
    run_sql(
        town,
        "update demand_point set region_code = case when st_x(geom) < 120.353 then '370203001' "
        "when st_x(geom) < 120.357 then '370203002' else region_code end",
    )
    run = coverage_run.run_here(town, settings, WANTED)
    anybody = make_app(settings, town).test_client()
    books = {}
    for language in ("zh", "en"):
        sent = anybody.get(f"/coverage/runs/{run.id}.xlsx?lang={language}")
        (tmp_path / f"{language}.xlsx").write_bytes(sent.data)
        books[language] = openpyxl.load_workbook(tmp_path / f"{language}.xlsx")
    # The province, the city and the district have the same workers, and so no rows that say it again.
    sheets = "封面 总览 分街道 盲区 站点 重叠 做法"
    assert books["zh"].sheetnames == sheets.split()
    assert books["en"].sheetnames[:3] == ["Cover", "Overview", "Streets"]
    for sheet in books["en"].worksheets:
        words = [str(cell) for row in sheet.values for cell in row if cell is not None]
        assert sheet.title in ("Cover", "Overview") or sheet.auto_filter.ref, sheet.title
        # What is stored has Chinese names alone; all else is English.
        assert not [one for one in words if "人" in one], sheet.title
    total = run.found.total
    # On the cover, too, figures are numbers in their forms.
    cover = {row[0].value: row[1] for row in books["zh"]["封面"].iter_rows()}
    assert cover["劳动者"].value == total.weight
    assert (cover["覆盖率"].value, cover["覆盖率"].number_format) == (total.covered_share, "0.0%")
    overview = {row[0]: row for row in books["zh"]["总览"].iter_rows()}
    told = {str(cell.value): row[1] for cell, row in overview.items()}
    assert told["劳动者"].value == total.weight
    assert told["覆盖率"].value == total.covered_share
    assert told["覆盖率"].number_format == "0.0%"
    sheet = books["zh"]["分街道"]
    top = int(sheet.auto_filter.ref.split(":")[0][1:])
    head, *rows, last = list(sheet.iter_rows(min_row=top, values_only=True))
    assert sheet.freeze_panes == f"B{top + 1}"
    for heading in ("劳动者", "覆盖的劳动者", "走不到的劳动者", "备用覆盖的劳动者", "需求点"):
        place = head.index(heading)
        assert sum(row[place] for row in rows) == pytest.approx(last[place]), heading
    assert last[head.index("劳动者")] == total.weight
    # The same run is the same file, byte for byte.
    for name in ("one", "two"):
        save_coverage(town, run.id, tmp_path / f"{name}.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
