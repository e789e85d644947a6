"""The finder's field: found by words with scripts and without, and kept on the phone alone."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from tests.city_streets import load_city_streets
from tests.web.api_client import make_app
from tests.web.conftest import Site, Visit, fits, serious_violations


@pytest.fixture
def client(shown_town_template: str, database: Database, settings: Settings) -> FlaskClient:
    return make_app(settings, database).test_client()


def links(client: FlaskClient, words: str, language: str = "zh") -> list[str]:
    """Return where the hits of the page lead that is there without scripts."""
    page = client.get("/", query_string={"q": words, "lang": language}).text
    return re.findall(r'<li class="hit"><a href="([^"]+)"', page)


def test_without_scripts_the_field_answers_with_links(
    client: FlaskClient, settings: Settings, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    load_city_streets(settings, tmp_path)
    for words, wanted in {
        "t-1": "/stations/T-1",
        "shi4bei3": "/?place=370203&amp;open=1",  # a wrong tone
        "sbq": "/?place=370203&amp;open=1",
        "台东": "/?place=370203:%E5%8F%B0%E4%B8%9C&amp;open=1",
        "taidong": "/?place=370203:%E5%8F%B0%E4%B8%9C&amp;open=1",
        "wbl": "/?amenity=microwave",
        "驿站点 服务": None,
        "worker home": "/?what=home:worker_home",
        "法律援助": "/services?category=legal_aid",
        "附近哪里能热饭？": "/?amenity=microwave",
        "where is the toilet": "/?amenity=toilet",
        "哪里能充电热饭": "/?amenity=phone_charging,microwave",
        "市北区厕所": "/?amenity=toilet&amp;place=370203&amp;open=1",
        "山东省青岛市市北区厕所": "/?amenity=toilet&amp;place=370203&amp;open=1",
        "青岛市北cesuo": "/?amenity=toilet&amp;place=370203&amp;open=1",
        "市北区法律援助": "/services?category=legal_aid&amp;place=370203",
        "青岛市市北区没有的路 3 号": "/?place=370203&amp;open=1",
        "青岛市市北区台东三路 9 号": "/?place=house:%E5%8F%B0%E4%B8%9C%E4%B8%89%E8%B7%AF:1:9&amp;open=1",
        "台东三路 9 号": "/?place=house:%E5%8F%B0%E4%B8%9C%E4%B8%89%E8%B7%AF:1:9&amp;open=1",
    }.items():
        with subtests.test(words=words):
            found = links(client, words)
            assert wanted in found if wanted else found == []
    # A city without an outline is no place to start from; what is planned is for staff.
    assert links(client, "青岛市") == ["/stations/T-1"]  # by its address
    page = client.get("/?q=没有这样的地方&lang=zh").text
    assert "没有找到“没有这样的地方”" in page
    assert 'href="/suggest"' in page
    odd = client.get("/", query_string={"q": '<b>"' + "长" * 5000, "lang": "zh"})
    assert odd.status_code == 200
    assert "<b>&#34;" not in odd.text
    assert 'id="found-by-words"' not in client.get("/?q=+&lang=zh").text
    # Each leads to what it says.
    place = client.get(links(client, "台东")[0].replace("&amp;", "&"))
    assert '<option value="370203:台东" selected>台东（约）' in place.text
    assert 'class="found"' in place.text
    street = client.get(links(client, "taidongsanlu")[0].replace("&amp;", "&"))
    assert '<option value="street:台东三路:1" selected>台东三路（约）' in street.text
    assert "从“台东三路（约）”中部的一点算起" in street.text
    house = client.get(links(client, "台东三路 9 号")[0].replace("&amp;", "&"))
    assert "从“台东三路 9 号（约）”算起" in house.text
    assert "中部的一点" not in house.text
    english = client.get("/?place=370203&lang=en").text
    assert "stations in Shibei: the open ones first, from where most of them are." in english
    assert "on foot" not in english  # of a list from nowhere nobody is told how far it is
    assert "选一个区域" in client.get("/?amenity=microwave&lang=zh").text
    assert client.get("/?place=370203:nowhere").status_code == 404
    # A landmark of a district that the register does not know is not offered.
    assert links(client, "五四广场") == []


def test_large_characters_are_chosen_on_any_page_and_stay(client: FlaskClient) -> None:
    assert 'class="large"' not in client.get("/?lang=zh").text
    assert "/?lang=zh&amp;text=large" in client.get("/?lang=zh").text
    chosen = client.get("/services?text=large&lang=zh").text
    assert '<html lang="zh-CN" class="large">' in chosen
    assert "标准字号" in chosen
    # Also where answers are kept for all who ask.
    for path in ("/", "/coverage"):
        assert 'class="large"' in client.get(path).text
    client.get("/?text=normal")
    for path in ("/", "/coverage"):
        assert 'class="large"' not in client.get(path).text


def test_what_is_typed_is_answered_by_post_and_kept_by_nobody(client: FlaskClient) -> None:
    answer = client.post("/finder/hits.json?lang=en", data={"q": "shibei"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json()["hits"][0] == {
        "kind": "region",
        "value": "370203",
        "name": "Shibei",
        "context": "Qingdao · District",
        "href": "/?place=370203&open=1",
        "sample": False,
        "place": None,
    }
    answer = client.post("/finder/hits.json?lang=en", data={"q": "toilet in Shibei"})
    hit = answer.get_json()["hits"][0]
    assert (hit["kind"], hit["value"], hit["name"]) == ("amenity", "toilet", "Shibei · Toilet")
    assert hit["place"] == {"value": "370203", "name": "Shibei"}
    assert client.post("/finder/hits.json").get_json() == {"hits": [], "unread": 0, "meant": None}


def test_one_types_chooses_saves_and_forgets(site: Site, visit: Visit) -> None:
    with site.database.session() as session:
        session.execute(text("update facility set name_zh = '云霄路驿站' where code = 'T-4'"))
    page = visit(site, position=None)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    field, options = page.locator("#words"), page.locator("#hits [role=option]")
    field.focus()
    expect(page.locator("#search[data-ready]")).to_be_attached()
    # Nothing is kept yet, so nothing is offered.
    expect(page.locator("#hits-box")).to_be_hidden()
    field.press_sequentially("shibei")
    expect(options.first).to_contain_text("市北区")
    expect(page.locator("#search-said")).to_contain_text(re.compile(r"\d+ 个结果"))
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "hit-0")
    assert serious_violations(page) == []
    field.press("Escape")
    expect(page.locator("#hits-box")).to_be_hidden()
    field.press("ArrowDown")
    expect(options.first).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    # The district is where one looks from now, and the answer is there: the first
    # that this service gives, so that it reads the facilities for it.
    expect(page.locator("#place")).to_have_value("370203")
    expect(page.locator("#results .found").first).to_be_visible(timeout=30_000)
    # An amenity becomes a condition.
    field.fill("微波")
    options.filter(has_text="微波炉").first.click()
    expect(page.locator("#finder-form input[value=microwave]")).to_be_checked()
    expect(page.locator("#results .found")).to_have_count(1)
    # A condition and the place to look from, at once.
    field.fill("台东热水")
    expect(options.first).to_contain_text("台东（约） · 饮水")
    options.first.click()
    expect(page.locator("#place")).to_have_value("370203:台东")
    expect(page.locator("#finder-form input[value=drinking_water]")).to_be_checked()
    field.fill("没有这样的地方")
    expect(page.locator("#hits-none")).to_contain_text("没有找到“没有这样的地方”")
    # A station opens, and is saved by its star.
    field.fill("yxl")
    field.press("Enter")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(options.first).to_contain_text("云霄路驿站")
    assert "q=" not in page.url
    field.press("Enter")
    expect(page).to_have_url(re.compile("/stations/T-4$"))
    star = page.locator("[data-star]")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    # Its page is there to be shared; this browser copies the link.
    page.locator(".go > summary").click()
    expect(page.locator(".ride-list a")).to_have_count(4)
    page.evaluate("() => Object.defineProperty(navigator, 'share', { value: undefined })")
    page.click("[data-share]")
    expect(page.locator(".share [role=status]")).to_have_text("已复制")
    page.goto(f"{site.url}/?lang=zh")
    field.focus()
    expect(options).to_have_count(4)
    expect(options.first).to_contain_text("云霄路驿站")
    expect(options.first).to_contain_text("收藏的")
    expect(page.locator("#hits-kept")).to_contain_text("不发送")
    assert fits(page)
    assert not [one for one in asked if "yxl" in one or "shibei" in one]
    page.click("#forget")
    expect(page.locator("#hits-box")).to_be_hidden()
    assert page.evaluate("() => localStorage.getItem('geoapp-places')") is None


def test_a_press_below_the_open_list_is_not_lost(site: Site, visit: Visit) -> None:
    page = visit(site, "/?lang=zh", position=None)
    page.fill("#words", "市北")
    expect(page.locator("#hits [role=option]").first).to_be_visible()
    page.click("#locate")
    expect(page.get_by_role("alert")).to_contain_text("没有得到定位许可")
    expect(page.locator("#hits")).to_be_hidden()


def test_what_is_wanted_in_a_place_leaves_the_answer_in_sight(site: Site, visit: Visit) -> None:
    page = visit(site, "/?lang=zh", position=None)
    page.fill("#words", "市北区法律咨询")
    page.locator("#hits [role=option]").first.click()
    expect(page.locator("#more-count")).to_have_text("已选 1 项")
    expect(page.locator(".more-filters")).not_to_have_attribute("open", "")
