"""Organisations in and out of files; the published pilots as their document lists them."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import text

from geoapp.core.errors import InvalidValueError
from geoapp.core.paths import shipped
from geoapp.core.settings import Settings
from geoapp.operations.imports.file import import_file
from geoapp.operations.imports.report import ImportOptions
from geoapp.operations.organisations.export import export_organisations
from geoapp.store.engine import Database
from tests.operations.imports.importing import seed_regions, version, write_csv

HEADER = ["编号", "类型", "名称", "区域代码", "所属集团", "上级单位编号"]


@pytest.fixture
def country(database: Database) -> Database:
    seed_regions(database)
    return database


def stored(database: Database) -> dict[str, tuple[str | None, ...]]:
    with database.session() as session:
        rows = session.execute(
            text(
                "select code, kind, region_code, group_name, parent_code, name_zh from organisation"
            )
        )
        return {row[0]: tuple(row[1:]) for row in rows}


def test_a_region_is_said_by_its_name_under_many_headings(
    country: Database, settings: Settings, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    """Organisations, care events and contests say it as lists of facilities do."""
    with country.session() as session:
        [name, code] = session.execute(
            text("select name_zh, code from region where name_zh like '%区' order by code limit 1")
        ).one()
    files = {
        "organisations": (["编号", "类型", "名称"], ["O-1", "企业", "某公司"], "organisation"),
        "care": (["编号", "活动类别", "日期"], ["C-1", "送清凉", "2026-07-01"], "care_event"),
        "contests": (["编号", "名称", "阶段"], ["K-1", "某竞赛", "报名"], "contest"),
    }
    for kind, (header, row, table) in files.items():
        with subtests.test(kind=kind):
            file = write_csv(tmp_path / f"{kind}.csv", [*header, "所属区县"], [[*row, name[:-1]]])
            report = import_file(country, settings, kind, file)
            assert (report.inserted, list(report.problems)) == (1, [])
            with country.session() as session:
                assert session.scalars(text(f"select region_code from {table}")).all() == [code]
            wrong = write_csv(tmp_path / f"{kind}.csv", [*header, "行政区"], [[*row, "火星区"]])
            [problem] = import_file(country, settings, kind, wrong).problems
            assert (problem.field, problem.code) == ("region", "unknown_region")
            assert "也没有叫这个名称的；请先导入区域" in problem.text.zh
            # A column that is called by its own name goes before.
            both = [*header, "区域代码", "所在区"]
            file = write_csv(tmp_path / f"{kind}.csv", both, [[*row, code, "火星区"]])
            assert import_file(country, settings, kind, file).unchanged == 1


def test_good_rows_arrive_and_bad_ones_are_told(
    country: Database, settings: Settings, tmp_path: Path
) -> None:
    rows = [
        ["B", "企业", "市北区某公司", "", "某集团", "A"],  # a parent further down the file
        ["A", "union", "青岛市总工会", "370200", "", ""],
        ["C", "园区", "某园区", "999999", "", ""],
        ["D", "enterprise", "某公司", "", "", "C"],  # its parent is rejected
        ["E", "partner", "甲", "", "", "F"],
        ["F", "partner", "乙", "", "", "E"],
        ["G", "商店", "丙", "", "", ""],
        ["A", "union", "又一个", "", "", ""],
    ]
    file = write_csv(tmp_path / "units.csv", HEADER, rows)
    report = import_file(country, settings, "organisations", file)
    assert (report.read, report.inserted, report.rejected) == (8, 2, 6)
    assert {(problem.line, problem.code) for problem in report.problems} == {
        (4, "unknown_region"),
        (5, "unknown_parent"),
        (6, "parent_cycle"),
        (7, "parent_cycle"),
        (8, "unknown_word"),
        (9, "duplicate_code"),
    }
    # The district in a name is nobody's region.
    assert stored(country) == {
        "A": ("union", "370200", None, None, "青岛市总工会"),
        "B": ("enterprise", None, "某集团", "A", "市北区某公司"),
    }
    assert report.rejects_path is not None
    assert "F" in report.rejects_path.read_text(encoding="utf-8-sig")


def test_what_a_file_lacks_stays_and_a_cycle_through_the_store_is_refused(
    country: Database, settings: Settings, tmp_path: Path
) -> None:
    first = [["A", "union", "甲", "370200", "", ""], ["B", "union", "乙", "", "", "A"]]
    import_file(country, settings, "organisations", write_csv(tmp_path / "1.csv", HEADER, first))
    before = stored(country), version(country, "organisations")
    dry = write_csv(tmp_path / "2.csv", ["code", "kind", "name_zh"], [["A", "union", "新名"]])
    report = import_file(country, settings, "organisations", dry, ImportOptions(dry_run=True))
    assert (report.updated, report.dry_run) == (1, True)
    assert (stored(country), version(country, "organisations")) == before
    assert import_file(country, settings, "organisations", dry).updated == 1
    assert stored(country)["A"] == ("union", "370200", None, None, "新名")
    knot = write_csv(tmp_path / "3.csv", HEADER, [["A", "union", "甲", "", "", "B"]])
    report = import_file(country, settings, "organisations", knot)
    assert [problem.code for problem in report.problems] == ["parent_cycle"]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_pilots_as_their_document_lists_them_and_back(
    country: Database, settings: Settings, tmp_path: Path, suffix: str
) -> None:
    """18 enterprises, 8 of them by their group alone; 7 hosts of bases; 5 partners."""
    with country.session() as session:
        session.execute(
            text(
                "insert into region (code, parent_code, level, name_zh) "
                "select '3702' || n, '370200', 'district', n from "
                "unnest(array['11','12','13','14','15','81','83','85']) n"
            )
        )
    path = shipped("data") / "facts" / "qingdao_pilots_2022.csv"
    report = import_file(country, settings, "organisations", path)
    assert (report.inserted, report.rejected, report.ignored_columns) == (30, 0, ())
    units = stored(country)
    kinds = Counter(kind for kind, *_ in units.values())
    assert kinds == {"enterprise": 18, "host": 7, "partner": 5}
    alone = [code for code, (_, region, group, *_) in units.items() if region is None]
    assert len(alone) == 8
    assert all(units[code][0] == "enterprise" and units[code][2] for code in alone)
    # Listed under Laoshan (370212), whatever its name says.
    assert [one[1] for one in units.values() if one[4] == "青岛市市北区新阳光心理研究所"] == [
        "370212"
    ]
    with path.open(encoding="utf-8") as file:
        assert all(row["document"] and row["listed_as"] for row in csv.DictReader(file))
    out = tmp_path / f"out{suffix}"
    assert export_organisations(country, out, headers="zh") == 30
    again = import_file(country, settings, "organisations", out)
    assert (again.unchanged, again.updated, again.rejected) == (30, 0, 0)


def test_organisations_have_no_position(country: Database, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError):
        export_organisations(country, tmp_path / "out.geojson")
