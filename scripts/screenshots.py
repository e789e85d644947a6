#!/usr/bin/env python3
"""Make the pictures of the documentation from the Qingdao sample, in a store of their own.

Run with the environment's Python, after scripts/test has installed it:
    .venv/bin/python scripts/screenshots.py [NAME ...]
"""

import logging
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from geoapp.app import create_app  # noqa: E402
from geoapp.core.questions.coverage import CoverageParameters  # noqa: E402
from geoapp.core.roles import Role  # noqa: E402
from geoapp.core.settings import Settings  # noqa: E402
from geoapp.operations.coverage import run as coverage_run  # noqa: E402
from geoapp.operations.demo.qingdao import load_sample  # noqa: E402
from geoapp.operations.nearest import service as nearest  # noqa: E402
from geoapp.operations.upkeep.init import initialise  # noqa: E402
from geoapp.operations.upkeep.users import save_user  # noqa: E402
from geoapp.store.engine import Database, open_database  # noqa: E402
from geoapp.store.migrate import migrate  # noqa: E402
from geoapp.web.pages import cards  # noqa: E402

TARGET = ROOT / "docs" / "img"
PASSWORD = "only for the pictures"
# Near May Fourth Square, where the sample is dense.
LON, LAT = 120.3762, 36.0697
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}


class Morning(datetime):
    """The clock of the pictures: a Tuesday at half past ten, when most places are open."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """Return that moment."""
        return datetime(2026, 11, 24, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(tz)


@contextmanager
def sample_site() -> Iterator[tuple[str, Database]]:
    """Serve the sample with one finished coverage run."""
    folder = Path(tempfile.mkdtemp(prefix="geoapp-pictures-"))
    settings = Settings(data=folder, database_url=None)
    database = open_database(settings)
    try:
        migrate(database)
        initialise(database)
        load_sample(database, settings)
        save_user(database, "planner", Role.PLANNER, PASSWORD)
        coverage_run.run_here(database, settings, CoverageParameters(standard_m=1000.0))
        server = make_server("127.0.0.1", 0, create_app(settings, database), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", database
        finally:
            server.shutdown()
            server.server_close()
    finally:
        database.close()
        shutil.rmtree(folder)


def context(browser: Browser, size: dict[str, int]) -> BrowserContext:
    """A visitor who stands in the town and has allowed the position."""
    return browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        is_mobile=size is PHONE,
        has_touch=size is PHONE,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
        geolocation={"longitude": LON, "latitude": LAT},
        permissions=["geolocation"],
    )


def finder_phone(page: Page, url: str) -> None:
    """The worker's finder with everything near, one place chosen."""
    page.goto(url + "/")
    page.wait_for_selector("#map[data-drawn]")
    page.wait_for_selector(".found >> nth=2")
    page.wait_for_selector("#results:not(.waiting)")
    page.locator(".found-pick").first.click()


def finder_desktop(page: Page, url: str) -> None:
    """The finder with list and map side by side."""
    finder_phone(page, url)


def plan(page: Page, url: str) -> None:
    """The planner after a run, a gap chosen."""
    page.goto(url + "/sign-in")
    page.fill("#name", "planner")
    page.fill("#password", PASSWORD)
    page.click("form.card button[type=submit]")
    page.goto(url + "/plan?run=1")
    page.wait_for_selector("#result[data-shown]")


def coverage(page: Page, url: str) -> None:
    """The manager's page: districts by share covered."""
    page.goto(url + "/coverage")
    page.wait_for_selector("#map[data-coloured]")


def folium(page: Page, url: str) -> None:
    """The Folium map of the same run."""
    page.goto(url + "/maps/stations,bases,homes,gaps,regions.html?run=1&lang=zh")
    page.wait_for_selector("html[data-ready=yes]")


PICTURES: dict[str, tuple[dict[str, int], Callable[[Page, str], None]]] = {
    "finder-phone": (PHONE, finder_phone),
    "finder-desktop": (DESKTOP, finder_desktop),
    "plan": (DESKTOP, plan),
    "coverage": (DESKTOP, coverage),
    "folium": (DESKTOP, folium),
}


def main(names: list[str]) -> None:
    """Make the named pictures, or all."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    nearest.datetime = cards.datetime = Morning  # type: ignore[misc]
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    TARGET.mkdir(parents=True, exist_ok=True)
    with sample_site() as (url, _database), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        for name in names or list(PICTURES):
            size, show = PICTURES[name]
            visitor = context(browser, size)
            page = visitor.new_page()
            show(page, url)
            page.wait_for_load_state("load")
            page.screenshot(path=TARGET / f"{name}.png")
            print(f"{name}: {(TARGET / f'{name}.png').stat().st_size // 1024} KB")
            visitor.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
