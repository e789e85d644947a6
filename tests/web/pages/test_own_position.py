"""One's own position is asked for once at a time, and no late answer takes away what has been begun."""

import re

from playwright.sync_api import Route, expect

from tests.web.conftest import WORKER_LAT, WORKER_LON, Site, Visit

FOUND = "#results .found"
# Positions are given when the test says so, and counted.
HELD = """() => { window.asked = []; navigator.geolocation.getCurrentPosition = (got) => window.asked.push(got); }"""
GIVE = """([which, longitude, latitude]) =>
  window.asked[which]({ coords: { longitude, latitude, accuracy: 10 } })"""
HERE = [0, WORKER_LON, WORKER_LAT]


def test_however_often_it_is_wanted_one_question_goes_out(site: Site, visit: Visit) -> None:
    page = visit(site, "/?lang=zh", position=None)
    sent: list[str] = []
    page.on(
        "request",
        lambda request: sent.append(request.url) if "/finder/results" in request.url else None,
    )
    page.locator("body[data-ready=true]").wait_for()
    page.evaluate(HELD)
    page.evaluate("() => { const at = Date.now(); Date.now = () => at; }")
    page.context.grant_permissions(["geolocation"])
    page.wait_for_function("window.asked.length")
    page.click("#locate")
    page.click("#locate")
    page.evaluate(GIVE, HERE)
    expect(page.locator(FOUND).first).to_contain_text("示例·T-1")
    expect(page.locator("#status")).to_have_text(re.compile("找到"))
    assert page.evaluate("window.asked.length") == 1
    # Pressed again where one has not moved, the service is not asked again.
    page.click("#locate")
    expect(page.locator("#status")).to_have_text("正在定位…")
    page.evaluate(GIVE, [1, *HERE[1:]])
    expect(page.locator("#status")).to_have_text(re.compile("找到"))
    assert len(sent) == 1
    page.click("#locate")
    with page.expect_request("**/finder/results*"):
        page.evaluate(GIVE, [2, WORKER_LON + 0.001, WORKER_LAT])


def test_what_is_begun_while_an_answer_is_awaited_stays(site: Site, visit: Visit) -> None:
    page = visit(site, "/?lang=zh&asked=1", size="desktop")
    card = page.locator(f"{FOUND}[data-code=T-2]")
    pick = card.locator(".found-pick")
    expect(pick).to_be_visible()
    # The position is asked for anew, some time later.
    page.evaluate("() => { const now = Date.now; Date.now = () => now() + 60000; }")
    held: list[Route] = []
    page.route("**/finder/results*", lambda route: held.extend([route]))
    with page.expect_request("**/finder/results*"):
        page.click("#locate")
    page.locator("#results.waiting").wait_for()
    pick.click()
    card.locator(".facts > summary").click()
    expect(card.locator(".facts > summary")).to_be_focused()
    page.evaluate("() => { document.querySelector('.found').dataset.earlier = ''; }")
    held[0].continue_()
    page.locator("#results:not(.waiting)").wait_for()
    expect(page.locator("[data-earlier]")).to_have_count(0)
    expect(page.locator(".found.chosen")).to_have_attribute("data-code", "T-2")
    expect(page.locator(".marker.chosen")).to_have_text("2")
    expect(card.locator(".facts > summary")).to_be_focused()
    expect(card.locator(".facts")).to_have_attribute("open", "")
    page.unroute("**/finder/results*")
    # A place that is not there any more cannot keep the focus; the list has it.
    page.locator(".chip", has_text="厕所").locator("input").evaluate("one => one.click()")
    expect(card).to_have_count(0)
    expect(page.locator("#results")).to_be_focused()


def test_a_position_that_was_given_up_answers_who_asks_again(site: Site, visit: Visit) -> None:
    page = visit(site, "/sign-in", position=None)
    page.clock.install()
    page.goto(f"{site.url}/?lang=zh")
    page.locator("body[data-ready=true]").wait_for()
    page.evaluate(HELD)
    page.click("#locate")
    page.clock.fast_forward(8_000)
    expect(page.locator("#message")).to_contain_text("8 秒内没有定到位")
    page.click("#retry")
    page.wait_for_function("window.asked.length === 2")
    page.evaluate(GIVE, HERE)
    expect(page.locator(FOUND).first).to_contain_text("示例·T-1")
    # The answer to the second comes from a little further: one is still where one was found.
    page.evaluate(GIVE, [1, WORKER_LON + 0.001, WORKER_LAT])
    page.locator(".chip", has_text="到时开放").click()
    page.locator("#results:not(.waiting)").wait_for()
    expect(page.locator("#map .elsewhere")).to_have_count(0)
    expect(page.locator("#map .me")).to_have_count(1)
