"""The report of a month says what the published run, the register and the promises say."""

import base64
import hashlib
import re
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pptx
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from pypdf import PdfReader

from geoapp.core.errors import InvalidValueError, MissingPartError
from geoapp.core.i18n import Text
from geoapp.core.use import USE_FIELD_TEXT, UseField
from geoapp.operations.coverage.hours import hours_of_week
from geoapp.operations.monthly.period import Period, period_of
from geoapp.operations.monthly.save import check_report_output, save_report
from geoapp.operations.monthly.scope import scope_of
from geoapp.operations.use.edit import put_visits
from geoapp.operations.use.reach import use_against_reach
from geoapp.reports.monthly.slides import write_slides
from geoapp.reports.parts import Report
from geoapp.reports.settled import settle_file
from tests.operations.coverage.small_town import run_sql
from tests.operations.monthly.monthly_town import MonthlyTown, town

__all__ = ["town"]

TODAY = date(2026, 11, 20)


def rows_of(sheet: Worksheet) -> list[dict[str, Any]]:
    """Return a sheet's rows by the Chinese headings, numbered where two are the same."""
    head = int(sheet.print_title_rows.split(":")[0].strip("$"))
    names: list[str] = []
    for cell in sheet[head]:
        name = str(cell.value).splitlines()[0]
        names.append(f"{name}{len(names)}" if name in names else name)
    return [
        dict(zip(names, row, strict=True))
        for row in sheet.iter_rows(min_row=head + 1, values_only=True)
    ]


def test_a_month_ends_with_its_last_day_or_with_today() -> None:
    assert period_of(None, None, TODAY) == Period(TODAY)
    assert period_of("2026-11", None, TODAY) == Period(TODAY)
    assert period_of("2026-02", None, TODAY) == Period(date(2026, 2, 28))
    assert period_of("2026-02", "2026-02-10", TODAY) == Period(date(2026, 2, 10))
    march = period_of(None, "2024-03-05", TODAY)
    assert (march.first, march.before, march.is_whole) == (
        date(2024, 3, 1),
        date(2024, 2, 29),
        False,
    )
    wrong = (
        ("2026-12", None),
        ("2026-13", None),
        ("november", None),
        ("0001-01", None),
        (None, "2026-11-21"),
        (None, "tomorrow"),
        ("1979-12", None),  # before the first day that a workbook's parts can bear
        (None, "1979-12-31"),
        ("2026-10", "2026-11-01"),
    )
    for month, day in wrong:
        with pytest.raises(InvalidValueError):
            period_of(month, day, TODAY)


def test_the_workbook_has_the_figures_of_the_run_as_numbers(
    town: MonthlyTown, tmp_path: Path
) -> None:
    path, again = tmp_path / "month.xlsx", tmp_path / "again.xlsx"
    save_report(town.scope, path)
    save_report(town.scope, again)
    assert path.read_bytes() == again.read_bytes()
    # Not by luck of the clock: the report's day is the only date that the file has.
    day = town.scope.period.day
    with zipfile.ZipFile(path) as packed:
        assert {one.date_time[:3] for one in packed.infolist()} == {(day.year, day.month, day.day)}
    book = openpyxl.load_workbook(path)
    assert book.properties.modified == book.properties.created == datetime.combine(day, time())
    cover = "\n".join(str(cell) for row in book["封面"].values for cell in row if cell)
    assert "青岛市服务站点月报" in cover
    assert "由 manager 公布" in cover
    assert "本报告含示例数据" in cover
    assert "另有 1 处设施没有区域，不计入任何区域" in cover

    # Figures of the cover are numbers, too, in the forms that they have in the tables.
    [share] = [row[1] for row in book["封面"].iter_rows() if str(row[0].value).startswith("覆盖率")]
    assert (share.value, share.number_format) == (town.run.found.total.covered_share, "0.0%")

    sheet = book["各区覆盖"]
    *parts, total = rows_of(sheet)
    # Two districts, and what is known to lie in the city and in neither.
    assert [one["区域"][:3] for one in parts] == ["市南区", "市北区", "不在所"]
    found = town.run.found.total
    for name, value in (
        ("劳动者", found.weight),
        ("覆盖的劳动者", found.covered_weight),
        ("走不到的劳动者", found.uncovered_weight),
        ("备用覆盖的劳动者", found.backup_weight),
    ):
        assert total[name] == value, name
        assert sum(one[name] for one in parts) == pytest.approx(value), name
    assert total["覆盖率"] == found.covered_share
    assert found.walk is not None
    assert total["步行中位数（米）"] == pytest.approx(found.walk.p50_m)
    assert total["九成人在此以内（米）"] == pytest.approx(found.walk.p90_m)
    # A district's own walks; those of what lies in no district are not known apart.
    assert isinstance(parts[0]["步行中位数（米）"], float)
    assert parts[2]["步行中位数（米）"] == "—"
    formats = {cell.number_format for cell in sheet[4]}
    assert {"#,##0", "0.0%"} <= formats
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B4", "A3:L6")
    # A week by the hour: the town's own share of every hour, facilities of unknown hours closed.
    within = day - timedelta(days=6)
    told = hours_of_week(town.database, town.run.id, within, "370200")
    own = next(one for one in told.regions if one.code == "370200")
    assert told.week_from + timedelta(days=6) <= day
    rows = rows_of(book["按小时"])
    assert [row.pop("时") for row in rows] == [f"{hour:02d}:00" for hour in range(24)]
    for hour, row in enumerate(rows):
        for place, share in enumerate(row.values()):
            number = 24 * place + hour
            assert share == pytest.approx(own.covered_low[number] / own.total[number]), number
    # A name that looks like a formula is a text.
    assert "=<b>Shinan" in parts[0]["区域"]
    assert sheet["A4"].data_type == "s"


