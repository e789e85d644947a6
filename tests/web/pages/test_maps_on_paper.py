"""Maps of pages on paper: all that was in sight, whole, and no part of their box empty."""

from io import BytesIO
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from tests.answers import publish_run
from tests.operations.coverage.small_town import WANTED
from tests.web.conftest import Site, Visit, sign_in

# What Leaflet takes the map to be, where it is printed, and whether what holds it cuts it.
PRINTED = """() => { const box = document.querySelector('#map'), holder = box.parentElement;
  const [one, other, around] = [box, holder, holder.parentElement].map((each) => each.getBoundingClientRect());
  return { width: one.width, height: one.height, empty: other.width - one.width,
    aside: Math.abs(other.left + other.right - around.left - around.right) / 2,
    isCut: getComputedStyle(holder).overflow === 'hidden' && other.bottom < one.bottom - 2 }; }"""


UPRIGHT, ON_ITS_SIDE = {"width": 718, "height": 1047}, {"width": 1047, "height": 718}
WITH_STREETS = "one => { one.dataset.streets = 'there'; }"


def printed(page: Page, sheet: Any = UPRIGHT) -> Any:
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size(sheet)
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
        box.evaluate(WITH_STREETS)
    found = printed(page)
    assert not found["isCut"]
    assert found["empty"] <= 3 and found["aside"] <= 2
    assert found["width"] <= 662 and found["height"] <= 454
    if with_streets:  # as it was drawn, only smaller
        ratio = before["width"] / before["height"]
        assert found["width"] / found["height"] == pytest.approx(ratio, rel=0.01)
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert box.bounding_box() == before


@pytest.mark.parametrize("with_streets", [False, True])
def test_the_map_of_coverage_fills_its_box_and_is_on_the_first_sheet(
    site: Site, visit: Visit, settings: Settings, with_streets: bool
) -> None:
    publish_run(site.database, settings, WANTED)
    page = visit(site, "/coverage?lang=zh", size="desktop")
    page.locator("#map[data-coloured]").wait_for()
    if with_streets:
        page.locator("#map").evaluate(WITH_STREETS)
    for sheet in (UPRIGHT, ON_ITS_SIDE):
        found = printed(page, sheet)
        assert found["empty"] <= 3 and not found["isCut"]
        assert sheet is ON_ITS_SIDE or found["aside"] <= 2
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="null")
    margin = dict.fromkeys(("top", "right", "bottom", "left"), "10mm")
    for on_its_side in (False, True):
        paper = PdfReader(BytesIO(page.pdf(format="A4", landscape=on_its_side, margin=margin)))  # type: ignore[arg-type]
        first = paper.pages[0].extract_text()
        assert "覆盖率" in first
        assert "没有数据" in first  # the last of the map's legend


def test_figures_of_coverage_are_printed_without_empty_sheets_and_buttons(
    site: Site, visit: Visit, settings: Settings
) -> None:
    publish_run(site.database, settings, WANTED)
    page = visit(site, "/coverage?lang=zh", size="desktop")
    page.locator("#map[data-coloured]").wait_for()
    # As many districts as fill a sheet, and go on on the next.
    page.evaluate(
        """() => {
          const body = document.querySelector('#districts tbody');
          for (let n = 0; n < 40; n += 1) body.appendChild(body.rows[0].cloneNode(true));
        }"""
    )
    margin = dict.fromkeys(("top", "right", "bottom", "left"), "12mm")
    paper = PdfReader(BytesIO(page.pdf(format="A4", margin=margin)))  # type: ignore[arg-type]
    sheets = [[line for line in one.extract_text().splitlines() if line] for one in paper.pages]
    assert all(sum(map(len, lines)) > 60 for lines in sheets)
    told = "".join("".join(lines) for lines in sheets)
    assert told.count("市北区") > 40
    assert not [word for word in ("详情", "选一行", "↕") if word in told]
    # No heading stands alone at the foot of a sheet.
    headings = page.locator("main h2").all_inner_texts()
    assert headings and not {lines[-1] for lines in sheets} & set(headings)


def test_a_station_is_printed_with_its_map(site: Site, visit: Visit) -> None:
    for size in ("desktop", "phone"):
        page = visit(site, "/stations/T-1?lang=zh", size=size)  # type: ignore[arg-type]
        page.locator("#map[data-ready]").wait_for()
        page.locator("#map").evaluate(WITH_STREETS)
        found = printed(page)
        assert found["empty"] <= 3 and found["aside"] <= 2 and not found["isCut"]
        assert 200 < found["width"] <= 662 and 200 < found["height"] <= 454
        expect(page.locator("#map .badge").first).to_be_visible()
