"""The worker's pages where the browser's own characters are large: media queries grow with them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.web.conftest import (
    ARGUMENTS,
    WORKER_LAT,
    WORKER_LON,
    Site,
    chromium_path,
)

# What is wholly or partly outside the screen, though one cannot scroll to it.
CUT = """() => Array.from(document.querySelectorAll(
    'a, button, input, select, summary, .chip, h1, h2, .found p, .notice'))
  .filter(one => one.checkVisibility({ visibilityProperty: true }))
  .filter(one => !one.closest('.skip, .for-reader, .header-links, .chips, .leaflet-pane'))
  .filter((one) => {
    const { left, right, width } = one.getBoundingClientRect();
    return width && (left < -0.5 || right > document.documentElement.clientWidth + 0.5);
  })
  .map(one => `${one.tagName}.${one.className} ${(one.textContent || '').trim().slice(0, 20)}`)"""


# The chips that are wider than the row in which they are scrolled, so that one never sees them whole.
WIDER = """() => Array.from(document.querySelectorAll('.chips > *'))
  .filter((one) => {
    const { paddingLeft, paddingRight } = getComputedStyle(one.parentElement);
    const row = one.parentElement.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    return one.getBoundingClientRect().width > row + 0.5;
  })
  .map(one => (one.textContent || '').trim().slice(0, 20))"""

# The chips whose words are cut.
ENDED = """() => Array.from(document.querySelectorAll('.chips span'))
  .filter(one => !one.closest('.enter-sheet') && one.scrollWidth > one.clientWidth + 1
    && getComputedStyle(one).overflow !== 'visible')
  .map(one => (one.textContent || '').trim())"""


@pytest.fixture(params=[24, 32])
def large_browser(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """Chromium with another size of characters, as somebody sets it in its settings."""
    large = browser.browser_type.launch(
        executable_path=chromium_path(),
        args=[*ARGUMENTS, f"--blink-settings=defaultFontSize={request.param}"],
    )
    yield large
    large.close()


def test_nothing_is_cut_however_large_the_browser_s_characters(
    site: Site, large_browser: Browser
) -> None:
    context = large_browser.new_context(
        viewport={"width": 320, "height": 640},
        is_mobile=True,
        has_touch=True,
        reduced_motion="reduce",
        service_workers="block",
        locale="zh-CN",
        geolocation={"longitude": WORKER_LON, "latitude": WORKER_LAT},
        permissions=["geolocation"],
    )
    page = context.new_page()
    for path in (
        "/?lang=zh",
        "/?lang=en&asked=1&may_enter=worker&without=app",
        "/along?lang=en&may_enter=worker&without=app",
        "/along?lang=zh",
        "/stations/T-1?lang=zh",
    ):
        for looks in ("&text=normal", "&text=large"):
            page.goto(f"{site.url}{path}{looks}")
            if path.startswith("/?"):
                expect(page.locator("#results .found").first).to_be_visible()
            for width, height in ((320, 640), (360, 780), (390, 844), (640, 320), (844, 390)):
                page.set_viewport_size({"width": width, "height": height})
                page.wait_for_function("width => innerWidth === width", arg=width)
                assert page.evaluate(CUT) == [], (path, looks, width)
                assert page.evaluate(WIDER) == [], (path, looks, width)
                assert page.evaluate(ENDED) == [], (path, looks, width)
                whole = page.evaluate("document.documentElement.scrollWidth")
                assert whole <= width, (path, looks, width)
                if not path.startswith("/stations"):
                    # Upright the list is as wide as the screen; on its side it stands beside the map.
                    sheet = page.locator("#sheet").bounding_box()
                    assert sheet
                    assert (sheet["width"] == width) is (height > width)
                if path.startswith("/?") and height > width:
                    # That there are more chips than the first is seen.
                    second = page.locator(".chips > .enter").bounding_box()
                    assert second
                    assert second["x"] < width - 16, (path, looks, width)
    context.close()
