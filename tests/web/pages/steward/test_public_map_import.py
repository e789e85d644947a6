"""A map's list brought in by the browser: looked at, read in another datum, imported, mended, replaced."""

import io
import re

from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.core.geo import from_wgs84
from geoapp.core.limits import MOST_DRAFTS
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.operations.upkeep.users import set_rights
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.api_client import client_of, make_app
from tests.web.conftest import Site, Visit, fits, serious_violations, sign_in

START = "/steward/public-maps/import"
HEADER = "id,名称,经度,纬度,地址,状态"


def listed(datum: Datum, *rows: tuple[str, str, float, float]) -> bytes:
    """Return a list: code, name, and thousandths of a degree east and north of T-1."""
    lines = [HEADER]
    for code, name, east, north in rows:
        lon, lat = from_wgs84(lon=TOWN_LON + east / 1000, lat=TOWN_LAT + north / 1000, datum=datum)
        lines.append(f"{code},{name},{lon:.7f},{lat:.7f},一路,营业中")
    return "\n".join(lines).encode()


FIRST = (("B1", "示例T-1", 0, 0), ("B2", "示例·T-2", 2, 0), ("B3", "<b>别家</b>驿站", 4, 0))


def send(client: FlaskClient, content: bytes, **said: str) -> str:
    data = {"file": (io.BytesIO(content), "amap.csv"), "map": "amap"} | said
    sent = client.post(START, data=data)
    assert sent.status_code == 302, sent.text
    return str(sent.location)


def test_a_list_is_looked_at_then_imported_and_replaced(
    town_template: str, database: Database, settings: Settings
) -> None:
    app = make_app(settings, database)
    steward = client_of(app, database, Role.STEWARD)
    for wrong in ({"map": "osm"}, {"datum": "x"}, {"covers": "999999"}, {"encoding": "x"}):
        data = {"file": (io.BytesIO(b"a"), "a.csv"), "map": "amap"} | wrong
        assert steward.post(START, data=data).status_code == 422, wrong
    assert steward.post(START, data={"map": "amap"}).status_code == 422
    nothing = {"file": (io.BytesIO(b"a"), "a.exe"), "map": "amap"}
    assert steward.post(START, data=nothing).status_code == 422
    bare = {"file": (io.BytesIO("名称,地址\n某驿站,一路".encode()), "a.csv"), "map": "amap"}
    refused = client_of(app, database, Role.ADMIN).post(START, data=bare, follow_redirects=True)
    assert "请从这个地图导出带经纬度的名录" in refused.text and "--map" not in refused.text

    draft = send(steward, listed(Datum.GCJ02, *FIRST), lang="zh")
    shown = steward.get(f"{draft}?lang=zh").text
    assert _figures(shown) == [3, 0, 0, 0]
    # Read rightly both names that are known stand where they are; in WGS-84 hundreds of metres off.
    assert re.search(r"GCJ-02[^<]*</strong> <span class=\"tag\">现在按这个读", shown)
    assert "2 条与站点同名，一般相差 0 米" in shown.replace("\xa0", " ")
    assert steward.get("/api/v1/public-maps/amap").status_code == 404  # nothing is changed yet
    assert client_of(app, database, Role.ADMIN).get(draft).status_code == 404  # its owner's alone
    steward.post(draft, data={"map": "amap", "datum": "wgs84", "action": "look"})
    again = steward.get(f"{draft}?lang=zh").text
    assert re.search(r"WGS-84</strong> <span class=\"tag\">现在按这个读", again)
    steward.post(draft, data={"map": "amap", "datum": "", "covers": "", "action": "look"})
    assert steward.post(draft, data={"action": "import"}).status_code == 302
    assert "已导入：amap.csv" in steward.get(f"{draft}?lang=zh").text
    told = steward.get("/api/v1/public-maps/amap").json
    # Nobody said what the list covers: of what it lacks nobody knows whether it is missing.
    assert (told["counts"]["missing"], told["counts"]["unlisted"]) == (0, 2)
    assert (told["covered"], told["looked_at"]) == ([], ["370203"])
    stated = {"map": "amap", "covers": "370203"}
    assert steward.post("/steward/public-maps/covers", data=stated).status_code == 302
    told = steward.get("/api/v1/public-maps/amap").json
    assert (told["counts"]["missing"], told["counts"]["unlisted"]) == (2, 0)
    assert (told["covered"], told["looked_at"]) == (["370203"], [])
    assert (
        steward.post("/steward/public-maps/covers", data={"map": "baidu"}).status_code,
        steward.post("/steward/public-maps/covers", data=stated | {"covers": "x"}).status_code,
    ) == (404, 422)

    # The next one: B3 is gone, B2 has moved, B4 is new, and a row has no position.
    rows = listed(Datum.GCJ02, FIRST[0], ("B2", "示例·T-2", 2, 1), ("B4", "新驿站", 1, 1))
    draft = send(steward, rows + "\nB5,没有位置,,,,".encode(), covers="370203")
    shown = steward.get(f"{draft}?lang=zh").text
    assert _figures(shown) == [1, 1, 1, 1]
    assert "新名录里没有了的 1 条：&lt;b&gt;别家&lt;/b&gt;驿站。" in shown
    assert shown.count("第 5 行") == 1  # though both of its coordinates are wanting
    steward.post(draft, data={"action": "import"})
    assert steward.post(draft, data={"action": "import"}).status_code == 302  # pressed twice
    assert "1 条：&lt;b&gt;别家" in steward.get(f"{draft}?lang=zh").text
    rejects = steward.get(f"{draft}/rejects")
    assert "没有位置" in rejects.data.decode("utf-8-sig")
    # Mended, it joins the list that there is.
    mended = rejects.data.decode("utf-8-sig").replace("没有位置,,", "没有位置,120.39,36.07")
    draft = send(steward, mended.encode())
    steward.post(draft, data={"action": "import"})
    assert _figures(steward.get(f"{draft}?lang=zh").text) == [1, 0, 0, 0]
    with database.session() as session:
        codes = session.scalars(text("select listing from public_map_listing order by 1")).all()
    assert codes == ["B1", "B2", "B4", "B5"]

    draft = send(steward, listed(Datum.WGS84, *FIRST), map="other")
    assert "请选定坐标系" in steward.get(f"{draft}?lang=zh").text
    assert steward.post(draft, data={"action": "import"}).status_code == 422
    assert steward.get(f"{draft}/rejects").status_code == 404
    assert "amap.csv" in steward.get(f"{START}?lang=zh").text
    for _ in range(MOST_DRAFTS - 1):
        send(steward, listed(Datum.GCJ02, *FIRST))
    data = {"file": (io.BytesIO(b"a"), "amap.csv"), "map": "amap"}
    assert "请先导入或放弃一份" in steward.post(f"{START}?lang=zh", data=data).text
    # Lists and drafts of facilities are no drafts of one another.
    number = draft.rpartition("/")[2]
    assert steward.get(f"/steward/import/{number}").status_code == 404
    assert "amap.csv" not in steward.get("/steward/import").text
    assert steward.post(draft, data={"action": "give-up"}).status_code == 302
    assert steward.get(draft).status_code == 404
    draft = send(steward, "名称,备注\n甲,乙\n".encode())
    assert steward.get(draft).status_code == 422  # no position at all


