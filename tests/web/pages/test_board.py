"""The board in a browser: from a plan's sites to an opened station, at a desk and on a phone."""

import re

from playwright.sync_api import Page, expect
from sqlalchemy import text

from geoapp.core.questions.siting import SitingParameters
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.siting import run as siting_run
from tests.web.conftest import Site, Visit, fits, serious_violations, sign_in

WANTED = SitingParameters(p=2, standard_m=300.0, spacing_m=100.0, hours="06:00-23:00")


def ready(page: Page) -> None:
    page.wait_for_selector("body[data-ready='true']")


def test_a_site_is_carried_to_an_opened_station(
    site: Site, settings: Settings, visit: Visit
) -> None:
    run = siting_run.run_here(site.database, settings, WANTED)
    page = visit(site, "/sign-in", size="desktop")
    sign_in(site, page, Role.PLANNER)
    page.goto(f"{site.url}/plan/board")
    expect(page.get_by_role("heading", name="看板还是空的")).to_be_visible()

    # One site is ticked, then all are taken: none is there twice.
    page.goto(f"{site.url}/plan/siting?run={run.id}")
    ready(page)
    page.get_by_role("checkbox", name="放到看板").first.check()
    page.get_by_role("button", name="只放勾选的").click()
    expect(page.get_by_role("status").first).to_have_text("已放上 1 处站点；0 处原已在看板上。")
    page.goto(f"{site.url}/plan/siting?run={run.id}")
    ready(page)
    page.get_by_role("button", name="全部放到看板").click()
    expect(page.get_by_role("status").first).to_have_text("已放上 1 处站点；1 处原已在看板上。")
    ready(page)
    expect(page.locator(".leaflet-marker-icon.site-number")).to_have_count(2)
    assert fits(page)
    assert serious_violations(page) == []

    # By a menu and the keyboard alone.
    menu = page.locator("#to-1")
    menu.focus()
    menu.select_option("host_agreed")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#column-host_agreed")).to_contain_text("1")
    ready(page)

    # On a phone it is a list; what dropping takes is asked for, and nothing is lost.
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("#to-2").select_option("dropped")
    page.locator("#p2").get_by_role("button", name="移").click()
    expect(page.get_by_role("alert")).to_contain_text("不建的理由")
    assert fits(page)
    assert serious_violations(page) == []
    page.fill("#state-reason", "房东不租")
    page.get_by_role("button", name="记下这一步").click()
    expect(page.locator("h1 + p")).to_contain_text("房东不租")

    page.set_viewport_size({"width": 1440, "height": 900})
    # A long column scrolls by itself: the page does not grow empty below it.
    page.goto(f"{site.url}/plan/board")
    page.locator("#p1").evaluate("one => one.style.marginTop = '4000px'")
    assert page.evaluate("document.documentElement.scrollHeight") < 2000
    page.goto(f"{site.url}/plan/board/1")
    page.select_option("#state-state", "approved")
    page.get_by_role("button", name="记下这一步").click()
    # A name of its own is offered: where a place lies is none; it opens no earlier than it was approved.
    expect(page.locator("#open-name_zh")).to_have_value(re.compile(r"^市北区\S+ 1$"))
    today = page.locator("#open-opened_on").get_attribute("max") or ""
    assert page.locator("#open-opened_on").get_attribute("min") == today
    page.fill("#open-opened_on", today)
    # What the plan rests on is filled in, to be checked; the rest is left unknown.
    expect(page.locator("#open-opening_hours")).to_have_value("06:00-23:00")
    page.check('[name="amenity"][value="drinking_water"]')
    assert serious_violations(page) == []
    page.fill("#open-phone", "电话没有")
    page.get_by_role("button", name="登记并开放").click()
    expect(page.get_by_role("alert")).to_contain_text("不是电话")
    expect(page.locator('[name="amenity"][value="drinking_water"]')).to_be_checked()
    page.fill("#open-phone", "")
    page.get_by_role("button", name="登记并开放").click()
    expect(page.locator(".state-tag")).to_have_text("已开放")
    page.get_by_role("button", name="算实际").click()
    expect(page.locator("[data-fact] + [role=status]")).to_contain_text("实际新增覆盖")
    page.get_by_text("谁在何时改了什么").click()
    expect(page.locator(".story-told")).to_contain_text("已谈妥 → 批准建设")
    with site.database.session() as session:
        [row] = session.execute(
            text("select status, opened_on, verified_on from facility where code like '370203-%'")
        ).all()
    assert (row.status, row.opened_on.isoformat(), row.verified_on) == ("open", today, None)

    # A manager reads; a page that is older than what is stored changes nothing.
    page.goto(f"{site.url}/plan/board/2")
    stale = page.locator('[name="rev"]').first.input_value()
    with site.database.session() as session:
        session.execute(text("update proposal set cost = 5 where id = 2"))
    page.fill("#edit-host", "社区")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("已被他人修改")
    expect(page.locator("#edit-host")).to_have_value("社区")
    assert stale
    # What somebody else wrote meanwhile stands beside, and is not overwritten unseen.
    expect(page.locator(".field", has=page.locator("#edit-cost"))).to_contain_text("现在是：5")
    page.context.clear_cookies()
    sign_in(site, page, Role.MANAGER)
    page.goto(f"{site.url}/plan/board?state=dropped&lang=en")
    ready(page)
    expect(page.locator(".ticket")).to_have_count(1)
    expect(page.locator(".move")).to_have_count(0)
    page.goto(f"{site.url}/plan/board/2")
    expect(page.locator("form[action*='board']")).to_have_count(0)
