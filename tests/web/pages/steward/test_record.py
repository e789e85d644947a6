"""One record in the steward's browser: changed beside the map, by two people at once, refused well."""

import html
import io
import re

import pytest
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import text
from werkzeug.test import TestResponse

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.words import ENTRY_TEXT, Entry
from geoapp.operations.facilities.photos import add_photo
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON, seed_town
from tests.web.api_client import client_of, make_app
from tests.web.conftest import Site, Visit, fits, serious_violations, sign_in


@pytest.fixture
def client(town_template: str, database: Database, settings: Settings) -> FlaskClient:
    return client_of(make_app(settings, database), database, Role.STEWARD)


def _form(client: FlaskClient, code: str) -> dict[str, str]:
    """Return the fields of a record's form as a browser would send them."""
    page = client.get(f"/steward/facilities/{code}").get_data(as_text=True)
    [form] = re.findall(
        r'<form class="stack" method="post" action="[^"]*facilities.*?</form>', page, re.S
    )
    fields = {
        name: html.unescape(value)
        for name, value in re.findall(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', form)
        if not name.startswith("amenity-")
    }
    for name, value in re.findall(r'<textarea[^>]*? name="([^"]+)"[^>]*>([^<]*)<', form):
        fields[name] = html.unescape(value)
    for name, value in re.findall(r'name="(amenity-[^"]+)" value="([^"]*)" checked', form):
        fields[name] = value
    for name, body in re.findall(r'<select[^>]*? name="([^"]+)".*?>(.*?)</select>', form, re.S):
        fields[name] = next(iter(re.findall(r'value="([^"]*)" selected', body)), "")
    return fields


def _picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(file, "PNG")
    return file.getvalue()


def _delete(client: FlaskClient, page: str, reason: str = "") -> int:
    """Press "delete" on a page as it was opened; return the answer's status."""
    [form] = [
        one for one in re.findall(r"<form.*?</form>", page, re.S) if "/steward/delete/" in one
    ]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    [address] = re.findall(r'action="([^"]*)"', form)
    return client.post(address, data=fields | {"reason": reason}).status_code


def _send(client: FlaskClient, code: str, fields: dict[str, str]) -> TestResponse:
    return client.post(f"/steward/facilities/{code}", data=fields)


def _row(database: Database, code: str, columns: str) -> tuple[object, ...]:
    with database.session() as session:
        found = session.execute(
            text(f"select {columns} from facility where code = :code"), {"code": code}
        )
        return tuple(found.one())


def test_sending_the_form_as_it_is_changes_nothing(client: FlaskClient, database: Database) -> None:
    for code in ("T-1", "T-3", "T-4"):
        before = _row(database, code, "rev")
        assert _send(client, code, _form(client, code)).status_code == 302
        assert _row(database, code, "rev") == before


def test_every_field_is_saved(client: FlaskClient, database: Database) -> None:
    fields = _form(client, "T-1") | {
        "name_zh": "新名字",
        "kind": "worker_home",
        "status": "suspended",
        "status_note": "装修到年底",
        "opening_hours": "周一至周五 9:00-17:00",
        "lon": f"{TOWN_LON + 0.002:.7f}",
        "amenity-microwave": "",
        "amenity-toilet": "yes",
        "amenity-wifi": "no",
        "capacity": "12",
        "verified_on": "2026-11-01",
        "entry": "",
        "phone": "0532-88880001",
        "reason": "现场<看过>",
    }
    too_long = _send(client, "T-1", fields | {"reason": "长" * 501})
    assert (too_long.status_code, "长" * 501 in too_long.text) == (422, True)
    assert _send(client, "T-1", fields).status_code == 302
    assert "原因：现场&lt;看过&gt;" in client.get("/steward/facilities/T-1/history").text
    assert _row(
        database,
        "T-1",
        "name_zh, kind_code, status, opening_hours_raw, st_x(geom), st_y(geom), capacity, "
        "verified_on::text, entry, phone, status_note",
    ) == (
        "新名字",
        "worker_home",
        "suspended",
        "周一至周五 9:00-17:00",
        pytest.approx(TOWN_LON + 0.002),
        pytest.approx(TOWN_LAT),
        12,
        "2026-11-01",
        None,
        "0532-88880001",
        "装修到年底",
    )
    there, absent = _row(database, "T-1", "amenities, no_amenities")
    assert (set(there), set(absent)) == ({"drinking_water", "toilet"}, {"wifi"})  # type: ignore[call-overload]


def test_what_is_refused_loses_nothing_that_was_typed(
    client: FlaskClient, database: Database, subtests: pytest.Subtests
) -> None:
    for field, value in [
        ("name_zh", ""),
        ("lon", "200"),
        ("lat", "here"),
        ("capacity", "many"),
        ("verified_on", "tomorrow"),
        ("kind", "palace"),
        ("base", "{"),
        ("base", "[]"),
    ]:
        with subtests.test(field=field, value=value):
            before = _row(database, "T-1", "rev")
            answer = _send(
                client, "T-1", _form(client, "T-1") | {"address": "某路 1 号", field: value}
            )
            assert answer.status_code == 422
            assert _row(database, "T-1", "rev") == before
            if field != "base":
                page = answer.get_data(as_text=True)
                assert 'value="某路 1 号"' in page
                assert "没有保存" in page


def test_a_position_is_typed_as_people_write_it(client: FlaskClient, database: Database) -> None:
    typed = {"lon": "东经120度21分", "lat": "３６．０７"}
    assert _send(client, "T-1", _form(client, "T-1") | typed).status_code == 302
    here = _row(database, "T-1", "st_x(geom), st_y(geom)")
    assert here == pytest.approx((120.35, 36.07))


def test_a_status_that_cannot_follow_is_said(client: FlaskClient, database: Database) -> None:
    sent = _form(client, "T-1") | {"status": "proposed", "address": "某路 1 号"}
    answer = _send(client, "T-1", sent)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "可变为：suspended（暂停）、closed（停用）" in page
    assert 'value="某路 1 号"' in page
    assert _row(database, "T-1", "status") == ("open",)


def test_two_at_once_see_each_other(client: FlaskClient, database: Database) -> None:
    mine, theirs = _form(client, "T-2"), _form(client, "T-2")
    assert _send(client, "T-2", theirs | {"phone": "111", "host": "银行"}).status_code == 302
    # The telephone was changed by both, the host by them, the address by me.
    answer = _send(client, "T-2", mine | {"phone": "222", "address": "某路 2 号"})
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "<td>111</td><td>222</td>" in page
    assert 'value="银行"' in page
    assert _row(database, "T-2", "phone, address") == ("111", None)
    # Pressed once more, with what that page holds, mine is taken and theirs stays.
    [base] = re.findall(r'name="base" value="([^"]*)"', page)
    [rev] = set(re.findall(r'name="rev" value="([^"]*)"', page))
    again = mine | {"phone": "222", "address": "某路 2 号", "host": "银行"}
    again |= {"base": html.unescape(base), "rev": rev}
    assert _send(client, "T-2", again).status_code == 302
    assert _row(database, "T-2", "phone, address, host") == ("222", "某路 2 号", "银行")


def test_what_others_changed_elsewhere_is_kept_without_asking(
    client: FlaskClient, database: Database
) -> None:
    mine = _form(client, "T-2")
    assert _send(client, "T-2", mine | {"host": "银行"}).status_code == 302
    assert _send(client, "T-2", mine | {"address": "某路 2 号"}).status_code == 302
    assert _row(database, "T-2", "host, address") == ("银行", "某路 2 号")


def test_amenities_are_merged_one_by_one(client: FlaskClient, database: Database) -> None:
    mine = _form(client, "T-2") | {"amenity-kettle": "yes", "amenity-fan": "no"}
    theirs = _form(client, "T-2") | {"amenity-seating": "yes", "amenity-fan": "yes"}
    before = set(_row(database, "T-2", "amenities")[0])  # type: ignore[call-overload]
    assert _send(client, "T-2", theirs).status_code == 302
    # The fan alone was changed by both; what each says of it stands in words.
    page = (answer := _send(client, "T-2", mine)).get_data(as_text=True)
    assert answer.status_code == 409
    assert '<tr><th scope="row">电风扇</th><td>有</td><td>没有</td></tr></tbody>' in page
    shown = dict(re.findall(r'name="(amenity-[^"]+)" value="([^"]*)" checked', page))
    assert (shown["amenity-kettle"], shown["amenity-seating"]) == ("yes", "yes")
    fields = mine | shown
    for name in ("base", "rev"):
        fields[name] = html.unescape(re.findall(f'name="{name}" value="([^"]*)"', page)[0])
    assert _send(client, "T-2", fields).status_code == 302
    there, absent = _row(database, "T-2", "amenities, no_amenities")
    assert {"kettle", "seating"} <= set(there)  # type: ignore[call-overload]
    assert (set(there) - {"kettle", "seating"}, "fan" in absent) == (before - {"fan"}, True)  # type: ignore[call-overload,operator]


def test_others_amenities_stay_without_asking(client: FlaskClient, database: Database) -> None:
    mine = _form(client, "T-2")
    assert _send(client, "T-2", mine | {"amenity-seating": "yes"}).status_code == 302
    assert _send(client, "T-2", mine | {"amenity-kettle": "yes"}).status_code == 302
    assert {"kettle", "seating"} <= set(_row(database, "T-2", "amenities")[0])  # type: ignore[call-overload]


def test_a_clash_is_told_in_words(client: FlaskClient) -> None:
    mine = _form(client, "T-2")
    assert _send(client, "T-2", mine | {"entry": "card"}).status_code == 302
    page = _send(client, "T-2", mine | {"entry": "qr"}).get_data(as_text=True)
    said = re.findall(r'<th scope="row">怎么进门</th><td>(.*?)</td><td>(.*?)</td>', page)
    assert said == [(ENTRY_TEXT[Entry.CARD].zh, ENTRY_TEXT[Entry.QR].zh)]


def test_added_and_deleted(client: FlaskClient, database: Database) -> None:
    fields = {
        "code": "N-1",
        "name_zh": "新站",
        "kind": "outdoor_station",
        "status": "open",
        "lon": "120.351",
        "lat": "36.071",
        "amenity-wifi": "yes",
        "amenity-toilet": "",
    }
    assert client.post("/steward/new", data=fields | {"reason": "新设"}).status_code == 302
    assert _row(database, "N-1", "region_code, amenities") == ("370203", ["wifi"])
    assert client.post("/steward/new", data=fields).status_code == 409
    assert client.post("/steward/new", data=fields | {"code": "N-2", "lon": ""}).status_code == 422
    # Without a code the next one of its region and kind is issued, never twice for the same place.
    uncoded = fields | {"code": "", "name_zh": "无编号站"}
    issued = client.post("/steward/new", data=uncoded).headers["Location"]
    assert re.search(r"/steward/facilities/370203-outdoor_station-\d+\?", issued), issued
    again = client.post("/steward/new", data=uncoded)
    assert (again.status_code, "已有同名、同地址的站点" in again.text) == (409, True)
    assert client.post("/steward/delete/N-1", data={"rev": "1"}).status_code == 409
    # A photo that was added since the page was opened does not go unseen, though the facility's own
    # version is the same.
    opened = client.get("/steward/facilities/N-1").text
    assert add_photo(database, "N-1", _picture(), "", "", is_public=False)
    assert _delete(client, opened) == 409
    assert _delete(client, client.get("/steward/facilities/N-1").text, "录错") == 302
    story = client.get("/steward/facilities/N-1/history").text
    assert ("原因：新设" in story, "原因：录错" in story) == (True, True)
    assert client.get("/steward/facilities/N-1").status_code == 410


def test_an_area_keeps_its_shape_or_takes_the_drawn_one(
    client: FlaskClient, database: Database
) -> None:
    square = "POLYGON((120.35 36.07,120.352 36.07,120.352 36.072,120.35 36.072,120.35 36.07))"
    with database.session() as session:
        session.execute(
            text("update facility set geom = st_geomfromtext(:s, 4326) where code = 'T-4'"),
            {"s": square},
        )
    fields = _form(client, "T-4")
    assert _send(client, "T-4", fields | {"host": "园区"}).status_code == 302
    assert _row(database, "T-4", "st_astext(geom)") == (square,)
    drawn = fields["geometry"].replace("120.352", "120.353")
    fields = _form(client, "T-4") | {"geometry": drawn}
    assert _send(client, "T-4", fields).status_code == 302
    assert _row(database, "T-4", "st_xmax(geom)") == (pytest.approx(120.353),)
    fields = _form(client, "T-4") | {"geometry": "{"}
    assert _send(client, "T-4", fields).status_code == 422


def test_hours_are_shown_as_they_are_understood(
    client: FlaskClient, subtests: pytest.Subtests
) -> None:
    for words, understood, monday in [
        ("8:00-18:00", True, "08:00–18:00"),
        ("周一 9:00-12:00", True, "09:00–12:00"),
        ("周二 9:00-12:00", True, "不开"),
        ("问门卫", False, None),
    ]:
        with subtests.test(words=words, understood=understood, monday=monday):
            body = client.get("/steward/hours", query_string={"words": words}).get_json()
            assert body["understood"] is understood
            if monday is not None:
                assert len(body["days"]) == 7
                [day] = [one for one in body["days"] if one["day"].startswith("周一")]
                assert day["hours"] == monday


def test_only_stewards_see_records(database: Database, settings: Settings) -> None:
    initialise(database)
    seed_town(database)
    app = make_app(settings, database)
    for path in (
        "/steward/facilities",
        "/steward/facilities/T-1",
        "/steward/new",
        "/steward/hours",
    ):
        assert client_of(app, database).get(path).status_code == 302
        assert client_of(app, database, Role.MANAGER).get(path).status_code == 403
    for path in ("/steward/facilities/T-1", "/steward/new", "/steward/delete/T-1"):
        assert client_of(app, database, Role.PLANNER).post(path).status_code == 403


@pytest.mark.parametrize("size", ["phone", pytest.param("desktop", marks=pytest.mark.slow)])
def test_a_point_is_dragged_and_hours_are_previewed(site: Site, visit: Visit, size: str) -> None:
    """The mark moves the fields, hours show their week as they are typed, and both are saved."""
    page = visit(site, "/sign-in", size=size)
    sign_in(site, page, Role.STEWARD)
    page.goto(site.url + "/steward/facilities/T-1")
    expect(page.locator("#map")).to_have_attribute("data-placed", "true")
    assert fits(page)
    page.fill("#opening_hours", "周一至周日 8:00-20:00")
    expect(page.locator("#week")).to_have_attribute("data-shown", "周一至周日 8:00-20:00")
    expect(page.locator("#week dd").first).to_have_text("08:00–20:00")
    before = page.input_value("#lon")
    mark = page.locator(".record-mark")
    mark.scroll_into_view_if_needed()
    spot = mark.bounding_box()
    assert spot is not None
    x, y = spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=4)
    page.mouse.up()
    moved = page.input_value("#lon")
    assert float(moved) > float(before)
    assert serious_violations(page) == []
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    assert page.input_value("#lon") == moved
    assert page.input_value("#opening_hours") == "周一至周日 8:00-20:00"


