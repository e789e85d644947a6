"""The register as of a day: what is certain, what may have been, and what was entered since."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from tests.web.api_client import client_of, make_app


@pytest.fixture
def client(town_template: str, database: Database, settings: Settings) -> FlaskClient:
    with database.session() as session:
        for code, set_to in (
            ("T-1", "opened_on = '2014-05-01', opened_basis = 'month'"),
            ("T-2", "opened_on = '2015-01-01', opened_basis = 'year'"),
            ("T-5", "opened_on = '2016-05-01', closed_on = '2020-06-01'"),
        ):
            session.execute(text(f"update facility set {set_to} where code = '{code}'"))
    return client_of(make_app(settings, database), database, Role.STEWARD)


def test_the_list_as_of_a_day_tells_what_is_certain(client: FlaskClient) -> None:
    address = "/steward/facilities?as_of=2015-06-01&region=370203"
    page = client.get(address).get_data(as_text=True)
    assert "能确定 1 处，另有 4 处可能在" in page and "即至少 1 处，至多 5 处" in page
    told = dict(re.findall(r'data-code="(T-\d)".*?<td>([^<]*启用[^<]*)</td>', page, re.DOTALL))
    assert told["T-1"] == "启用"
    assert told["T-2"] == "不能确定：启用或还没有设立"
    assert told["T-6"] == "不能确定：启用或暂停或还没有设立"
    assert "T-5" not in told
    assert "/steward/history?since=2015-06-01&amp;region=370203" in page
    file = client.get(address.replace("facilities?", "facilities.csv?")).get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(file.lstrip("\ufeff"))))
    assert [row["编号"] for row in rows] == ["T-1", "T-2", "T-3", "T-4", "T-6"]
    closed = client.get("/steward/facilities?as_of=2021-01-01&status=closed")
    assert "能确定" in closed.get_data(as_text=True)
    assert 'data-code="T-5"' in closed.get_data(as_text=True)
    for day in ("2999-01-01", "2019-05"):
        # The conditions stand in the form, to be put right.
        refused = client.get(f"/steward/facilities?as_of={day}&status=closed&q=T-5")
        page = refused.get_data(as_text=True)
        assert refused.status_code == 422 and f"“{day}”，应为不晚于今天" in page
        assert 'value="T-5"' in page and '<option value="closed" selected>' in page


def test_a_record_tells_its_states_with_what_is_known_of_their_dates(client: FlaskClient) -> None:
    page = client.get("/steward/facilities/T-1").get_data(as_text=True)
    assert "2014 年 5 月起（只知年月）启用" in page
    assert "暂停，何时起不详" in client.get("/steward/facilities/T-6").get_data(as_text=True)
    english = client.get("/steward/facilities/T-5?lang=en").get_data(as_text=True)
    assert "In service since 1 May 2016" in english
    assert "Closed for good since 1 June 2020" in english


def test_what_changed_since_last_friday_is_one_press_away(client: FlaskClient) -> None:
    page = client.get("/steward/history?region=370203").get_data(as_text=True)
    [since] = re.findall(
        r'href="/steward/history\?region=370203&amp;since=([0-9-]+)">上个周五以来', page
    )
    friday = date.fromisoformat(since)
    assert friday.weekday() == 4
    found = client.get(f"/steward/history?region=370203&since={since}").get_data(as_text=True)
    assert "/steward/history/" in found
    later = date.today() + timedelta(days=2)
    nothing = client.get(f"/steward/history?region=370203&since={later}").get_data(as_text=True)
    assert "没有这样的变更" in nothing
