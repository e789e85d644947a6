"""Visits, voices and care events in and out of files, and what is told of them by quarters."""

from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import text

from geoapp.analysis.use_fields import Compared, Middles, field_of, middles_of
from geoapp.core.acting import Acting, Via, declare
from geoapp.core.errors import ConflictError, InvalidValueError, NotAllowedError
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.settings import Settings
from geoapp.core.use import Quarter, UseField
from geoapp.operations.duplicates.merge import merge_facilities
from geoapp.operations.history.undo import undo_change_set
from geoapp.operations.imports.file import import_file
from geoapp.operations.imports.report import ImportOptions
from geoapp.operations.keyed_export import export_keyed
from geoapp.operations.use.edit import add_care, add_opinions, put_visits
from geoapp.operations.use.reach import use_against_reach
from geoapp.operations.use.read import facility_use, quarter_of_use
from geoapp.store.engine import Database
from tests.answers import publish_run
from tests.operations.imports.importing import write_csv

VISITS = [
    ["T-1", "2026-07-01", "", "40", "门口计数"],
    ["T-1", "2026-07-01", "", "55", "reported"],  # the door knows better
    ["T-1", "2026-07-02", "9", "10", "door"],
    ["T-1", "2026-07-02", "10", "12", "door"],
    ["T-1", "2026-07-03", "9", "5", "door"],
    ["T-1", "2026-07-03", "", "30", "door"],  # the whole day is there: its hours add nothing
    ["T-1", "2026-04-30", "", "7", ""],  # the quarter before, from another system
    ["T-2", "2026-09-30", "", "0", "reported"],  # counted, and nobody came
    ["T-5", "2026-09-30", "", "3", "reported"],  # closed since
    ["T-1", "2026-07-01", "", "41", "door"],  # again
    ["Z-9", "2026-07-01", "", "1", ""],
    ["T-1", "2199-01-01", "", "1", ""],
    ["T-1", "2026-07-04", "24", "1", ""],
]
# T-1 loses its friends from the second quarter to the third; T-3 has four voices, which enter nothing.
OPINIONS = [
    ["T-1", "2026-06-30", "5", "200"],
    ["T-1", "2026-07-01", "5", "10"],
    ["T-1", "2026-08-01", "1", "190"],
    ["T-2", "2026-07-01", "4", "3"],
    ["T-2", "2026-09-30", "5", "197"],
    ["T-3", "2026-07-01", "1", "4"],
    ["T-2", "2026-09-30", "6", "1"],
    ["T-2", "2026-09-30", "0", "1"],
]
CARE = [
    ["C-1", "送清凉", "370203", "2026-07-15", "300", "人次", "12000", ""],
    ["C-2", "送清凉", "370203", "2026-08-15", "45", "人", "", ""],
    ["C-3", "送清凉", "370200", "2026-08-16", "200", "人次", "8000.50", ""],
    ["C-4", "送清凉", "370203", "2026-08-16", "20", "", "", ""],
    ["C-5", "体检", "370203", "2026-08-16", "", "", "", "某通知"],
]
Q2, Q3 = Quarter(2026, 2), Quarter(2026, 3)


@pytest.fixture
def town(town_template: str, database: Database, settings: Settings, tmp_path: Path) -> Database:
    for kind, header, rows, codes in (
        (
            "visits",
            ["站点编号", "日期", "小时", "人次", "计数依据"],
            VISITS,
            ["duplicate", "unknown_facility", "day_out_of_range", "bad_number"],
        ),
        ("opinions", ["站点编号", "日期", "星级", "人数"], OPINIONS, ["bad_number"] * 2),
        (
            "care",
            ["编号", "活动类别", "区域代码", "日期", "数量", "单位", "金额", "文件"],
            CARE,
            ["unit_needed"],
        ),
    ):
        path = write_csv(tmp_path / f"{kind}.csv", header, rows)
        trial = import_file(database, settings, kind, path, ImportOptions(dry_run=True))
        report = import_file(database, settings, kind, path)
        good = len(rows) - len(codes)
        assert (trial.inserted, report.inserted) == (good, good)
        assert [one.code for one in report.problems] == codes
        if kind == "opinions":
            assert all("应为 1 至 5 的整数" in one.text.zh for one in report.problems)
    return database


