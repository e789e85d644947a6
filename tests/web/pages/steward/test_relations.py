"""Organisations and parts of a facility, on its record: added, ended, removed, and their errors."""

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
        session.execute(
            text(
                "insert into organisation (code, kind, name_zh) values ('U-1', 'union', '某工会'), "
                "('E-1', 'enterprise', '同名公司'), ('E-2', 'enterprise', '同名公司')"
            )
        )
    return client_of(make_app(settings, database), database, Role.STEWARD)


def _rows(database: Database, statement: str) -> list[tuple[object, ...]]:
    with database.session() as session:
        return [tuple(row) for row in session.execute(text(statement))]


_ROLES = "select organisation_code, role, valid_from::text, valid_to::text from facility_role"


def test_an_organisation_is_added_by_its_name_ended_and_removed(
    client: FlaskClient, database: Database
) -> None:
    address = "/steward/relations/organisations/T-1"

    def add(**data: str) -> int:
        return client.post(address, data={"role": "manages", **data}).status_code

    assert add(organisation="某工会", valid_from="2025-01-01") == 302
    assert _rows(database, _ROLES) == [("U-1", "manages", "2025-01-01", None)]
    page = client.get("/steward/facilities/T-1").text
    assert "某工会" in page and "2025-01-01" in page
    assert add(organisation="U-1") == 409
    for wrong in (
        {"organisation": "同名公司"},
        {"organisation": "没有的"},
        {"organisation": ""},
        {"organisation": "U-1", "role": "owns"},
        {"organisation": "U-1", "valid_from": "soon"},
        {"organisation": "U-1", "valid_from": "2026-02-01", "valid_to": "2026-01-01"},
    ):
        assert add(**wrong) == 422, wrong
    [[number]] = _rows(database, "select id from facility_role")

    def done(**data: str) -> int:
        return client.post(f"{address}/{number}", data={"organisation": "U-1", **data}).status_code

    assert done(do="end", valid_to="2024-12-31") == 422
    assert done(do="end", valid_to="2025-06-30") == 302
    assert _rows(database, _ROLES) == [("U-1", "manages", "2025-01-01", "2025-06-30")]
    assert add(organisation="U-1", valid_from="2025-08-01") == 302
    # Where it would be there twice, it is not made longer.
    assert done(do="end", valid_to="2025-07-31") == 302
    assert done(do="end", valid_to="2025-08-01") == done(do="end", valid_to="") == 409
    assert done(do="remove") == 302
    assert _rows(database, _ROLES) == [("U-1", "manages", "2025-08-01", None)]
    assert done(do="remove") == 404


def test_parts_are_added_and_removed_and_the_part_shows_its_whole(
    client: FlaskClient, database: Database
) -> None:
    address = "/steward/relations/parts/T-4"

    def add(part: str) -> int:
        return client.post(address, data={"part": part, "valid_from": "2025-01-01"}).status_code

    assert add("T-3") == 302
    assert "/steward/facilities/T-3" in client.get("/steward/facilities/T-4").text
    assert "属于" in client.get("/steward/facilities/T-3").text
    assert (add("T-4"), add("T-3"), add("T-9"), add("")) == (409, 409, 422, 422)
    [[number]] = _rows(database, "select id from facility_part")
    assert client.post(f"{address}/{number}").status_code == 302
    assert _rows(database, "select id from facility_part") == []
    assert client.post(f"{address}/{number}").status_code == 404
    assert client.post(f"{address}/{2**70}").status_code == 404
