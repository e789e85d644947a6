"""Many facilities changed at once in the browser: chosen, looked at, pressed once, undone."""

import re

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from tests.web.api_client import client_of, make_app
from tests.web.conftest import Site, Visit, fits, serious_violations, sign_in


@pytest.fixture
def client(town_template: str, database: Database, settings: Settings) -> FlaskClient:
    return client_of(make_app(settings, database), database, Role.STEWARD)


def begun(client: FlaskClient, **form: str | list[str]) -> str:
    answer = client.post("/steward/bulk", data=form)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return str(answer.location)


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found
    return found[1]


def phones(database: Database) -> dict[str, str | None]:
    with database.session() as session:
        return {
            code: phone
            for code, phone in session.execute(
                text("select code, phone from facility where phone is not null")
            )
        }


def test_a_list_is_changed_by_one_press_and_undone_by_one(
    client: FlaskClient, database: Database
) -> None:
    listed = client.get("/steward/facilities?family=station&status=open").get_data(as_text=True)
    assert 'name="asked" value="family=station&amp;status=open"' in listed
    at = begun(client, asked="family=station&status=open", which="all", code="T-3")
    form = {"phone": "0532 1", "amenity-toilet": "unknown", "clear-entry": "1"}
    assert "批量修改 2 处设施" in client.get(at).get_data(as_text=True)
    assert client.post(at, data=form).location == f"{at}/preview"
    page = client.get(f"{at}/preview").get_data(as_text=True)
    assert "修改这 2 处" in page and phones(database) == {}
    # T-1 is known to have none, of T-2 nothing is known.
    assert page.count("<td>厕所</td><td>没有</td><td><strong>未知</strong></td>") == 1
    # What was chosen stands in the form again.
    again = client.get(at).get_data(as_text=True)
    assert 'value="0532 1"' in again and 'name="clear-entry" value="1" checked' in again
    assert client.post(f"{at}/apply", data={"seen": seen(page)}).location == at
    assert phones(database) == {"T-1": "0532 1", "T-2": "0532 1"}
    done = client.get(at).get_data(as_text=True)
    assert (
        "已修改 2 处设施" in done and "/steward/facilities?family=station&amp;status=open" in done
    )
    undo = re.search(r'action="(/steward/history/\d+/undo)"', done)
    assert undo
    client.post(undo[1])
    assert phones(database) == {}
    with database.session() as session:
        why = session.scalars(text("select reason from change_set order by id desc limit 2")).all()
    assert why[1] == "批量修改：怎么进门、电话、服务设施"


def test_who_was_faster_is_named_and_nothing_is_lost(
    client: FlaskClient, database: Database
) -> None:
    at = begun(client, which="ticked", code=["T-1", "T-5"])
    client.post(at, data={"status": "suspended", "phone": "1"})
    page = client.get(f"{at}/preview").get_data(as_text=True)
    assert "T-5 已是" in page and "修改这 1 处" in page
    client.post("/steward/facilities/T-1", data={"base": '{"phone": ""}', "phone": "9"})
    late = client.post(f"{at}/apply", data={"seen": seen(page)})
    shown = late.get_data(as_text=True)
    assert late.status_code == 409 and phones(database) == {"T-1": "9"}
    assert "a-steward" in shown and "<td>9</td>" in shown
    client.post(f"{at}/apply", data={"seen": seen(shown)})
    assert phones(database) == {"T-1": "1"}


REFUSED: list[tuple[dict[str, str], str]] = [
    ({}, "还没有选要改的内容"),
    ({"phone": "1", "clear-phone": "1", "operator": "总工会"}, "只能选一样"),
    ({"phone": "1" * 501, "operator": "总工会"}, "最多 500 个字符"),
    ({"verified_on": "2199-01-01", "operator": "总工会"}, "还没有到"),
]


def test_a_form_that_cannot_be_taken_comes_back_as_it_was_filled_in(client: FlaskClient) -> None:
    at = begun(client, which="ticked", code="T-1")
    for form, told in REFUSED:
        answer = client.post(at, data=form)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422 and told in page
        assert not form or 'value="总工会"' in page


def test_nothing_ticked_is_told_and_another_steward_sees_none_of_it(
    client: FlaskClient, database: Database, settings: Settings
) -> None:
    none = client.post("/steward/bulk", data={"asked": "status=open", "which": "ticked"})
    assert none.status_code == 422
    assert "/steward/facilities?status=open" in none.get_data(as_text=True)
    at = begun(client, which="ticked", code="T-1")
    other = client_of(make_app(settings, database), database, Role.ADMIN)
    for path in (at, f"{at}/preview"):
        assert other.get(path).status_code == 404
    assert other.post(f"{at}/apply").status_code == 404
    assert client.post(f"{at}/cancel").location == "/steward/facilities"
    assert client.get(at).status_code == 404


def test_on_a_phone_from_the_keyboard(site: Site, visit: Visit) -> None:
    page = visit(site, language="en")
    sign_in(site, page, Role.STEWARD)
    page.goto(site.url + "/steward/facilities?lang=en")
    page.get_by_label("Tick all of this page").check()
    page.locator('input[value="T-6"]').focus()
    page.keyboard.press("Space")
    expect(page.locator('input[name="code"]:checked')).to_have_count(5)
    page.get_by_role("button", name="Change the ticked ones").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Change 5 facilities")
    assert serious_violations(page) == []
    page.get_by_label("status", exact=True).select_option("suspended")
    page.get_by_role("button", name="Next").press("Enter")
    expect(page.locator("#refused li")).to_have_count(1)
    assert serious_violations(page) == []
    assert fits(page)
    page.get_by_role("button", name="Change 4 facilities").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Changed 4 facilities")
