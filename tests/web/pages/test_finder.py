"""The finder, as workers meet it: phone and desktop, with and without position and scripts."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests.web.conftest import (
    SIZES,
    WORKER_LAT,
    WORKER_LON,
    Site,
    Visit,
    fits,
    serious_violations,
)

REACHED = """() => {
  const covers = document.querySelectorAll('.header, #sheet, #handle, #map .leaflet-control');
  const over = [...covers].map((one) => one.getBoundingClientRect());
  const map = document.getElementById('map').getBoundingClientRect();
  const markers = [...document.querySelectorAll('#map .marker')];
  return markers.length && markers.every((one) => {
    const { left, right, top, bottom } = one.getBoundingClientRect();
    const hides = (other, by) => left + by < other.right && other.left + by < right
      && top + by < other.bottom && other.top + by < bottom;
    const above = markers.filter((other) => Number(other.style.zIndex) > Number(one.style.zIndex));
    const free = left >= map.left && right <= map.right && top >= map.top && bottom <= map.bottom
      && !over.some((other) => hides(other, 0)) && !above.some((other) => hides(other.getBoundingClientRect(), 10));
    return one.tabIndex === (free ? 0 : -1);
  });
}"""
FOUND = "#results .found"
# The map has moved to its answer when each mark stands in view, beside the sheet or above it, and
# their middle near its own.
IN_SIGHT = """width => {
  const map = document.getElementById('map').getBoundingClientRect()
  const sheet = document.getElementById('sheet').getBoundingClientRect()
  const bottom = sheet.width < map.width + 1 && sheet.x <= map.x && sheet.right >= map.right ? sheet.y : map.bottom
  const marks = [...document.querySelectorAll('.marker')].map(e => e.getBoundingClientRect())
  const middle = marks.reduce((sum, one) => sum + one.y + one.height / 2, 0) / marks.length
  return innerWidth === width && marks.length > 0 && marks.every(one => one.y >= map.y && one.bottom <= bottom + 22)
    && Math.abs(middle - (map.y + bottom) / 2) < (bottom - map.y) / 4
}"""
ANY_MARK = "() => document.querySelector('.marker').getBoundingClientRect().x"


def names(page: Page) -> list[str]:
    """Return the names in the list, in their order."""
    return page.locator(f"{FOUND} .found-pick span:last-child").all_text_contents()


def test_answers_at_once_where_position_is_allowed(site: Site, visit: Visit) -> None:
    """Nobody who has allowed it before must tap to see the nearest open place."""
    page = visit(site)
    expect(page.locator(FOUND).first).to_contain_text("示例·T-1")
    expect(page.locator(FOUND).first.locator(".found-state")).to_contain_text("开放中 · 24 小时")
    expect(page.locator("#status")).to_have_text(re.compile("找到 \\d 处"))
    expect(page.locator(".marker")).to_have_count(page.locator(FOUND).count())
    # Every control is at least 44 px high for a gloved thumb, the sheet's bar too.
    small = page.evaluate(
        """() => Array.from(document.querySelectorAll('button, a, summary, select, .chip'))
          .filter(e => e.offsetParent && !e.matches('.skip'))
          .filter(e => e.getBoundingClientRect().height < 43.5)
          .map(e => e.outerHTML.slice(0, 90))"""
    )
    assert small == []
    # Escape, or a press beside it, shuts the menu.
    menu = page.locator(".menu-list")
    page.locator(".menu > summary").click()
    expect(menu).to_be_visible()
    page.locator(".menu-list a").first.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.locator(".menu > summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    page.mouse.click(160, 26)
    expect(menu).to_be_hidden()
    # One button, then a choice; each link leaves for the service it names.
    card = page.locator(FOUND).first
    expect(card.locator(".go-list")).to_be_hidden()
    card.locator(".found-more > summary").click()
    links = card.locator(".go-list a")
    expect(links).to_have_count(5)
    expect(links.first).to_have_text("高德地图")
    assert "uri.amap.com" in (links.first.get_attribute("href") or "")
    expect(card.locator('a[href^="tel:"]')).to_have_attribute("href", "tel:053288880001")


def test_on_its_side_the_phone_shows_the_answer_beside_the_list(site: Site, visit: Visit) -> None:
    page = visit(site, "/services")
    page.set_viewport_size({"width": 844, "height": 390})
    page.goto(f"{site.url}/?lang=zh")
    expect(page.locator("#results .found").first).to_be_visible()
    page.wait_for_function(IN_SIGHT, arg=844)
    # Turned up and back, it shows what it showed.
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(IN_SIGHT, arg=390)
    page.set_viewport_size({"width": 844, "height": 390})
    page.wait_for_function(IN_SIGHT, arg=844)
    # Whoever has moved the map is left there.
    before = page.evaluate(ANY_MARK)
    for _ in range(60):  # a key is not heard while the map still moves by itself
        page.locator("#map").press("ArrowLeft")
        page.wait_for_timeout(500)
        if page.evaluate(ANY_MARK) > before + 50:
            break
    page.wait_for_function(f"before => ({ANY_MARK})() > before + 50", arg=before)
    expect(page.locator(".leaflet-pan-anim")).to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("() => document.getElementById('map').offsetWidth === 390")
    page.wait_for_function(f"() => !({IN_SIGHT})(390)")


def test_a_place_in_the_address_is_meant(site: Site, visit: Visit) -> None:
    """Whoever opens a link to a place sees that place, on the list and on the map, wherever one is oneself."""
    page = visit(site, size="desktop")
    expect(page.locator(FOUND).first).to_contain_text("示例·T-1")
    here = names(page)
    there = (WORKER_LON + 0.012, WORKER_LAT + 0.004)
    page.goto(f"{site.url}/?lon={there[0]}&lat={there[1]}&k=3&asked=1")
    page.locator("body[data-ready=true]").wait_for()
    expect(page.locator(".marker")).to_have_count(page.locator(FOUND).count())
    expect(page.locator("#map .elsewhere")).to_have_count(1)
    # What is asked next is asked from there; my own position is a press away.
    page.locator(".chip", has_text="到时开放").click()
    page.locator("#results:not(.waiting)").wait_for()
    expect(page.locator("#map .elsewhere")).to_have_count(1)
    page.locator("#locate").click()
    expect(page.locator(FOUND).first.locator(".found-pick")).to_contain_text(here[0])


def test_position_stands_in_no_address(site: Site, visit: Visit) -> None:
    """The position goes in the body of a POST, into no address and no history."""
    page = visit(site, "/?lang=zh", position=None)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": WORKER_LON, "latitude": WORKER_LAT})
    page.click("#locate")
    expect(page.locator(FOUND).first).to_be_visible()
    assert not [address for address in [*asked, page.url] if str(WORKER_LON) in address]


def test_a_kept_district_is_listed_from_a_position_allowed_later(site: Site, visit: Visit) -> None:
    page = visit(site, "/?lang=zh", position=None)
    page.select_option("#place", "370203")
    told = page.locator(".from-place")
    expect(told).to_contain_text("从站点最多的一带列起")
    page.reload()
    expect(told).to_contain_text("从站点最多的一带列起")
    page.context.set_geolocation({"longitude": WORKER_LON, "latitude": WORKER_LAT})
    page.context.grant_permissions(["geolocation"])
    expect(told).to_contain_text("离您近的在前")
    page.reload()
    expect(told).to_contain_text("离您近的在前")
    expect(page.locator("#place")).to_have_value("370203")
    # How far off the position may be is seen whole, above the list.
    page.context.set_geolocation(
        {"longitude": WORKER_LON, "latitude": WORKER_LAT, "accuracy": 5000}
    )
    page.goto(f"{site.url}/services")
    page.goto(f"{site.url}/?lang=zh")
    page.wait_for_function(
        """() => {
          const circle = document.querySelector('path.accuracy')
          if (!circle) return false
          const map = document.getElementById('map').getBoundingClientRect()
          const sheet = document.getElementById('sheet').getBoundingClientRect()
          const { left, right, top, bottom, width } = circle.getBoundingClientRect()
          return width > 100 && left >= 0 && right <= innerWidth && top >= map.top && bottom <= sheet.top
        }"""
    )
    # By keyboard, what the map is good for is seen.
    page.focus("#map")
    page.wait_for_function("document.getElementById('map-keys').offsetWidth > 100")
    expect(page.locator("#map")).to_have_accessible_description(re.compile("站点从列表里选"))


def test_refused_position_is_explained_and_has_ways_out(site: Site, visit: Visit) -> None:
    """Without permission the page says so; a district from the list answers all the same."""
    page = visit(site, position=None)
    page.click("#locate")
    # Screen readers hear it, too.
    expect(page.get_by_role("alert")).to_contain_text("没有得到定位许可")
    page.select_option("#place", "370203")
    expect(page.locator(FOUND).first).to_be_visible()
    expect(page.locator("#message")).to_be_hidden()


def test_silence_and_an_insecure_address_have_their_own_sentences(site: Site, visit: Visit) -> None:
    """A position that never comes, an answer that never comes, an address that is not https."""
    page = visit(site, "/sign-in", position=None)
    page.clock.install()
    page.add_init_script("navigator.geolocation.getCurrentPosition = () => {};")
    page.goto(f"{site.url}/?lang=zh")
    page.click("#locate")
    expect(page.locator("#status")).to_have_text("正在定位…")
    page.clock.fast_forward(8_000)
    expect(page.locator("#message")).to_contain_text("8 秒内没有定到位")
    page.route("**/finder/results*", lambda route: None)
    with page.expect_request("**/finder/results*"):
        page.select_option("#place", "370203")
    page.clock.fast_forward(10_000)
    expect(page.locator("#message")).to_contain_text("等了 10 秒没有回答")
    expect(page.locator("#retry")).to_be_visible()
    page.unroute("**/finder/results*")
    page.click("#retry")
    expect(page.locator(FOUND).first).to_be_visible()
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false });")
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{site.url}/?lang=zh")
    page.click("#locate")
    expect(page.locator("#message")).to_contain_text("这个网址不是 https")
    assert fits(page)


def test_states_are_words_and_differ(site: Site, visit: Visit) -> None:
    """Unknown is shown as unknown, in hours, entry and amenities; names stay text."""
    page = visit(site)
    page.locator(".chip", has_text="到时开放").click()
    expect(page.locator(FOUND)).to_have_count(4)
    # A marker that is not wholly in sight, or lies under a button of the map, is no target for a key.
    page.wait_for_function(REACHED)
    page.set_viewport_size({"width": 390, "height": 420})
    page.wait_for_function(REACHED)
    page.set_viewport_size({"width": 390, "height": 844})
    first = page.locator(FOUND, has_text="示例·T-1")
    first.locator(".found-pick").click()
    expect(first.locator(".mark.yes", has_text="饮水")).to_have_count(1)
    expect(first.locator(".mark.no", has_text="厕所")).to_contain_text("没有")
    expect(first.locator(".mark.unknown", has_text="空调")).to_contain_text("未知")
    expect(first.locator(".tag")).to_have_text("示例")
    odd = page.locator(FOUND, has_text='<b>名</b>&"引号"')
    expect(odd.locator(".found-state")).to_contain_text("开放时间未知")
    expect(odd.locator(".found-entry")).to_contain_text("怎么进门：未知")
    expect(page.locator(FOUND, has_text="名字特别特别长")).to_contain_text("超过一年没有核实")


def test_amenities_narrow_the_answer(site: Site, visit: Visit) -> None:
    """A chip asks for what must be there; the answer without any is designed and leads back."""
    page = visit(site)
    page.locator(".chip", has_text="微波炉").click()
    expect(page.locator(FOUND)).to_have_count(1)
    page.locator(".chip", has_text="急救箱").click()
    expect(page.locator("#results")).to_contain_text("没有符合条件的站点")
    # The first-aid box alone stands in the way: nobody has one, so only leaving it out helps.
    expect(page.locator(".misses > li")).to_have_count(1)
    expect(page.locator(".misses")).to_contain_text("示例·T-1")
    page.click(".misses [data-drop=first_aid]")
    expect(page.locator(FOUND)).to_have_count(1)
    page.locator(".chip", has_text="急救箱").click()
    # Clearing the wishes keeps the open door, as the button says.
    expect(page.locator("[data-clear]")).to_contain_text("仍只找到时开放的")
    page.click("[data-clear]")
    # One is open by day alone.
    expect(page.locator(FOUND).first).to_contain_text("示例·T-1")
    expect(page.locator("[name=open]")).to_be_checked()
    # What is chosen under a fold that is shut is told on the fold.
    expect(page.locator("#more-count")).to_be_hidden()
    page.locator(".more-filters summary").click()
    page.select_option("#what", "station")
    page.locator(".more-filters summary").click()
    expect(page.locator("#more-count")).to_have_text("已选 1 项")
    # It is remembered on this phone, shown, and cleared by one press; the open door stays wanted.
    page.reload()
    expect(page.locator("#more-count")).to_have_text("已选 1 项")
    expect(page.locator(FOUND).first).to_be_visible()
    page.click("#clear-conditions")
    expect(page.locator("#clear-conditions")).to_be_hidden()
    expect(page.locator("#what")).to_have_value("")
    expect(page.locator("[name=open]")).to_be_checked()
    # What the address says comes before what is remembered.
    page.goto(f"{site.url}/?amenity=toilet&lang=zh")
    expect(page.locator("[name=open]")).not_to_be_checked()
    expect(page.locator("[name=amenity][value=toilet]")).to_be_checked()
    # What is on comes first, so that it is in sight; no chip moves while a finger is at them.
    chips = page.locator(".chips > .chip")
    expect(chips.nth(2)).to_have_text("厕所")
    expect(chips.nth(2)).to_be_in_viewport()
    chips.last.click()
    expect(chips.last).to_have_text("急救箱")
    expect(page.locator("#clear-conditions")).to_be_visible()
    page.click("#words")
    expect(chips).to_have_text(
        ["到时开放", "骑电动车", "厕所", "急救箱", "饮水", "微波炉", "手机充电", "空调", "桌椅"]
    )


def test_all_closed_shows_the_nearest_and_says_so(site: Site, visit: Visit) -> None:
    """Where nothing is known to be open, the nearest are shown with a clear word."""
    page = visit(site)
    page.locator(".more-filters summary").click()
    page.select_option("#what", "home")
    expect(page.locator("#results .notice")).to_contain_text("没有确知到时开放的站点")
    expect(page.locator(FOUND)).to_have_count(1)


@pytest.mark.parametrize("size", ["phone", pytest.param("desktop", marks=pytest.mark.slow)])
def test_list_and_map_point_at_each_other(site: Site, visit: Visit, size: str) -> None:
    """A chosen card lights its marker, a chosen marker its card."""
    page = visit(site, size=size)
    page.locator(".chip", has_text="到时开放").click()
    expect(page.locator(FOUND)).to_have_count(4)
    page.locator(FOUND).nth(1).locator(".found-pick").click()
    expect(page.locator(".marker.chosen")).to_have_text("2")
    page.locator(".marker", has_text="1").click()
    expect(page.locator(f"{FOUND}.chosen")).to_have_attribute("id", "card-1")
    expect(page.locator(".marker.chosen")).to_have_text("1")
    # Only the list scrolls to the card; the page under it stays.
    expect(page.locator("#card-1")).to_be_in_viewport()
    assert page.evaluate("() => window.scrollY") == 0
    # The way back leads through what was looked at, and not out of the page.
    chosen = page.locator(f"{FOUND}.chosen")
    page.go_back()
    expect(chosen).to_have_attribute("id", "card-2")
    page.go_back()
    expect(chosen).to_have_count(0)
    # Of a district, what is near to me comes first.
    page.select_option("#place", "370203")
    expect(page.locator(".from-place")).to_have_text("市北区共 4 处：开着的在前，离您近的在前。")
    page.go_back()
    expect(page.locator(".from-place")).to_have_count(0)
    expect(page.locator("#place")).to_have_value("")
    page.go_forward()
    expect(page.locator(".from-place")).to_be_visible()
    # A key presses a marker as a finger does; it is called by its number and the station.
    for key, number in (("Enter", 2), ("Space", 1)):
        card = page.locator(f"#card-{number}")
        name = f"{number} {card.get_attribute('data-name')}"
        page.locator("#map").get_by_role("button", name=name, exact=True).press(key)
        expect(chosen).to_have_attribute("id", f"card-{number}")
        expect(card.locator(".found-pick")).to_be_focused()
    # No position stands in the browser's history.
    assert "120.3" not in page.evaluate("() => JSON.stringify(window.history.state)")


def test_ground_shows_where_stations_are_and_a_tap_asks_from_there(
    site: Site, visit: Visit
) -> None:
    """Before any question, each facility in service is a dot; closed ones are none."""
    page = visit(site, position=None)
    expect(page.locator('#map[data-drawn="4"]')).to_be_visible()
    # They are there to be seen: the canvas is not empty.
    page.wait_for_function(
        """() => {
          const canvas = document.querySelector('.leaflet-dots-pane canvas');
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          return data.some(one => one > 0);
        }"""
    )
    expect(page.locator(".dots-cut")).to_have_count(0)
    # The map itself is a way to say where one is.
    expect(page.locator("#map[data-ready]")).to_be_visible()
    page.locator("#map").click(position={"x": 190, "y": 150})
    expect(page.locator(FOUND).first).to_be_visible()


def test_dots_that_are_a_sample_say_so(
    site: Site, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geoapp.web.pages.finder.views.MOST_DOTS", 2)
    page = visit(site, position=None)
    expect(page.locator(".dots-cut")).to_have_text("灰点为抽样：显示 2 / 共 4 处")


def test_dots_in_view_are_all_there_whatever_lies_elsewhere(
    site: Site, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 44 stations ten are drawn at once; the four in view are, by a POST that no log holds."""
    monkeypatch.setattr("geoapp.web.pages.finder.views.MOST_DOTS", 10)
    with site.database.session() as session:
        session.execute(
            text(
                """
                insert into facility (code, kind_code, name_zh, geom)
                select 'A-' || n, 'outdoor_station', '远', st_setsrid(st_makepoint(125, 40), 4326)
                from generate_series(1, 40) n
                """
            )
        )
    page = visit(site, position=None)
    sample = page.request.get(f"{site.url}/finder/dots.json").json()
    assert (len(sample["points"]), sample["total"]) == (10, 44)
    elsewhere = sum(lon > 124 for lon, _ in sample["points"])
    assert elsewhere > 6
    expect(page.locator(f'#map[data-drawn="{elsewhere + 4}"]')).to_be_visible()
    expect(page.locator(".dots-cut")).to_be_hidden()


