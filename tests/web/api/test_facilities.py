"""``/api/v1/facilities``: pages, one facility, and edits guarded by versions."""

from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from geoapp.core.geo import from_wgs84, geodesic_m
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.api_client import GEOJSON, client_of, make_app, problem_of

ADDRESS = "/api/v1/facilities"
NEW = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [120.3551, 36.0712]},
    "properties": {
        "code": "N-1",
        "kind": "outdoor_station",
        "name_zh": "新站",
        "opening_hours": "8:00-18:00",
        "amenities": ["microwave"],
    },
}


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


@pytest.fixture
def anybody(town: Database, settings: Settings) -> FlaskClient:
    return client_of(make_app(settings, town), town)


@pytest.fixture
def steward(town: Database, settings: Settings) -> FlaskClient:
    return client_of(make_app(settings, town), town, Role.STEWARD)


def codes(client: FlaskClient, **asked: object) -> list[str]:
    response = client.get(ADDRESS, query_string=asked)
    assert response.status_code == 200, response.get_data(as_text=True)
    assert response.mimetype == GEOJSON
    return [one["properties"]["code"] for one in response.get_json(force=True)["features"]]


def feature_of(client: FlaskClient, code: str, **asked: object) -> dict[str, Any]:
    response = client.get(f"{ADDRESS}/{code}", query_string=asked)
    assert response.status_code == 200
    body: dict[str, Any] = response.get_json(force=True)
    return body


def test_filters(anybody: FlaskClient) -> None:
    everything = ["T-1", "T-2", "T-3", "T-4", "T-5", "T-6"]
    assert codes(anybody) == everything
    assert codes(anybody, region="370203") == everything
    assert codes(anybody, region="370200") == everything
    assert codes(anybody, kind="service_base") == ["T-4"]
    assert codes(anybody, family="home") == ["T-3"]
    assert codes(anybody, status="suspended") == ["T-6"]
    west, south = TOWN_LON - 0.0005, TOWN_LAT - 0.0005
    assert codes(anybody, bbox=f"{west},{south},{west + 0.001},{south + 0.001}") == ["T-1"]


def test_pages_hold_each_facility_once(anybody: FlaskClient) -> None:
    seen: list[str] = []
    asked: dict[str, object] = {"limit": 4}
    pages = 0
    while True:
        body = anybody.get(ADDRESS, query_string=asked).get_json(force=True)
        assert body["numberReturned"] == len(body["features"]) <= 4
        seen += [one["id"] for one in body["features"]]
        pages += 1
        if body["cursor"] is None:
            break
        asked["cursor"] = body["cursor"]
    assert seen == ["T-1", "T-2", "T-3", "T-4", "T-5", "T-6"]
    assert pages == 2
    assert len(codes(anybody, limit=6)) == 6


def test_what_is_not_accepted(anybody: FlaskClient, subtests: pytest.Subtests) -> None:
    for parameter, value in [
        ("bbox", "1,2,3"),
        ("bbox", "a,b,c,d"),
        ("bbox", "1,2,nan,4"),
        ("bbox", "1_0,2,30,4"),
        ("bbox", "١,2,3,4"),
        ("bbox", "10,0,5,1"),
        ("bbox", "0,0,181,1"),
        ("kind", "palace"),
        ("family", "castle"),
        ("region", "999999"),
        ("status", "haunted"),
        ("limit", "0"),
        ("limit", "1001"),
        ("limit", "ten"),
        ("cursor", "%%%"),
        ("cursor", "AA"),
        ("cursor", "汉"),
        ("datum", "mars"),
    ]:
        with subtests.test(parameter=parameter, value=value):
            response = anybody.get(ADDRESS, query_string={parameter: value})
            assert problem_of(response, 422)["parameter"].startswith(parameter)


def test_one_facility(anybody: FlaskClient) -> None:
    feature = feature_of(anybody, "T-1")
    assert feature["type"] == "Feature"
    assert feature["geometry"]["coordinates"] == [TOWN_LON, TOWN_LAT]
    got = feature["properties"]
    assert got["amenities"] == ["microwave", "drinking_water"]
    assert got["no_amenities"] == ["toilet"]
    assert got["region"] == "370203"
    assert set(got["links"]) == {"amap", "baidu", "tencent", "apple", "google"}
    shown = feature_of(anybody, "T-1", datum="gcj02")["geometry"]["coordinates"]
    assert shown == pytest.approx(from_wgs84(lon=TOWN_LON, lat=TOWN_LAT, datum=Datum.GCJ02))


