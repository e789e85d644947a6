"""The worker's journey in Firefox and in WebKit, with and without a network; Chromium's has tests of its own."""

from contextlib import closing
from pathlib import Path

import pytest

from geoapp.app import create_app
from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.conftest import WORKER_LON, serve
from tests.web.remote import Remote, browser, missing

# Neither has a permission that a test may give: the device answers at once.
HERE = f"""(() => {{ navigator.geolocation.getCurrentPosition = (got) =>
  got({{ coords: {{ longitude: {WORKER_LON}, latitude: {TOWN_LAT}, accuracy: 20 }} }}); return true; }})()"""
FOUND = "document.querySelectorAll('#results .found').length"
SETTLED = "!document.querySelector('#results.waiting')"


def _press(page: Remote, selector: str) -> None:
    page.wait(
        f"(() => {{ const one = document.querySelector({selector!r}); if (one) one.click(); return one !== null; }})()"
    )


def _write(page: Remote, selector: str, words: str, happening: str) -> None:
    page.run(
        f"(() => {{ const one = document.querySelector({selector!r}); one.focus(); one.value = {words!r};"
        f" one.dispatchEvent(new Event({happening!r}, {{ bubbles: true }})); }})()"
    )


def _ready(page: Remote, address: str) -> None:
    page.open(address)
    page.wait("document.body.dataset.ready === 'true'")
    page.run(HERE)


def _along(page: Remote, url: str) -> None:
    _ready(page, f"{url}/along?lang=zh")
    _press(page, "#locate")
    page.wait("/^我的位置/.test(document.querySelector('#stop-1').value)")
    _write(page, "#stop-2", f"{TOWN_LON + 0.004},{TOWN_LAT}", "change")
    page.wait("document.querySelector('.route') !== null")
    assert page.run(FOUND) > 0
    assert page.run("document.querySelectorAll('#map .stop-mark').length") == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", ["firefox", "webkit"])
def test_the_journey_in_other_browsers(
    name: str, shown_town_template: str, database: Database, settings: Settings, tmp_path: Path
) -> None:
    if reason := missing(name):
        pytest.skip(reason)
    profile = tmp_path / name
    profile.mkdir()
    with browser(name, profile) as page:
        with closing(serve(create_app(settings, database))) as urls:
            url = next(urls)
            _ready(page, f"{url}/?lang=zh")
            _press(page, "#locate")
            page.wait(f"{FOUND} > 0 && {SETTLED}")
            _press(page, ".chip input[name=open]")
            page.wait(f"{FOUND} === 4 && {SETTLED}")
            _press(page, ".chip input[value=microwave]")
            page.wait(f"{FOUND} === 1 && {SETTLED}")
            _press(page, ".chip input[value=microwave]")
            page.wait("document.body.dataset.offline === 'ready'")
            _write(page, "#words", "shibei", "input")
            page.wait("/市北区/.test(document.getElementById('hits').textContent)")
            _along(page, url)
            page.open(f"{url}/stations/T-1?lang=zh")
            assert "T-1" in page.run("document.querySelector('h1').textContent")
            page.wait("document.querySelectorAll('#map .badge').length > 0")
        # The service is gone: the list, a report that waits, and the way.
        _ready(page, f"{url}/?lang=zh")
        _press(page, "#locate")
        page.wait(f"{FOUND} === 4 && /离线/.test(document.getElementById('offline').textContent)")
        _press(page, "#results .facts form button[name=kind]")
        page.wait("/还没发出去/.test(document.getElementById('results').textContent)")
        _along(page, url)
        assert "离线" in page.run("document.getElementById('offline').textContent")
        page.open(f"{url}/services")
        page.wait("/没有网络/.test(document.querySelector('h1').textContent)")
