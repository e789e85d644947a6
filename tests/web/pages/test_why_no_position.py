"""Why a device tells no position is said in the same words by the finder, on my way, and where a place is suggested."""

import pytest
from playwright.sync_api import expect

from tests.web.conftest import Site, Visit, fits

INSECURE = "Object.defineProperty(window, 'isSecureContext', { value: false });"
SILENT = "navigator.geolocation.getCurrentPosition = () => {};"
LOST = "navigator.geolocation.getCurrentPosition = (got, failed) => failed({ code: 2 });"
MISSING = "Object.defineProperty(Navigator.prototype, 'geolocation', { value: undefined });"


def agent(name: str) -> str:
    return f"Object.defineProperty(navigator, 'userAgent', {{ value: navigator.userAgent + ' {name}' }});"


REASONS = (
    ("", "没有得到定位许可", False),
    (SILENT, "8 秒内没有定到位", True),
    (LOST, "现在定不了位", True),
    (MISSING, "这个浏览器不支持定位", False),
    (agent("Meituan/12"), "这个应用里没有定到位", False),
    (agent("MicroMessenger/8.0"), "微信里没有定到位", False),
    (INSECURE, "这个网址不是 https", False),
)
PAGES = {
    "/": ("#locate", "#message-text", "或者从上面选一个区域"),
    "/along": ("#locate", "#message-text", "写下出发的地方，或在地图上点"),
    "/suggest": ("#here button", "#here [role=status]", "写下它在哪里"),
}


@pytest.mark.parametrize("path", list(PAGES))
def test_each_reason_has_its_own_sentence(site: Site, visit: Visit, path: str) -> None:
    button, told, ways = PAGES[path]
    # On my way all of them; of the others, whose script is the same, those that no browser test has yet.
    for script, words, may_pass in REASONS if path == "/along" else REASONS[-2:]:
        page = visit(site, "/sign-in", position=None)
        page.clock.install()
        if script:
            page.add_init_script(script)
        page.set_viewport_size({"width": 320, "height": 640})
        page.goto(f"{site.url}{path}?lang=zh")
        page.click(button)
        if script == SILENT:
            page.clock.fast_forward(8_000)
        expect(page.locator(told)).to_contain_text(words)
        expect(page.locator(told)).to_contain_text(ways)
        if path != "/suggest":
            expect(page.locator("#retry")).to_be_visible(visible=may_pass)
        assert fits(page)
        page.context.close()


def test_a_position_that_comes_late_is_taken_all_the_same(site: Site, visit: Visit) -> None:
    page = visit(site, "/sign-in", position=None)
    page.clock.install()
    page.add_init_script(
        "navigator.geolocation.getCurrentPosition = (got) => { window.came = got; };"
    )
    page.goto(f"{site.url}/along?lang=zh")
    page.click("#locate")
    page.clock.fast_forward(8_000)
    expect(page.locator("#message-text")).to_contain_text("8 秒内没有定到位")
    page.evaluate("window.came({ coords: { longitude: 120.35, latitude: 36.07, accuracy: 20 } })")
    expect(page.locator("#stop-1")).to_have_value("我的位置 (120.35000,36.07000)")
    expect(page.locator("#message")).to_be_hidden()
