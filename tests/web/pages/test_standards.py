"""``/standards``: the list, a standard with its figures, prices, files, and one line on a station."""

import base64
import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.standards import _standards
from geoapp.operations.network.importing import import_network
from geoapp.store.engine import Database
from tests.core.test_standards import write_own
from tests.operations.standards.test_far_streets import write_streets
from tests.operations.standards.test_spacing import write_rule
from tests.seed import fill_town
from tests.web.api_client import client_of, make_app, problem_of
from tests.web.conftest import Site, Visit, fits, serious_violations, sign_in
from tests.web.test_service_process import until

RULE = {
    **{"by": "walk", "within_m": 400, "apart_m": 250},
    "busy": {"regions": ["370202"], "within_m": 200},
}


@pytest.fixture
def town(database: Database) -> Database:
    """The small town; T-1 alone is a sample."""
    fill_town(database)
    return database


def test_pages_files_and_programs(
    town: Database, settings: Settings, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    write_own(settings)
    write_rule(settings, "gaps", RULE)
    app = make_app(settings, town)
    client = client_of(app, town)

    with subtests.test("the list"):
        page = client.get("/standards").get_data(as_text=True)
        assert "七个一（重庆巫山）" in page
        assert "我们的来源没有公布它的内容" in page

    with subtests.test("what cannot be checked says why"):
        page = client.get("/standards/ten_ones").get_data(as_text=True)
        assert "这份标准不能核对" in page
        assert client.get("/api/v1/standards/ten_ones").get_json()["result"] is None

    with subtests.test("figures and prices"):
        page = client.get("/standards/seven_ones_wushan?price_2=299.5").get_data(as_text=True)
        assert "另有1 处示例设施" in page
        assert "0 – 299.5" in page  # T-2: whether it has a microwave is not known
        assert "这是重庆市巫山县的标准" in page
        english = client_of(app, town).get("/standards/seven_ones_wushan?lang=en")
        assert "Besides, 1 sample, which is not counted." in english.get_data(as_text=True)

    with subtests.test("prices of a list"):
        _prices_are_entered_and_used(town, app)

    with subtests.test("spacing"):
        _spacing_is_read_by_those_who_sign_in(town, app)

    with subtests.test("spacing along streets"):
        _spacing_is_told_along_streets(town, settings, app, tmp_path)

    with subtests.test("50 a page, whole for paper, found by name"):
        _lists_are_paged(town, app)

    with subtests.test("files"):
        for suffix, kind in (("csv", "text/csv"), ("xlsx", "application/vnd.openxml")):
            answer = client.get(f"/standards/seven_ones_wushan/table.{suffix}?region=370203")
            assert answer.status_code == 200
            assert answer.mimetype.startswith(kind)
            assert f"seven_ones_wushan-370203.{suffix}" in answer.headers["Content-Disposition"]

    with subtests.test("what is wrong is named"):
        problem_of(client.get("/api/v1/standards/nine_ones"), 404)
        problem_of(client.get("/api/v1/standards/own?region=9"), 422, "region")
        for wrong in ("state=maybe", "price_99=1", "price_1=-1", "price_x=1", "region=9"):
            assert client.get(f"/standards/own?{wrong}").status_code == 422, wrong
        assert client.get("/standards/own/table.pdf").status_code == 404
        address = "/standards/seven_ones_wushan.png"
        seen = [
            client.get(f"{address}?lang=zh{more}")
            for more in ("", "&region=370203", "&region=370203&state=lacks")
        ]
        for answer in seen:
            assert answer.mimetype == "image/png"
            assert Image.open(BytesIO(answer.data)).width == 1600
        assert len({answer.data for answer in seen}) >= 2
        assert f"{address}?region=370203" in client.get(f"{address[:-4]}?region=370203").text
        assert client.get("/standards/none.png").status_code == 404
        assert client.get(f"{address}?region=999999").status_code == 422
        assert client.get("/standards/ten_ones.png").status_code == 422
        assert client.get("/standards/nine_ones").status_code == 404

    with subtests.test("page by page, for programs"):
        body = client.get("/api/v1/standards/own?state=complies").get_json()
        # Nobody records the sign: none complies, and none is said to lack it.
        assert body["facilities"] == []
        assert body["result"]["total"]["unknown"] == 1
        first = client.get("/api/v1/standards/own?limit=1").get_json()
        assert [one["code"] for one in first["facilities"]] == ["T-2"]
        assert first["cursor"] is None

    with subtests.test("one line on a station and on its record"):
        line = "未知：牌子"
        assert line in client.get("/stations/T-2").get_data(as_text=True)
        assert line not in client.get("/stations/T-3").get_data(as_text=True)  # a home
        steward = client_of(app, town, Role.STEWARD)
        assert line in steward.get("/steward/facilities/T-2").get_data(as_text=True)


def _spacing_is_read_by_those_who_sign_in(town: Database, app: Any) -> None:
    manager = client_of(app, town, Role.MANAGER)
    assert app.test_client().get("/standards/gaps/spacing").status_code == 302
    assert "站点之间至少 250 米" in app.test_client().get("/standards/gaps").text
    page = manager.get("/standards/gaps/spacing?region=370203").text
    # T-1 is a sample: T-2 stands alone. Of 25 places, 10 workers each, those beyond 400 m are too far.
    assert "另有1 处示例设施" in page and "直线" in page
    english = manager.get("/standards/gaps/spacing?lang=en").text
    assert "Its farthest place" in english
    book = manager.get("/standards/gaps/spacing.xlsx?region=370203")
    assert (book.status_code, "gaps-spacing-370203" in book.headers["Content-Disposition"]) == (
        200,
        True,
    )
    for wrong in ("by=crow", "by=walk", "region=9"):
        assert manager.get(f"/standards/gaps/spacing?{wrong}").status_code == 422, wrong
    assert manager.get("/standards/own/spacing").status_code == 422
    rule = manager.get("/api/v1/standards/gaps").json["standard"]["spacing"]
    assert (rule["within_m"], rule["busy"]["regions"]) == (400.0, ["370202"])


def _lists_are_paged(town: Database, app: Any) -> None:
    """Of 120 more stations in service; the form and its files keep what was asked."""
    with town.session() as session:
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, geom, status, region_code, "
                "region_match) select 'P-' || n, 'outdoor_station', '驿站' || n, "
                "st_setsrid(st_makepoint(120.345 + n * 0.0001, 36.065), 4326), 'open', '370203', "
                "'inside' from generate_series(1, 120) n"
            )
        )
    client = app.test_client()

    def codes(query: str) -> list[str]:
        return re.findall(
            r'<tr role="row" data-code="([^"]+)"', client.get(f"{address}{query}").text
        )

    address = "/standards/seven_ones_wushan"
    until(lambda: len(codes("?page=all")) == 121)
    pages = [codes(f"?page={number}") for number in (1, 2, 3)]
    assert [len(one) for one in pages] == [50, 50, 21]
    assert [code for one in pages for code in one] == codes("?page=all")
    assert codes("?page=99") == pages[2]
    page = client.get(f"{address}?page=2&region=370203&lang=en").text
    assert "51–100</span> / 121" in page
    assert "region=370203&amp;page=3#list" in page
    assert codes("?q=p-12") == ["P-12", "P-120"] or codes("?q=p-12") == ["P-120", "P-12"]
    assert codes("?q=驿站 119") == ["P-119"]
    for wrong in ("page=0", "page=x"):
        assert client.get(f"{address}?{wrong}").status_code == 422
    with town.session() as session:
        session.execute(text("delete from facility where code like 'P-%'"))
    until(lambda: len(codes("?page=all")) == 1)


