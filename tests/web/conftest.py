"""The real application on a real port, and a real browser that may not leave the machine."""

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright
from werkzeug.serving import make_server
from werkzeug.wsgi import ClosingIterator

from geoapp.app import create_app
from geoapp.core.errors import GeoappError
from geoapp.core.paths import shipped
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.init import initialise
from geoapp.operations.upkeep.users import save_user
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON

ARGUMENTS = [
    "--no-sandbox",
    # Drawing by a software that plays a graphics card costs a third more.
    "--disable-gpu",
    "--disable-gpu-rasterization",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1440, "height": 900}}
PASSWORD = "a long enough password"
# Beside T-1, so that the order by distance is T-1, T-2, T-3, T-4.
WORKER_LON, WORKER_LAT = TOWN_LON - 0.001, TOWN_LAT

SETTLED = """() => Promise.all(document.getAnimations()
  .filter(one => one.effect.getTiming().iterations !== Infinity).map(one => one.finished))"""

# A busy machine takes its time.
PATIENCE_MS = 30_000

Size = Literal["phone", "desktop"]


def fits(page: Page) -> bool:
    """Tell whether nothing makes the page wider than the screen; tables scroll by themselves.

    A phone's browser zooms out of a page that is too wide, so its own inner width grows with it.
    """
    assert page.viewport_size
    return bool(
        page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    )


# How the lines of drawings are seen.
LINES = """(pick) => Array.from(new Set(Array.from(document.querySelectorAll(pick),
  (one) => getComputedStyle(one).stroke))).sort()"""


def has_days_lines_on_paper(page: Page, pick: str) -> None:
    """Assert that drawings of a page seen by day turn with the screen, and by night are printed as by day."""
    by_day = page.evaluate(LINES, pick)
    page.emulate_media(color_scheme="dark")
    by_night = page.evaluate(LINES, pick)
    assert by_day and not set(by_day) & set(by_night)
    page.emulate_media(color_scheme="dark", media="print")
    assert page.evaluate(LINES, pick) == by_day
    page.emulate_media(color_scheme="light", media="null")


# The first is the same engine without what draws windows: a page costs half the processor time.
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser")


def chromium_path() -> str:
    """Return where the system keeps Chromium."""
    named = os.environ.get("CHROMIUM", "")
    found = named or next(filter(None, map(shutil.which, CHROMIUMS)), "")
    if not found or not Path(found).exists():
        pytest.fail("Chromium is missing: apt-get install chromium fonts-noto-cjk")
    return found


@dataclass(frozen=True, slots=True)
class Site:
    """The application while it answers at ``url``."""

    url: str
    database: Database


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once and warm: the first page that it draws waits for its fonts."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        with started.new_page() as first:
            first.set_content("<button>找站点 Find a station</button>")
            first.click("button")
        yield started
        started.close()


