"""``/api/v1/search``."""

import pytest
from flask.testing import FlaskClient

from geoapp.core.geo import from_wgs84
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.api_client import GEOJSON, client_of, make_app, problem_of


@pytest.fixture
def client(town_template: str, database: Database, settings: Settings) -> FlaskClient:
    return client_of(make_app(settings, database), database)


def test_hits_are_geojson_in_the_datum_asked(client: FlaskClient) -> None:
    response = client.get("/api/v1/search?q=shili+T-1&limit=3&datum=gcj02")
    assert response.mimetype == GEOJSON
    body = response.get_json(force=True)
    [hit] = body["features"]
    assert hit["properties"] == {
        "kind_of_hit": "facility",
        "code": "T-1",
        "name_zh": "示例·T-1",
        "name_en": "Sample T-1",
        "context_zh": "市北区 · 户外劳动者服务站点",
        "context_en": "Shibei · Outdoor workers' service station",
        "sample": False,
        "place": None,
    }
    expected = from_wgs84(lon=TOWN_LON, lat=TOWN_LAT, datum=Datum.GCJ02)
    assert hit["geometry"]["coordinates"] == pytest.approx(expected, abs=1e-7)
    assert body["not_yet_searched"] == 0
    assert client.get("/api/v1/search?q=").get_json(force=True)["features"] == []


def test_what_is_called_so_goes_before_what_is_also_called_so(client: FlaskClient) -> None:
    def first(words: str) -> tuple[str, str]:
        found = client.get(f"/api/v1/search?q={words}").get_json(force=True)["features"][0]
        return found["properties"]["kind_of_hit"], found["properties"]["name_zh"]

    assert first("法律援助") == ("service", "法律援助")
    assert first("legal+aid") == ("service", "法律援助")
    for sound in ("falvyuanzhu", "faluyuanzhu", "flyz"):
        assert first(sound) == ("service", "法律援助"), sound
    assert first("法律咨询") == ("amenity", "法律咨询")
    assert first("falvzixun") == ("amenity", "法律咨询")
    assert first("法律服务")[1] == "法律咨询"  # both are called so, too


def test_what_is_not_accepted(client: FlaskClient, subtests: pytest.Subtests) -> None:
    for query, parameter in [
        ("", "q"),
        ("q=a&limit=0", "limit"),
        ("q=a&limit=51", "limit"),
        ("q=" + "a" * 101, "q"),
    ]:
        with subtests.test(query=query, parameter=parameter):
            problem_of(client.get(f"/api/v1/search?{query}"), 422, parameter)
