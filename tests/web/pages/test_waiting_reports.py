"""What workers tell without a network waits on the phone, and arrives once."""

import json
import re
from contextlib import closing

from playwright.sync_api import Page, Route, expect
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.seed import fill_town
from tests.web.conftest import Site, Visit, fits, serious_violations, serve

REPORTS = "**/api/v1/reports"
PORTAL = "<!doctype html><title>Wi-Fi</title><p>请先登录无线网"
READY = "#unsent[data-ready]"
NOTHING_WAITS = """async () => {
  const { root = "/", api = "" } = document.getElementById("unsent").dataset;
  return !(await self.geoappOutbox(root, api).all()).length;
}"""


def _arrived(database: Database) -> list[tuple[object, ...]]:
    query = "select kind, place_words, note, rated from worker_report order by id"
    with database.session() as session:
        return [tuple(row) for row in session.execute(text(query))]


def _opened(visit: Visit, site: Site, path: str, language: str = "zh") -> Page:
    page = visit(site, path, language=language)
    expect(page.locator(READY)).to_be_attached()
    return page


def test_a_report_arrives_once_however_the_network_fails(site: Site, visit: Visit) -> None:
    page = _opened(visit, site, "/stations/T-1")
    waiting = page.locator("#unsent-list li")

    def lost_on_the_way_back(route: Route) -> None:
        route.fetch()
        route.abort()

    failures = (
        lambda route: route.abort(),
        lambda route: route.fulfill(status=200, content_type="text/html", body=PORTAL),
        lambda route: route.fulfill(status=200, json={"code": 0, "message": "portal"}),
        lambda route: route.fulfill(status=302, headers={"Location": "http://127.0.0.1:9/"}),
        lambda route: route.fulfill(status=403, content_type="text/html", body=PORTAL),
        lambda route: route.fulfill(status=502, body="bad gateway"),
        lost_on_the_way_back,
        lost_on_the_way_back,
    )
    told = page.locator(".tell [data-told]")
    for number, failure in enumerate(failures):
        page.unroute(REPORTS)
        page.route(REPORTS, failure)
        if not number:
            page.get_by_role("button", name="在这里，但关着门").click()
            expect(told).to_contain_text("等有网络时发送")
        else:
            page.get_by_role("button", name="现在就发").click()
            expect(page.locator("#unsent-said")).to_contain_text("还是连不上")
            page.locator("#unsent-said").evaluate("one => { one.textContent = ''; }")
        expect(waiting).to_have_count(1)
    expect(waiting).to_contain_text("在这里，但关着门")
    assert len(_arrived(site.database)) == 1  # though the phone cannot know
    assert fits(page)
    assert serious_violations(page) == []
    # The next visit finds the network back.
    page.unroute(REPORTS)
    page.reload()
    expect(page.locator(READY)).to_be_attached()
    # The list is hidden before it is read, too: what counts is that nothing waits on the phone.
    page.wait_for_function(NOTHING_WAITS)
    expect(page.locator("#unsent")).to_be_hidden()
    assert _arrived(site.database) == [("shut", None, None, False)]
    # What is taken back is never sent; the last word on a kind counts.
    page.route(REPORTS, lambda route: route.abort())
    for _ in range(2):
        page.locator(".tell button", has_text="满了").click()
        expect(told).to_contain_text("等有网络时发送")
        told.evaluate("one => { one.textContent = ''; }")
    page.get_by_text("打分、说说缺什么").click()
    page.locator(".stars .chip", has_text="4 分").click()
    page.fill("textarea[name=note]", "微波炉坏了")
    page.get_by_role("button", name="发送", exact=True).click()
    expect(waiting).to_have_count(2)
    # Another page of the same browser hears of what changes here.
    other = page.context.new_page()
    other.route(REPORTS, lambda route: route.abort())
    other.goto(f"{site.url}/?lang=zh")
    expect(other.locator("#unsent-list li")).to_have_count(2)
    waiting.first.get_by_role("button").click()
    expect(waiting).to_have_count(1)
    expect(waiting).to_contain_text("4 分")
    expect(other.locator("#unsent-list li")).to_have_count(1)
    other.close()
    page.unroute(REPORTS)
    with page.expect_response(REPORTS):
        page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#unsent")).to_be_hidden()
    assert _arrived(site.database)[1:] == [(None, None, "微波炉坏了", True)]