def _spacing_is_told_along_streets(
    town: Database, settings: Settings, app: Any, folder: Path
) -> None:
    manager = client_of(app, town, Role.MANAGER)
    address = "/standards/gaps/spacing?region=370203"
    without = manager.get(address).text
    assert "没有导入步行路网，不能沿路量" in without and 'id="stretches"' not in without
    import_network(town, settings, write_streets(folder / "town.osm.pbf"))
    page = manager.get(address).text
    drawn = json.loads(page.split('id="spacing">')[1].split("</script>")[0])["stretches"]
    assert len(drawn) == page.count('data-key="stretch-') > 0
    assert drawn[0]["line"]["type"] in ("LineString", "MultiLineString")
    straight = manager.get(f"{address}&by=line").text
    assert "按直线时不沿路量" in straight and 'id="stretches"' not in straight
    assert "Street too far from any" in manager.get(f"{address}&lang=en").text


def _prices_are_entered_and_used(town: Database, app: Any) -> None:
    """A steward enters prices by hand and by file; a manager sees the sum, and the public nothing."""
    steward, manager = client_of(app, town, Role.STEWARD), client_of(app, town, Role.MANAGER)
    one = {"list": "采购价", "item": "microwave", "price": "250", "unit": "台"}
    told = {"as_of": "2026-01-05", "source": "某合同", "region": ""}
    saved = steward.post("/steward/prices", data=one | told)
    assert saved.status_code == 302
    assert "采购价" in steward.get(saved.headers["Location"]).text
    assert (
        "项价格" in steward.get(f"/steward/history/{saved.headers['Location'].split('=')[1]}").text
    )
    wrong = steward.post("/steward/prices", data=one | told | {"price": "cheap"})
    assert (wrong.status_code, 'value="cheap"' in wrong.text) == (422, True)
    lines = "list,item,price,as_of,source\n采购价,kettle,80,2026-01-06,合同\n采购价,dragon,1,2026-01-06,合同\n"
    file = {"file": (BytesIO(lines.encode()), "价格.csv")}
    sent = steward.post("/steward/prices/file", data=file)
    assert "新增 1" in sent.text and "第 3 行" in sent.text
    link = re.search(r'href="data:text/csv;base64,([^"]+)" download="价格.rejects.csv"', sent.text)
    assert link is not None
    refused = base64.b64decode(link[1])
    assert b",dragon,1," in refused
    assert b",kettle,80," not in refused
    assert steward.post("/steward/prices/file", data={}).status_code == 422
    address = "/standards/seven_ones_wushan"
    page = manager.get(address).text
    assert "价格表“采购价”，2026-01-05 – 2026-01-06 的价格" in page
    assert "这是下限：5 项价格未知" in page
    assert "/steward/prices" not in page
    # The form's own choice says the same as no choice; a list that is named stays chosen.
    same = manager.get(f"{address}?prices=*").text.split('id="buy"')[1]
    assert same.split("</section>")[0] == page.split('id="buy"')[1].split("</section>")[0]
    assert '<option value="采购价" selected>' in manager.get(f"{address}?prices=采购价").text
    assert "采购价" not in manager.get(f"{address}?prices=").text.split('id="price-list"')[1][:80]
    assert manager.get(f"{address}?prices=nothing").status_code == 422
    assert "采购价" not in app.test_client().get(address).text
    # What the district has of its own counts there whoever asks: T-2 lies in it, and nothing else does.
    own = one | told | {"list": "市北", "price": "200", "region": "370203", "as_of": "2025-01-05"}
    assert steward.post("/steward/prices", data=own).status_code == 302
    for asked in ("", "?region=370200", "?region=370203"):
        page = manager.get(f"{address}{asked}").text
        assert "价格表“采购价”，2026-01-06 的价格；价格表“市北”，2025-01-05 的价格" in page
        assert "0 – 280" in page  # a microwave at 200, a kettle at 80
    alone = manager.get(f"{address}?prices=市北").text
    assert "6 项价格未知" in alone
    assert manager.get(f"{address}/table.xlsx").status_code == 200
    # Whoever is kept to regions is offered these alone, and no price for everywhere.
    offered = re.compile(r'<select id="price-region" name="region">(.*?)</select>')
    every = offered.search(steward.get("/steward/prices").text)
    assert every is not None
    assert re.findall(r'value="(\d*)"', every[1])[:3] == ["", "370200", "370203"]
    with town.session() as session:
        session.execute(text("update app_user set regions = '{370203}' where name = 'a-steward'"))
    own = offered.search(steward.get("/steward/prices").text)
    assert own is not None
    assert re.findall(r'value="(\d*)"', own[1]) == ["370203"]
    with town.session() as session:
        session.execute(text("update app_user set regions = '{}' where name = 'a-steward'"))
    # Mended, the same file is taken.
    mended = {"file": (BytesIO(refused.replace(b",dragon,", b",seating,")), "价格.rejects.csv")}
    again = steward.post("/steward/prices/file", data=mended)
    assert "新增 1" in again.text and "download=" not in again.text


