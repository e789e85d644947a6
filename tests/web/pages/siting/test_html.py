"""A plan as one file: it opens without a network, with its map, its list and nothing from elsewhere."""

from pathlib import Path

from playwright.sync_api import Browser

from geoapp.core.questions.siting import SitingParameters
from geoapp.core.settings import Settings
from geoapp.operations.plan_report import save_plan
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting import run as siting_run
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.seed import seed_town

WANTED = SitingParameters(p=3, standard_m=300.0, spacing_m=100.0)


def test_one_file_opens_without_a_network(
    database: Database, settings: Settings, tmp_path: Path, browser: Browser
) -> None:
    initialise(database)
    seed_town(database)
    town = database
    run = siting_run.run_here(town, settings, WANTED)
    path = tmp_path / "plan.html"
    save_plan(town, settings, run.id, path)
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    frame = page.frame_locator("iframe")
    frame.locator(".leaflet-control-zoom").wait_for()
    sites = siting_results.sites_of(town, run.id)
    # Each has its number, in the order of the table.
    numbers = frame.locator(".sign b")
    numbers.first.wait_for()
    assert sorted(numbers.all_inner_texts()) == [str(one.order) for one in sites]
    # Nothing is said of a coverage answer, which the plan does not rest on.
    said = frame.locator("body").inner_text()
    assert "还没有公布的覆盖结果" not in said
    assert "还没有选址分析" not in said
    rows = page.locator("table").first.locator("tbody tr")
    assert rows.count() == len(sites)
    assert sites[0].label.zh in rows.first.inner_text()
    assert [url for url in asked if not url.startswith(("file:", "data:", "about:"))] == []
    page.close()
