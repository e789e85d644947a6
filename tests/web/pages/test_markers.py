"""Markers of places close together: what one can press is no sliver of a target."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests.web.conftest import SETTLED, Site, Visit


def small_targets(page: Page) -> list[str]:
    """Return what axe-core says of targets that are too small, or lie too close together."""
    page.evaluate(SETTLED)
    options = {"preload": False, "runOnly": {"type": "rule", "values": ["target-size"]}}
    found = Axe().run(page, options=options).response["violations"]
    return [node["html"][:200] for one in found for node in one["nodes"]]


def test_a_marker_that_lies_under_another_is_reached_by_the_list(site: Site, visit: Visit) -> None:
    with site.database.session() as session:
        session.execute(
            text(
                "update facility set geom = st_translate("
                "(select geom from facility where code = 'T-1'), 0.0003, -0.0002) where code = 'T-2'"
            )
        )
    page = visit(site)
    page.locator(".chip", has_text="到时开放").click()
    expect(page.locator("#results .found")).to_have_count(4)
    expect(page.locator("#map .marker")).to_have_count(4)
    near = "[...document.querySelectorAll('#map .marker')].slice(0, 2).filter(one => one.tabIndex === 0)"
    page.wait_for_function(f"() => {near}.length === 1")
    assert small_targets(page) == []
    # Whichever is chosen lies above, and is what a key reaches, at once: the map need not move for it.
    lower, upper = ("0", "1") if page.evaluate(f"{near}[0].textContent") == "2" else ("1", "0")
    page.locator("#results .found").nth(int(lower)).locator(".found-state").click()
    expect(page.locator("#map .marker").nth(int(lower))).to_have_attribute("tabindex", "0")
    expect(page.locator("#map .marker").nth(int(upper))).to_have_attribute("tabindex", "-1")
    # Shut again, the nearer lies above.
    page.locator("#results .found").nth(int(lower)).locator(".found-state").click()
    expect(page.locator("#map .marker").nth(int(upper))).to_have_attribute("tabindex", "0")


COVERED = """() => {
  const rects = (selector) => [...document.querySelectorAll(selector)].map(one => one.getBoundingClientRect());
  const names = [...document.querySelectorAll('.ring-name > span')]
    .filter(one => getComputedStyle(one).visibility === 'visible').map(one => one.getBoundingClientRect());
  const over = [...rects('#map .leaflet-control, #sheet'), ...names];
  const map = document.getElementById('map').getBoundingClientRect();
  return names.filter(one => one.right > map.left && one.left < map.right && one.bottom > map.top)
    .filter(one => over.some(other => one !== other && one.left < other.right && other.left < one.right
      && one.top < other.bottom && other.top < one.bottom)).length;
}"""


def test_nothing_of_the_map_lies_over_the_name_of_a_ring(site: Site, visit: Visit) -> None:
    page = visit(site)
    page.locator(".chip", has_text="到时开放").click()
    expect(page.locator("#results .found")).to_have_count(4)
    expect(page.locator(".ring-name")).to_have_count(4)
    names = "[...document.querySelectorAll('.ring-name > span')].map(one => one.getBoundingClientRect().y).join()"
    for _step in range(3):
        page.wait_for_function(f"() => ({COVERED})() === 0")
        before = page.evaluate(names)
        for _ in range(60):  # a key is not heard while the map still moves by itself
            page.locator("#map").press("ArrowDown")
            page.wait_for_timeout(300)
            if page.evaluate(names) != before:
                break
    page.wait_for_function(f"() => ({COVERED})() === 0")
    # From far away they would lie on each other, and on oneself.
    for _step in range(3):
        before = page.evaluate(names)
        page.locator("#map").press("-")
        page.wait_for_function(f"(before) => {names} !== before", arg=before)
        page.wait_for_function(f"() => ({COVERED})() === 0")
