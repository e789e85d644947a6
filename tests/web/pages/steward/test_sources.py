"""Where each field of a record comes from, by the log, and that one is still right."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.core.acting import Via, act
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.history.sources import FieldSource, confirm_field, field_sources
from geoapp.operations.moment import today
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.seed import seed_town
from tests.web.api_client import client_of, make_app


@pytest.fixture
def client(database: Database, settings: Settings) -> FlaskClient:
    initialise(database)
    with act(via=Via.IMPORT, actor="li", role="steward", reason="站点.xlsx"):
        seed_town(database)
    return client_of(make_app(settings, database), database, Role.STEWARD)


def _change(database: Database, statement: str) -> None:
    with act(via=Via.API, actor="wang", role="steward"), database.session() as session:
        session.execute(text(statement))


def _sources(database: Database) -> dict[str, FieldSource]:
    return {one.field: one for one in field_sources(database, "T-1")}


def _rev(database: Database) -> int:
    with database.session() as session:
        rev: int = session.execute(text("select rev from facility where code = 'T-1'")).scalar_one()
    return rev


def test_each_field_says_which_change_gave_its_present_value(
    client: FlaskClient, database: Database
) -> None:
    _change(database, "update facility set phone = '1', host = '银行' where code = 'T-1'")
    _change(database, "update facility set phone = '2', host = null where code = 'T-1'")
    found = _sources(database)
    assert "host" not in found and "address" not in found  # nothing stands there
    told = {
        field: None if one.origin is None else (one.origin.via, one.origin.actor, one.origin.reason)
        for field, one in found.items()
    }
    assert told["name_zh"] == told["geometry"] == ("import", "li", "站点.xlsx")
    assert told["phone"] == ("api", "wang", None)
    page = client.get("/steward/facilities/T-1").text
    assert "导入 · li" in page and "站点.xlsx" in page


def test_a_field_is_confirmed_until_it_changes(
    client: FlaskClient, database: Database, settings: Settings
) -> None:
    def press(field: str, rev: int) -> int:
        sent = {"field": field, "rev": str(rev)}
        return client.post("/steward/sources/T-1", data=sent).status_code

    assert press("entry", _rev(database)) == 302
    confirmed = _sources(database)["entry"].confirmed
    assert confirmed is not None
    assert (confirmed.confirmed_on, confirmed.actor) == (today(settings), "a-steward")
    assert "a-steward" in client.get("/steward/facilities/T-1").text
    assert "确认仍属实" in client.get("/steward/facilities/T-1/history").text
    # It was said of that value: another one is confirmed by nobody.
    _change(database, "update facility set entry = 'card' where code = 'T-1'")
    assert _sources(database)["entry"].confirmed is None
    # Again, of the new value, on a later day.
    assert press("entry", _rev(database)) == 302
    with database.session() as session:
        session.execute(text("update facility_confirmation set confirmed_on = confirmed_on - 9"))
    assert press("entry", _rev(database)) == 302
    again = _sources(database)["entry"].confirmed
    assert again is not None and again.confirmed_on == today(settings)
    assert press("entry", _rev(database) - 1) == 409
    assert press("host", _rev(database)) == press("rev", _rev(database)) == 422
    with database.session() as session:
        session.execute(text("update app_user set regions = '{370299}'"))
    assert press("phone", _rev(database)) == 422
    assert press("kind", _rev(database)) == 403


def test_what_is_older_than_the_log_has_no_source(
    client: FlaskClient, database: Database, settings: Settings
) -> None:
    with database.session() as session:
        session.execute(text("alter table change disable trigger change_stays"))
        session.execute(text("delete from change where table_name = 'facility'"))
        session.execute(text("alter table change enable trigger change_stays"))
    assert all(one.origin is None for one in _sources(database).values())
    assert "早于变更记录" in client.get("/steward/facilities/T-1").text
    confirm_field(database, settings, "T-1", "kind", expected_rev=_rev(database))
    assert _sources(database)["kind"].confirmed is not None