def test_quarters_tell_what_is_known_and_nothing_else(town: Database, settings: Settings) -> None:
    _a_day_has_one_figure_and_what_was_not_counted_is_unknown(town)
    _few_voices_enter_nothing_and_falls_and_ranks_need_parted_intervals(town)
    _care_is_summed_up_by_unit_and_what_is_unknown_is_said(town)
    _visits_stand_beside_the_demand_of_the_published_run(town, settings)


def _a_day_has_one_figure_and_what_was_not_counted_is_unknown(town: Database) -> None:
    facility, figures = facility_use(town, "T-1")
    assert facility.code == "T-1"
    assert [one.quarter for one in figures] == [Q3, Q2]
    now, before = figures
    assert now.visits is not None
    assert now.visits.n == 40 + (10 + 12) + 30
    assert now.visits.days == {"door": 3}
    assert before.visits is not None
    assert before.visits.days == {"imported": 1}
    [second] = facility_use(town, "T-2")[1]
    assert second.visits is not None
    assert (second.visits.n, second.visits.counted_days) == (0, 1)  # nobody came, which is known
    [third] = facility_use(town, "T-3")[1]
    assert third.visits is None
    assert facility_use(town, "T-4")[1] == []


def _few_voices_enter_nothing_and_falls_and_ranks_need_parted_intervals(
    town: Database,
) -> None:
    told = quarter_of_use(town, Q3)
    assert told.quarters == [Q3, Q2]
    rows = {one.facility.code: one for one in told.facilities}
    assert sorted(rows) == ["T-1", "T-2", "T-3", "T-5"]
    assert told.silent == 2  # T-4 and T-6; T-5 has closed, and its count is told
    voices = {code: one.figures.voices for code, one in rows.items()}
    assert voices["T-3"] is not None
    assert (voices["T-3"].n, voices["T-3"].stars, voices["T-3"].satisfied) == (None, None, None)
    first, second = voices["T-1"], voices["T-2"]
    assert first is not None
    assert second is not None
    assert first.stars is not None
    assert second.satisfied is not None
    assert (first.n, first.stars.value) == (200, pytest.approx((10 * 5 + 190) / 200))
    assert (second.n, second.satisfied.value) == (200, 1.0)
    assert [rows[code].figures.rank for code in ("T-1", "T-2", "T-3")] == [2, 1, None]
    assert told.ranked_facilities == 2
    assert [code for code, one in rows.items() if one.figures.fell] == ["T-1"]
    # The city and its district hold the voices of T-1 and T-2 alone; one district is the first of none.
    city, district = told.regions
    assert (city.region.code, district.region.code) == ("370200", "370203")
    for one in (city, district):
        assert (one.counted, one.heard, one.too_few) == (3, 2, 1)
        assert one.figures.voices is not None
        assert one.figures.voices.n == 400
        assert one.figures.fell  # 200 voices of five stars in spring, about 3 stars now
        assert one.figures.rank is None
    # In the quarter before T-1 was the only one: nothing to be the first of.
    [only] = quarter_of_use(town, Q2).facilities
    assert (only.figures.rank, only.figures.fell) == (None, False)


def _care_is_summed_up_by_unit_and_what_is_unknown_is_said(town: Database) -> None:
    told = quarter_of_use(town)  # the latest of which something is known
    assert told.quarter == Q3
    sums = [
        (one.kind, one.unit, one.events, one.people, one.money, one.without_money)
        for one in told.totals
    ]
    assert sums == [
        ("体检", None, 1, None, None, 1),
        ("送清凉", "people", 1, 45, None, 1),
        ("送清凉", "times", 2, 500, 20000.5, 0),
    ]
    assert [one.code for one in told.care] == ["C-3", "C-5", "C-2", "C-1"]
    district = quarter_of_use(town, Q3, "370203")
    assert [one.code for one in district.care] == ["C-5", "C-2", "C-1"]
    with pytest.raises(InvalidValueError):
        quarter_of_use(town, Q3, "999999")


