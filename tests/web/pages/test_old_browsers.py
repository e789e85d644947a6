"""The finder in a browser of Chrome 70's age: no `:focus-visible`, no gaps in flex rows, no `inset`."""

import re
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from geoapp.app import create_app
from geoapp.core.settings import Settings
from geoapp.operations.streets.importing import import_streets
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.osm_file import write_town_map
from tests.seed import fill_town
from tests.web.conftest import Site, Visit, fits, serve

RING = "one => [getComputedStyle(one).outlineStyle, getComputedStyle(one).outlineWidth]"
# How far apart the boxes of neighbours are, the least in each holder, in CSS pixels.
APART = """holders => Object.fromEntries(holders.map((holder) => {
  const boxes = Array.from(document.querySelectorAll(holder))
    .map(one => Array.from(one.children).map(part => part.getBoundingClientRect()).filter(box => box.width > 1));
  const apart = boxes.map(row => row.slice(1).map((box, place) => Math.max(
    box.left - row[place].right, box.top - row[place].bottom)));
  return [holder, Math.min(...apart.flat())];
}))"""


# Names that came to Chrome after 70, as far as a page may ask for them; `globalThis` last.
LATER = """for (const [holder, names] of [
  [Object, ['fromEntries', 'hasOwn', 'groupBy']],
  [Promise, ['allSettled', 'any', 'withResolvers']],
  [String.prototype, ['matchAll', 'replaceAll', 'at']],
  [Array.prototype, ['at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'toSpliced', 'with']],
  [self.Blob && Blob.prototype, ['text', 'arrayBuffer', 'stream']],
  [self.AbortSignal, ['timeout', 'any', 'abort']],
  [self.Crypto && Crypto.prototype, ['randomUUID']],
  [self.Element && Element.prototype, ['replaceChildren', 'getHTML', 'checkVisibility']],
  [self.HTMLFormElement && HTMLFormElement.prototype, ['requestSubmit']],
  [self.SubmitEvent && SubmitEvent.prototype, ['submitter']],
  [self, ['structuredClone', 'queueMicrotask', 'DecompressionStream', 'CompressionStream', 'WeakRef',
    'AggregateError', 'scheduler', 'globalThis']],
]) names.forEach((name) => { if (holder) delete holder[name]; });
"""


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
    # In a wide window, and without scripts, the chips stand in several rows.
    for address in ("/", "/along"):
        page.set_viewport_size({"width": 1024, "height": 768})
        page.goto(f"{site.url}{address}?lang=zh")
        assert page.evaluate(APART, [".chips"])[".chips"] >= 4, address
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site.url}/stations/T-1")
    apart = page.evaluate(APART, [".found-actions", ".near a"])
    assert min(apart.values()) >= 4, apart
    page.focus(".tell button")
    assert page.locator(".tell button").first.evaluate(RING) == ["solid", "3px"]
    assert fits(page)


def test_the_way_through_needs_no_name_that_chrome_70_lacks(
    database: Database, settings: Settings, visit: Visit, tmp_path: Path
) -> None:
    """Found, chosen, drawn on its streets, and found again without the service."""
    initialise(database)
    fill_town(database)
    import_streets(database, settings, write_town_map(tmp_path / "town.osm.pbf"))

    def older(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=LATER + answer.text())

    for url in serve(create_app(settings, database)):
        page = visit(Site(url, database), "/healthz", keeps=True)
        page.add_init_script(LATER)
        page.route("**/street_painter.js", older)
        page.goto(f"{url}/?lang=zh")
        page.locator("#results .found-pick").first.click()
        expect(page.locator(".marker.chosen")).to_have_text("1")
        expect(page.locator("#map[data-streets-drawn]")).to_be_attached()
        page.locator("#results .facts > summary").first.click()
        expect(page.locator("#results .facts [data-tells]").first).to_be_visible()
        page.fill("#words", "shifou")
        expect(page.locator("#hits-none")).to_be_visible()
        expect(page.locator("body[data-offline=ready]")).to_be_attached()
        # Painted by the page itself, where it has no thread that can.
        page.add_init_script("delete window.OffscreenCanvas")
        page.reload()
        expect(page.locator("#map[data-streets-drawn]")).to_be_attached()
    page.reload()
    expect(page.locator("#offline")).to_contain_text("离线 · 数据为")
    expect(page.locator("#results .found").first).to_be_visible()
