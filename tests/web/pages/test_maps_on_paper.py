"""Maps of pages on paper: all that was in sight, whole."""

from typing import Any

import pytest
from playwright.sync_api import Page

from geoapp.core.roles import Role
from tests.web.conftest import Site, Visit, sign_in

# What Leaflet takes the map to be, where it is printed, and whether what holds it cuts it.
PRINTED = """() => { const box = document.querySelector('#map'), holder = box.parentElement;
  const [one, other] = [box, holder].map((each) => each.getBoundingClientRect());
  return { width: one.width, height: one.height, share: one.width / box.offsetWidth, tiles: getComputedStyle(box).zoom,
    isCut: getComputedStyle(holder).overflow === 'hidden' && other.bottom < one.bottom - 2 }; }"""


def printed(page: Page) -> Any:
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1047})
    return page.evaluate(PRINTED)


@pytest.mark.parametrize("with_streets", [False, True])
def test_the_planners_map_is_whole_on_paper(site: Site, visit: Visit, with_streets: bool) -> None:
    page = visit(site, "/sign-in", size="desktop")
    sign_in(site, page, Role.PLANNER)
    page.goto(f"{site.url}/plan")
    page.locator("#map[data-ready]").wait_for()
    box = page.locator("#map")
    before = box.bounding_box()
    assert before and before["width"] > 700
    if with_streets:
        box.evaluate("one => { one.dataset.streets = 'there'; }")
    found = printed(page)
    assert not found["isCut"]
    assert found["width"] <= 662 and found["height"] <= 454
    if with_streets:  # as it was drawn, only smaller
        ratio = before["width"] / before["height"]
        assert found["width"] / found["height"] == pytest.approx(ratio, rel=0.01)
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert box.bounding_box() == before