def test_a_point_becomes_an_area_by_its_corners_and_a_point_again(
    client: FlaskClient, database: Database
) -> None:
    corners = "120.35, 36.07\n120.352，36.07\n120.352 36.072\n\n120.36, 36.07\n120.361, 36.07\n120.36, 36.071"
    where = {"geometry": corners, "lon": "", "lat": ""}
    assert _send(client, "T-1", _form(client, "T-1") | where).status_code == 302
    assert _row(database, "T-1", "st_astext(geom)") == (
        "MULTIPOLYGON(((120.35 36.07,120.352 36.07,120.352 36.072,120.35 36.07)),"
        "((120.36 36.07,120.361 36.07,120.36 36.071,120.36 36.07)))",
    )
    before = _row(database, "T-1", "rev")
    assert _send(client, "T-1", _form(client, "T-1")).status_code == 302
    assert _row(database, "T-1", "rev") == before
    for wrong, said in (
        ({"geometry": "120.35, 36.07\nhere"}, "第 2 行“here”"),
        ({"geometry": "120.35, 96\n120, 36\n121, 36"}, "第 1 行"),
        ({"geometry": "120.35, 36.07\n120.36, 36.07"}, "只有 2 个角"),
        ({"lon": "120.35", "lat": "36.07"}, "只能填一样"),
    ):
        answer = _send(client, "T-1", _form(client, "T-1") | wrong)
        assert (answer.status_code, said in answer.text) == (422, True), wrong
    point = {"geometry": "", "lon": "120.351", "lat": "36.071"}
    assert _send(client, "T-1", _form(client, "T-1") | point).status_code == 302
    assert _row(database, "T-1", "st_astext(geom)") == ("POINT(120.351 36.071)",)


