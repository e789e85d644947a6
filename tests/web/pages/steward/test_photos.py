"""Photos of a facility: added, seen by whom they may be, described, ordered, removed, brought back."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.facilities import photos
from geoapp.operations.history.undo import undo_change_set
from geoapp.store.engine import Database
from tests.web.api_client import client_of, make_app


@pytest.fixture
def app(town_template: str, database: Database, settings: Settings) -> Flask:
    return make_app(settings, database)


@pytest.fixture
def steward(app: Flask, database: Database) -> FlaskClient:
    return client_of(app, database, Role.STEWARD)


def _picture(colour: str = "red") -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(file, "PNG")
    file.seek(0)
    return file


def _add(client: FlaskClient, code: str = "T-1", colour: str = "red", **more: str) -> int:
    sent = {"photo": (_picture(colour), "门口.png"), **more}
    return client.post(f"/steward/photos/add/{code}", data=sent).status_code


def _listed(client: FlaskClient, code: str = "T-1") -> list[dict[str, object]]:
    found: list[dict[str, object]] = client.get(f"/api/v1/facilities/{code}").get_json()[
        "properties"
    ]["photos"]
    return found


def test_a_public_photo_is_seen_by_everybody_and_another_by_staff(
    app: Flask, steward: FlaskClient, database: Database
) -> None:
    assert _add(steward, caption_zh="大门", caption_en="Gate", public="yes") == 302
    assert _add(steward, colour="blue", caption_zh="内部") == 302
    anybody, manager = client_of(app, database), client_of(app, database, Role.MANAGER)
    [gate] = _listed(anybody)
    assert {**gate, "id": 0, "href": ""} == {
        "id": 0,
        "href": "",
        "width_px": 60,
        "height_px": 40,
        "caption_zh": "大门",
        "caption_en": "Gate",
        "public": True,
    }
    seen = anybody.get(str(gate["href"]))
    assert (seen.status_code, seen.mimetype) == (200, "image/jpeg")
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert seen.headers["Cache-Control"].startswith("public, max-age=")
    assert Image.open(io.BytesIO(seen.data)).size == (60, 40)
    again = anybody.get(str(gate["href"]), headers={"If-None-Match": seen.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert [one["caption_zh"] for one in _listed(manager)] == ["大门", "内部"]
    inside = str(_listed(manager)[1]["href"])
    kept = manager.get(inside)
    assert (kept.status_code, kept.headers["Cache-Control"]) == (200, "private, no-cache")
    assert anybody.get(inside).status_code == 404
    assert (
        anybody.get(re.sub(r"-\w{16}", "-0123456789abcdef", str(gate["href"]))).status_code == 404
    )
    assert "大门" in steward.get("/steward/facilities/T-1").text
    # What is not published yet is not shown by its photo either.
    with database.session() as session:
        session.execute(text("update facility set status = 'proposed' where code = 'T-1'"))
    assert anybody.get(str(gate["href"])).status_code == 404


def test_described_ordered_removed_and_brought_back(
    steward: FlaskClient, database: Database, settings: Settings
) -> None:
    for colour in ("red", "green", "blue"):
        _add(steward, colour=colour, caption_zh=colour)
    first, _, last = (int(str(one["id"])) for one in _listed(steward))

    def press(number: int, **data: str) -> int:
        return steward.post(f"/steward/photos/{number}", data=data).status_code

    assert press(last, do="earlier") == press(first, do="earlier") == 302
    assert [one["caption_zh"] for one in _listed(steward)] == ["red", "blue", "green"]
    assert press(last, do="describe", caption_zh=" 柜台 ", caption_en="", public="yes") == 302
    assert [(one["caption_zh"], one["public"]) for one in _listed(steward)][1] == ("柜台", True)
    assert press(last, do="remove") == 302
    assert len(_listed(steward)) == 2
    with database.session() as session:
        number = session.execute(text("select max(id) from change_set")).scalar_one()
        # The log tells of the photo, and holds nothing of the picture.
        logged = session.execute(text("select string_agg(before::text, '') from change")).scalar()
        assert "柜台" in logged and len(logged) < 20_000
        assert session.execute(text("select count(*) from photo_content")).scalar_one() == 3
    undo_change_set(database, settings, number)
    back = _listed(steward)[1]
    assert (back["id"], back["caption_zh"]) == (last, "柜台")
    assert steward.get(str(back["href"])).status_code == 200
    assert "照片" in steward.get("/steward/facilities/T-1/history").text
    assert press(last, do="paint") == press(last, do="describe", caption_zh="长" * 201) == 422
    assert press(last + 1, do="remove") == 404


def test_what_cannot_be_stored_is_refused(
    app: Flask, steward: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = {"photo": (io.BytesIO(b"<svg/>"), "a.jpg"), "caption_zh": "东门", "public": "yes"}
    refused = steward.post("/steward/photos/add/T-1", data=sent)
    # On the record's own page, which says what is accepted and keeps what was written beside the photo.
    assert refused.status_code == 422
    assert "照片没有添加：这不是能读的照片：请用 JPEG、PNG 或 WebP。" in refused.text
    assert 'action="/steward/facilities/T-1"' in refused.text
    assert 'value="东门"' in refused.text
    assert 'name="public" value="yes" checked' in refused.text
    there = steward.get("/steward/photos/add/T-1?lang=zh").headers["Location"]
    assert there == "/steward/facilities/T-1#photos"
    assert steward.post("/steward/photos/add/T-1", data={}).status_code == 422
    assert _add(steward, code="T-9") == 404
    monkeypatch.setattr(photos, "MOST_PHOTOS", 1)
    assert (_add(steward), _add(steward, colour="blue")) == (302, 409)
    with database.session() as session:
        session.execute(text("update app_user set regions = '{370299}'"))
    monkeypatch.undo()
    assert _add(steward, colour="blue") == 403
    assert _add(client_of(app, database, Role.PLANNER)) == 403
