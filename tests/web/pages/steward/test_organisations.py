"""Organisations in the browser: found, registered on the way to an application, edited by two."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.organisations.edit import add_organisation, change_organisation
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.seed import seed_town
from tests.web.api_client import client_of, make_app

LIST, NEW = "/steward/organisations", "/steward/new-organisation"
APPLICATION = "/steward/applications/new"
GROUP = {"code": "G-1", "kind": "enterprise", "name_zh": "海港公司", "group_name": "港口集团"}


@pytest.fixture
def client(database: Database, settings: Settings) -> FlaskClient:
    initialise(database)
    seed_town(database)
    return client_of(make_app(settings, database), database, Role.STEWARD)


def send(client: FlaskClient, code: str, do: str, **values: str) -> TestResponse:
    """Open a page, fill in one of its forms and send it with what it hides."""
    page = client.get(f"{LIST}/{code}").text
    form = next(
        one
        for one in re.findall(r"<form.*?</form>", page, re.S)
        if f'name="do" value="{do}"' in one
    )
    held = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    held = {name: value.replace("&#34;", '"') for name, value in held.items()}
    return client.post(f"{LIST}/{code}", data=held | values)


def test_registered_on_the_way_to_an_application_and_back(
    client: FlaskClient, database: Database
) -> None:
    assert "还没有单位" in client.get(LIST).text
    asked = {"track": "qingdao-2022/enterprise", "subject": "某某公司"}
    told = client.post(APPLICATION, data=asked).text
    [href] = [
        one.replace("&amp;", "&") for one in re.findall(rf'href="({NEW}\?name_zh[^"]*)"', told)
    ]
    form = client.get(href).text
    assert 'value="某某公司"' in form
    held = dict(re.findall(r'type="hidden" name="(back|track)" value="([^"]*)"', form))
    values = {"name_zh": "某某公司", "kind": "enterprise", "region": "370203"}
    assert client.post(NEW, data=held | values | {"document_on": "昨天"}).status_code == 422
    led = client.post(NEW, data=held | values)
    code = "370203-enterprise-0001"
    assert led.status_code == 302
    assert f'value="{code}"' in (page := client.get(led.location).text)
    assert re.search(r'value="qingdao-2022/enterprise" required checked', page)
    assert client.post(APPLICATION, data=asked | {"subject": code}).location.endswith("/1/form")
    # A second one of the same name does not enter silently, and a code is never given twice.
    again = client.post(NEW, data=values)
    assert (again.status_code, code in again.text) == (409, True)
    assert client.post(NEW, data=values | {"another": "1"}).location.endswith("0002?saved=1")
    assert send(client, "370203-enterprise-0002", "remove").status_code == 302
    assert client.post(NEW, data=values | {"another": "1"}).location.endswith("0003?saved=1")
    refused = send(client, code, "remove")
    assert (refused.status_code, "1 份申报" in refused.text) == (409, True)

    add_organisation(database, GROUP)
    listed = client.get(f"{LIST}?q=gangkou&kind=enterprise").text
    assert "海港公司" in listed
    assert "某某公司" not in listed
    assert "只知所属集团 1" in client.get(LIST).text
    assert "某某公司" not in client.get(f"{LIST}?known=group").text
    assert client.get(f"{LIST}?region=999").status_code == 422
    page = client.get(f"{LIST}?q={code}&lang=en").text
    assert re.findall(r'<td class="number">(\d)</td>', page) == ["0", "0", "1"]


def test_two_at_once_and_what_it_does_where(client: FlaskClient, database: Database) -> None:
    add_organisation(database, GROUP)
    base = '{"name_zh": "海港公司", "name_en": "", "region": ""}'
    mine = {"do": "save", "rev": "1", "base": base, "name_zh": "我的", "name_en": "Mine"}
    change_organisation(database, "G-1", {"name_zh": "他的", "region": "370203"}, expected_rev=None)
    told = client.post(f"{LIST}/G-1", data=mine | {"region": ""})
    assert told.status_code == 409
    assert all(one in told.text for one in ("他的", 'value="我的"', 'value="Mine"'))
    saved = send(client, "G-1", "save", name_zh="我的", name_en="Mine", reason="营业执照")
    assert saved.status_code == 302
    page = client.get(f"{LIST}/G-1").text
    assert "原因：营业执照" in page
    assert "改了名称：他的 → 我的" in page
    assert send(client, "G-1", "save", parent="G-1").status_code == 422

    def give(**values: str) -> int:
        return send(
            client, "G-1", "role", **({"facility": "T-1", "role": "manages"} | values)
        ).status_code

    assert give(valid_from="2025-01-01") == 302
    assert give() == 409
    for wrong in ({"facility": "没有的"}, {"facility": "站"}, {"role": "owns"}, {"valid_to": "x"}):
        assert give(**wrong) == 422, wrong
    assert "/steward/organisations/G-1" in client.get("/steward/facilities/T-1").text
    assert send(client, "G-1", "end", valid_to="2024-01-01").status_code == 422
    assert send(client, "G-1", "end", valid_to="2025-06-30").status_code == 302
    assert "2025-06-30" in client.get(f"{LIST}/G-1?lang=en").text
    assert send(client, "G-1", "take").status_code == 302
    for status, do in ((404, "end"), (422, "own")):
        sent = {"do": do, "number": "9" * 30}
        assert client.post(f"{LIST}/G-1", data=sent).status_code == status
    assert client.get(f"{LIST}/none").status_code == 404