def _visits_stand_beside_the_demand_of_the_published_run(
    town: Database, settings: Settings
) -> None:
    told = use_against_reach(town, Q3)
    assert (told.official, told.reach_known, told.facilities) == (None, False, [])
    run = publish_run(town, settings, CoverageParameters(standard_m=500, demand="town"))
    told = use_against_reach(town, Q3)
    assert told.official is not None
    assert told.official.run.id == run.id
    rows = {one.code: one for one in told.facilities}
    # T-5 is closed: its count is told, and the run has nobody for it. T-3 was not counted: not zero.
    assert (told.compared, told.middles, told.not_in_run) == (2, None, 1)
    assert (rows["T-5"].reach, rows["T-3"].visits_a_day) == (None, None)
    assert rows["T-1"].visits_a_day == pytest.approx((40 + 22 + 30) / 3)
    assert {one.field for one in told.facilities} == {None}
    # By geodesics, one at a time: whose nearest it is within the standard, and whom it has alone.
    line_m = run.found.standard_line_m
    codes = [code for code, one in rows.items() if one.reach is not None]
    near, sole = dict.fromkeys(codes, 0.0), dict.fromkeys(codes, 0.0)
    with town.session() as session:
        points = session.execute(text("select st_x(geom), st_y(geom), weight from demand_point"))
        for lon, lat, weight in points.all():
            query = text(
                "select code, st_distance(geom::geography, st_point(:lon, :lat, 4326)::geography) d "
                "from facility where code = any(:codes) order by d, code"
            )
            given = {"lon": lon, "lat": lat, "codes": codes}
            within = [row.code for row in session.execute(query, given) if row.d <= line_m]
            if within:
                near[within[0]] += weight
            if len(within) == 1:
                sole[within[0]] += weight
    assert sum(near.values()) > max(near.values()) > 0
    for code in codes:
        reach = rows[code].reach
        assert reach is not None
        assert (reach.weight, reach.sole_weight) == (near[code], sole[code]), code
    # With four and more counted there are medians; the published run stays as it was.
    for code, n in (("T-3", "50"), ("T-4", "1"), ("T-6", "2")):
        put_visits(town, settings, code, {"day": "2026-08-01", "n": n})
    told = use_against_reach(town, Q3, "370203")
    pairs = [one.compared for one in told.facilities if one.compared is not None]
    assert told.middles is not None
    assert told.middles.visits == median(pair.visits for pair in pairs)
    busy = [one.code for one in told.facilities if one.field and one.field.value.startswith("busy")]
    assert "T-3" in busy
    assert "T-1" in busy
    assert {one.code for one in told.facilities[-2:]} == {"T-5", "T-6"}  # those without come last


def test_fields_are_parted_by_medians_that_reach_and_are_not_zero() -> None:
    some = [
        Compared(10, 100, 0.5),
        Compared(10, 100, 0.0),
        Compared(3, 100, 0.9),
        Compared(3, 2, 0.2),
        Compared(10, 0, None),
    ]
    assert middles_of(some[:3]) is None
    middles = middles_of(some)
    assert middles == Middles(10, 100, 0.35)
    assert [field_of(one, middles) for one in some] == [
        UseField.BUSY_ALONE,
        UseField.BUSY_SUPPORTED,
        UseField.NEAR_EMPTY,
        UseField.FAR_EMPTY,
        None,
    ]
    nothing = middles_of([Compared(0, 0, None)] * 4)
    assert nothing is not None
    assert field_of(Compared(0, 0, None), nothing) is UseField.FAR_EMPTY


