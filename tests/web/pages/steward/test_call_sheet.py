"""The call sheet of a list: who is rung, what is asked, and that it prints."""

import io

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.facilities import calls
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.seed import seed_town
from tests.web.api_client import client_of, make_app


@pytest.fixture
def client(database: Database, settings: Settings) -> FlaskClient:
    initialise(database)
    seed_town(database)
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
