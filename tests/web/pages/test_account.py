"""Signing in and out, who may open what, the steward's page, and pages of errors."""

import re
from pathlib import Path

import pytest
from flask import Flask, abort
from playwright.sync_api import expect
from werkzeug.test import TestResponse

from geoapp.app import create_app
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.users import save_user
from geoapp.store.engine import Database
from geoapp.web.pages.sign_in import is_own_path
from tests.web.api_client import client_of, make_app
from tests.web.conftest import PASSWORD, Site, Visit, serious_violations, serve, sign_in


@pytest.fixture
def town(shown_town_template: str, database: Database, settings: Settings) -> Flask:
    """The application on the small town, for what needs no browser; forms need their tokens."""
    return make_app(settings, database, csrf=True)


def token_of(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.get_data(as_text=True))
    assert found is not None
    return found[1]


def test_sign_in_leads_to_the_page_that_asked(site: Site, visit: Visit) -> None:
    """A guarded page sends to the form, the form back to the page; signing out ends it."""
    page = visit(site, "/plan", size="desktop")
    assert "/sign-in" in page.url
    page.fill("#name", "nobody")
    page.fill("#password", "wrong password")
    page.click("form.card button[type=submit]")
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不对")
    expect(page.locator("#password")).to_be_focused()
    save_user(site.database, "a-planner", Role.PLANNER, PASSWORD)
    page.fill("#name", "a-planner")
    page.fill("#password", PASSWORD)
    page.click("form.card button[type=submit]")
    page.wait_for_url(site.url + "/plan")
    page.get_by_role("button", name=re.compile("退出")).click()
    expect(page.get_by_role("link", name="登录")).to_be_visible()
    page.goto(site.url + "/plan")
    assert "/sign-in" in page.url


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (
            Role.PLANNER,
            [
                "找站点",
                "找帮助",
                "覆盖情况",
                "承诺",
                "标准",
                "规划",
                "看板",
                "使用",
            ],
        ),
        (
            Role.STEWARD,
            [
                "找站点",
                "找帮助",
                "覆盖情况",
                "承诺",
                "标准",
                "方案",
                "看板",
                "使用",
                "数据",
                "反馈",
            ],
        ),
        (Role.MANAGER, ["找站点", "找帮助", "覆盖情况", "承诺", "标准", "方案", "看板", "使用"]),
        (
            Role.ADMIN,
            [
                "找站点",
                "找帮助",
                "覆盖情况",
                "承诺",
                "标准",
                "规划",
                "看板",
                "使用",
                "数据",
                "反馈",
                "用户",
            ],
        ),
    ],
)
def test_navigation_shows_what_a_role_may_open(
    town: Flask, database: Database, role: Role, seen: list[str]
) -> None:
    """No link leads to a refusal, and what is not shown is refused with a page."""
    client = client_of(town, database, role)
    page = client.get("/coverage?lang=zh").get_data(as_text=True)
    navigation = page[page.index("<nav") : page.index("</nav>")]
    assert re.findall(r'class="nav-link"[^>]*>([^<]*)<', navigation) == seen
    # Where somebody is lost, one press leads to where the role begins.
    own = "/plan" if "规划" in seen else "/steward" if "数据" in seen else "/coverage"
    lost = client.get("/no-such-page?lang=zh").get_data(as_text=True)
    assert re.search(rf'href="{own}">.*回到我的首页', lost, re.S)
    for path, name in (("/plan", "规划"), ("/steward", "数据")):
        assert client.get(path).status_code == (200 if name in seen else 403)


@pytest.mark.parametrize(
    ("wanted", "own"),
    [
        ("/plan?run=3", True),
        ("", False),
        ("plan", False),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("https://evil.example/", False),
        ("/\t/evil.example", False),
    ],
)
def test_sign_in_never_leads_away(wanted: str, own: bool) -> None:
    """Only a plain path on this server is followed after signing in."""
    assert is_own_path(wanted) is own


def test_guessing_is_slowed_down(town: Flask) -> None:
    """The eleventh attempt within a minute is refused, with a page that says so."""
    client = town.test_client()
    form = {
        "name": "nobody",
        "password": "wrong password",
        "csrf_token": token_of(client.get("/sign-in")),
    }
    statuses = [client.post("/sign-in", data=form).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]


