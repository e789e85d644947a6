"""``/api/v1/organisations`` read by everybody and edited by stewards."""

import pytest
from flask import Flask
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from tests.web.api_client import client_of, make_app, problem_of

URL = "/api/v1/organisations"


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


@pytest.fixture
def app(town: Database, settings: Settings) -> Flask:
    return make_app(settings, town)


def test_pages_in_order_of_codes(app: Flask, town: Database) -> None:
    steward = client_of(app, town, Role.STEWARD)
    for code in ("B", "A", "C"):
        body = {"code": code, "kind": "partner" if code == "C" else "企业", "name_zh": code}
        assert steward.post(URL, json=body | {"group_name": "某集团"}).status_code == 201
    anybody = client_of(app, town)
    first = anybody.get(f"{URL}?limit=2").get_json()
    assert [one["code"] for one in first["organisations"]] == ["A", "B"]
    assert first["organisations"][0]["region"] is None
    last = anybody.get(f"{URL}?limit=2&cursor={first['cursor']}").get_json()
    assert ([one["code"] for one in last["organisations"]], last["cursor"]) == (["C"], None)
    some = anybody.get(f"{URL}?kind=enterprise&group_name=某集团").get_json()["organisations"]
    assert [one["code"] for one in some] == ["A", "B"]
    problem_of(anybody.get(f"{URL}?region=999999"), 422, "region")
    problem_of(anybody.get(f"{URL}?kind=shop"), 422)
    problem_of(anybody.get(f"{URL}?cursor=!"), 422, "cursor")
    problem_of(anybody.get(f"{URL}/Z"), 404)


def test_an_edit_names_its_version(app: Flask, town: Database) -> None:
    steward = client_of(app, town, Role.STEWARD)
    problem_of(client_of(app, town).post(URL, json={}), 401)
    problem_of(client_of(app, town, Role.PLANNER).post(URL, json={}), 403)
    problem_of(steward.post(URL, json={"code": "A", "kind": "union"}), 422, "name_zh")
    problem_of(steward.post(URL, json={"code": "A", "colour": "red"}), 422, "colour")
    added = steward.post(URL, json={"code": "A", "kind": "union", "name_zh": "甲"})
    assert added.status_code == 201
    assert added.headers["Location"].endswith(f"{URL}/A")
    problem_of(steward.post(URL, json={"code": "A", "kind": "union", "name_zh": "甲"}), 409)
    tag = added.headers["ETag"]
    problem_of(steward.patch(f"{URL}/A", json={"name_en": "A"}), 422, "If-Match")
    changed = steward.patch(
        f"{URL}/A", json={"name_en": "A", "document_on": "2022-06-28"}, headers={"If-Match": tag}
    )
    assert (changed.get_json()["name_en"], changed.get_json()["name_zh"]) == ("A", "甲")
    problem_of(steward.patch(f"{URL}/A", json={"name_en": "B"}, headers={"If-Match": tag}), 409)
    any_version = {"If-Match": "*"}
    problem_of(steward.patch(f"{URL}/A", json={"parent": "A"}, headers=any_version), 422, "parent")
    cleared = steward.patch(f"{URL}/A", json={"name_en": None}, headers=any_version).get_json()
    assert (cleared["name_en"], cleared["document_on"]) == (None, "2022-06-28")
    assert steward.delete(f"{URL}/A", headers=any_version).status_code == 204
    problem_of(steward.delete(f"{URL}/A", headers=any_version), 404)


def test_roles_at_facilities(app: Flask, town: Database) -> None:
    steward = client_of(app, town, Role.STEWARD)
    steward.post(URL, json={"code": "A", "kind": "union", "name_zh": "甲"})
    role = {"facility": "T-1", "role": "operates", "valid_from": "2025-01-01"}
    answer = steward.post(f"{URL}/A/roles", json=role)
    assert answer.status_code == 201
    [given] = answer.get_json()["roles"]
    facility = "/api/v1/facilities/T-1"
    shown = client_of(app, town).get(facility)
    [unit] = shown.get_json()["properties"]["organisations"]
    assert (unit["code"], unit["name_zh"], unit["role"]) == ("A", "甲", "operates")
    steward.patch(f"{URL}/A", json={"name_zh": "乙"}, headers={"If-Match": "*"})
    again = client_of(app, town).get(facility, headers={"If-None-Match": shown.headers["ETag"]})
    assert again.get_json()["properties"]["organisations"][0]["name_zh"] == "乙"
    assert (given["facility"], given["role"], given["valid_to"]) == ("T-1", "operates", None)
    later = role | {"valid_from": "2026-01-01"}
    problem_of(steward.post(f"{URL}/A/roles", json=later), 409)  # it has it that day already
    early = role | {"valid_from": None, "valid_to": "2024-12-31"}
    assert steward.post(f"{URL}/A/roles", json=early).status_code == 201
    backward = role | {"role": "hosts", "valid_to": "2024-01-01"}
    problem_of(steward.post(f"{URL}/A/roles", json=backward), 422, "valid_to")
    problem_of(steward.post(f"{URL}/A/roles", json=role | {"facility": "Z"}), 422, "facility")
    problem_of(steward.delete(f"{URL}/A", headers={"If-Match": "*"}), 409)
    with town.session() as session:
        session.execute(text("update facility set status = 'proposed' where code = 'T-1'"))
    # What is not published stays unseen, by this door too.
    assert client_of(app, town).get(f"{URL}/A").get_json()["roles"] == []
    assert len(steward.get(f"{URL}/A").get_json()["roles"]) == 2
    any_version = {"If-Match": "*"}
    seen = {"If-Match": answer.headers["ETag"]}  # of before the second role came
    problem_of(steward.delete(f"{URL}/A/roles/{given['id']}", headers=seen), 409)
    for one in steward.get(f"{URL}/A").get_json()["roles"]:
        gone = steward.delete(f"{URL}/A/roles/{one['id']}", headers=any_version)
        assert gone.status_code == 204
    problem_of(steward.delete(f"{URL}/A/roles/{given['id']}", headers=any_version), 404)
    assert steward.delete(f"{URL}/A", headers=any_version).status_code == 204


def test_what_is_done_is_logged(app: Flask, town: Database) -> None:
    steward = client_of(app, town, Role.STEWARD)
    steward.post(URL, json={"code": "A", "kind": "union", "name_zh": "甲"})
    steward.post(f"{URL}/A/roles", json={"facility": "T-1", "role": "operates"})
    with town.session() as session:
        rows = session.execute(
            text(
                "select table_name, op, belongs[1] from change where table_name in "
                "('organisation', 'facility_role') order by seq"
            )
        ).all()
    assert rows == [("organisation", "insert", None), ("facility_role", "insert", "organisation:A")]