def test_what_was_pressed_is_said_as_it_stands_now(site: Site, visit: Visit) -> None:
    page = _opened(visit, site, "/stations/T-1")
    told = page.locator(".tell [data-told]")
    page.route(REPORTS, lambda route: route.abort())
    shut = page.locator(".tell button", has_text="但关着门")
    shut.click()
    expect(told).to_contain_text("等有网络时发送")
    page.get_by_role("button", name="撤回").click()
    expect(told).to_have_text("")
    shut.click()
    expect(told).to_contain_text("等有网络时发送")
    page.unroute(REPORTS)
    page.get_by_role("button", name="现在就发").click()
    expect(told).to_have_text("已收到，谢谢。")
    # Whoever is told to wait is not told that the network is gone.
    busy = {"status": 429, "detail": "Too often.", "detail_zh": "太频繁，请 5 分钟后再试。"}
    page.route(REPORTS, lambda route: route.fulfill(status=429, json=busy))
    page.locator(".tell button", has_text="满了").click()
    expect(told).to_have_text("太频繁，请 5 分钟后再试。 已存在这台设备上，到时自动发送。")
    page.get_by_role("button", name="撤回").click()
    page.unroute(REPORTS)
    # Who thinks again, twice, is believed the last time; a thumb that trembles is not two.
    for name in ("正常开放", "但关着门", "但关着门"):
        with page.expect_response(REPORTS):
            page.locator(".tell button", has_text=name).click()
        expect(told).to_have_text("已收到，谢谢。")
    assert [kind for kind, *_ in _arrived(site.database)] == ["shut", "open", "shut"]


def test_what_is_not_taken_is_said(site: Site, visit: Visit) -> None:
    page = _opened(visit, site, "/stations/T-1", language="en")
    page.set_viewport_size({"width": 320, "height": 640})
    page.route(REPORTS, lambda route: route.abort())
    page.get_by_role("button", name="Moved: not here").click()
    waiting = page.locator("#unsent-list li")
    expect(waiting).to_have_count(1)
    # Its clock says that this was three weeks ago; and one that the service has forgotten.
    page.evaluate(
        """() => new Promise((resolve) => {
          const opening = indexedDB.open(`geoapp-outbox ${document.getElementById('unsent').dataset.root}`);
          opening.onsuccess = () => {
            const whole = opening.result.transaction('reports', 'readwrite');
            const store = whole.objectStore('reports');
            const asked = store.getAll();
            asked.onsuccess = () => {
              const [one] = asked.result;
              store.put({ ...one, made_ms: one.made_ms - 21 * 86400000 });
              store.put({ ...one, key: 'a-key-of-another', body: { code: 'NONE', kind: 'shut' } });
            };
            whole.oncomplete = () => { opening.result.close(); resolve(); };
          };
        })"""
    )
    page.unroute(REPORTS)
    page.get_by_role("button", name="Send now").click()
    expect(waiting.first).to_contain_text("more than 14 days ago")
    expect(waiting.last).to_contain_text("Not taken: No such facility")
    expect(page.get_by_role("heading", name="Reports that were not taken")).to_be_visible()
    assert fits(page)
    for left in (1, 0):
        page.get_by_role("button", name="Dismiss").first.click()
        expect(waiting).to_have_count(left)
    expect(page.locator("#unsent")).to_be_hidden()
    assert _arrived(site.database) == []


def test_without_a_network_one_tells_and_suggests(
    database: Database, settings: Settings, visit: Visit
) -> None:
    initialise(database)
    fill_town(database)
    with closing(serve(create_app(settings, database))) as urls:
        site = Site(next(urls), database)
        page = visit(site, "/?lang=zh", keeps=True)
        expect(page.locator("body[data-offline=ready]")).to_be_attached(timeout=30_000)
    # The service is gone. A station's page leads to the station as it is kept.
    page.goto(f"{site.url}/stations/T-2")
    page.get_by_role("link", name=re.compile("^看存着的“")).click()
    card = page.locator("#results .found")
    expect(card).to_have_count(1)
    expect(card.locator(".found-walk")).to_have_count(0)  # from nowhere it is no way off
    expect(page.locator(READY)).to_be_attached()
    card.locator(".facts > summary").first.click()
    card.get_by_role("button", name="和写的不一样").click()
    expect(card.locator(".tell [data-told]")).to_contain_text("等有网络时发送")
    card.get_by_text("打分、说说缺什么").click()
    card.locator(".chip", has_text="2 分").click()
    card.get_by_role("button", name="发送", exact=True).click()
    waiting = page.locator("#unsent-list li")
    expect(waiting).to_have_count(2)
    expect(waiting.first).to_contain_text("名字特别特别长")
    assert fits(page)
    assert serious_violations(page) == []
    page.goto(f"{site.url}/suggest")
    page.fill("#where", "东门内岗亭")
    page.get_by_role("button", name="发送", exact=True).click()
    expect(waiting).to_have_count(3)
    expect(page.locator("#where")).to_have_value("")
    # What the phone holds, and nothing else.
    bodies = page.evaluate(
        """() => new Promise((resolve) => {
          const opening = indexedDB.open(`geoapp-outbox ${document.getElementById('unsent').dataset.root}`);
          opening.onsuccess = () => {
            const asked = opening.result.transaction('reports').objectStore('reports').getAll();
            asked.onsuccess = () => { opening.result.close(); resolve(asked.result.map((one) => one.body)); };
          };
        })"""
    )
    assert sorted(bodies, key=json.dumps) == [
        {"code": "T-2", "kind": "wrong"},
        {"code": "T-2", "stars": 2},
        {"kind": "suggest", "where": "东门内岗亭"},
    ]