def test_form_without_its_token_is_refused(town: Flask) -> None:
    """Another site cannot sign somebody in."""
    client = town.test_client()
    client.get("/sign-in")
    answer = client.post("/sign-in", data={"name": "a", "password": PASSWORD})
    assert answer.status_code == 400


def test_steward_sees_what_lacks_what(site: Site, visit: Visit) -> None:
    """Counts lead to lists: of six facilities one is closed for good, one has unknown hours."""
    page = visit(site, "/sign-in", size="desktop")
    sign_in(site, page, Role.STEWARD)
    page.goto(site.url + "/steward")
    expect(page.get_by_role("heading", level=1)).to_have_text("数据状况")
    expect(page.locator(".figure", has_text="启用").locator("dd").first).to_have_text("4")
    # All twelve things to be mended stand beside each other on a desk's screen.
    for language in ("en", "zh"):
        page.goto(f"{site.url}/steward?lang={language}")
        table = page.locator("#districts")
        assert table.evaluate("one => one.offsetWidth <= one.parentElement.clientWidth"), language
    hours = page.locator(".lack", has_text="开放时间未知")
    expect(hours.locator("strong")).to_have_text("1")
    hours.click()
    expect(page.locator("#facilities tbody tr")).to_have_count(1)
    expect(page.locator("#facilities tbody tr")).to_contain_text("T-3")
    assert serious_violations(page) == []


def test_steward_list_unknown_is_explained(town: Flask, database: Database) -> None:
    """A list that does not exist is named, with those that do."""
    page = client_of(town, database, Role.STEWARD).get("/steward?list=colour")
    told = page.get_data(as_text=True)
    assert "hours, entry, phone, opened, verified, region" in told[told.index("<main") :]


def test_steward_without_facilities_is_told_what_to_do(empty_site: Site, visit: Visit) -> None:
    """An empty store shows the first step."""
    page = visit(empty_site, "/sign-in")
    sign_in(empty_site, page, Role.STEWARD)
    page.goto(empty_site.url + "/steward")
    page.click("main a:has-text('导入一个文件')")
    expect(page.locator("h1")).to_have_text("导入设施")


def test_missing_page_leads_back(site: Site, visit: Visit) -> None:
    """Not found is a page in both languages, with a way on."""
    page = visit(site, "/no-such-page?lang=en", language="en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Not found")
    page.goto(f"{site.url}/no-such-page?lang=zh")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有找到")
    assert serious_violations(page) == []
    page.locator("main a.button").click()
    expect(page.locator("#finder-form")).to_be_visible()


def test_unexpected_failure_has_a_number_and_no_details(
    database: Database, settings: Settings, visit: Visit
) -> None:
    """What nobody expected shows an incident number, never its text."""
    app = create_app(settings, database)

    def broken() -> str:
        raise RuntimeError("a secret detail")

    app.add_url_rule("/broken", view_func=broken)
    app.add_url_rule("/forbidden", view_func=lambda: abort(403))
    for url in serve(app):
        page = visit(Site(url, database), "/broken")
        expect(page.locator("main")).to_contain_text(re.compile("编号 [0-9a-f]{8}"))
        assert "secret" not in page.content()
        page.goto(url + "/forbidden")
        expect(page.get_by_role("heading", level=1)).to_have_text("没有权限")


def test_a_store_that_is_away_gives_a_page_to_retry(
    site: Site, settings: Settings, visit: Visit, tmp_path: Path
) -> None:
    """No database: 503 with a button, also for somebody who is signed in."""
    page = visit(site, "/sign-in")
    sign_in(site, page, Role.PLANNER)
    # The same data folder, so the same key: the session holds on the second port too.
    away = Database({"host": str(tmp_path), "dbname": "nothing"})
    for url in serve(create_app(settings, away)):
        for path in ("/", "/plan", "/coverage"):
            answer = page.goto(url + path)
            assert answer is not None
            assert answer.status == 503
            expect(page.get_by_role("heading", level=1)).to_have_text("服务暂时不可用")
            expect(page.get_by_role("link", name="再试一次")).to_have_attribute("href", path)
        assert serious_violations(page) == []
    away.close()


def test_sign_in_has_no_serious_violation(site: Site, visit: Visit) -> None:
    """axe-core finds nothing serious on the form, with its menu open, by day and by night."""
    page = visit(site, "/sign-in?lang=zh")
    for language, scheme in (("zh", "light"), ("en", "dark")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(f"{site.url}/sign-in?lang={language}")
        page.locator(".menu > summary").click()
        assert serious_violations(page) == []