def _figures(page: str) -> list[int]:
    counts = page.split('id="counts"')[1].split("</dl>", maxsplit=1)[0]
    return [int(one) for one in re.findall(r"<dd>(\d+)</dd>", counts)]


def test_an_account_of_a_district_changes_no_list(
    town_template: str, database: Database, settings: Settings
) -> None:
    app = make_app(settings, database)
    own = client_of(app, database, Role.STEWARD)
    set_rights(database, "a-steward", regions=["370203"])
    assert "限定区域的账号不能更换" in own.get(f"{START}?lang=zh").text
    data = {"file": (io.BytesIO(listed(Datum.GCJ02, *FIRST)), "a.csv"), "map": "amap"}
    assert own.post(START, data=data).status_code == 403
    assert own.post(f"{START}/1", data={"action": "import"}).status_code == 403
    stated = {"map": "amap", "covers": "370203"}
    assert own.post("/steward/public-maps/covers", data=stated).status_code == 403


def test_in_a_browser(site: Site, visit: Visit) -> None:
    """From the empty page to the comparison, on a phone."""
    page = visit(site, "/sign-in")
    sign_in(site, page, Role.STEWARD)
    page.goto(f"{site.url}/steward/public-maps?lang=zh")
    page.get_by_role("link", name="导入名录").last.click()
    assert fits(page)
    assert not serious_violations(page)
    file = {"name": "高德.csv", "mimeType": "text/csv", "buffer": listed(Datum.GCJ02, *FIRST)}
    page.get_by_label("选择文件").set_input_files([file])  # type: ignore[list-item]
    page.get_by_role("button", name="上传并查看").click()
    expect(page.locator("#map")).to_have_attribute("data-drawn", "3")
    assert fits(page)
    assert not serious_violations(page)
    page.get_by_role("button", name="导入，换下").click()
    page.get_by_role("link", name="与名册对照").click()
    expect(page.locator("#lines")).to_contain_text("没列出，未知缺不缺")
    page.get_by_label("名录完整覆盖哪里").select_option("370203")
    page.get_by_role("button", name="写明").click()
    expect(page.get_by_role("status")).to_contain_text("名录完整覆盖哪里")
    assert fits(page)
