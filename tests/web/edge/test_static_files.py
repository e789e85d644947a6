"""A page's files: kept by the browser, and all of one release."""

import re
import shutil
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask.testing import FlaskClient

from geoapp.core.errors import MissingPartError
from geoapp.core.paths import shipped
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from geoapp.web.edge import scripts
from geoapp.web.edge.static_files import fingerprint
from tests.web.api_client import make_app

ADDRESS = re.compile(r'(?:src|href)="(/static/[^"#]+)')
IMPORT = re.compile(r"""\b(?:from|import)\s*["'](\.[^"']+)["']""")
HINT = re.compile(r'<link rel="modulepreload" href="([^"]+)">')
SCRIPT = re.compile(r'<script type="module" src="([^"]+)">')


@pytest.fixture
def client(database: Database, settings: Settings) -> FlaskClient:
    initialise(database)
    return make_app(settings, database).test_client()


def test_a_page_and_all_its_modules_come_from_one_release(client: FlaskClient) -> None:
    addresses = set(ADDRESS.findall(client.get("/").text))
    (mark,) = {address.split("/")[2] for address in addresses}
    assert mark == f"v-{fingerprint(shipped('static'))}"
    waiting = [address for address in addresses if address.endswith(".js")]
    modules = set()
    while waiting:
        address = waiting.pop()
        if address in modules:
            continue
        modules.add(address)
        with client.get(address) as answer:
            assert answer.status_code == 200, address
            assert answer.cache_control.immutable, address
            # Shared caches keep one for all who ask, signed in or not.
            assert "Cookie" not in answer.headers.get("Vary", ""), address
            assert answer.cache_control.max_age == 365 * 86400
            if "/vendor/" not in address:
                waiting += [urljoin(address, name) for name in IMPORT.findall(answer.text)]
    made = f"/static/{mark}/made"
    assert {f"{made}/js/worker/finder.js", f"{made}/shared/finder-along.js"} <= modules


@pytest.mark.parametrize("path", ["/", "/along", "/coverage", "/suggest", "/services", "/sign-in"])
def test_a_page_names_all_that_its_scripts_import(client: FlaskClient, path: str) -> None:
    """So that they come at once, in few files; the phone's first look by less than ten."""
    page = client.get(path).text
    named, hints = set(SCRIPT.findall(page)), set(HINT.findall(page))
    assert named
    imported: set[str] = set()
    waiting = list(named)
    while waiting:
        address = waiting.pop()
        with client.get(address) as answer:
            assert (answer.status_code, answer.mimetype) == (200, "text/javascript")
            news = {urljoin(address, name) for name in IMPORT.findall(answer.text)} - imported
        imported |= news
        waiting += news
    assert imported - named <= hints <= imported
    assert len(imported | named) < 10


def test_scripts_that_are_older_than_their_sources_are_not_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    static = tmp_path / "static"
    shutil.copytree(shipped("static") / "js", static / "js")
    monkeypatch.setattr(scripts, "shipped", lambda _: static)
    bundled = scripts.bundled.__wrapped__
    with pytest.raises(MissingPartError, match=r"build_assets\.py"):
        bundled()
    shutil.copytree(shipped("static") / "made", static / "made")
    assert "js/worker/finder.js" in bundled()
    with (static / "js" / "menu.js").open("a", encoding="utf-8") as file:
        file.write("// changed\n")
    with pytest.raises(MissingPartError, match=r"build_assets\.py"):
        bundled()


def test_a_page_of_another_release_keeps_nothing(client: FlaskClient) -> None:
    with client.get("/static/v-0123456789abcdef/js/lib/map.js") as answer:
        assert answer.status_code == 200
        assert answer.cache_control.no_cache
        assert not answer.cache_control.immutable
        assert not answer.cache_control.max_age
    assert client.get("/static/v-0123456789abcdef/js/lib/nothing.js").status_code == 404
    assert client.get("/static/v-0123456789abcdef/../../pyproject.toml").status_code == 404


def test_an_address_without_a_release_answers_as_ever(client: FlaskClient) -> None:
    with client.get("/static/vendor/leaflet/dist/leaflet.js") as answer:
        assert answer.status_code == 200
        assert answer.cache_control.max_age == 3600
        assert not answer.cache_control.immutable


def test_the_fingerprint_changes_with_any_file_of_ours(tmp_path: Path) -> None:
    for name in ("js/a.js", "css/a.css", "vendor/manifest.json", "vendor/big.js"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("one", encoding="utf-8")
    first = fingerprint(tmp_path)
    (tmp_path / "vendor" / "big.js").write_text("two", encoding="utf-8")
    assert fingerprint(tmp_path) == first
    seen = {first}
    for name in ("js/a.js", "css/a.css", "vendor/manifest.json"):
        (tmp_path / name).write_text("two", encoding="utf-8")
        seen.add(fingerprint(tmp_path))
    (tmp_path / "js" / "a.js").rename(tmp_path / "js" / "b.js")
    seen.add(fingerprint(tmp_path))
    assert len(seen) == 5
