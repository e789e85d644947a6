"""The tasks of a phone's browser while the worker's pages load and are used, by the processor's time.

What Lighthouse calls blocking time (of every task after the first paint, what it takes beyond 50 ms), and
the longest task, each four times what the page's main thread took of the processor, as on one that is a
quarter as fast: unlike Lighthouse's figures, which go by the clock, they say something on a busy machine, too.
The goal is no task over 100 ms.

With an address, the finder, the finder with an answer, and a station's page of a service that runs; with a
number, the finder on a made-up store of so many facilities, all of them in view: loaded, asked, moved.

Usage: python benchmarks/bench_page_tasks.py [address or facilities] [runs]
"""

import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from bench_lighthouse import pages_of
from bench_nearest_http import SQUARE, fill, served
from playwright.sync_api import Browser, Page, sync_playwright

from tests.web.conftest import ARGUMENTS, chromium_path

SLOWER: Final = 4
LONG_MS: Final = 50
QUIET_MS: Final = 3000
# A phone as Lighthouse has it.
PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 412, "height": 823},
    "device_scale_factor": 1.75,
    "is_mobile": True,
    "has_touch": True,
}
CATEGORIES: Final = [
    "devtools.timeline",
    "disabled-by-default-devtools.timeline",
    "loading",
    "__metadata",
]
# The whole of the square is in view, whose middle is asked from.
ZOOM_OUT: Final = 8


def long_tasks(browser: Browser, page: Page, work: Callable[[], object]) -> tuple[float, float]:
    """Return what the page's tasks take beyond 50 ms in all, and the longest, in ms, four times slower."""
    browser.start_tracing(page=page, categories=CATEGORIES)
    work()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(QUIET_MS)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    mains = {
        (one["pid"], one["tid"])
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        one
        for one in events
        if one["name"] == "RunTask" and (one["pid"], one["tid"]) in mains and "tdur" in one
    ]
    # Browsers have pages of their own: of the threads that draw, the one of the page that is measured.
    processes = _processes(events, page.url)
    taken = {thread: 0.0 for thread in mains if thread[0] in processes}
    for one in tasks:
        if (one["pid"], one["tid"]) in taken:
            taken[one["pid"], one["tid"]] += one["tdur"]
    main = max(taken, key=lambda thread: taken[thread])
    painted = [
        one["ts"]
        for one in events
        if one["name"] == "firstContentfulPaint" and one["pid"] == main[0]
    ]
    after = min(painted, default=0)
    slowed = [
        SLOWER * one["tdur"] / 1000
        for one in tasks
        if (one["pid"], one["tid"]) == main and one["ts"] + one["dur"] > after
    ]
    return sum(max(0.0, one - LONG_MS) for one in slowed), max(slowed, default=0.0)


def _processes(events: list[dict[str, Any]], url: str) -> set[int]:
    """Return the processes that have drawn pages of the origin of ``url``."""
    frames = [
        frame
        for one in events
        if one["name"] == "TracingStartedInBrowser"
        for frame in one["args"]["data"].get("frames", [])
    ]
    frames += [one["args"]["data"] for one in events if one["name"] == "FrameCommittedInBrowser"]
    origin = urlsplit(url).netloc
    return {
        frame["processId"]
        for frame in frames
        if "processId" in frame and urlsplit(frame.get("url", "")).netloc == origin
    }


def tell(title: str, runs: list[tuple[float, float]]) -> None:
    """Print the medians of some runs."""
    beyond, longest = (statistics.median(column) for column in zip(*runs, strict=True))
    print(
        f"{title:16} beyond {LONG_MS} ms {beyond:5,.0f} ms  longest {longest:5,.0f} ms", flush=True
    )


def measure_pages(browser: Browser, url: str, runs: int) -> None:
    """Print the figures of the pages as they load."""
    for name, path in pages_of(url).items():
        found = []
        for _ in range(runs):
            # A context of its own: nothing is kept from the run before.
            with browser.new_context(**PHONE) as context:
                page = context.new_page()
                found.append(long_tasks(browser, page, partial(page.goto, url + path)))
        tell(name, found)


def crowd_steps(page: Page, url: str) -> dict[str, Callable[[], object]]:
    """Return what somebody does with the finder while all facilities are in view."""

    def locate() -> None:
        page.context.grant_permissions(["geolocation"])
        page.locator(".found").first.wait_for(state="attached", timeout=60_000)

    def zoom(button: str) -> None:
        for _ in range(ZOOM_OUT):
            page.locator(f".leaflet-control-zoom-{button}").click(force=True)
            page.wait_for_timeout(400)

    def drag() -> None:
        page.mouse.move(200, 200)
        page.mouse.down()
        for step in range(1, 13):
            page.mouse.move(200 - 8 * step, 200 + 5 * step)
        page.mouse.up()

    return {
        "load": lambda: page.goto(url),
        "answer": locate,
        "zoom out to all": lambda: zoom("out"),
        "drag all": drag,
        "zoom in again": lambda: zoom("in"),
    }


def measure_crowd(browser: Browser, url: str, runs: int) -> None:
    """Print the figures of the finder while all facilities are in view."""
    west, south, east, north = SQUARE
    phone: dict[str, Any] = {
        **PHONE,
        "geolocation": {"longitude": (west + east) / 2, "latitude": (south + north) / 2},
    }
    found: dict[str, list[tuple[float, float]]] = {}
    for _ in range(runs):
        with browser.new_context(**phone) as context:
            page = context.new_page()
            for name, work in crowd_steps(page, url).items():
                found.setdefault(name, []).append(long_tasks(browser, page, work))
    for name, those in found.items():
        tell(name, those)


def main() -> None:
    """Print the table."""
    given = sys.argv[1] if len(sys.argv) > 1 else "20000"
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        if given.isdigit():
            with tempfile.TemporaryDirectory(prefix="geoapp-bench-") as name:
                fill(Path(name) / "data", int(given), SQUARE)
                with served(Path(name)) as port:
                    print(f"{int(given):,} facilities; {SLOWER} x the processor's time")
                    measure_crowd(browser, f"http://127.0.0.1:{port}/", runs)
        else:
            print(f"{SLOWER} x the processor's time")
            measure_pages(browser, given.rstrip("/"), runs)
        browser.close()


if __name__ == "__main__":
    main()