def test_files_come_back_unchanged_and_an_import_is_taken_back_whole(
    town: Database, settings: Settings, tmp_path: Path
) -> None:
    for what, suffix, count in (
        ("visits", ".csv", 9),
        ("opinions", ".xlsx", 6),
        ("care", ".xlsx", 4),
    ):
        out = tmp_path / f"{what}{suffix}"
        assert export_keyed(town, what, out, headers="zh") == count  # type: ignore[arg-type]
        again = import_file(town, settings, what, out)
        assert (again.unchanged, again.updated, again.rejected) == (count, 0, 0), what
        assert again.change_set is None
    rows = [["T-2", "2026-09-30", "5", "7"], ["T-4", "2026-09-30", "5", "6"]]
    header = ["facility", "day", "stars", "n"]
    report = import_file(town, settings, "opinions", write_csv(tmp_path / "o.csv", header, rows))
    assert (report.inserted, report.updated) == (1, 1)
    assert report.change_set is not None
    undo_change_set(town, settings, report.change_set)
    assert _voices(town, "T-2") == [("2026-07-01", 4, 3), ("2026-09-30", 5, 197)]
    assert _voices(town, "T-4") == []
    # What a file has no column for stays.
    rows = [["C-1", "送清凉", "370203", "2026-07-15", "某简报"]]
    header = ["code", "kind", "region", "day", "document"]
    report = import_file(town, settings, "care", write_csv(tmp_path / "c.csv", header, rows))
    assert report.updated == 1
    one = quarter_of_use(town, Q3).care[-1]
    assert (one.document, one.people, one.unit, one.money) == ("某简报", 300, "times", 12000.0)


def test_a_voice_without_a_name_leaves_no_moment_and_a_merge_keeps_counts(
    town: Database, settings: Settings
) -> None:
    before = _sets(town)
    declare(Acting(Via.WEB))
    try:
        assert add_opinions(town, settings, "T-4", "2026-08-01", {5: "1"}) is None
        assert _sets(town) == before
        declare(Acting(Via.WEB, actor="zhang", role="steward"))
        number = add_opinions(town, settings, "T-4", "2026-08-01", {5: "4", 1: "1", 3: ""})
        assert number is not None
        assert _sets(town) == before + 1
        assert _voices(town, "T-4") == [("2026-08-01", 1, 1), ("2026-08-01", 5, 5)]
        undo_change_set(town, settings, number)
        assert _voices(town, "T-4") == [("2026-08-01", 5, 1)]
        for wrong in ({}, {5: "0"}, {5: "-1"}, {4: "x"}):
            with pytest.raises(InvalidValueError):
                add_opinions(town, settings, "T-4", "2026-08-01", wrong)
        # Whoever is kept to another region enters nothing here.
        declare(Acting(Via.WEB, actor="li", role="steward", regions=("370299",)))
        event = {"code": "C-9", "kind": "体检", "region": "370203", "day": "2026-08-01"}
        with pytest.raises(NotAllowedError):
            put_visits(town, settings, "T-4", {"day": "2026-08-01", "n": "3"})
        with pytest.raises(NotAllowedError):
            add_opinions(town, settings, "T-4", "2026-08-01", {5: "1"})
        with pytest.raises(NotAllowedError):
            add_care(town, settings, event)
    finally:
        declare(None)
    with pytest.raises(ConflictError):
        add_care(town, settings, event | {"code": "C-1"})
    # Two that become one keep their counts.
    put_visits(town, settings, "T-3", {"day": "2026-07-01", "n": "9", "basis": "door"})
    put_visits(town, settings, "T-3", {"day": "2026-07-09", "n": "8"})
    merge_facilities(town, settings, "T-1", "T-3", {})
    now = facility_use(town, "T-1")[1][0]
    assert now.visits is not None
    assert now.visits.n == 40 + 22 + 30 + 8  # one door on one day: the survivor's
    assert ("2026-07-01", 1, 4) in _voices(town, "T-1")
    assert now.voices is not None
    assert now.voices.n == 204


def _voices(database: Database, code: str) -> list[tuple[str, int, int]]:
    query = text(
        "select o.day::text, o.stars, o.n from opinion_poll o join facility f "
        "on f.id = o.facility_id where f.code = :code order by 1, 2"
    )
    with database.session() as session:
        return [(day, stars, n) for day, stars, n in session.execute(query, {"code": code})]


def _sets(database: Database) -> int:
    with database.session() as session:
        return session.execute(text("select count(*) from change_set")).scalar_one()
