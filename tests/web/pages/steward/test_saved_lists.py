"""Lists under a name: kept, found again with how many they hold now, shared, renamed, deleted."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from tests.web.api_client import client_of, make_app

AT = "/steward/facilities?region=370203&amp;status=open"


@pytest.fixture
def app(town_template: str, database: Database, settings: Settings) -> Flask:
    return make_app(settings, database)


def kept_on(client: FlaskClient, path: str) -> dict[str, str]:
    """Return by name how many facilities the lists of a page hold."""
    page = client.get(path).get_data(as_text=True)
    assert "<!doctype html>" in page
    found = {}
    for line in page.split('<a class="chip" href="')[1:]:
        name, rest = line.split("<span>", 1)[1].split(' <strong class="number">', 1)
        found[name] = rest.split("</strong>", 1)[0]
    return found


def test_a_list_is_found_again_with_its_present_count(app: Flask, database: Database) -> None:
    client = client_of(app, database, Role.STEWARD)
    asked = {"asked": "status=open&region=370203&after=T-1&kind="}
    kept = client.post("/steward/lists", data={"name": " 在用的 ", **asked})
    assert kept.location == "/steward/facilities?region=370203&status=open"
    client.post("/steward/lists", data={"name": "按词", "asked": "q=T-1"})
    for path in ("/steward", "/steward/facilities", "/steward/lists"):
        assert kept_on(client, path) == {"在用的": "4", "按词": "1"}
    with database.session() as session:
        session.execute(text("update facility set status = 'suspended' where code = 'T-1'"))
    assert kept_on(client, "/steward")["在用的"] == "3"
    page = client.get(AT.replace("&amp;", "&")).get_data(as_text=True)
    assert f'href="{AT}" aria-current="page"' in page and "保存现在的清单" not in page


def test_what_cannot_be_kept_is_told(app: Flask, database: Database) -> None:
    client = client_of(app, database, Role.STEWARD)

    def status(name: str, asked: str) -> int:
        return client.post("/steward/lists", data={"name": name, "asked": asked}).status_code

    assert status("甲", "status=open") == 302
    assert status("甲", "status=closed") == 409
    assert status(" ", "status=closed") == 422
    assert status("乙" * 61, "status=closed") == 422
    assert status("乙", "after=T-1") == 422  # all facilities
    assert status("乙", "status=lost") == 422
    assert status("乙", "as_of=2019-05") == 422
    assert kept_on(client, "/steward/lists") == {"甲": "4"}


def test_a_list_is_its_owners_unless_it_is_shared(app: Flask, database: Database) -> None:
    mine = client_of(app, database, Role.STEWARD)
    other = client_of(app, database, Role.ADMIN)
    mine.post("/steward/lists", data={"name": "甲", "asked": "status=open"})
    with database.session() as session:
        number = session.execute(text("select id from saved_list")).scalar_one()
    at = f"/steward/lists/{number}"
    assert kept_on(other, "/steward") == {}
    mine.post(at, data={"name": "乙", "shared": "1"})
    assert kept_on(other, "/steward") == kept_on(mine, "/steward") == {"乙": "4"}
    assert other.post(at, data={"name": "丙"}).status_code == 404
    assert other.post(f"{at}/delete").status_code == 404
    # Another's name is no obstacle to one's own.
    assert other.post("/steward/lists", data={"name": "乙", "asked": "q=T"}).status_code == 302
    mine.post(at, data={"name": "乙"})
    assert kept_on(other, "/steward") == {"乙": "6"}
    assert mine.post(f"{at}/delete").location == "/steward/lists"
    assert kept_on(mine, "/steward") == {}
    with database.session() as session:
        session.execute(text("delete from app_user where name = 'a-admin'"))
        assert session.execute(text("select count(*) from saved_list")).scalar_one() == 0