def test_unknown_code(anybody: FlaskClient, subtests: pytest.Subtests) -> None:
    for code in ["NOPE", "汉字", "a%00b", "%27%3B--", "x" * 199]:
        with subtests.test(code=code):
            problem_of(anybody.get(f"{ADDRESS}/{code}"), 404)


def test_unpublished_facilities_are_for_those_signed_in(
    anybody: FlaskClient, steward: FlaskClient, town: Database
) -> None:
    with town.session() as session:
        session.execute(text("update facility set status = 'proposed' where code = 'T-1'"))
    assert "T-1" not in codes(anybody)
    problem_of(anybody.get(f"{ADDRESS}/T-1"), 404)
    assert codes(anybody, status="proposed") == []
    assert "T-1" in codes(steward)
    assert feature_of(steward, "T-1")["properties"]["status"] == "proposed"


def test_caching(anybody: FlaskClient, steward: FlaskClient, town: Database) -> None:
    for address in (ADDRESS, f"{ADDRESS}/T-1"):
        first = anybody.get(address)
        assert first.headers["Cache-Control"].startswith("public")
        tag = first.headers["ETag"]
        again = anybody.get(address, headers={"If-None-Match": tag})
        # One facility's answer also tells of parts and organisations, whose changes its version,
        # which edits name, does not count: it is sent again.
        assert again.status_code == (304 if address == ADDRESS else 200)
        assert again.headers["ETag"] == tag
        with town.session() as session:
            session.execute(text("update facility set phone = phone || '1' where code = 'T-1'"))
            session.execute(text("update facility set phone = '1' where code = 'T-1'"))
        changed = anybody.get(address, headers={"If-None-Match": tag})
        assert changed.status_code == 200
        assert changed.headers["ETag"] != tag
        # What is shown to those signed in may hold more, and is nobody else's to keep.
        assert "private" in steward.get(address).headers["Cache-Control"]


def test_hours_that_nobody_can_read_are_kept_and_unknown(
    steward: FlaskClient, anybody: FlaskClient
) -> None:
    body = {"type": "Feature", "properties": {"opening_hours": "随所在单位"}}
    answer = steward.patch(f"{ADDRESS}/T-1", json=body, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    kept = answer.get_json(force=True)["properties"]
    assert kept["opening_hours"] == '"随所在单位"'
    near = anybody.get("/api/v1/nearest?lon=120.35&lat=36.07&k=50").get_json(force=True)
    [found] = [one["properties"] for one in near["features"] if one["id"] == "T-1"]
    assert found["open"] is None
    assert "随所在单位" in found["open_note"]["zh"]


def test_add_change_and_remove(steward: FlaskClient, anybody: FlaskClient) -> None:
    added = steward.post(ADDRESS, json=NEW)
    assert added.status_code == 201, added.get_data(as_text=True)
    assert added.mimetype == GEOJSON
    assert added.headers["Location"] == f"{ADDRESS}/N-1"
    got = added.get_json(force=True)["properties"]
    assert "08:00-18:00" in got["opening_hours"]
    assert (got["region"], got["status"]) == ("370203", "open")
    # Everybody sees it at once, also in nearest.
    assert "N-1" in codes(anybody)
    near = anybody.get("/api/v1/nearest?lon=120.3551&lat=36.0712&k=1").get_json(force=True)
    assert near["features"][0]["id"] in ("N-1", "T-4")
    problem_of(steward.post(ADDRESS, json=NEW), 409)

    tag = steward.get(f"{ADDRESS}/N-1").headers["ETag"]
    assert tag == added.headers["ETag"]
    change = {"type": "Feature", "properties": {"phone": "0532 1", "amenities": None}}
    changed = steward.patch(f"{ADDRESS}/N-1", json=change, headers={"If-Match": tag})
    assert changed.status_code == 200, changed.get_data(as_text=True)
    got = changed.get_json(force=True)["properties"]
    assert (got["phone"], got["amenities"], got["name_zh"]) == ("0532 1", [], "新站")
    newer = changed.headers["ETag"]
    assert newer != tag

    # The version that somebody else still has in hand is stale now.
    stale = {"If-Match": tag}
    problem_of(steward.patch(f"{ADDRESS}/N-1", json=change, headers=stale), 409)
    problem_of(steward.delete(f"{ADDRESS}/N-1", headers=stale), 409)
    removed = steward.delete(f"{ADDRESS}/N-1", headers={"If-Match": newer})
    assert (removed.status_code, removed.get_data()) == (204, b"")
    problem_of(anybody.get(f"{ADDRESS}/N-1"), 404)
    problem_of(steward.delete(f"{ADDRESS}/N-1", headers={"If-Match": "*"}), 404)


def test_what_was_read_can_be_sent_back(steward: FlaskClient) -> None:
    response = steward.get(f"{ADDRESS}/T-2")
    tag = {"If-Match": response.headers["ETag"]}
    sent = steward.patch(f"{ADDRESS}/T-2", json=response.get_json(force=True), headers=tag)
    assert sent.status_code == 200, sent.get_data(as_text=True)
    before, after = response.get_json(force=True), sent.get_json(force=True)
    for feature in (before, after):
        feature["properties"].pop("updated_at", None)
        feature["properties"].pop("rev", None)
    assert after == before


def test_an_edit_in_another_datum(steward: FlaskClient) -> None:
    lon, lat = from_wgs84(lon=120.352, lat=36.0733, datum=Datum.GCJ02)
    body = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}}
    sent = steward.patch(f"{ADDRESS}/T-1?datum=gcj02", json=body, headers={"If-Match": "*"})
    assert sent.status_code == 200, sent.get_data(as_text=True)
    stored = feature_of(steward, "T-1")["geometry"]["coordinates"]
    assert geodesic_m(*stored, 120.352, 36.0733) < 0.02
    # An edit of words alone leaves the position exactly where it was.
    words = {"type": "Feature", "properties": {"address": "x"}}
    steward.patch(f"{ADDRESS}/T-1?datum=gcj02", json=words, headers={"If-Match": "*"})
    assert feature_of(steward, "T-1")["geometry"]["coordinates"] == stored


