"""Calls answered one after another: what each answer changes, who is next, and what is kept."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.moment import today
from geoapp.store.engine import Database
from tests.web.api_client import client_of, make_app
from tests.web.conftest import Site, Visit, serious_violations, sign_in


def _with_phones(database: Database) -> None:
    """All but T-4 can be called; T-5 is closed for good."""
    with database.session() as session:
        session.execute(text("update facility set phone = code where code <> 'T-4'"))


@pytest.fixture
def client(town_template: str, database: Database, settings: Settings) -> FlaskClient:
    _with_phones(database)
    return client_of(make_app(settings, database), database, Role.STEWARD)


def _row(database: Database, statement: str) -> tuple[Any, ...]:
    with database.session() as session:
        return tuple(session.execute(text(statement)).one())


def _code(page: str) -> str | None:
    found = re.search(r'/steward/calls/answer/([^"]+)"', page)
    return None if found is None else found[1]


def _fields(page: str) -> dict[str, str]:
    fields = {
        name: html.unescape(value)
        for name, value in re.findall(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', page)
        if not name.startswith("amenity-") and name != "outcome"
    }
    for name, value in re.findall(r'name="(amenity-[^"]+)" value="([^"]*)" checked', page):
        fields[name] = value
    [options] = re.findall(r'<select id="entry".*?</select>', page, re.S)
    fields["entry"] = next(iter(re.findall(r'value="([^"]*)" selected', options)), "")
    return fields


def _next(client: FlaskClient, query: str = "q=") -> str:
    return client.get(f"/steward/calls?{query}").get_data(as_text=True)


def _answer(client: FlaskClient, page: str, **heard: str) -> tuple[int, str]:
    sent = client.post(f"/steward/calls/answer/{_code(page)}", data=_fields(page) | heard)
    where = sent.headers.get("Location", "")
    return sent.status_code, client.get(where).get_data(as_text=True) if where else sent.text


def test_a_list_is_called_through(
    client: FlaskClient, database: Database, settings: Settings
) -> None:
    day = today(settings)
    page = _next(client)
    assert (_code(page), '<strong class="number" id="left">4<' in page) == ("T-1", True)
    status, page = _answer(client, page, outcome="reached", **{"amenity-toilet": "yes"})
    assert (status, _code(page)) == (302, "T-2")
    assert _row(
        database, "select verified_on, 'toilet' = any(amenities) from facility where code = 'T-1'"
    ) == (day, True)
    # One set with the record and the call, told as by telephone.
    assert _row(
        database,
        "select s.actor, s.via, s.reason, string_agg(c.table_name, ' ' order by c.table_name) "
        "from change_set s join change c on c.set_id = s.id "
        "where s.id = (select max(id) from change_set) group by s.id",
    ) == ("a-steward", "web", "电话核实 / by telephone", "facility facility_call")
    again = str(day + timedelta(days=3))
    status, page = _answer(client, page, outcome="nobody", again_on=again)
    assert (status, _code(page)) == (302, "T-3")
    assert _row(database, "select verified_on from facility where code = 'T-2'") == (None,)
    status, page = _answer(client, page, outcome="closed", closed_on="2026-01-31")
    assert (status, _code(page)) == (302, "T-6")
    assert _row(database, "select status, closed_on::text from facility where code = 'T-3'") == (
        "closed",
        "2026-01-31",
    )
    status, page = _answer(client, page, outcome="moved", address="某路 6 号")
    assert (status, _code(page)) == (302, None)
    assert "这份名单今天打完了" in page
    # What moved is listed until its position is set.
    assert "T-6" in client.get("/steward/facilities?lack=moved").text
    with database.session() as session:
        session.execute(
            text("update facility set geom = st_translate(geom, 0.001, 0) where code = 'T-6'")
        )
    assert "没有符合条件" in client.get("/steward/facilities?lack=moved").text
    # On the day that was set T-2 is called again, and who was reached is left in peace.
    with database.session() as session:
        session.execute(text("update facility_call set again_on = called_on where tries = 1"))
    page = _next(client)
    assert _code(page) == "T-2"
    _answer(client, page, outcome="nobody", again_on=again)
    assert _row(database, "select tries from facility_call where again_on is not null") == (2,)


def test_where_one_left_off_is_kept(client: FlaskClient) -> None:
    page = _next(client, "lack=hours")
    assert _code(page) == "T-3"
    [pass_over] = re.findall(r'id="pass" href="([^"]+)"', page)
    page = client.get(html.unescape(pass_over)).text
    assert "前面跳过的还没打" in page
    last = client.get("/steward/calls")
    assert "lack=hours" in last.headers["Location"]


_MAKES_NO_SENSE: tuple[tuple[dict[str, str], str], ...] = (
    ({}, "先选接通的结果"),
    ({"outcome": "nobody", "again_on": ""}, "一年以内的日期"),
    ({"outcome": "nobody", "again_on": "2020-01-01"}, "一年以内的日期"),
    ({"outcome": "nobody", "again_on": "soon"}, "2026-11-27"),
    ({"outcome": "moved", "address": ""}, "请填新地址"),
    ({"outcome": "closed", "closed_on": "soon"}, "没有保存"),
    ({"outcome": "reached", "entry": "window"}, "没有保存"),
)


def test_what_makes_no_sense_is_said_and_stores_nothing(
    client: FlaskClient, database: Database
) -> None:
    shown = _next(client)
    before = _row(database, "select max(id) from change_set")
    for heard, said in _MAKES_NO_SENSE:
        status, page = _answer(client, shown, **({"opening_hours": "周一 9:00-12:00"} | heard))
        assert (status, said in page) == (422, True), heard
        assert 'value="周一 9:00-12:00"' in page
    assert _row(database, "select max(id) from change_set") == before


def test_what_somebody_else_changed_is_kept_or_shown(
    client: FlaskClient, database: Database
) -> None:
    page = _next(client)
    with database.session() as session:
        session.execute(
            text("update facility set entry = 'card', phone = '111' where code = 'T-1'")
        )
    status, clashing = _answer(client, page, outcome="reached", phone="222")
    assert (status, "<td>111</td><td>222</td>" in clashing) == (409, True)
    assert _row(database, "select phone, verified_on from facility where code = 'T-1'") == (
        "111",
        None,
    )
    status, _ = _answer(client, clashing, outcome="reached")
    assert status == 302
    assert _row(database, "select phone, entry from facility where code = 'T-1'") == ("222", "card")


def test_a_districts_steward_calls_that_district(client: FlaskClient, database: Database) -> None:
    with database.session() as session:
        session.execute(text("update app_user set regions = '{370299}'"))
    assert "这份名单今天打完了" in _next(client)
    page = client.get("/steward/calls?code=T-1").text
    assert _answer(client, page, outcome="nobody")[0] == 403


def test_calls_are_answered_by_keys_alone(site: Site, visit: Visit) -> None:
    _with_phones(site.database)
    page = visit(site, "/sign-in", size="desktop")
    sign_in(site, page, Role.STEWARD)
    page.goto(site.url + "/steward/calls?q=")
    expect(page.locator("#week")).to_be_visible()
    assert serious_violations(page) == []
    page.keyboard.press("4")
    expect(page.locator("#again_on")).to_be_visible()
    expect(page.locator("#opening_hours")).to_be_hidden()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("[role=status]")).to_contain_text("T-1")
    assert page.evaluate("document.activeElement.name") == "outcome"
    page.keyboard.press("0")
    expect(page.locator("form.call")).to_have_attribute("action", re.compile("T-3$"))


def test_each_of_several_telephones_is_dialled_by_itself(
    client: FlaskClient, database: Database
) -> None:
    with database.session() as session:
        session.execute(
            text("update facility set phone = '0532-83870004/138 0000 0000' where code = 'T-1'")
        )
    links = re.findall(r'href="(tel:[^"]*)"', _next(client))
    assert links == ["tel:053283870004", "tel:13800000000"]
