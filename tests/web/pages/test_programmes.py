"""The board of promises: every plan, a promise with what was counted, on any day."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.seed import seed_town
from tests.web.api_client import make_app


@pytest.fixture
def client(database: Database, settings: Settings) -> FlaskClient:
    initialise(database)
    seed_town(database)
    return make_app(settings, database).test_client()


def test_the_board_leads_to_every_promise_and_its_document(client: FlaskClient) -> None:
    board = client.get("/programmes?lang=zh").text
    links = set(re.findall(r'href="(/programmes/[^"/?]+/[^"/?]+)"', board))
    assert len(links) == 35
    assert "承诺：</span>" not in board
    # Words stand beside every state; no text of one language is left in the other.
    english = client.get("/programmes?lang=en").text
    assert english.count('class="promise-state') == board.count('class="promise-state') == 35
    assert not re.findall(r"[\u4e00-\u9fff]{4,}(?=[^<]*</strong>)", english)
    promise = client.get("/programmes/zhejiang-2022/Z22-4?lang=zh").text
    assert "超过 100,000 人次" in promise
    assert "浙江工人日报" in promise
    assert "297 家" in client.get("/programmes/zhejiang-2023-2025?lang=zh").text
    assert client.get("/programmes/nothing").status_code == 404
    assert client.get("/programmes/zhejiang-2022/Q-1").status_code == 404
    assert client.get("/programmes?as_of=someday").status_code == 422


def test_a_promise_shows_what_counts_on_a_day(client: FlaskClient, database: Database) -> None:
    with database.session() as session:
        session.execute(
            text(
                "update facility set opened_on = '2024-03-01', is_sample = false, "
                "name_zh = '<b>基地</b>' where code = 'T-4'"
            )
        )
    page = client.get("/programmes/qingdao-2022/Q-16?as_of=2025-01-01&lang=zh").text
    assert "/stations/T-4" in page
    assert "&lt;b&gt;基地" in page
    assert 'id="map"' in page
    assert "进度落后" in page
    before = client.get("/programmes/qingdao-2022/Q-16?as_of=2024-02-01&lang=zh").text
    assert "/stations/T-4" not in before
    # What is asked on a day stays on that day from page to page.
    assert 'href="/programmes/qingdao-2022?as_of=2025-01-01"' in page
    with database.session() as session:
        session.execute(text("update facility set is_sample = true where code = 'T-4'"))
    sample = client.get("/programmes/qingdao-2022/Q-16?as_of=2025-01-01&lang=zh").text
    assert "/stations/T-4" not in sample
    assert "只数示例" in sample
