"""The timetabled places of a facility that moves: stored, previewed for a week, refused well."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.facilities.read import read_facility
from geoapp.operations.facilities.timetable import preview_timetable
from geoapp.operations.moment import today
from geoapp.store.engine import Database
from tests.web.api_client import client_of, make_app
from tests.web.conftest import Site, Visit, serious_violations, sign_in


@pytest.fixture
def client(town_template: str, database: Database, settings: Settings) -> FlaskClient:
    return client_of(make_app(settings, database), database, Role.STEWARD)


def _rev(database: Database) -> str:
    with database.session() as session:
        return str(session.scalar(text("select rev from facility where code = 'T-2'")))


def _fields(number: int, **values: str) -> dict[str, str]:
    return {f"place-{number}-{name}": value for name, value in values.items()}


def test_places_are_stored_and_shown_for_a_week(
    client: FlaskClient, database: Database, settings: Settings
) -> None:
    day = today(settings)
    sent = (
        _fields(
            1, label_zh="公园", lon="120.352", lat="36.071", valid_to=str(day + timedelta(days=1))
        )
        | _fields(
            2,
            label_zh="码头",
            label_en="Pier",
            lon="120.353",
            lat="36.072",
            valid_from=str(day + timedelta(days=3)),
            opening_hours="每天 9:00-12:00",
        )
        | _fields(3, label_zh="", lon="", lat="")
    )
    stale = client.post("/steward/places/T-2", data=sent | {"rev": "0"})
    assert stale.status_code == 409 and 'value="公园"' in stale.text
    done = client.post("/steward/places/T-2", data=sent | {"rev": _rev(database)})
    assert done.status_code == 302
    record = read_facility(database, "T-2")
    assert {one["label_zh"]: one["opening_hours"] for one in record.properties["places"]} == {
        "公园": None,
        "码头": "Mo-Su 09:00-12:00",
    }
    week = preview_timetable(database, record, day)
    # The park today and tomorrow with the facility's own hours, then nowhere, then the pier.
    assert [[(stop.name.zh, stop.hours.zh) for stop in one.stops] for one in week] == [
        [("公园", "08:00–18:00")],
        [("公园", "08:00–18:00")],
        [],
        *[[("码头", "09:00–12:00")]] * 4,
    ]
    page = client.get("/steward/places/T-2?lang=en").text
    assert "Pier" in page and "nowhere" in page
    for wrong in ({"place-1-lat": "95"}, {"place-1-valid_to": "soon"}, {"place-1-lon": ""}):
        refused = client.post("/steward/places/T-2", data=sent | {"rev": _rev(database)} | wrong)
        assert refused.status_code == 422 and 'role="alert"' in refused.text
    gone = {"place-1-remove": "yes", "place-2-remove": "yes", "rev": _rev(database)}
    assert client.post("/steward/places/T-2", data=sent | gone).status_code == 302
    assert read_facility(database, "T-2").properties["places"] == []


def test_a_place_is_put_where_the_map_is_clicked(site: Site, visit: Visit) -> None:
    page = visit(site, "/sign-in", size="desktop")
    sign_in(site, page, Role.STEWARD)
    page.goto(site.url + "/steward/places/T-2")
    expect(page.locator("#map")).to_have_attribute("data-placed", "true")
    assert serious_violations(page) == []
    page.fill("#place-1-label_zh", "公园")
    page.locator("#map").click(position={"x": 200, "y": 200})
    expect(page.locator("#place-1-lon")).not_to_have_value("")
    page.click(".save button")
    expect(page.locator("[role=status]")).to_be_visible()
    expect(page.locator("#place-1-label_zh")).to_have_value("公园")
