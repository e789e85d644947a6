"""The import wizard: rows with an address alone are proposed a place, and placed where that is ticked."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.streets.keeper import streets_folder
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.city_streets import load_city_streets
from tests.operations.imports.importing import seed_regions
from tests.seed import seed_town
from tests.web.api_client import client_of, make_app
from tests.web.conftest import Site, Visit, fits, serious_violations, sign_in
from tests.web.pages.steward.test_import import as_csv, begin, counts, seen, words

HEADINGS = ("场所", "地点", "坐标", "类型", "所在区")
STATION = "户外劳动者服务站点"
ROWS = (
    ("示例甲站", "香港中路68号", "", STATION, ""),
    ("示例乙站", "中山路12号", "", STATION, ""),
    ("示例丙站", "延安路4号", "", STATION, ""),
    ("示例丁站", "香港中路与南京路路口", "", STATION, "市南区"),
    ("示例戊站", "台东三路9号", "120.14,36.10", STATION, ""),
    ("示例己站", "", "", STATION, ""),
)
COLUMNS = {
    **{f"field-{place}": name for place, name in enumerate(("name_zh", "address", "lonlat", "kind", "region"))},
    "issue": "1",
    "key": "name_zh",
}  # fmt: skip


@pytest.fixture
def client(database: Database, settings: Settings) -> FlaskClient:
    initialise(database)
    seed_regions(database)
    return client_of(make_app(settings, database), database, Role.STEWARD)


def offered(page: str, line: int) -> list[str]:
    """The keys of the places that a row is offered."""
    return re.findall(rf'name="street-{line}" value="([^"]+)"', page)


def stored(database: Database) -> dict[str, tuple[str, float | None]]:
    with database.session() as session:
        rows = session.execute(
            text("select name_zh, position_basis, position_accuracy_m from facility")
        )
        return {name: (basis, accuracy) for name, basis, accuracy in rows}


def test_nothing_is_placed_before_it_is_ticked(
    client: FlaskClient, database: Database, settings: Settings, tmp_path: Path
) -> None:
    draft = begin(client, as_csv(HEADINGS, ROWS))
    client.post(f"{draft}/columns", data=COLUMNS)
    page = words(client.get(f"{draft}/positions"))
    assert "载入街道后，能按地址提出位置" in page
    assert offered(page, 2) == []
    load_city_streets(settings, tmp_path)
    page = words(client.get(f"{draft}/positions"))
    assert "放在这里：在香港中路（市南区）上，约 960 米内，不是门口" in page
    assert [len(offered(page, line)) for line in range(2, 8)] == [1, 2, 0, 1, 0, 0]
    assert "按地址没有找到：载入的街道里没有“延安路”" in page
    assert not re.search(r'name="street-\d" value="[^"]+"[^>]*checked', page)
    english = words(client.get(f"{draft}/positions?lang=en"))
    assert "place it here: on Hong Kong Middle Road" in english
    client.get(f"{draft}/positions?lang=zh")
    lines = {"datum": "wgs84", "line": ["2", "3", "4", "5", "7"]}
    # Without a tick all of them are to be placed by hand, as before.
    client.post(f"{draft}/positions", data=lines)
    assert counts(words(client.get(f"{draft}/check")))[:4] == [1, 0, 0, 0]
    # What is not offered is not taken, and what was typed stays.
    forged = lines | {"street-2": "120.0000000,36.0000000,10", "lon-4": "120.2", "lat-4": "36.2"}
    answer = client.post(f"{draft}/positions", data=forged)
    assert answer.status_code == 409
    assert "街道数据有改动" in words(answer)
    assert 'value="120.2"' in words(answer)
    # One is ticked, one chosen, one placed by hand beside its tick.
    ticked = {
        "street-2": offered(page, 2)[0],
        "street-3": offered(page, 3)[1],
        "street-5": offered(page, 5)[0],
        "lon-5": "120.1101",
        "lat-5": "36.1001",
    }
    assert client.post(f"{draft}/positions", data=lines | ticked).status_code == 302
    again = words(client.get(f"{draft}/positions"))
    assert len(re.findall(r'name="street-\d" value="[^"]+"[^>]*checked', again)) == 2
    checked = words(client.get(f"{draft}/check"))
    assert counts(checked)[:4] == [4, 0, 0, 0]
    assert "按地址放在街上的：2 行" in checked
    # An address that is mended afterwards takes its tick with it.
    client.post(f"{draft}/check", data={"cell-2-1": "香港路1号", "was-cell-2-1": "香港中路68号"})
    assert "按地址放在街上的：1 行" in words(client.get(f"{draft}/check"))
    client.post(f"{draft}/check", data={"cell-2-1": "香港中路68号", "was-cell-2-1": "香港路1号"})
    final = seen(words(client.get(f"{draft}/check")))
    client.post(f"{draft}/check", data={"action": "apply", "seen": final})
    assert stored(database) == {
        "示例甲站": ("address", 960),
        "示例乙站": ("address", 230),
        "示例丁站": ("given", None),
        "示例戊站": ("given", None),
    }
    with database.session() as session:
        place = session.execute(
            text("select st_x(geom), st_y(geom) from facility where name_zh = '示例乙站'")
        ).one()
    assert tuple(place) == pytest.approx((120.402, 36.2))
    # The same list again moves nobody.
    draft = begin(client, as_csv(HEADINGS, ROWS))
    client.post(f"{draft}/columns", data=COLUMNS)
    client.post(f"{draft}/positions", data=lines | {"street-2": offered(page, 2)[0]})
    check = words(client.get(f"{draft}/check"))
    assert "库中已有位置的 1 行，位置不按街道改动" in check
    assert counts(check)[:3] == [0, 0, 2]


def test_streets_of_before_names_were_kept_are_said(
    client: FlaskClient, settings: Settings, tmp_path: Path
) -> None:
    load_city_streets(settings, tmp_path)
    [names] = streets_folder(settings).glob("*/names.json")
    names.unlink()
    draft = begin(client, as_csv(HEADINGS, ROWS))
    client.post(f"{draft}/columns", data=COLUMNS)
    assert "街道底图没有路名（由旧版本制作）" in words(client.get(f"{draft}/positions"))


def test_the_map_shows_how_far_off_a_ticked_place_may_be(
    empty_site: Site, settings: Settings, visit: Visit, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    seed_town(empty_site.database)
    load_city_streets(settings, tmp_path)
    page = visit(empty_site, "/", size="phone")
    sign_in(empty_site, page, Role.STEWARD)
    page.goto(empty_site.url + "/steward/import?lang=zh")
    list_ = tmp_path / "台账.csv"
    list_.write_bytes(as_csv(HEADINGS, [(*row[:4], "") for row in ROWS]))
    page.set_input_files("input[type=file]", list_)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/columns")
    for name, value in COLUMNS.items():
        if name.startswith("field"):
            page.select_option(f"[name={name}]", value)
    page.check("input[name=issue]")
    page.click(".save button")
    page.wait_for_url("**/positions")
    ring = page.locator("#map path[stroke-dasharray]")
    with subtests.test("chosen, it is drawn as a proposal"):
        expect(ring).to_have_count(0)
        page.check("input[name=pick][value='3']")
        expect(ring).to_have_count(2)
    with subtests.test("one of two is ticked"):
        page.locator("input[name='street-3'][data-at]").last.check()
        expect(ring).to_have_count(1)
    with subtests.test("placed by hand it is no more on its street"):
        page.check("input[name=pick][value='2']")
        page.check("input[name='street-2']")
        page.locator("#map").scroll_into_view_if_needed()
        page.click("#map", position={"x": 60, "y": 60})
        expect(page.locator("input[name='street-2']")).not_to_be_checked()
        expect(page.locator("input[name='lon-2']")).not_to_have_value("")
        page.check("input[name='street-2']")
        expect(page.locator("input[name='lon-2']")).to_have_value("")
    page.check("input[name=datum][value=wgs84]")
    assert fits(page)
    assert serious_violations(page) == []
    page.click(".save button")
    page.wait_for_url("**/check")
    expect(page.get_by_text("按地址放在街上的：2 行")).to_be_visible()
    with subtests.test(
        "the check fits a phone in English, too, with its download of what was rejected"
    ):
        page.goto(page.url.partition("?")[0] + "?lang=en")
        expect(page.get_by_role("link", name="Download the rejected rows")).to_be_visible()
        assert fits(page)