class _Whole:
    """The application, each answer made whole before it is sent, and a wait until none is made.

    Werkzeug's server forgets to close an answer whose client has left, and its threads outlive
    it: files and connections would be left to the collector, which blames whatever test runs then.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self._making = 0
        self._changed = threading.Condition()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        with self._changed:
            self._making += 1
        try:
            with closing(ClosingIterator(self._app(environ, start_response))) as body:
                return [b"".join(body)]
        finally:
            with self._changed:
                self._making -= 1
                self._changed.notify_all()

    def wait(self) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: not self._making, 60), "an answer never ends"


def serve(app: Any) -> Iterator[str]:
    """Answer on a free port until the generator is closed.

    As a service does before it says that it is ready, facilities and network are read, and what searches
    among them is compiled: a page would not wait as long for its first answer.
    """
    parts = getattr(app, "extensions", {}).get("geoapp")
    if parts is not None:
        with suppress(GeoappError):  # a store that is away is waited for, by request
            parts.nearest.warm_up()
    whole = _Whole(app)
    server = make_server("127.0.0.1", 0, whole, threaded=True)
    # How often it looks whether it shall stop, which each test would wait for at its end.
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        whole.wait()


@pytest.fixture
def empty_site(database: Database, settings: Settings) -> Iterator[Site]:
    """The application on a store with words and no data."""
    initialise(database)
    for url in serve(create_app(settings, database)):
        yield Site(url, database)


@pytest.fixture
def site(shown_town_template: str, database: Database, settings: Settings) -> Iterator[Site]:
    """The application on the small town."""
    for url in serve(create_app(settings, database)):
        yield Site(url, database)


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Open an address as somebody; at the end, nothing may have left the machine or gone wrong."""
    contexts: list[BrowserContext] = []
    strangers: list[str] = []
    wrong: list[str] = []

    def open_page(
        site: Site,
        path: str = "/",
        *,
        size: Size = "phone",
        language: str = "zh",
        scheme: Literal["light", "dark"] = "light",
        position: tuple[float, float] | None = (WORKER_LON, WORKER_LAT),
        scripts: bool = True,
        keeps: bool = False,  # whether the device may keep the finder for when no network is
    ) -> Page:
        context = browser.new_context(
            viewport=SIZES[size],  # type: ignore[arg-type]
            has_touch=size == "phone",
            is_mobile=size == "phone",
            locale="zh-CN" if language == "zh" else "en-GB",
            timezone_id="Asia/Shanghai",
            color_scheme=scheme,
            reduced_motion="reduce",
            java_script_enabled=scripts,
            service_workers="allow" if keeps else "block",
            geolocation={"longitude": position[0], "latitude": position[1]} if position else None,
            permissions=["geolocation"] if position else [],
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()

        def note(address: str) -> None:
            if not address.startswith(("http://127.0.0.1:", "data:", "blob:", "about:")):
                strangers.append(address)

        def refused(said: str) -> None:
            # Waiting for a condition evaluates it in the page, which is the test's doing.
            if "Content Security Policy" in said and "unsafe-eval" not in said:
                wrong.append(said)

        context.on("request", lambda request: note(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: refused(said.text))
        page.goto(site.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert strangers == []
    assert wrong == []


def source_modules(page: Page) -> str:
    """Let a page import our modules as they are written, also where no service is; return the address of js/worker."""
    folder = shipped("static")

    def answer(route: Route) -> None:
        file = folder / urlsplit(route.request.url).path.removeprefix("/source/")
        route.fulfill(path=file, content_type="text/javascript")

    page.route("**/source/**", answer)
    return "/source/js/worker"


def to_step(page: Page, step: Literal["ask", "limits", "answer"]) -> None:
    """Open a step of the planner's panel; on a phone all stand below each other, and the limits fold."""
    tab = page.locator(f"#tab-{step}")
    if tab.is_visible():
        tab.click()
    elif step == "limits":
        page.locator(".limits").evaluate("one => { one.open = true; }")


def serious_violations(page: Page) -> list[str]:
    """Return what axe-core calls serious or critical on the present page, or landmarks of one name."""
    # An outline that is still fading has not its final contrast.
    page.evaluate(SETTLED)
    # Style sheets that axe loads by itself would stand in the page against its policy; no rule that
    # is on needs them.
    found = Axe().run(page, options={"preload": False}).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in found
        if one["impact"] in ("serious", "critical") or one["id"] == "landmark-unique"
        for node in one["nodes"]
    ]


def sign_in(site: Site, page: Page, role: Role) -> None:
    """Make an account of a role and sign in as its form does; the page stays where it is."""
    save_user(site.database, f"a-{role}", role, PASSWORD, replace=True)
    shown = page.request.get(site.url + "/sign-in").text()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown)
    assert token is not None
    form = {"name": f"a-{role}", "password": PASSWORD, "csrf_token": token[1]}
    answer = page.request.post(site.url + "/sign-in", form=form, max_redirects=0)
    assert answer.status == 302
