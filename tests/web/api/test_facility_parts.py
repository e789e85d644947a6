"""``/api/v1/facilities/CODE/parts``: a complex with its parts, and no circles."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from tests.web.api_client import client_of, make_app, problem_of

URL = "/api/v1/facilities"


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


@pytest.fixture
def app(town: Database, settings: Settings) -> Flask:
    return make_app(settings, town)


def properties(app: Flask, town: Database, code: str) -> dict[str, Any]:
    found: dict[str, Any] = client_of(app, town).get(f"{URL}/{code}").get_json()["properties"]
    return found


def test_a_complex_and_its_parts(app: Flask, town: Database) -> None:
    steward = client_of(app, town, Role.STEWARD)
    problem_of(client_of(app, town).post(f"{URL}/T-1/parts", json={"part": "T-2"}), 401)
    before = steward.get(f"{URL}/T-1").headers["ETag"]
    added = steward.post(f"{URL}/T-1/parts", json={"part": "T-2", "valid_from": "2026-01-01"})
    assert added.status_code == 201
    [part] = added.get_json()["parts"]
    assert (part["code"], part["valid_from"], part["valid_to"]) == ("T-2", "2026-01-01", None)
    assert [one["code"] for one in properties(app, town, "T-1")["parts"]] == ["T-2"]
    assert [one["code"] for one in properties(app, town, "T-2")["part_of"]] == ["T-1"]
    # An edit against the whole without its part is stale.
    problem_of(steward.delete(f"{URL}/T-1/parts/{part['id']}", headers={"If-Match": before}), 409)
    # What is read may be sent back.
    whole = steward.get(f"{URL}/T-1")
    sent = steward.patch(
        f"{URL}/T-1", json=whole.get_json(), headers={"If-Match": whole.headers["ETag"]}
    )
    assert sent.status_code == 200, sent.get_data(as_text=True)
    assert sent.get_json()["properties"]["parts"] == [part]
    with town.session() as session:
        session.execute(text("update facility set status = 'proposed' where code = 'T-2'"))
    assert properties(app, town, "T-1")["parts"] == []  # not published
    anything = {"If-Match": "*"}
    assert steward.delete(f"{URL}/T-1/parts/{part['id']}", headers=anything).status_code == 204
    problem_of(steward.delete(f"{URL}/T-1/parts/{part['id']}", headers=anything), 404)
    assert steward.get(f"{URL}/T-2").get_json()["properties"]["part_of"] == []


def test_nothing_is_a_part_of_itself(app: Flask, town: Database) -> None:
    steward = client_of(app, town, Role.STEWARD)

    def join(whole: str, **body: str) -> Any:
        return steward.post(f"{URL}/{whole}/parts", json=body)

    assert join("T-1", part="T-2").status_code == 201
    assert join("T-2", part="T-3").status_code == 201
    for whole, part in (("T-1", "T-1"), ("T-2", "T-1"), ("T-3", "T-1")):
        problem_of(join(whole, part=part), 409)
    problem_of(join("T-1", part="T-2", valid_from="2030-01-01"), 409)  # it is that already
    problem_of(join("T-1", part="Z"), 422, "part")
    problem_of(join("Z", part="T-1"), 404)
    problem_of(
        join("T-1", part="T-4", valid_from="2026-01-02", valid_to="2026-01-01"), 422, "valid_to"
    )
    # The log knows whose story it is, and a whole that goes leaves its parts.
    with town.session() as session:
        told = session.scalar(
            text("select cardinality(belongs) from change where table_name = 'facility_part'")
        )
        session.execute(text("delete from facility where code = 'T-1'"))
        left = session.scalars(text("select code from facility where code = 'T-2'")).all()
    assert (told, left) == (2, ["T-2"])