def test_a_date_is_settled_whatever_its_prefix(tmp_path: Path) -> None:
    # Another library of the same process may call that namespace by a prefix of its own.
    for prefix in ("dcterms", "dct"):
        path = tmp_path / f"{prefix}.xlsx"
        core = f'<x><{prefix}:created a="b">2026-11-29T16:07:57Z</{prefix}:created></x>'
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("docProps/core.xml", core)
        settle_file(path, date(2026, 1, 31))
        with zipfile.ZipFile(path) as packed:
            assert b">2026-01-31T00:00:00Z<" in packed.read("docProps/core.xml")


def test_zones_that_the_run_keeps_as_a_sum_are_counted(town: MonthlyTown, tmp_path: Path) -> None:
    listed = town.run.found.gap_zones
    run_sql(town.database, "update run set result = jsonb_set(result, '{gap_rest_zones}', '7456')")
    for region, told in ((None, f"共 {listed + 7456:,} 处"), ("370203", "盲区至少有")):
        scope = scope_of(town.database, town.settings, region, None)
        save_report(scope, tmp_path / "month.xlsx", "zh")
        sheet = openpyxl.load_workbook(tmp_path / "month.xlsx")["盲区"]
        assert told in "".join(str(cell) for row in sheet.values for cell in row), region


def test_facilities_promises_and_voices_are_counted_as_by_hand(
    town: MonthlyTown, tmp_path: Path
) -> None:
    path = tmp_path / "month.xlsx"
    save_report(town.scope, path, "zh")
    book = openpyxl.load_workbook(path)
    first, day = town.scope.period.before, town.scope.period.day
    changes = {row["类别"]: list(row.values())[1:] for row in rows_of(book["站点增减"])}
    # Known and possible before, known and possible now, the least and the greatest change that fits
    # them, opened, closed. T-1 and T-2 have
    # no date; T-5 closed and T-6 is suspended, and nobody knows since when they had been open.
    assert changes == {
        "户外劳动者服务站点": [0, 4, 3, 0, -1, 3, 0, 4, 1, 0],
        "服务职工基地": [1, 0, 1, 0, 0, 0, 0, 0, 0, 0],
        "职工之家": [0, 0, 1, 0, 1, 1, 1, 0, 0, 0],
        "合计": [1, 4, 5, 0, 0, 4, 1, 4, 1, 0],
    }
    assert f"{first} 确定在" in str(list(book["站点增减"].values)[2])
    listed = [(row["变化"], row["编号"]) for row in rows_of(book["启用停用名单"])]
    assert sorted(listed) == [("本月停用", "T-5"), ("本月启用", "T-3")]
    assert book["启用停用名单"]["E4"].number_format == "yyyy-mm-dd"

    [promise] = [row for row in rows_of(book["承诺"]) if row["编号"] == "homes"]
    assert (promise["事实"], promise["承诺的数"], promise["完成率"]) == (1, 4, 0.25)
    assert promise["证据条数"] == 1
    assert promise["状态"] == "逾期未达"
    assert promise["到期日"].date() == date(2020, 12, 31)
    assert "小镇文件" in {row["文件"] for row in rows_of(book["来源文件"])}

    voices = {row["区域"]: row for row in rows_of(book["使用与满意度"])}
    assert (voices["市北区"]["表态人数"], voices["市北区"]["不足 5 人的设施"]) == (6, 1)
    assert voices["青岛市"]["满意度（1–5）"] == 5
    basis = "".join(str(cell) for row in book["依据"].values for cell in row)
    assert f"覆盖分析{town.run.id}" in basis
    assert f"{day:%Y-%m}" in basis
    # One language alone: no English heading is left.
    assert "workers" not in str(list(book["各区覆盖"].values)[2])