def test_sheet_grows_and_shrinks_by_a_tap_and_follows_a_thumb(site: Site, visit: Visit) -> None:
    """On a phone the list may cover the map and give it back; so it does when its bar is dragged."""
    page = visit(site)
    expect(page.locator(FOUND).first).to_be_visible()
    page.click("#handle")
    expect(page.locator("#sheet")).to_have_attribute("data-size", "full")
    expect(page.locator("#handle")).to_have_attribute("aria-expanded", "true")
    page.click("#handle")
    expect(page.locator("#sheet")).to_have_attribute("data-size", "half")
    for distance, size in ((-200, "full"), (200, "half"), (200, "low")):
        bar = page.locator("#handle").bounding_box()
        assert bar is not None
        page.mouse.move(195, bar["y"] + 14)
        page.mouse.down()
        page.mouse.move(195, bar["y"] + 14 + distance, steps=4)
        page.mouse.up()
        expect(page.locator("#sheet")).to_have_attribute("data-size", size)


def test_keyboard_alone_reaches_the_directions(site: Site, visit: Visit) -> None:
    """Skip link, position, first answer, its directions: without a pointer."""
    page = visit(site, size="desktop", position=None)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": WORKER_LON, "latitude": WORKER_LAT})
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")

    def tab_to(selector: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        pytest.fail(f"the keyboard does not reach {selector}")

    tab_to("#locate")
    page.keyboard.press("Enter")
    expect(page.locator(FOUND).first).to_be_visible()
    tab_to(".found-pick")
    page.keyboard.press("Enter")
    expect(page.locator(".marker.chosen")).to_have_text("1")
    expect(page.locator(".found-pick").first).to_have_attribute("aria-expanded", "true")
    tab_to(".go > summary")
    page.keyboard.press("Enter")
    expect(page.locator(".go-list a").first).to_be_visible()


def test_works_without_scripts(site: Site, visit: Visit) -> None:
    """The form alone finds, filters and leads on."""
    page = visit(site, scripts=False)
    page.select_option("#place", "370203")
    page.locator(".chip", has_text="饮水").click()
    page.locator("#finder-form button[type=submit]").click()
    assert "place=370203" in page.url
    expect(page.locator(FOUND).first).to_contain_text("饮水")
    # Nothing is put beside a button that is not there, and the heading is read.
    boxes = [page.locator(one).bounding_box() for one in ("#words", "h1", "#place", "#sheet-body")]
    words, heading, place, sheet = [box for box in boxes if box]
    assert heading["height"] > 15
    assert words["y"] + words["height"] < heading["y"]
    assert place["width"] > sheet["width"] / 2
    page.goto(f"{site.url}/?lon={WORKER_LON}&lat={WORKER_LAT}")
    expect(page.locator(FOUND).first).to_contain_text("示例·T-1")


def test_what_comes_with_an_answer_moves_nothing(site: Site, visit: Visit) -> None:
    """A shared link's page looks from the start as it does once its scripts run."""
    page = visit(site)
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver((list) => { for (const one of list.getEntries())"
        " window.moved += one.value; }).observe({ type: 'layout-shift', buffered: true });"
    )
    page.goto(f"{site.url}/?place=370203")
    expect(page.locator("#map .marker").first).to_be_visible()
    expect(page.locator("body")).to_have_class("finder answered")
    page.wait_for_function("document.readyState === 'complete'")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))")
    # A tenth is where it is felt; it was twice as much.
    assert page.evaluate("window.moved") < 0.05


