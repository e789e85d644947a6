"""Answers that take long: kept while they are true, and made in their own lane."""

import re

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from geoapp.web.edge import heavy
from geoapp.web.edge.heavy import KeptAnswer, KeptAnswers
from geoapp.web.front.environ import (
    FILE_LANE,
    HEAVY_LANE,
    LANE,
    REFUSED,
    RETRY_SECONDS,
    WORK_LANE,
    Refused,
)
from tests.web.api_client import client_of, make_app, problem_of
from tests.web.shown import seed_shown

MAP = "/maps/stations,homes,regions.html"
LAYER = "/layers/stations.geojson"
NAMING = [MAP, f"{MAP}?download=1", LAYER, "/ogc/collections/stations/items"]
KEPT = [
    *NAMING,
    "/api/v1/facilities/T-1/isochrone?metres=400",
    "/coverage.csv",
]


@pytest.fixture
def app(database: Database, settings: Settings) -> Flask:
    seed_shown(database, settings)
    return make_app(settings, database)


def words(answer: TestResponse) -> str:
    """An answer without what is drawn by lot or by the clock."""
    assert answer.status_code == 200
    found = answer.get_data(as_text=True)
    found = re.sub(r'"timeStamp":"[^"]+"', "", found)
    names: dict[str, str] = {}
    return re.sub(r"[0-9a-f]{32}", lambda one: names.setdefault(one[0], f"id-{len(names)}"), found)


def rename(database: Database, name: str) -> None:
    with database.session() as session:
        session.execute(text("update facility set name_zh = :name"), {"name": name})


def test_a_kept_answer_is_the_fresh_one(
    app: Flask, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker = app.test_client()
    first = {path: asker.get(path) for path in KEPT}
    fresh = make_app(settings, database).test_client()
    # From here on, whatever would be made anew fails.
    monkeypatch.setattr(heavy, "take_turn", lambda: pytest.fail("made anew"))
    kept = {path: asker.get(path) for path in KEPT}
    monkeypatch.undo()
    for path in KEPT:
        made_anew = words(fresh.get(path))
        assert words(first[path]) == words(kept[path]) == made_anew, path
        assert first[path].headers["ETag"] == kept[path].headers["ETag"]
        assert {"Cookie", "Accept-Language"} <= set(kept[path].vary.to_header().split(", "))


def test_whoever_has_an_answer_is_told_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    asker = app.test_client()
    tags = {path: asker.get(path).headers["ETag"] for path in KEPT}
    # Also where nothing is kept any more, as after a restart, it need not be made again.
    app.extensions["kept_answers"] = KeptAnswers()
    monkeypatch.setattr(heavy, "take_turn", lambda: pytest.fail("made anew"))
    for path in (MAP, "/coverage.csv"):
        again = asker.get(path, headers={"If-None-Match": tags[path]})
        assert (again.status_code, again.data) == (304, b""), path
        # A policy without the hash of its script would forbid it on the page that the asker has.
        assert "Content-Security-Policy" not in again.headers
    monkeypatch.undo()
    for path in KEPT:
        again = asker.get(path, headers={"If-None-Match": tags[path]})
        assert (again.status_code, again.data) == (304, b""), path


def test_an_edit_is_seen_at_once(app: Flask, database: Database) -> None:
    asker = app.test_client()
    for number, path in enumerate(NAMING):
        name = f"新名字{number}"
        before = asker.get(path)
        rename(database, name)
        after = asker.get(path, headers={"If-None-Match": before.headers["ETag"]})
        assert name not in before.get_data(as_text=True), path
        assert name in after.get_data(as_text=True), path


def test_what_is_kept_is_of_one_language_and_one_role(app: Flask, database: Database) -> None:
    nobody, steward = client_of(app, database), client_of(app, database, Role.STEWARD)
    for path in ("/layers/proposals.geojson", "/maps/proposals.html"):
        assert steward.get(path).status_code == 200
        assert nobody.get(path).status_code in (401, 403, 404)
    chinese = nobody.get(MAP, headers={"Accept-Language": "zh"}).get_data(as_text=True)
    english = nobody.get(MAP, headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "户外劳动者服务站点地图" in chinese
    assert "户外劳动者服务站点地图" not in english


def test_what_must_be_made_moves_to_its_lane_and_what_is_kept_does_not(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker = app.test_client()
    moved = 503  # what the front never sends
    for path in KEPT:
        statuses = [
            asker.get(path, environ_overrides={LANE: lane}).status_code
            for lane in (WORK_LANE, HEAVY_LANE, WORK_LANE)
        ]
        assert statuses == [moved, 200, 200], path
    # A file may take minutes: no map waits behind it.
    lanes: list[str] = []
    monkeypatch.setattr("geoapp.web.ogc.views.take_turn", lanes.append)
    with asker.get("/ogc/collections/stations/items?f=csv") as file:
        assert file.status_code == 200
    assert lanes == [FILE_LANE]


@pytest.mark.parametrize(("why", "status"), [(Refused.BUSY, 503), (Refused.CROWDING, 429)])
def test_what_finds_no_turn_says_so(app: Flask, why: Refused, status: int) -> None:
    asker = app.test_client()
    refused = asker.get(LAYER, environ_overrides={REFUSED: why, RETRY_SECONDS: 70})
    assert "70" in problem_of(refused, status)["detail"]
    assert refused.headers["Retry-After"] == "70"


def test_what_is_kept_has_a_limit_and_the_longest_unasked_goes() -> None:
    kept = KeptAnswers(most_bytes=10_000)
    three = [KeptAnswer(bytes(2_000), ()) for _ in range(3)]
    for number, one in enumerate(three):
        kept.put(str(number), one)
    assert kept.get("0") is three[0]
    kept.put("3", three[0])
    assert [kept.get(str(number)) is not None for number in range(4)] == [True, False, True, True]
    assert kept.size == sum(one.size for one in three)
    kept.put("large", KeptAnswer(bytes(6_000), ()))
    assert kept.get("large") is None


def test_other_settings_are_another_answer(
    app: Flask, database: Database, settings: Settings
) -> None:
    before = app.test_client().get(MAP)
    other = settings.model_copy(update={"basemap_url": "https://tiles.example/{z}/{x}/{y}.png"})
    tag = {"If-None-Match": before.headers["ETag"]}
    after = make_app(other, database).test_client().get(MAP, headers=tag)
    assert after.status_code == 200
    assert "tiles.example" in after.headers["Content-Security-Policy"]
