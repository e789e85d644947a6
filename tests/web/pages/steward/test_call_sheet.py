"""The call sheet of a list: who is rung, what is asked, and that it prints."""

import html
import io
import re

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.facilities import calls
from geoapp.store.engine import Database
from tests.web.api_client import client_of, make_app


@pytest.fixture
def client(town_template: str, database: Database, settings: Settings) -> FlaskClient:
    with database.session() as session:
        session.execute(
            text(
                "update facility set phone = '0532-1', opened_on = '2025-05-01' where code <> 'T-1'"
            )
        )
        session.execute(text("update facility set name_zh = '=1+1' where code = 'T-1'"))
        session.execute(
            text("""update facility set opening_hours = '"问门卫"' where code = 'T-2'""")
        )
    return client_of(make_app(settings, database), database, Role.STEWARD)


def test_the_sheet_asks_what_is_unknown_and_prints(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = client.get("/steward/facilities/call-sheet.xlsx?lack=verified")
    assert "attachment" in answer.headers["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "电话核实单：共 5 处"
    assert rows[1][:5] == ("名称", "电话", "地址", "要问的", "还开着吗")
    asked = {row[8]: row[3] for row in rows[2:]}
    assert asked == {
        "T-1": "还开着吗？\n打哪个电话能找到人？\n哪天启用的？",
        "T-2": "还开着吗？\n几点开门、几点关门？",
        "T-3": "还开着吗？\n几点开门、几点关门？\n工人怎么进门？",
        "T-4": "还开着吗？",
        "T-6": "还开着吗？",
    }
    assert all(not any(row[4:8]) for row in rows[2:])
    assert (sheet["A3"].value, sheet["A3"].data_type) == ("=1+1", "s")
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == "$2:$2"
    monkeypatch.setattr(calls, "MOST_CALLS", 2)
    cut = client.get("/steward/facilities/call-sheet.xlsx?lack=verified&lang=en")
    rows = list(openpyxl.load_workbook(io.BytesIO(cut.data)).worksheets[0].iter_rows())
    assert len(rows) == 4
    assert "2" in str(rows[0][0].value) and "5" in str(rows[0][0].value)
    assert client.get("/steward/facilities/call-sheet.xlsx?lack=colour").status_code == 422


def test_a_filled_sheet_is_looked_through_and_taken_over(
    client: FlaskClient, database: Database
) -> None:
    empty = client.get("/steward/facilities/call-sheet.xlsx").data
    book = openpyxl.load_workbook(io.BytesIO(empty))
    sheet = book.worksheets[0]
    # Still open?, hours, way in, other.
    filled = {
        "T-1": ("是", "周一至周五 9:00-17:00", "扫码", "门口有台阶"),
        "T-2": ("关了", None, None, None),
        "T-3": ("没人接", None, None, None),
        "T-4": ("老样子", None, None, None),
        "T-5": ("是", None, "24小时", None),
        "T-6": ("搬了", None, None, None),
    }
    for row in sheet.iter_rows(min_row=3):
        for cell, value in zip(row[4:8], filled.get(row[8].value, [None] * 4), strict=True):
            cell.value = value
    saved = io.BytesIO()
    book.save(saved)

    def send(content: bytes, name: str = "单子.xlsx") -> str:
        data = {"sheet": (io.BytesIO(content), name)}
        return client.post("/steward/calls/sheet", data=data).text

    page = send(saved.getvalue())
    lines = [html.unescape(one) for one in re.findall(r'name="line" value="([^"]*)"', page)]
    assert [line.split('"')[3] for line in lines] == ["T-1", "T-2", "T-3"]
    assert "怎么进门：敞开，直接进 → 扫码进入" in page and "门口有台阶" in page
    assert "看不懂怎么进门“24小时”：是开放时间" in page
    assert "看不懂“老样子”" in page and "“地址”还是原来的" in page
    with database.session() as session:
        states = text("select code, status, entry, opening_hours from facility order by code")
        before = session.execute(states).all()
        session.execute(text("update facility set host = '银行' where code = 'T-2'"))
    done = client.post("/steward/calls/sheet/take-over", data={"line": lines}).text
    assert "已保存 2 处" in done and "T-2 已被他人修改" in done
    with database.session() as session:
        after = session.execute(states).all()
        assert [one for one in after if one not in before] == [
            ("T-1", "open", "qr", "Mo-Fr 09:00-17:00")
        ]
        calls = session.execute(text("select outcome from facility_call order by 1"))
        assert [*calls.scalars()] == ["nobody", "reached"]
    # What was stored is one change, which goes back whole; the refused line is no part of it.
    [undo] = re.findall(r'action="(/steward/history/\d+/undo)"', done)
    assert client.post(undo).status_code == 302
    with database.session() as session:
        assert session.execute(states).all() == before
        assert session.scalar(text("select count(*) from facility_call")) == 0
    assert client.post("/steward/calls/sheet/take-over", data={"line": "{"}).status_code == 422
    assert "还没有保存" in send(empty) and "都是空的" in send(empty)
    assert "XLSX" in send(empty, "单子.csv")
