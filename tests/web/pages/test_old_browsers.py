"""The finder in a browser of Chrome 70's age: no `:focus-visible`, no gaps in flex rows, no `inset`."""

import re

from playwright.sync_api import Page, Route, expect

from tests.web.conftest import Site, Visit, fits

RING = "one => [getComputedStyle(one).outlineStyle, getComputedStyle(one).outlineWidth]"
# How far apart the boxes of neighbours are, the least in each holder, in CSS pixels.
APART = """holders => Object.fromEntries(holders.map((holder) => {
  const boxes = Array.from(document.querySelectorAll(holder))
    .map(one => Array.from(one.children).map(part => part.getBoundingClientRect()).filter(box => box.width > 1));
  const apart = boxes.map(row => row.slice(1).map((box, place) => Math.max(
    box.left - row[place].right, box.top - row[place].bottom)));
  return [holder, Math.min(...apart.flat())];
}))"""


def _older(route: Route) -> None:
    """Answer a style sheet as such a browser understands it."""
    answer = route.fetch()
    style = re.sub(r"[^{}]*:focus-visible[^{}]*\{[^{}]*\}", "", answer.text())
    style = re.sub(
        r"\{[^{}]*display: (?:inline-)?flex[^{}]*\}",
        lambda found: re.sub(r"(?<![\w-])gap:[^;}]*;?", "", found[0]),
        style,
    )
    route.fulfill(response=answer, body=style.replace("@supports not (inset: 0)", "@media all"))


def test_focus_is_seen_and_nothing_touches(site: Site, visit: Visit) -> None:
    page: Page = visit(site, "/healthz")
    page.context.route("**/static/**/css/**", _older)
    page.goto(f"{site.url}/?lang=zh")
    expect(page.locator("#results .found").first).to_be_visible(timeout=30_000)
    assert page.evaluate("getComputedStyle(document.querySelector('.chips')).columnGap") == "normal"
    page.focus("#locate")
    assert page.locator("#locate").evaluate(RING) == ["solid", "3px"]
    # The header's links are cut at their edge: the ring lies within.
    page.focus(".header-links .text-size")
    size = page.locator(".header-links .text-size")
    assert size.evaluate("one => getComputedStyle(one).outlineOffset") == "-3px"
    page.focus("#finder-form .chip input")
    assert page.locator("#finder-form .chip span").first.evaluate(RING) == ["solid", "3px"]
    page.locator("#results .found-pick").first.click()
    page.locator("#results .facts > summary").first.click()
    holders = [".chips", ".place-row", ".marks", ".found-actions", ".found-pick", ".found-walk"]
    apart = page.evaluate(APART, holders)
    assert {holder: far for holder, far in apart.items() if far < 4} == {}
    assert fits(page)
    page.goto(f"{site.url}/stations/T-1")
    apart = page.evaluate(APART, [".found-actions", ".near a"])
    assert min(apart.values()) >= 4, apart
    page.focus(".tell button")
    assert page.locator(".tell button").first.evaluate(RING) == ["solid", "3px"]
    assert fits(page)
