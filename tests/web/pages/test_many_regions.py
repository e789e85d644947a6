"""A country of regions: each has its name, and a list of places that is cut says so."""

import pytest
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.operations.facilities.naming import read_naming
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.web.api_client import client_of, make_app

STREETS = 2_100
LAST = "990000000"


@pytest.fixture
def country(database: Database) -> Database:
    """More streets than a list holds, and a district whose code comes after all of theirs."""
    initialise(database)
    with database.session() as session:
        session.execute(
            text(
                """
                insert into region (code, level, name_zh, geom)
                select case when n = 0 then :last else cast(370000000 + n as text) end,
                    case when n = 0 then 'district' else 'street' end,
                    case when n = 0 then '末区' else '街道' || n end,
                    st_multi(st_makeenvelope(120, 36, 120.1, 36.1, 4326))
                from generate_series(0, :streets) n
                """
            ),
            {"last": LAST, "streets": STREETS},
        )
    return database


def test_every_region_has_its_name_and_the_list_says_what_it_leaves_out(
    country: Database, settings: Settings
) -> None:
    assert read_naming(country, settings.timezone).regions[LAST].zh == "末区"
    client = client_of(make_app(settings, country), country)
    page = client.get("/").get_data(as_text=True)
    assert f'<option value="{LAST}"' in page
    assert page.count('<option value="3700') == 1999
    assert "另有 101 个未列出，可在地图上点选" in page
    assert "101 more are not listed" in client.get("/?lang=en").get_data(as_text=True)
    # What was chosen stays in the list, whatever its place.
    chosen = client.get("/?place=370002100&lang=zh").get_data(as_text=True)
    assert '<option value="370002100" selected>' in chosen