def test_visits_stand_beside_the_demand_that_was_published(
    town: MonthlyTown, tmp_path: Path
) -> None:
    path, day = tmp_path / "month.xlsx", town.scope.period.first.isoformat()
    for code, visits in (("T-1", "40"), ("T-2", "9"), ("T-3", "8"), ("T-4", "0")):
        put_visits(town.database, town.settings, code, {"day": day, "n": visits})
    save_report(town.scope, path, "zh")
    book = openpyxl.load_workbook(path)
    *districts, total = rows_of(book["到访与需求"])
    told = use_against_reach(town.database, None, "370200")
    for field in UseField:
        name = USE_FIELD_TEXT[field].zh
        assert total[name] == told.in_field(field), name
        assert sum(one[name] for one in districts) == total[name], name
    assert sum(told.in_field(one) for one in UseField) == told.compared > 0
    listed = {row["编号"]: row["有计数的一天平均人次"] for row in rows_of(book["突出的站点"])}
    expected = {
        one.code: one.visits_a_day
        for one in told.facilities
        if one.field in (UseField.BUSY_ALONE, UseField.NEAR_EMPTY)
    }
    assert listed == expected != {}


def test_without_a_published_answer_the_report_says_so(town: MonthlyTown, tmp_path: Path) -> None:
    path = tmp_path / "early.xlsx"
    scope = scope_of(town.database, town.settings, "370203", "2020-06")
    save_report(scope, path, "zh")
    book = openpyxl.load_workbook(path)
    cover = "\n".join(str(cell) for row in book["封面"].values for cell in row if cell)
    assert "到 2020-06-30 为止，没有公布过这个区域的覆盖结果" in cover
    assert "各区覆盖" not in book.sheetnames
    # T-4 alone is known to have stood; what has no date may have.
    total = rows_of(book["站点增减"])[-1]
    assert total["2020-06-30 确定在"] == 1


def test_the_page_fetches_nothing_and_the_paper_has_contents_and_pages(
    town: MonthlyTown, tmp_path: Path
) -> None:
    for suffix in (".html", ".pdf", ".pptx"):
        path, again = tmp_path / f"month{suffix}", tmp_path / f"again{suffix}"
        save_report(town.scope, path)
        save_report(town.scope, again)
        assert path.read_bytes() == again.read_bytes(), suffix
    page = (tmp_path / "month.html").read_text(encoding="utf-8")
    fetched = re.findall(r"""(?:src|href|action|data)\s*=\s*["']?([^"'\s>]+)""", page)
    assert fetched and all(one.startswith("#") for one in fetched)
    assert not re.search(r"url\(|@import|<script src|<link|<iframe|<img|<object", page)
    # Its policy forbids any other script than its own, and whatever would ask a network.
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    [script] = re.findall(r'<script type="module">(.*?)</script>', page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert "default-src 'none'" in policy and f"script-src 'sha256-{digest}'" in policy
    # The map, both days of it, the map of the hours, and two charts; the one district with an outline.
    assert page.count("<svg") == 6
    assert "&lt;b&gt;Shinan" in page and "<b>Shinan" not in page

    paper = PdfReader(tmp_path / "month.pdf")
    pages = ["".join(one.extract_text().split()) for one in paper.pages]
    lines = [line for one in paper.pages for line in one.extract_text().split("\n")]
    assert not [line for line in lines if line[:1] in tuple("，。；：、）”")]
    [contents] = [place for place, text in enumerate(pages) if "目录/Contents" in text]
    assert contents < 2
    assert f"1/{len(pages)}" in pages[0]
    found = town.run.found.total
    assert f"{found.covered_share:.1%}" in pages[contents + 1]
    for heading in ("一、覆盖情况", "二、站点与变化", "五、方法与来源"):
        at = [place for place, text in enumerate(pages) if f"{heading}/" in text]
        assert at[0] == contents and len(at) == 2, heading
        # The contents tell the page on which it stands.
        assert re.search(rf"{heading}/\d\.[A-Za-z]+{at[1] + 1}", pages[contents]), heading
    assert paper.metadata is not None
    created = paper.metadata.creation_date
    assert created is not None and created.date() == town.scope.period.day

    deck = pptx.Presentation(str(tmp_path / "month.pptx"))
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert titles[:2] == [
        town.scope.area.zh + f"服务站点月报，{town.scope.period.text.zh}",
        "一、覆盖情况",
    ]
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    assert sum(shape.has_chart for shape in shapes) == 2
    cells = [
        [cell.text_frame.text for cell in row.cells]
        for shape in shapes
        if shape.has_table
        for row in shape.table.rows
    ]
    assert any(f"{found.covered_share:.1%}" in row for row in cells)
    # Nothing stands beyond the slide's edges.
    for shape in shapes:
        assert shape.left >= 0 and shape.left + shape.width <= deck.slide_width, shape.name
        assert shape.top >= 0 and shape.top + shape.height <= deck.slide_height, shape.name


def test_without_the_library_slides_are_refused_and_other_formats_always(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pptx", None)
    empty = Report(Text("月报", "Report"), TODAY, sample=False, facts=())
    with pytest.raises(MissingPartError, match=r"geoapp\[slides\]"):
        write_slides(empty, tmp_path / "month.pptx", "zh")
    with pytest.raises(InvalidValueError, match=r"\.xlsx"):
        check_report_output(tmp_path / "month.docx")
    assert not list(tmp_path.iterdir())
