"""Plans beside each other: what is not known is no loss, and a workbook keeps numbers as such."""

from pathlib import Path

import openpyxl

from geoapp.core.i18n import Text
from geoapp.reports.siting.compared import Comparison, Measure, Row, Share, write_comparison

NAME = Text("市南区", "Shinan")


def test_what_a_plan_was_not_asked_about_is_unknown_and_no_loss(tmp_path: Path) -> None:
    share = Share(NAME, 0.5, (0.6, None, 0.55), (1200.0, None, 900.0))
    assert share.differences() == [None, None, "-300"]
    assert share.most == 1200
    left = Row(NAME, (9000.0, 12.0), Measure.COUNT, against=False)
    assert left.differences() == [None, None]
    cost = Row(NAME, (9.5, 12.25, None), Measure.MONEY)
    assert cost.differences() == [None, Text("+2.75", "+2.75"), None]
    found = Comparison(
        titles=(Text("=1+1", "=1+1"),) * 3,
        runs=(1, 2, 3),
        alike=False,
        sample=True,
        asked=[],
        whole=[cost],
        districts=[share],
        groups=[],
        sites=((), (), ()),
    )
    write_comparison(found, tmp_path / "plans.xlsx", "zh")
    book = openpyxl.load_workbook(tmp_path / "plans.xlsx")
    assert book.sheetnames == ["合计", "各区", "站点"]
    assert [cell.value for cell in book["各区"][2]] == [
        *("市南区", 0.5, 0.6, None, 0.55, 1200, None, 900),
    ]
    assert [cell.number_format for cell in book["各区"][2]][2::3] == ["0.0%", "#,##0"]
    assert book["合计"]["B3"].data_type == "s"
    write_comparison(found, tmp_path / "plans.csv", "en")
    assert "'=1+1" in (tmp_path / "plans.csv").read_text("utf-8-sig")