def test_the_buttons_of_the_map_zoom_about_what_is_seen(site: Site, visit: Visit) -> None:
    """On a phone the sheet lies over the lower half: what is above it stays there."""
    page = visit(site)
    expect(page.locator("#map .marker").first).to_be_visible()
    sheet, map_box = (page.locator(one).bounding_box() for one in ("#sheet", "#map"))
    assert sheet
    assert map_box
    middle_y = (map_box["y"] + sheet["y"]) / 2
    me = page.locator("#map .me").first
    before = me.bounding_box()
    assert before
    page.locator(".leaflet-control-zoom-in").click()
    page.wait_for_function("() => !document.querySelector('.leaflet-zoom-anim')")
    page.wait_for_timeout(400)
    after = me.bounding_box()
    assert after
    # Twice as far from the middle of what is seen, and not from that of the map.
    far = before["y"] + before["height"] / 2 - middle_y
    assert abs(after["y"] + after["height"] / 2 - middle_y - 2 * far) < 12


def test_lost_connection_is_said_and_can_be_retried(site: Site, visit: Visit) -> None:
    """A dead network is an answer of its own, with a button."""
    page = visit(site)
    expect(page.locator(FOUND).first).to_be_visible()
    page.context.set_offline(True)
    page.locator(".chip", has_text="饮水").click()
    expect(page.locator("#message")).to_contain_text("连不上服务")
    page.context.set_offline(False)
    page.click("#retry")
    expect(page.locator("#message")).to_be_hidden()
    expect(page.locator("#results.waiting")).to_have_count(0)