@pytest.mark.parametrize("tag", [None, "abc", '"abc"', '"1", "2"', "9" * 30])
def test_an_edit_names_its_version(steward: FlaskClient, tag: str | None) -> None:
    headers = {} if tag is None else {"If-Match": tag}
    body = {"type": "Feature", "properties": {"phone": "1"}}
    problem_of(steward.patch(f"{ADDRESS}/T-1", json=body, headers=headers), 422, "If-Match")
    problem_of(steward.delete(f"{ADDRESS}/T-1", headers=headers), 422, "If-Match")


def test_properties_that_are_not_accepted(steward: FlaskClient, subtests: pytest.Subtests) -> None:
    for properties, parameter in [
        ({"kind": "palace"}, "kind"),
        ({"amenities": ["swimming_pool"]}, "amenities"),
        ({"opening_hours": {"Mo": "08:00-18:00"}}, "opening_hours"),
        ({"status": "haunted"}, "status"),
        ({"opened_on": "soon"}, "opened_on"),
        ({"verified_on": "2100-01-01"}, "verified_on"),
        ({"capacity": "many"}, "capacity"),
        ({"name_zh": ""}, "name_zh"),
        ({"code": "T-2"}, "code"),
        ({"colour": "red"}, "colour"),
        ({"lon": 999, "lat": 0}, "lon"),
        ({"region_match": "inside!"}, "region_match"),
    ]:
        with subtests.test(properties=properties, parameter=parameter):
            before = feature_of(steward, "T-1")
            body = {"type": "Feature", "properties": properties}
            response = steward.patch(f"{ADDRESS}/T-1", json=body, headers={"If-Match": "*"})
            problem_of(response, 422, parameter)
            assert feature_of(steward, "T-1") == before


