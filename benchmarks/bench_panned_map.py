"""The longest tasks of a browser while a map of 200,000 facilities is panned and zoomed.

The service runs as operators run it; the browser is headless Chromium on a screen of 1440 by 900. The map
of stations, bases and homes is opened, zoomed in step by step, and dragged at every step. Told is the longest
task of the page's main thread by the processor's time, four times what it took, as on a processor that is a
quarter as fast; the goal is none over 100 ms. The browser's own slowing down spins by the clock, and so counts
four times, too, how long other work on the machine kept the page waiting.

Usage: python benchmarks/bench_panned_map.py [facilities] [slowdown]
"""

import json
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench_nearest_http import SQUARE, fill, served
from playwright.sync_api import Browser, Page, sync_playwright

from tests.web.conftest import ARGUMENTS, chromium_path

ZOOMS = (9, 11, 12, 13, 14, 15, 16, 17)
DRAGS = ((-500, 60), (400, -200), (-300, -250), (450, 300))
NOTHING = (0.0, 0.0)


def settled(page: Page) -> None:
    """Wait until what is in view is drawn."""
    page.wait_for_selector("[data-tiles=drawn]", timeout=120_000)


def longest(
    browser: Browser,
    page: Page,
    work: Callable[[], object],
    wait: Callable[[Page], object] = settled,
) -> tuple[float, float]:
    """Return the longest task that work makes the page do: processor time and clock, each in ms, not slowed down."""
    browser.start_tracing(page=page, categories=["toplevel", "devtools.timeline", "__metadata"])
    work()
    wait(page)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    # Of the threads that draw pages, the one that had most to do.
    threads = {
        (one["pid"], one["tid"])
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        (one.get("tdur", 0) / 1000, one.get("dur", 0) / 1000)
        for one in events
        if one["name"].endswith("RunTask") and (one["pid"], one["tid"]) in threads
    ]
    return (max(one for one, _ in tasks), max(one for _, one in tasks)) if tasks else NOTHING


def drag(page: Page, across: int, down: int) -> None:
    """Pull the map by so many pixels, as a hand does."""
    x, y = 720, 450
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 13):
        page.mouse.move(x + across * step / 12, y + down * step / 12)
    page.mouse.up()


def main() -> None:
    """Print the table."""
    given = [int(one) for one in sys.argv[1:]]
    count, slowdown = [*given, *(200_000, 4)[len(given) :]]
    with tempfile.TemporaryDirectory(prefix="geoapp-bench-") as name, sync_playwright() as player:
        fill(Path(name) / "data", count, SQUARE)
        with served(Path(name)) as port:
            browser = player.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
            page = browser.new_page(viewport={"width": 1440, "height": 900})

            def open_map() -> None:
                page.goto(f"http://127.0.0.1:{port}/maps/stations,bases,homes.html")
                page.wait_for_selector("html[data-ready=yes]")

            def zoom_to(zoom: int) -> None:
                page.evaluate("zoom => geoappMaps.map.setZoom(zoom)", zoom)
                page.wait_for_function("zoom => geoappMaps.map.getZoom() === zoom", arg=zoom)

            def pan() -> None:
                for across, down in DRAGS:
                    drag(page, across, down)
                    settled(page)

            def told(longest_task: tuple[float, float]) -> str:
                processor, clock = longest_task
                return f"{slowdown * processor:5.0f} ({clock:.0f}) ms"

            opening = longest(browser, page, open_map)
            print(f"{count:,} facilities; longest task: {slowdown} x processor (clock, as it is)")
            print(f"opening {told(opening)}")
            for zoom in ZOOMS:
                zooming = longest(browser, page, partial(zoom_to, zoom))
                panning = longest(browser, page, pan)
                marks = page.evaluate("geoappTiled.standing().length")
                print(
                    f"z{zoom:<3} {marks:4} marks  zooming {told(zooming)}  panning {told(panning)}",
                    flush=True,
                )
            browser.close()


if __name__ == "__main__":
    main()