def test_language_switch_keeps_the_page(site: Site, visit: Visit) -> None:
    """The other language is one tap away and stays chosen."""
    page = visit(site, size="desktop")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(FOUND).first).to_contain_text("Open · 24 hours")
    page.goto(site.url + "/")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_position_that_cannot_be_is_said_first(site: Site, visit: Visit) -> None:
    """At 0,0, at sea and elsewhere in the country: kilometres, and no word of walking there."""
    page = visit(site, scripts=False)
    for lon, lat, said in (
        (0, 0, "设备其实没有定到位"),
        (122, 34, "在海上或境外"),
        (113, 30, "不在本服务的区域内"),
    ):
        page.goto(f"{site.url}/?lon={lon}&lat={lat}")
        expect(page.locator("#results > :first-child")).to_contain_text(said)
        expect(page.locator("#results > :first-child")).to_contain_text("公里")
        expect(page.locator(f"{FOUND} .found-walk").first).to_contain_text("太远，不宜步行")
        expect(page.locator(f"{FOUND} .found-walk").first).not_to_contain_text("小时")
    here = f"{site.url}/?lon={WORKER_LON}&lat={WORKER_LAT}"
    page.goto(f"{here}&accuracy=900")
    expect(page.locator(".odd")).to_contain_text("定位不准，可能差 900 米")
    # T-1 is 90 m off in a straight line: neither minutes nor metres are finer than is known.
    expect(page.locator(f"{FOUND} .found-walk").first).to_have_text(
        "步行 1–18 分钟 · 2 公里之内（估算）"
    )
    page.goto(f"{here}&accuracy=60000")
    expect(page.locator(f"{FOUND} .found-walk").first).to_contain_text(
        "步行多久说不准 · 100 公里之内"
    )
    # From 27 km away: too far, unless the position may be off by as much; then all of them may be near.
    away = f"{site.url}/?lon={WORKER_LON - 0.3}&lat={WORKER_LAT}"
    page.goto(f"{away}&accuracy=20")
    expect(page.locator(f"{FOUND} .found-walk").first).to_contain_text("太远，不宜步行")
    expect(page.locator(".odd").first).to_contain_text("没有符合条件的站点")
    page.goto(f"{away}&accuracy=80000")
    walks = page.locator(f"{FOUND} .found-walk")
    expect(walks.first).to_contain_text("步行多久说不准 · 200 公里之内")
    for one in walks.all():
        expect(one).to_contain_text("步行多久说不准")
    expect(page.locator("#results")).not_to_contain_text("没有符合条件的站点")