def test_geometries_that_are_not_accepted(steward: FlaskClient, subtests: pytest.Subtests) -> None:
    for geometry in [
        {},
        {"type": "Point"},
        {"type": "Point", "coordinates": []},
        {"type": "Point", "coordinates": ["a", "b"]},
        {"type": "Point", "coordinates": [1e400, 0]},
        {"type": "LineString", "coordinates": [[120, 36], [121, 36]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
        {"type": "Blob", "coordinates": [120.3, 36]},
        {"type": "Point", "coordinates": [[[[[[120.3]]]]]]},
    ]:
        with subtests.test(geometry=geometry):
            response = steward.post(ADDRESS, json={**NEW, "geometry": geometry})
            problem_of(response, 422)
            problem_of(steward.get(f"{ADDRESS}/N-1"), 404)


def test_bodies_that_are_not_accepted(steward: FlaskClient, subtests: pytest.Subtests) -> None:
    for body in ["", "[]", "null", "{", '"x"', '{"type": "Feature"}', "\x00"]:
        with subtests.test(body=body):
            response = steward.post(ADDRESS, data=body, content_type="application/json")
            assert response.status_code in (400, 422), response.get_data(as_text=True)
            problem_of(response, response.status_code)


@pytest.mark.parametrize("role", [None, *Role])
def test_who_may_edit(town: Database, settings: Settings, role: Role | None) -> None:
    client = client_of(make_app(settings, town), town, role)
    expected = {None: 401, Role.STEWARD: 201, Role.ADMIN: 201}.get(role, 403)
    response = client.post(ADDRESS, json=NEW)
    assert response.status_code == expected
    words = {"type": "Feature", "properties": {"phone": "1"}}
    any_version = {"If-Match": "*"}
    changed = client.patch(f"{ADDRESS}/T-1", json=words, headers=any_version)
    removed = client.delete(f"{ADDRESS}/T-1", headers=any_version)
    if expected == 201:
        assert (changed.status_code, removed.status_code) == (200, 204)
    else:
        problem_of(response, expected)
        problem_of(changed, expected)
        problem_of(removed, expected)
        assert feature_of(client, "T-1")["properties"]["phone"] is None


def test_any_code_has_an_address(steward: FlaskClient) -> None:
    code = "A-1 甲?#%&+@.;"
    new = {**NEW, "properties": {**NEW["properties"], "code": code}}
    added = steward.post(ADDRESS, json=new)
    assert added.status_code == 201
    found = steward.get(added.headers["Location"])
    assert found.get_json(force=True)["properties"]["code"] == code
    removed = steward.delete(added.headers["Location"], headers={"If-Match": found.headers["ETag"]})
    assert removed.status_code == 204


def test_a_slash_is_refused_and_stored_codes_keep_their_address(
    steward: FlaskClient, town: Database
) -> None:
    for code in ("A/1", "T-1/isochrone", "A／1"):
        new = {**NEW, "properties": {**NEW["properties"], "code": code}}
        problem_of(steward.post(ADDRESS, json=new), 422, "code")
    with town.session() as session:
        session.execute(text("update facility set code = 'A/1 甲' where code = 'T-4'"))
    address = f"{ADDRESS}/{quote('A/1 甲', safe='')}"
    found = steward.get(address)
    assert found.get_json(force=True)["properties"]["code"] == "A/1 甲"
    removed = steward.delete(address, headers={"If-Match": found.headers["ETag"]})
    assert removed.status_code == 204


def test_an_address_below_a_facility_is_no_facility(steward: FlaskClient) -> None:
    before = codes(steward)
    for below in ("isochrone", "anything"):
        changed = steward.patch(
            f"{ADDRESS}/T-1/{below}", json={"properties": {"phone": "1"}}, headers={"If-Match": "*"}
        )
        problem_of(changed, 404)
    assert codes(steward) == before
    assert feature_of(steward, "T-1")["properties"]["phone"] is None


def test_members_that_a_feature_has_not_are_refused(steward: FlaskClient) -> None:
    """Properties beside "properties" would otherwise be lost without a word."""
    for body in ({"phone": "1"}, {"properties": {"phone": "1"}, "name_zh": "新"}):
        changed = steward.patch(f"{ADDRESS}/T-1", json=body, headers={"If-Match": "*"})
        problem = problem_of(changed, 422, list(body)[-1])
        assert "properties" in problem["accepted"]
    problem_of(steward.post(ADDRESS, json={**NEW, "phone": "1"}), 422, "phone")
    changed = steward.patch(
        f"{ADDRESS}/T-1", json={"properties": {"telefone": "1"}}, headers={"If-Match": "*"}
    )
    assert "phone" in problem_of(changed, 422, "telefone")["accepted"]
    assert feature_of(steward, "T-1")["properties"]["phone"] is None
    sent_back = feature_of(steward, "T-1")
    kept = steward.patch(f"{ADDRESS}/T-1", json=sent_back, headers={"If-Match": "*"})
    assert kept.status_code == 200


def test_a_status_follows_the_table(steward: FlaskClient) -> None:
    """T-1 is in service: it closes by way of a suspension, and is not opened again."""

    def become(status: str) -> TestResponse:
        body = {"type": "Feature", "properties": {"status": status}}
        return steward.patch(f"{ADDRESS}/T-1", json=body, headers={"If-Match": "*"})

    refused = problem_of(become("proposed"), 409)
    assert "suspended" in refused["detail"]
    assert "暂停" in refused["detail_zh"]
    assert feature_of(steward, "T-1")["properties"]["status"] == "open"
    for status in ("open", "suspended", "open", "suspended", "closed"):
        answer = become(status)
        assert answer.status_code == 200, answer.get_data(as_text=True)
    for status in ("open", "suspended", "approved", "proposed"):
        problem_of(become(status), 409)

    # What has not opened is not in service, whichever of the two is said last.
    def change(code: str, **properties: str) -> TestResponse:
        body = {"type": "Feature", "properties": properties}
        return steward.patch(f"{ADDRESS}/{code}", json=body, headers={"If-Match": "*"})

    early = problem_of(change("T-2", opened_on="2199-01"), 422)
    assert "已批准" in early["detail_zh"]
    planned = {"code": "N-9", "status": "approved", "opened_on": "2199-01"}
    body = {**NEW, "properties": {**NEW["properties"], **planned}}
    assert steward.post(ADDRESS, json=body).status_code == 201
    assert change("N-9", opened_on="2199-05").status_code == 200
    assert "2199-05-01" in problem_of(change("N-9", status="open"), 422)["detail"]
    assert change("N-9", status="open", opened_on="2020-01-01").status_code == 200
    # What is entered begins in any state; no opening day is made up for it.
    body = {**NEW, "properties": {**NEW["properties"], "status": "suspended"}}
    added = steward.post(ADDRESS, json=body)
    assert (added.status_code, added.get_json()["properties"]["opened_on"]) == (201, None)


def test_as_of_a_day_what_is_known_and_what_may_have_been(
    anybody: FlaskClient, steward: FlaskClient, town: Database
) -> None:
    with town.session() as session:
        for code, set_to in (
            ("T-1", "opened_on = '2014-01-01', opened_basis = 'year'"),
            ("T-2", "opened_on = '2015-01-01', opened_basis = 'year'"),
            ("T-4", "opened_on = '2016-03-01'"),
            ("T-5", "opened_on = '2012-05-01', closed_on = '2020-06-01', closed_basis = 'month'"),
        ):
            session.execute(text(f"update facility set {set_to} where code = '{code}'"))

    def standing(day: str, **asked: object) -> dict[str, str]:
        response = anybody.get(ADDRESS, query_string={"as_of": day, **asked})
        answer = response.get_json(force=True)
        found = {one["id"]: one["properties"]["as_of"]["standing"] for one in answer["features"]}
        counts = [list(found.values()).count(one) for one in ("known", "possible")]
        assert [answer["as_of"]["known"], answer["as_of"]["possible"]] == counts
        assert answer["as_of"]["day"] == day
        return found

    # T-3 is open and T-6 suspended, nobody knows since when: never more than possible.
    undated = {"T-3": "possible", "T-6": "possible"}
    assert standing("2015-06-01") == {"T-1": "known", "T-2": "possible", "T-5": "known"} | undated
    assert standing("2014-12-31") == {"T-1": "known", "T-5": "known"} | undated
    assert standing("2020-06-15")["T-5"] == "possible"
    assert "T-5" not in standing("2020-06-30")
    assert standing("2020-07-01", status="closed") == {"T-5": "known"}
    assert standing("2016-03-01", family="base") == {"T-4": "known"}
    one = feature_of(anybody, "T-6", as_of="2015-06-01")["properties"]["as_of"]
    assert one == {"day": "2015-06-01", "standing": "possible", "statuses": ["open", "suspended"]}
    one = feature_of(anybody, "T-4", as_of="2016-02-29")["properties"]
    assert one["as_of"] == {"day": "2016-02-29", "standing": "no", "statuses": []}
    [state] = one["states"]
    assert (state["status"], state["since"], state["basis"]) == ("open", "2016-03-01", "known")
    assert "as_of" not in feature_of(anybody, "T-4")["properties"]
    for wrong in ("2999-01-01", "yesterday", "2015-13-01", "0001-01-01"):
        problem_of(anybody.get(ADDRESS, query_string={"as_of": wrong}), 422)
        problem_of(anybody.get(f"{ADDRESS}/T-1", query_string={"as_of": wrong}), 422)
    # That it was planned once is not for everybody.
    planned = NEW | {"properties": NEW["properties"] | {"status": "proposed"}}  # type: ignore[dict-item]
    assert steward.post(ADDRESS, json=planned).status_code == 201
    change = {"properties": {"status": "open"}}
    changed = steward.patch(f"{ADDRESS}/N-1", json=change, headers={"If-Match": "*"})
    assert changed.status_code == 200
    for client, seen in ((anybody, ["open"]), (steward, ["proposed", "open"])):
        one = feature_of(client, "N-1", as_of="2015-06-01")["properties"]
        assert one["as_of"]["statuses"] == [state["status"] for state in one["states"]] == seen
