"""Beside a siting run's sites: the gap zones they reach, and what would do better."""

import pytest
from playwright.sync_api import expect

from geoapp.core.results.siting import SITING_RUNS
from geoapp.core.settings import Settings
from geoapp.operations.runs.state import read_run
from geoapp.operations.siting import results as siting_results
from tests.web.conftest import Site, Visit, fits, serious_violations, to_step
from tests.web.pages.siting.test_views import ask, open_siting


@pytest.mark.parametrize(
    ("size", "language", "more", "out"),
    [
        ("phone", "zh", "建 3 个站点", "盲区前后"),
        ("desktop", "en", "With 3 sites", "Gap zones, before"),
    ],
)
def test_zones_and_limits_beside_the_sites(
    site: Site, settings: Settings, visit: Visit, size: str, language: str, more: str, out: str
) -> None:
    page = open_siting(site, visit, size, language=language)
    page.select_option("#candidates", "generated")  # places anywhere have no list to go on with
    page.fill("#p", "2")
    page.fill("#amount", "150")
    number = ask(page, site, settings)
    run = read_run(site.database, SITING_RUNS, number)
    assert run.result is not None
    expect(page.locator("#zones-title")).to_contain_text(out)
    zones = siting_results.gap_zones(site.database, number)
    rows = page.locator("#zones tbody tr")
    expect(rows).to_have_count(min(20, len(zones)))
    expect(rows.first.locator("td.number").nth(1)).to_have_text(f"{zones[0].workers:,.0f}")
    expect(rows.first.locator("td.number").nth(2)).to_have_text(f"{zones[0].reached_workers:,.0f}")
    expect(page.locator("#limits li").first).to_contain_text(more)
    gain = run.result.explanation.limits[0].gain
    expect(page.locator("#limits li").first).to_contain_text(f"{gain:,.0f}")
    expect(page.locator("#relaxations li")).to_have_count(2)
    # Each site names the zones that it reaches.
    first = siting_results.sites_of(site.database, number)[0].by_zone[0]
    name = first.name_zh if language == "zh" else first.name_en
    expect(page.locator("#sites tbody tr").first).to_contain_text(name)
    assert fits(page)
    assert serious_violations(page) == []


def test_what_would_make_a_plan_possible(site: Site, settings: Settings, visit: Visit) -> None:
    page = open_siting(site, visit)
    page.select_option("#model", "lscp")
    page.select_option("#candidates", "generated")
    page.fill("#share", "100")
    page.fill("#amount", "20")
    to_step(page, "limits")
    page.fill("#spacing", "5000")
    ask(page, site, settings)
    expect(page.locator("#why-title")).to_have_text("怎样才行？")
    expect(page.locator("#relaxations")).to_contain_text("只要求覆盖")
    expect(page.locator("#why")).to_contain_text("没有候选点能覆盖的有")
    assert fits(page)
    assert serious_violations(page) == []
