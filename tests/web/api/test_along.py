"""``GET /api/v1/along``: the shape of nearest, and what going by adds."""

import pytest
from flask.testing import FlaskClient

from geoapp.core.geo import from_wgs84
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.store.engine import Database
from tests.conftest import Command
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.api_client import GEOJSON, client_of, make_app, problem_of

ADDRESS = "/api/v1/along"
ENDS = ((TOWN_LON - 0.002, TOWN_LAT), (TOWN_LON + 0.004, TOWN_LAT))
STOPS = ";".join(f"{lon},{lat}" for lon, lat in ENDS)


@pytest.fixture
def client(town_template: str, database: Database, settings: Settings) -> FlaskClient:
    return client_of(make_app(settings, database), database)


def test_answer(client: FlaskClient) -> None:
    response = client.get(ADDRESS, query_string={"stops": STOPS, "by": "ebike", "k": 2})
    assert response.status_code == 200
    assert response.mimetype == GEOJSON
    assert response.headers["Cache-Control"] == "private, no-store"
    body = response.get_json(force=True)
    route = body["route"]
    assert (route["by"], route["basis"]) == ("ebike", "estimate")
    assert "电动车" in route["basis_note"]["zh"]
    [leg] = route["legs"]
    assert leg["geometry"]["coordinates"] == [list(ENDS[0]), list(ENDS[1])]
    assert leg["seconds"] == round(leg["way_m"] / 4.17) == route["seconds"]
    first, second = body["features"]
    near = client.get(f"/api/v1/nearest?lon={ENDS[0][0]}&lat={ENDS[0][1]}&k=1&arrive=true")
    known = near.get_json(force=True)["features"][0]["properties"]
    told = first["properties"]
    assert set(told) == set(known) | {
        *("by", "added_m", "added_seconds", "after_stop", "along_m", "arrives_at"),
    }
    assert (told["code"], second["properties"]["code"]) == ("T-1", "T-2")
    assert (told["after_stop"], told["added_seconds"], told["along_m"]) == (1, 0, 0.0)
    assert told["walk_m"] == known["walk_m"]
    assert told["open_on_arrival"] is True
    # Links ask for the ride; on foot they do not.
    assert "mode=ride" in told["links"]["amap"]
    assert "apple" not in told["links"]
    on_foot = client.get(ADDRESS, query_string={"stops": STOPS, "k": 1}).get_json(force=True)
    assert on_foot["features"][0]["properties"]["links"] == known["links"]


def test_question_and_answer_are_in_one_datum(client: FlaskClient) -> None:
    moved = [from_wgs84(lon=lon, lat=lat, datum=Datum.GCJ02) for lon, lat in ENDS]
    stops = ";".join(f"{lon:.9f},{lat:.9f}" for lon, lat in moved)
    plain = client.get(ADDRESS, query_string={"stops": STOPS}).get_json(force=True)
    shifted = client.get(ADDRESS, query_string={"stops": stops, "datum": "gcj02"}).get_json(
        force=True
    )
    for one, other in zip(plain["features"], shifted["features"], strict=True):
        assert one["id"] == other["id"]
        assert one["properties"]["added_m"] == pytest.approx(
            other["properties"]["added_m"], abs=0.2
        )
        point = one["geometry"]["coordinates"]
        there = from_wgs84(lon=point[0], lat=point[1], datum=Datum.GCJ02)
        assert other["geometry"]["coordinates"] == pytest.approx(there, abs=1e-6)


def test_a_line(client: FlaskClient) -> None:
    body = client.get(ADDRESS, query_string={"path": STOPS}).get_json(force=True)
    told = {one["id"]: one["properties"] for one in body["features"]}["T-1"]
    assert told["after_stop"] is None
    assert told["along_m"] == pytest.approx(180, abs=11)
    assert len(body["route"]["legs"]) == 1


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ({}, "stops"),
        ({"stops": STOPS, "path": STOPS}, "stops"),
        ({"stops": "120.35,36.07"}, "stops"),
        ({"stops": ";".join(["120.35,36.07"] * 11)}, "stops"),
        ({"stops": "120.35,36.07;120.35,95"}, "stops"),
        ({"stops": "120.35,36.07;abc"}, "stops"),
        ({"stops": "120.35,36.07;2.35,48.85"}, "stops"),
        ({"stops": STOPS, "by": "rocket"}, "by"),
        ({"stops": STOPS, "more_minutes": "0"}, "more_minutes"),
        ({"stops": STOPS, "more_minutes": "600"}, "more_minutes"),
        ({"stops": STOPS, "max_m": "-1"}, "max_m"),
        ({"stops": STOPS, "k": "0"}, "k"),
        ({"stops": STOPS, "kind": "palace"}, "kind"),
        ({"stops": STOPS, "open_at": "soon"}, "open_at"),
        ({"stops": STOPS, "datum": "moon"}, "datum"),
    ],
)
def test_refuses(client: FlaskClient, asked: dict[str, str], parameter: str) -> None:
    problem_of(client.get(ADDRESS, query_string=asked), 422, parameter)


def test_what_is_misspelt_is_refused(client: FlaskClient) -> None:
    problem_of(client.get(ADDRESS, query_string={"stops": STOPS, "opne_at": "now"}), 400)


def test_from_a_terminal(town_template: str, database: Database, geoapp: Command) -> None:
    stops = [part for lon, lat in ENDS for part in ("--stop", f"{lon},{lat}")]
    result = geoapp("along", *stops, "--by", "ebike", "-k", "2")
    assert result.exit_code == 0, result.output
    assert "1. 示例·T-1  [T-1]" in result.output
    assert "就在路上 / right on the way" in result.output
    assert "电动车" in result.output
    told = geoapp("along", *stops, "--json")
    assert '"after_stop":1' in told.output
    refused = geoapp("along", "--stop", "120.35,36.07")
    assert refused.exit_code == 2