def test_an_area_with_a_hole_keeps_it(client: FlaskClient, database: Database) -> None:
    with database.session() as session:
        session.execute(
            text(
                "update facility set geom = st_difference(st_makeenvelope(120.35, 36.07, 120.36, "
                "36.08, 4326), st_makeenvelope(120.352, 36.072, 120.354, 36.074, 4326)) "
                "where code = 'T-4'"
            )
        )
    fields = _form(client, "T-4")
    assert fields["geometry"].startswith("{")
    drawn = fields["geometry"].replace("120.36", "120.361")
    assert _send(client, "T-4", fields | {"geometry": drawn}).status_code == 302
    assert _row(database, "T-4", "st_numinteriorrings(geom), st_xmax(geom)") == (1, 120.361)


def test_an_area_is_drawn_on_the_map(site: Site, visit: Visit) -> None:
    page = visit(site, "/sign-in", size="desktop")
    sign_in(site, page, Role.STEWARD)
    page.goto(site.url + "/steward/facilities/T-1")
    expect(page.locator("#map")).to_have_attribute("data-placed", "true")
    page.get_by_text("是一片范围，不是一个点").click()
    page.click("#draw-area")
    box = page.locator("#map")
    for x, y in ((150, 150), (250, 150), (250, 250), (150, 150)):
        box.click(position={"x": x, "y": y})
    expect(page.locator("#geometry")).to_have_value(re.compile(r"^(\d+\.\d+, \d+\.\d+\n?){3}$"))
    expect(page.locator("#lon")).to_have_value("")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").filter(has_text="已保存")).to_be_visible()
    # What is written in the list is drawn, and drawing it away empties the list.
    expect(page.locator("#map path.leaflet-interactive[stroke-width='2']")).not_to_have_count(0)
    page.click("#clear-area")
    expect(page.locator("#geometry")).to_have_value("")
