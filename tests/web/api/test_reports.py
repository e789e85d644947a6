"""``POST /api/v1/reports``: taken once from anybody, weighed, and nobody's name kept."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from geoapp.core.settings import Settings
from geoapp.core.voices import Outcome
from geoapp.operations.services.edit import add_offer, add_service
from geoapp.operations.voices.inbox import settle_reports
from geoapp.operations.voices.take import MOST_IN_AN_HOUR
from geoapp.store.engine import Database
from geoapp.store.voices import forget_reports
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.api_client import client_of, make_app, problem_of

NEAREST = f"/api/v1/nearest?lon={TOWN_LON}&lat={TOWN_LAT}&k=1"
HERE = "203.0.113.7"


@pytest.fixture
def client(
    town_template: str, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> FlaskClient:
    # Else a process looks again after a quarter of a second.
    monkeypatch.setattr("geoapp.operations.nearest.snapshot.CHECK_SECONDS", 0.0)
    return client_of(make_app(settings, database, csrf=True), database)


def tell(
    client: FlaskClient, number: int, sender: str = HERE, *, headers: Any = None, **said: Any
) -> TestResponse:
    """Send a report with a key of its number, from an address."""
    body = {"key": f"a-key-of-sixteen-{number}", **said}
    return client.post(
        "/api/v1/reports", json=body, headers=headers, environ_overrides={"REMOTE_ADDR": sender}
    )


def nearest(client: FlaskClient) -> dict[str, Any]:
    properties: dict[str, Any] = client.get(NEAREST).get_json(force=True)["features"][0][
        "properties"
    ]
    return properties


def rows(database: Database, query: str) -> list[Any]:
    with database.session() as session:
        return list(session.execute(text(query)).all())


def test_agreeing_reports_show_in_the_very_next_answers(
    client: FlaskClient, database: Database
) -> None:
    assert nearest(client)["doubtful"] is None
    assert tell(client, 1, code="T-1", kind="shut").status_code == 201
    # The same report again, and another of the same network (an IPv6 host changes its own part).
    assert tell(client, 1, code="T-1", kind="shut").status_code == 200
    assert tell(client, 2, "::ffff:203.0.113.7", code="T-1", kind="moved").status_code == 201
    assert tell(client, 3, HERE, code="T-2", kind="shut").status_code == 201
    assert nearest(client)["doubtful"] is None
    answer = tell(client, 4, "2001:db8:0:1::5", code="T-1", kind="shut").get_json()
    assert answer["new"] is True
    assert answer["doubtful"]["voices"] == 2
    assert nearest(client)["doubtful"] == answer["doubtful"]
    one = client.get("/api/v1/facilities/T-1").get_json(force=True)["properties"]
    assert one["doubtful"] == answer["doubtful"]
    hit = client.get("/api/v1/search?q=T-1").get_json(force=True)["features"][0]["properties"]
    assert "工人反映关着门（2 人" in hit["context_zh"]
    add_service(database, {"code": "L-1", "category": "legal_aid", "name_zh": "劳动争议咨询"})
    add_offer(database, "T-1", {"service": "L-1"})
    found = client.get("/api/v1/search?q=劳动争议咨询").get_json(force=True)["features"]
    helping = [one["properties"] for one in found if one["properties"]["code"] == "T-1"]
    assert "工人反映关着门（2 人" in helping[0]["context_zh"]
    layer = client.get("/layers/stations.geojson").get_json(force=True)["features"]
    told = {one["id"]: one["properties"]["text"].get("注意") for one in layer}
    assert "工人反映关着门（2 人" in (told["T-1"] or "")
    assert told["T-2"] is None
    for number, sender in ((5, "198.51.100.1"), (6, "2001:db8:0:1::9")):
        tell(client, number, sender, code="T-1", kind="open")
    found = nearest(client)
    assert found["doubtful"] is None
    assert found["confirmed_on"] is not None
    assert found["verified_on"] is None
    assert len(rows(database, "select from worker_report")) == 6


def test_nothing_tells_who_it_was(client: FlaskClient, database: Database) -> None:
    for number, code in ((1, "T-1"), (2, "T-2")):
        tell(client, number, code=code, kind="shut", note="门锁着", lon=None)
    (one,), (other,) = rows(database, "select sender from worker_report order by id")
    assert one != other
    kept = repr(rows(database, "select worker_report, report_salt from worker_report, report_salt"))
    kept += repr(rows(database, "select report_count::text from report_count"))
    assert HERE not in kept
    assert HERE.encode().hex() not in kept
    with database.session() as session:
        session.execute(text("update worker_report set at = now() - interval '20 days'"))
        session.execute(text("update report_count set at = now() - interval '61 minutes'"))
        forget_reports(session, days=14, keep_days=30)
    assert rows(database, "select from report_count") == []
    assert rows(database, "select sender, note from worker_report") == [(None, "门锁着")] * 2
    assert rows(database, "select from report_salt") == []
    with database.session() as session:
        forget_reports(session, days=14, keep_days=19)
    assert rows(database, "select note, key from worker_report") == [(None, None)] * 2


def test_what_waited_on_a_phone_is_of_when_it_was_made(
    client: FlaskClient, database: Database, settings: Settings
) -> None:
    hour, day = 3600, 86_400
    # One found it open an hour ago: that one had found it shut before counts no more.
    tell(client, 1, "198.51.100.1", code="T-1", kind="open", age_seconds=hour)
    for number, age in ((2, 2 * hour), (3, 0)):
        sender = f"198.51.100.{number}"
        late = tell(client, number, sender, code="T-1", kind="shut", age_seconds=age)
        assert late.get_json()["doubtful"] is None
    # The same place, shut since the day before yesterday and told of today.
    for number in (4, 5):
        found = tell(
            client, number, f"198.51.100.{number}", code="T-2", kind="shut", age_seconds=2 * day
        )
    # What was lost on the way back is answered as done, however long it took.
    again = tell(
        client, 5, "198.51.100.5", code="T-2", kind="shut", age_seconds=20 * day
    ).get_json()
    assert (again["new"], again["doubtful"]) == (False, found.get_json()["doubtful"])
    assert rows(
        database,
        "select distinct r.sent_at - r.at = interval '2 days', "
        "v.doubt_since = (r.at at time zone 'Asia/Shanghai')::date "
        "from facility_voice v join worker_report r using (facility_id) where v.doubt is not null",
    ) == [(True, True)]
    # Settled meanwhile: staff see it, and it makes nothing doubtful.
    settle_reports(database, settings, "T-2", 1_000, Outcome.DISMISSED)
    for number in (6, 7):
        late = tell(
            client, number, f"198.51.100.{number}", code="T-2", kind="shut", age_seconds=hour
        )
        assert late.get_json()["doubtful"] is None
    assert rows(
        database, "select count(*) from worker_report where care and settled_at is null"
    ) == [(4,)]
    # Stars are of the day on which they were given.
    tell(client, 8, code="T-1", stars=5, age_seconds=3 * day)
    assert rows(
        database,
        "select day = (at at time zone 'Asia/Shanghai')::date, sent_at - at = interval '3 days' "
        "from opinion_poll join worker_report using (facility_id) where rated",
    ) == [(True, True)]
    for age, number in ((14 * day + 1, 9), (-1, 10)):
        problem_of(
            tell(client, number, code="T-1", kind="open", age_seconds=age), 422, "age_seconds"
        )


def test_a_doubt_outlives_the_days_within_which_it_came(
    client: FlaskClient, database: Database
) -> None:
    for number in (1, 2):
        tell(client, number, f"198.51.100.{number}", code="T-1", kind="moved")
    with database.session() as session:
        session.execute(text("update worker_report set at = at - interval '20 days'"))
        session.execute(text("update facility_voice set doubt_since = doubt_since - 20"))
        forget_reports(session, days=14, keep_days=15)
    answer = tell(client, 3, "198.51.100.3", code="T-1", kind="shut").get_json()
    assert (answer["doubtful"]["kind"], answer["doubtful"]["voices"]) == ("moved", 3)


def test_stars_are_kept_as_sums(client: FlaskClient, database: Database) -> None:
    assert tell(client, 1, code="T-1", stars=4, missing="microwave").get_json()["rated"] is True
    assert tell(client, 2, code="T-1", stars=1).get_json()["rated"] is False
    assert tell(client, 3, "198.51.100.9", code="T-1", kind="open", stars=4).get_json()["rated"]
    assert rows(database, "select stars, n from opinion_poll") == [(4, 2)]
    problem_of(tell(client, 4, code="T-1", missing="bed"), 422, "missing")
    problem_of(tell(client, 5, code="T-1", stars=6), 422, "stars")
    problem_of(tell(client, 6, code="T-1"), 422, "kind")
    refused = problem_of(tell(client, 6, code="T-1", kind="x"), 422, "kind")
    assert refused["accepted_zh"].endswith("'wrong' 或 'suggest' 之一")
    # JSON's true is no single star, nor a longitude.
    problem_of(tell(client, 7, code="T-1", stars=True), 422, "stars")
    problem_of(tell(client, 8, kind="suggest", lon=True, lat=36.0), 422, "lon")
    assert rows(database, "select stars, n from opinion_poll") == [(4, 2)]


def test_a_suggestion_needs_to_say_where(client: FlaskClient, database: Database) -> None:
    problem_of(tell(client, 1, kind="suggest", name="新驿站"), 422, "where")
    problem_of(tell(client, 2, kind="suggest", code="T-1", where="东门"), 422, "code")
    problem_of(tell(client, 3, kind="suggest", lon=TOWN_LON), 422, "lat")
    for region in ("999999", "370203\x00"):
        refused = tell(client, 7, kind="suggest", where="东门岗亭", region=region)
        problem_of(refused, 422, "region")
    problem_of(tell(client, 8, kind="suggest", where="东门", missing="microwave"), 422, "missing")
    assert tell(client, 4, kind="suggest", where="东门岗亭").status_code == 201
    assert tell(client, 5, kind="suggest", lon=TOWN_LON, lat=TOWN_LAT).status_code == 201
    assert rows(database, "select region_code from worker_report order by id") == [
        (None,),
        ("370203",),
    ]
    problem_of(tell(client, 6, code="none", kind="shut"), 404)


def test_too_many_from_one_network_wait(client: FlaskClient) -> None:
    for number in range(MOST_IN_AN_HOUR):
        assert tell(client, number, code="T-1", kind="full").status_code == 201
    refused = tell(client, 100, code="T-1", kind="full")
    problem_of(refused, 429)
    assert 3500 < int(refused.headers["Retry-After"]) <= 3600
    # What was queued and is sent again is no new report.
    assert tell(client, 0, code="T-1", kind="full").status_code == 200
    assert tell(client, 101, "198.51.100.9", code="T-1", kind="full").status_code == 201


def test_other_sites_cannot_make_their_visitors_report(client: FlaskClient) -> None:
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
    ):
        problem_of(tell(client, 1, code="T-1", kind="shut", headers=headers), 403)
    for number, headers in enumerate(({"Sec-Fetch-Site": "same-origin"}, {"Origin": "null"}, {})):
        assert tell(client, number, code="T-1", kind="shut", headers=headers).status_code == 201
    plain = client.post(
        "/api/v1/reports",
        data='{"key": "a-key-of-sixteen-9", "code": "T-1", "kind": "shut"}',
        content_type="text/plain",
    )
    problem_of(plain, 415)
