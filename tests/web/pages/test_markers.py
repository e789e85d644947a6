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
    page.wait_for_function(f"{near}.length === 1")
    assert small_targets(page) == []