def test_empty_store_has_an_answer(empty_site: Site, visit: Visit) -> None:
    """No data yet: the page says that nothing fits instead of failing."""
    page = visit(empty_site)
    expect(page.locator("#results")).to_contain_text("没有符合条件的站点")


def test_no_serious_accessibility_violation(site: Site, visit: Visit) -> None:
    """axe-core finds nothing serious, before and after an answer, with everything unfolded."""
    page = visit(site, "/?lang=zh", position=None)
    expect(page.locator("#map[data-ready]")).to_be_visible()
    assert serious_violations(page) == []
    page.locator("#place").select_option("370203")
    expect(page.locator(FOUND).first).to_be_visible()
    page.locator(".chip").first.click()
    expect(page.locator(FOUND)).to_have_count(4)
    page.locator(FOUND).first.locator(".found-pick").click()
    page.locator(FOUND).first.locator(".facts > summary").click()
    assert serious_violations(page) == []
    # An answer in the other language, by night and on a wide screen.
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(SIZES["desktop"])  # type: ignore[arg-type]
    page.goto(f"{site.url}/?lang=en&place=370203")
    page.locator("body[data-ready=true]").wait_for()
    page.locator(FOUND).first.locator(".found-pick").click()
    page.locator(FOUND).first.locator(".facts > summary").click()
    assert serious_violations(page) == []


