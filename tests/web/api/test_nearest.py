"""``GET /api/v1/nearest``: the contract, word by word."""

import time
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from geoapp.core.geo import from_wgs84, geodesic_m
from geoapp.core.links import links
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.operations.upkeep.init import initialise
from geoapp.store.cluster.cluster import Cluster
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON, announce_years, seed_town
from tests.web.api_client import GEOJSON, client_of, make_app, problem_of

ADDRESS = "/api/v1/nearest"
HERE = {"lon": TOWN_LON - 0.001, "lat": TOWN_LAT}
PROPERTIES = {
    *("code", "kind", "family", "name", "distance_m", "walk_m", "walk_seconds", "basis", "open"),
    *("entry", "access", "verified_on", "opening_hours", "amenities", "address", "phone", "links"),
}


@pytest.fixture
def client(town_template: str, database: Database, settings: Settings) -> FlaskClient:
    return client_of(make_app(settings, database), database)


def codes(client: FlaskClient, **asked: object) -> list[str]:
    response = client.get(ADDRESS, query_string={**HERE, **asked})
    assert response.status_code == 200, response.get_data(as_text=True)
    return [one["properties"]["code"] for one in response.get_json(force=True)["features"]]


def test_what_is_known_by_its_district_alone_is_counted_where_one_stands(
    client: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geoapp.operations.nearest.snapshot.CHECK_SECONDS", 0.0)

    def told(**asked: object) -> Any:
        return client.get(ADDRESS, query_string={**HERE, **asked}).get_json(force=True)

    assert "unplaced" not in told()
    with database.session() as session:
        session.execute(
            text(
                "update facility set geom = null, position_basis = 'region_only', "
                "region_match = 'given', region_code = '370203' where code in ('T-1', 'T-3', 'T-5')"
            )
        )
    # T-5 is closed.
    found = told()["unplaced"]
    assert (found["count"], found["region"]) == (2, "370203")
    assert "另有 2 处只知道在" in found["note"]["zh"]
    assert told(family="home")["unplaced"]["count"] == 1
    assert told(amenity="microwave")["unplaced"]["count"] == 1
    assert "unplaced" not in told(family="base")
    page = client.post("/finder/results", data=HERE).get_data(as_text=True)
    assert found["note"]["zh"] in page
    # A district that is chosen is told of, wherever one stands, and no other one.
    own = {"own_lon": HERE["lon"], "own_lat": HERE["lat"]}
    page = client.post("/finder/results", data={"place": "370203", **own}).get_data(as_text=True)
    assert found["note"]["zh"] in page
    page = client.post("/finder/results", data={"place": "370202", **own}).get_data(as_text=True)
    assert "只知道在" not in page
    # Whoever stands elsewhere is told nothing of this district.
    assert "unplaced" not in told(lon=HERE["lon"] + 3)
    with database.session() as session:
        session.execute(text("update facility set status = 'suspended' where code = 'T-3'"))
    assert told()["unplaced"]["count"] == 1


def test_by_e_bike_the_way_is_the_walk_and_the_time_that_of_a_ride(client: FlaskClient) -> None:
    def told(**asked: object) -> Any:
        response = client.get(ADDRESS, query_string={**HERE, "k": 3, "arrive": "true", **asked})
        return response.get_json(force=True)

    on_foot, ridden = told(), told(by="ebike")
    for walk, ride in zip(on_foot["features"], ridden["features"], strict=True):
        own, other = walk["properties"], ride["properties"]
        assert other["by"] == "ebike"
        assert other["ride_seconds"] == round(own["walk_m"] / 4.17)
        assert other["links"] == links(
            lon=own["lon"], lat=own["lat"], name=own["name"], riding=True
        )
        for name in ("code", "distance_m", "walk_m", "walk_seconds", "basis"):
            assert other[name] == own[name]
        assert "by" not in own
    # Six kilometres on: no walk, and a ride of half an hour.
    away = {"lon": HERE["lon"] + 0.055}
    assert "beyond_m" in told(**away)
    assert "beyond_m" not in told(**away, by="ebike")
    far = {"lon": HERE["lon"] + 0.4}
    assert "骑电动车 15 公里之内" in told(**far, by="ebike")["beyond_note"]["zh"]
    problem_of(client.get(ADDRESS, query_string={**HERE, "by": "rocket"}), 422, "by")


def test_the_finder_by_e_bike(client: FlaskClient) -> None:
    page = client.post("/finder/results", data={**HERE, "by": "ebike"}).get_data(as_text=True)
    assert "骑行 " in page
    assert "电动车速度" in page
    assert page.index("mode=ride") < page.index("mode=walk")
    on_foot = client.post("/finder/results", data=HERE).get_data(as_text=True)
    assert "骑行 " not in on_foot
    assert on_foot.index("mode=walk") < on_foot.index("mode=ride")
    away = {"lon": HERE["lon"] + 0.055, "lat": HERE["lat"]}
    assert "太远，不宜步行" in client.post("/finder/results", data=away).get_data(as_text=True)
    ridden = client.post("/finder/results", data={**away, "by": "ebike"}).get_data(as_text=True)
    assert "太远" not in ridden
    assert client.get("/?by=rocket").status_code == 422


def test_answer(client: FlaskClient) -> None:
    response = client.get(ADDRESS, query_string={**HERE, "open_at": "2026-11-24T10:00", "k": 1})
    assert response.status_code == 200
    assert response.mimetype == GEOJSON
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in response.headers
    body = response.get_json(force=True)
    assert body["type"] == "FeatureCollection"
    [feature] = body["features"]
    assert feature["type"] == "Feature"
    assert feature["geometry"] == {"type": "Point", "coordinates": [TOWN_LON, TOWN_LAT]}
    got = feature["properties"]
    assert set(got) >= PROPERTIES
    line_m = geodesic_m(HERE["lon"], HERE["lat"], TOWN_LON, TOWN_LAT)
    assert got["code"] == "T-1"
    assert (got["kind"], got["family"]) == ("outdoor_station", "station")
    assert got["distance_m"] == pytest.approx(line_m, abs=0.01)
    assert got["walk_m"] == pytest.approx(1.3 * line_m, abs=0.1)
    assert got["walk_seconds"] == pytest.approx(1.3 * line_m / 1.2, abs=1)
    assert (got["basis"], got["open"], got["entry"]) == ("estimate", True, "open")
    assert got["opening_hours"] == "24/7"
    assert set(got["amenities"]) == {"microwave", "drinking_water"}
    assert set(got["links"]) == {"amap", "baidu", "tencent", "apple", "google"}
    assert got["name"].startswith("示例")


def test_order_and_filters(client: FlaskClient) -> None:
    assert codes(client) == ["T-1", "T-2", "T-3", "T-4"]
    assert codes(client, order="line") == ["T-1", "T-2", "T-3", "T-4"]
    assert codes(client, k=2) == ["T-1", "T-2"]
    assert codes(client, family="home") == ["T-3"]
    assert codes(client, family=["home", "base"]) == ["T-3", "T-4"]
    assert codes(client, family="home,base") == ["T-3", "T-4"]
    assert codes(client, kind="service_base") == ["T-4"]
    assert codes(client, amenity="drinking_water") == ["T-1", "T-2"]
    assert codes(client, amenity=["drinking_water", "microwave"]) == ["T-1"]
    assert codes(client, amenity="toilet") == []
    assert codes(client, max_m=200) == ["T-1"]
    assert codes(client, k=50) == ["T-1", "T-2", "T-3", "T-4"]


def test_may_enter_leaves_out_what_is_known_to_keep_them_out(
    client: FlaskClient, database: Database
) -> None:
    """T-3 states neither for whom it is nor how one gets in: it stays, and says that it is not known."""
    with database.session() as session:
        session.execute(
            text(
                "update facility set access = case code when 'T-1' then 'anyone' "
                "when 'T-2' then 'workers' when 'T-4' then 'members' end"
            )
        )

    def told(**asked: object) -> dict[str, bool | None]:
        response = client.get(ADDRESS, query_string={**HERE, **asked})
        assert response.status_code == 200
        features = response.get_json(force=True)["features"]
        return {one["properties"]["code"]: one["properties"]["may_enter"] for one in features}

    assert told(may_enter="anyone") == {"T-1": True, "T-3": None}
    assert told(may_enter="worker") == {"T-1": True, "T-2": True, "T-3": None}
    assert told(may_enter="member") == {"T-1": True, "T-2": True, "T-3": None, "T-4": True}
    assert told(may_enter="member", without="card") == {"T-1": True, "T-2": True, "T-3": None}
    assert told(without=["card", "qr"]) == told(without="card,qr")
    assert told(without="app") == {"T-1": True, "T-2": True, "T-3": None, "T-4": True}
    assert codes(client, may_enter="worker", surely="true") == ["T-1", "T-2"]
    # Who does not say who they are is anyone: where others alone may enter, nothing is promised.
    assert told(surely="true") == {"T-1": True}
    assert told(without="app", surely="true") == {"T-1": True}
    assert codes(client, may_enter="worker", family="home", open_at="now") == []
    # Nothing is asked, so nothing is said.
    [first] = client.get(ADDRESS, query_string={**HERE, "k": 1}).get_json(force=True)["features"]
    assert "may_enter" not in first["properties"]
    [first] = client.get(ADDRESS, query_string={**HERE, "k": 1, "may_enter": "worker"}).get_json(
        force=True
    )["features"]
    assert first["properties"]["may_enter_note"] == {"zh": "您能进", "en": "You may enter"}
    for wrong in ({"may_enter": "boss"}, {"without": "shoes"}, {"surely": "perhaps"}):
        problem = problem_of(client.get(ADDRESS, query_string={**HERE, **wrong}), 422)
        [(name, value)] = wrong.items()
        assert problem["parameter"] == name
        assert value in str(problem["value"])


def test_a_place_without_a_position_counts_where_one_may_enter_it(
    client: FlaskClient, database: Database
) -> None:
    with database.session() as session:
        session.execute(
            text(
                "update facility set geom = null, position_basis = 'region_only', "
                "region_match = 'given', access = 'members' where code = 'T-2'"
            )
        )

    def told(**asked: object) -> Any:
        return client.get(ADDRESS, query_string={**HERE, **asked}).get_json(force=True)

    assert told(may_enter="member")["unplaced"]["count"] == 1
    assert "unplaced" not in told(may_enter="worker")


def test_open_at_means_known_to_be_open(client: FlaskClient, database: Database) -> None:
    """T-3 states no hours: it is shown as unknown, and left out where open is asked for."""
    announce_years(database)
    assert codes(client, open_at="2026-11-24T10:00") == ["T-1", "T-2", "T-4"]  # a Tuesday
    assert codes(client, open_at="2026-11-24T22:00") == ["T-1"]
    assert codes(client, open_at="2026-11-28T10:00") == ["T-1", "T-2"]  # a Saturday
    # The same moment, with its offset stated; a plus sign that came as a space is understood.
    assert codes(client, open_at="2026-11-24T14:00Z") == ["T-1"]
    assert codes(client, open_at="2026-11-24T22:00+08:00") == ["T-1"]
    answer = client.get(f"{ADDRESS}?lon={TOWN_LON}&lat={TOWN_LAT}&open_at=2026-11-24T22:00+08:00")
    assert len(answer.get_json(force=True)["features"]) == 1
    assert "T-1" in codes(client, open_at="now")
    body = client.get(ADDRESS, query_string=HERE).get_json(force=True)
    states = {one["properties"]["code"]: one["properties"]["open"] for one in body["features"]}
    assert states["T-1"] is True
    assert states["T-3"] is None
    assert isinstance(states["T-4"], bool)


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_datum_goes_both_ways(client: FlaskClient, datum: Datum) -> None:
    plain = client.get(ADDRESS, query_string=HERE).get_json(force=True)["features"]
    lon, lat = from_wgs84(**HERE, datum=datum)
    asked = {"lon": lon, "lat": lat, "datum": datum}
    moved = client.get(ADDRESS, query_string=asked).get_json(force=True)["features"]
    assert len(plain) == len(moved) == 4
    for one, two in zip(plain, moved, strict=True):
        assert one["properties"]["code"] == two["properties"]["code"]
        assert two["properties"]["distance_m"] == pytest.approx(
            one["properties"]["distance_m"], abs=0.02
        )
        stored_lon, stored_lat = one["geometry"]["coordinates"]
        expected = from_wgs84(lon=stored_lon, lat=stored_lat, datum=datum)
        assert two["geometry"]["coordinates"] == pytest.approx(expected, abs=2e-7)
        assert one["properties"]["links"] == two["properties"]["links"]


def test_what_is_not_accepted(client: FlaskClient, subtests: pytest.Subtests) -> None:
    for parameter, value in [
        ("lon", "181"),
        ("lon", "-180.5"),
        ("lon", "nan"),
        ("lon", "inf"),
        ("lon", "abc"),
        ("lon", ""),
        ("lon", "1e999"),
        ("lat", "90.5"),
        ("lat", "NaN"),
        ("lat", "３６度"),
        ("k", "0"),
        ("k", "51"),
        ("k", "-1"),
        ("k", "2.5"),
        ("k", "99999999999999999999999999"),
        ("kind", "palace"),
        ("kind", "palace\x00"),
        ("family", "castle"),
        ("amenity", "swimming_pool"),
        ("datum", "mars"),
        ("max_m", "0"),
        ("max_m", "-3"),
        ("max_m", "nan"),
        ("order", "alphabet"),
        ("open_at", "yesterday"),
        ("open_at", "2026-13-01T00:00"),
        ("open_at", "2026-11-24T25:00"),
        ("open_at", "9999-12-31T23:59"),
        ("open_at", "1" * 65),
    ]:
        with subtests.test(parameter=parameter, value=value):
            response = client.get(ADDRESS, query_string={**HERE, parameter: value})
            body = problem_of(response, 422, parameter)
            if parameter in ("lon", "kind", "k") and len(value) < 60:
                assert body["value"] == value.replace("\x00", "\x00")


def test_a_misspelt_parameter_is_named(client: FlaskClient) -> None:
    response = client.get(ADDRESS, query_string={**HERE, "amenities": "toilet"})
    problem = problem_of(response, 400, "amenities")
    assert "没有参数“amenities”" in problem["detail_zh"]
    assert "amenity" in problem["accepted"]
    assert codes(client, lang="en", k=1) == ["T-1"]


@pytest.mark.parametrize("missing", ["lon", "lat"])
def test_a_position_is_required(client: FlaskClient, missing: str) -> None:
    asked = {name: value for name, value in HERE.items() if name != missing}
    problem_of(client.get(ADDRESS, query_string=asked), 422, missing)


def test_anywhere_on_earth_has_an_answer(client: FlaskClient, subtests: pytest.Subtests) -> None:
    for lon, lat in [(180, 0), (-180, 0), (0, 90), (0, -90), (-180, -90)]:
        with subtests.test(lon=lon, lat=lat):
            found = client.get(ADDRESS, query_string={"lon": lon, "lat": lat}).get_json(force=True)
            distances = [one["properties"]["distance_m"] for one in found["features"]]
            assert len(distances) == 4
            assert distances == sorted(distances)
            assert min(distances) > 1_000_000


def test_other_methods_are_refused(client: FlaskClient) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        response = client.open(ADDRESS, method=method, query_string=HERE)
        problem_of(response, 405)
        assert "GET" in response.headers["Allow"]


def test_no_facilities_is_an_empty_answer(database: Database, settings: Settings) -> None:
    initialise(database)
    assert codes(client_of(make_app(settings, database), database)) == []


def test_a_lost_database_is_503_until_it_is_back(tmp_path: Path, settings: Settings) -> None:
    """The process stays up: 503 and not ready without the store, and answers once it is there."""
    cluster = Cluster(tmp_path / "pg")
    cluster.start()
    database = Database(cluster.parameters())
    try:
        initialise(database)
        seed_town(database)
        client = client_of(make_app(settings, database), database)
        assert codes(client) == ["T-1", "T-2", "T-3", "T-4"]
        cluster.stop()
        # Within the quarter of a second in which a snapshot counts as fresh it may still answer.
        status = 200
        while status == 200:
            response = client.get(ADDRESS, query_string=HERE)
            status = response.status_code
        problem_of(response, 503)
        assert int(response.headers["Retry-After"]) > 0
        ready = client.get("/readyz")
        assert (ready.status_code, ready.get_json()["ready"]) == (503, False)
        assert client.get("/healthz").status_code == 200
        problem_of(client.get("/api/v1/facilities"), 503)
        problem_of(client.get("/api/v1/kinds"), 503)
        cluster.start()
        assert client.get("/readyz").get_json() == {
            "ready": True,
            "database": True,
            "migrated": True,
            "writable": True,
        }
        assert codes(client) == ["T-1", "T-2", "T-3", "T-4"]
    finally:
        database.close()
        cluster.stop()


def test_a_district_is_listed_truly_from_abroad_and_beyond_what_is_listed(
    client: FlaskClient, database: Database
) -> None:
    paris = {"own_lon": 2.35, "own_lat": 48.86, "own_accuracy": 900}
    page = client.post("/finder/results", data={"place": "370203", **paris}).get_data(as_text=True)
    assert "它在海上或境外" in page
    assert "从站点最多的一带列起" in page
    assert "离您近" not in page and "定位不准" not in page
    near = {"own_lon": HERE["lon"], "own_lat": HERE["lat"]}
    page = client.post("/finder/results", data={"place": "370203", **near}).get_data(as_text=True)
    assert "离您近的在前" in page
    with database.session() as session:
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, region_code, geom) "
                "select 'N-' || n, 'outdoor_station', '新站' || n, '370203', "
                "st_setsrid(st_makepoint(120.35, 36.07), 4326) from generate_series(1, 60) n"
            )
        )
    for asked in ({"place": "370203"}, HERE):
        # What was just written past the service is known a moment later.
        until = time.monotonic() + 30
        page = ""
        while "这里最多列 50 处" not in page and time.monotonic() < until:
            page = client.post("/finder/results", data={**asked, "k": 50}).get_data(as_text=True)
        assert "这里最多列 50 处" in page
        page = client.post("/finder/results", data={**asked, "k": 20}).get_data(as_text=True)
        assert "最多列" not in page and 'data-more="40"' in page
    # Without scripts, too, what is folded says how much of it is chosen.
    folded = client.get("/?place=370203&amenity=wifi&what=station&lang=zh").get_data(as_text=True)
    assert '<details class="more-filters">' in folded
    assert "已选 2 项" in folded
