"""A public map's list on screens: seen by whoever is signed in, decided on by stewards, downloaded."""

import io

import openpyxl
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.use.edit import put_visits
from geoapp.store.engine import Database
from tests.answers import publish_run
from tests.web.api_client import client_of, make_app
from tests.web.conftest import Site, Visit, fits, serious_violations, sign_in

PAGE = "/steward/public-maps"
LIST = (
    "insert into public_map_list (map, file, region_code) values ('baidu', '<b>list</b>.csv', '370203')",
    # T-1 has it 400 m too far north, T-2 may be one of two, and one is unknown here.
    "insert into public_map_listing (map, listing, name, geom, region_code) select 'baidu', 'B-' || "
    "code, name_zh, st_translate(geom, 0, case code when 'T-1' then 0.0036 else 0 end), region_code "
    "from facility where code in ('T-1', 'T-2')",
    "insert into public_map_listing (map, listing, name, address, status, geom, region_code) "
    "select 'baidu', 'B-9', '<i>别家</i>', '五路', 'open', geom, region_code from facility "
    "where code = 'T-3'",
    "update facility set name_zh = '台东户外劳动者服务站点' where code = 'T-2'",
    "update public_map_listing set name = '台东驿站' where listing = 'B-T-2'",
)


def listed(database: Database) -> None:
    with database.session() as session:
        for one in LIST:
            session.execute(text(one))


def test_stewards_decide_and_all_may_look(
    town_template: str, database: Database, settings: Settings
) -> None:
    app = make_app(settings, database)
    steward = client_of(app, database, Role.STEWARD)
    manager = client_of(app, database, Role.MANAGER)
    assert "还没有读入地图名录" in manager.get(f"{PAGE}?lang=zh").text
    assert "public-maps" in steward.get("/steward").text
    listed(database)
    shown = manager.get(f"{PAGE}?lang=zh").text
    assert "&lt;i&gt;别家" in shown
    assert 'method="post"' not in shown.split("<main")[1]  # a manager decides nothing
    assert "In another place" in manager.get(f"{PAGE}?lang=en").text
    for wrong in ("map=osm", "finding=x", "over=5", "region=999999", "start=-1"):
        assert manager.get(f"{PAGE}?{wrong}").status_code == 422, wrong
    assert manager.get(f"{PAGE}?map=amap").status_code == 404
    for address, status in (("baidu?finding=x", 422), ("osm", 422), ("amap", 404)):
        assert manager.get(f"/api/v1/public-maps/{address}").status_code == status, address
    told = manager.get("/api/v1/public-maps/baidu?limit=2").json
    rest = manager.get(f"/api/v1/public-maps/baidu?limit=1000&cursor={told['cursor']}").json
    rows = told["lines"] + rest["lines"]
    assert (told["total"], rest["cursor"]) == (len(rows), None)
    for finding, count in told["counts"].items():
        assert sum(one["finding"] == finding for one in rows) == count, finding
    [moved] = manager.get("/api/v1/public-maps/baidu?finding=moved").json["lines"]
    assert (moved["facility"], moved["listing"]) == ("T-1", "B-T-1")
    assert abs(moved["distance_m"] - 399.4) < 1  # 0.0036 degrees of the meridian at 36 N
    sent = _decide(steward, "B-T-2", "T-2", "same")
    assert sent.status_code == 302
    told = steward.get(f"{sent.location}&lang=zh").text
    assert "已记住：是同一处" in told
    assert "收回判断" in told
    for wrong in (("B-0", "T-2", "same"), ("B-T-2", "Z-9", "same")):
        assert _decide(steward, *wrong).status_code == 404
    assert _decide(steward, "B-T-2", "T-2", "perhaps").status_code == 422
    assert _decide(steward, "B-T-2", "T-2", "open").status_code == 302
    file = manager.get(f"{PAGE}/baidu.xlsx?lang=zh")
    sheet = openpyxl.load_workbook(io.BytesIO(file.data))["请地图改正"]
    cells = {cell.value for row in sheet.iter_rows() for cell in row}
    assert {"T-1", "bd09", "位置不对"} <= cells
    assert "图上没有" in manager.get(f"{PAGE}/baidu.csv?lang=zh").text
    for wrong in ("baidu.pdf", "osm.csv", "amap.csv"):
        assert manager.get(f"{PAGE}/{wrong}").status_code == 404


def _decide(client: FlaskClient, listing: str, facility: str, verdict: str):  # type: ignore[no-untyped-def]
    data = {"map": "baidu", "listing": listing, "facility": facility, "verdict": verdict}
    return client.post(PAGE, data=data)


def test_both_maps_on_a_phone(site: Site, visit: Visit, settings: Settings) -> None:
    """The map's list, decided on; and in the same browser visits beside the demand."""
    listed(site.database)
    page = visit(site, "/sign-in")
    sign_in(site, page, Role.STEWARD)
    page.goto(f"{site.url}{PAGE}")
    expect(page.locator("#map[data-drawn]")).to_have_count(1)
    assert fits(page)
    assert not serious_violations(page)
    page.goto(f"{site.url}{PAGE}?finding=undecided")
    page.locator("#lines button[value=same].main").click()
    expect(page.get_by_role("status")).to_contain_text("已记住")
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{site.url}{PAGE}?lang=en")
    expect(page.locator("#map[data-drawn]")).to_have_count(1)
    assert fits(page)
    publish_run(site.database, settings, CoverageParameters(standard_m=500, demand="town"))
    for code, n in (("T-1", "40"), ("T-2", "9"), ("T-3", "8"), ("T-4", "0")):
        put_visits(site.database, settings, code, {"day": "2026-07-01", "n": n})
    page.goto(f"{site.url}/use/reach?lang=zh")
    expect(page.locator("#map[data-drawn]")).to_have_attribute("data-drawn", "4")
    assert fits(page)
    assert not serious_violations(page)