def test_strange_values_never_fail(site: Site, visit: Visit) -> None:
    """Whatever an address or a form holds, the answer is an answer and never a 500."""
    page = visit(site, "/sign-in", scripts=False)
    asked = {
        "/?place=%00": 422,
        "/?place=nowhere": 404,
        "/?lon=nan&lat=1": 422,
        "/?lon=120": 422,
        "/?lon=120&lat=36&datum=mars": 422,
        "/?lon=120&lat=36&k=%C2%B2": 422,
        "/?lon=120&lat=36&what=zzz": 422,
        "/?lon=120&lat=36&what=station:zzz": 422,
        "/?lon=120&lat=36&amenity=%00": 422,
        "/?lang=xx": 422,
        "/coverage?run=999999999999999999": 404,
        "/coverage.csv?run=-1": 422,
    }
    found = {path: page.request.get(site.url + path).status for path in asked}
    assert found == asked
    token = page.locator("form.card [name=csrf_token]").input_value()
    form = {"name": "\x00a", "password": "\x00", "csrf_token": token}
    assert page.request.post(site.url + "/sign-in", form=form).status == 401

    # A value that is not accepted is named on a page, never a bare failure.
    for path in ("/?lon=abc&lat=1", "/?lon=200&lat=1", "/?lon=120&lat=36&k=0"):
        page.goto(site.url + path)
        expect(page.get_by_role("heading", level=1)).to_have_text("参数无效")