def test_the_map_and_the_list_point_at_each_other(
    site: Site, settings: Settings, visit: Visit
) -> None:
    """On a phone: nothing is too wide; a row shows its place, told by shape and by word."""
    page = visit(site, "/standards/seven_ones_haikou")
    expect(page.locator("#map[data-drawn='1']")).to_be_visible()
    expect(page.locator("#map .mark.unknown")).to_have_count(1)
    page.locator("tr[data-code='T-2'] .show-on-map").click()
    expect(page.locator("tr[data-code='T-2']")).to_have_class("here")
    expect(page.locator("#map .leaflet-popup")).to_contain_text("未知")
    assert fits(page)
    assert serious_violations(page) == []
    # Those who sign in see the spacing: of its areas the row shows the place on the map.
    write_rule(settings, "gaps", RULE)
    _standards.cache_clear()  # the service has read them at its start
    page.goto(site.url + "/sign-in")
    sign_in(site, page, Role.MANAGER)
    page.goto(site.url + "/standards/gaps/spacing")
    expect(page.locator("#map[data-drawn]")).to_be_visible()
    page.locator("tr[data-key='area-1'] .show-on-map").click()
    expect(page.locator("tr[data-key='area-1']")).to_have_class("here")
    expect(page.locator("#map .leaflet-popup")).to_be_visible()
    # What leads to the map is no use on paper.
    page.emulate_media(media="print")
    expect(page.locator(".show-on-map").first).to_be_hidden()
    page.emulate_media(media="screen")
    for width in (320, 390, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        assert fits(page), width
        # Nor is a table cut: on a phone its rows are blocks.
        for table in page.locator(".scroll").all():
            assert table.evaluate("box => box.scrollWidth <= box.clientWidth"), width
    assert serious_violations(page) == []
