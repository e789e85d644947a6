"""Scenarios on the screens: keep, find again, share, compare, bring back; for each role."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import shapely
import shapely.geometry
from playwright.sync_api import Page, expect

from geoapp.core.questions.quota import Quota
from geoapp.core.questions.siting import DrawnSite, SitingParameters
from geoapp.core.results.siting import SITING_RUNS
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.runs.state import read_run
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting import scenarios
from geoapp.operations.siting.scenarios import Audience
from geoapp.operations.upkeep.users import SignedInUser
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.conftest import Site, Visit, fits, serious_violations, sign_in, to_step
from tests.web.pages.siting.test_views import ask, open_siting

QUESTION = SitingParameters(p=2, standard_m=300)
PLACED = replace(
    QUESTION, drawn=(DrawnSite("M1", TOWN_LON + 0.004, TOWN_LAT + 0.003),), fixed=("M1",)
)
SQUARE = {
    "type": "Polygon",
    "coordinates": [
        [
            [TOWN_LON, TOWN_LAT],
            [TOWN_LON + 0.002, TOWN_LAT],
            [TOWN_LON + 0.002, TOWN_LAT + 0.002],
            [TOWN_LON, TOWN_LAT],
        ]
    ],
}


def save(page: Page, name: str, button: str = "保存") -> None:
    """Keep what the form asks."""
    to_step(page, "answer")
    page.fill("#scenario-name", name)
    page.locator("#scenario-form").get_by_role("button", name=button, exact=True).click()


@pytest.mark.parametrize("size", ["phone", pytest.param("desktop", marks=pytest.mark.slow)])
def test_what_is_placed_is_kept_and_found_again(
    site: Site, settings: Settings, visit: Visit, size: str
) -> None:
    page = open_siting(site, visit, size)
    page.fill("#must-lon", str(TOWN_LON + 0.004))
    page.fill("#must-lat", str(TOWN_LAT + 0.003))
    page.click("#must-add")
    page.fill("#amount", "300")
    page.fill("#p", "2")
    save(page, "市北夜班")
    expect(page.locator("#scenario-told")).to_have_text("已保存，第 1 版。")
    page.click("#scenario-link")
    expect(page.locator("h1")).to_contain_text("市北夜班")
    expect(page.locator("#verdict")).to_have_text("手工放置，尚未求解")
    expect(page.locator("body[data-ready]")).to_be_attached()
    expect(page.locator("#map .site-number")).to_have_count(1)
    assert fits(page)
    assert serious_violations(page) == []
    # Opened again, solved, saved: the answer belongs to it.
    page.get_by_role("link", name="打开修改").click()
    expect(page.locator("#must li")).to_have_count(1)
    assert page.locator("#amount").input_value() == "300"
    number = ask(page, site, settings)
    save(page, "市北夜班")
    expect(page.locator("#scenario-told")).to_have_text("已保存，第 2 版。")
    page.click("#scenario-link")
    expect(page.locator("#verdict")).to_contain_text("已证明最优")
    expect(page.locator(".plan-sites tbody tr")).to_have_count(2)
    run = read_run(site.database, SITING_RUNS, number)
    assert run.result is not None
    expect(page.locator(".figures")).to_contain_text(f"{run.result.total.added_weight:,.0f}")
    # And back to how it was.
    page.get_by_role("button", name="恢复第 1 版").click()
    expect(page.locator("#verdict")).to_have_text("手工放置，尚未求解")
    expect(page.locator("#history-title + ol li")).to_have_count(3)


def test_forbidden_places_are_drawn_read_and_taken_back(
    site: Site, settings: Settings, visit: Visit, tmp_path: Path
) -> None:
    page = open_siting(site, visit)
    to_step(page, "limits")
    expect(page.locator("#map[data-ready]")).to_be_visible()
    page.click("#area-draw")
    corners = [(150, 100), (300, 100), (300, 220)]
    for x, y in [*corners, corners[0]]:
        page.locator("#map").click(position={"x": x, "y": y})
    expect(page.locator("#never li")).to_have_count(1)
    expect(page.locator("#must li")).to_have_count(0)
    expect(page.locator("#area-draw")).to_have_text("在地图上画")
    file = tmp_path / "areas.geojson"
    file.write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": SQUARE}))
    page.set_input_files("#area-file", file)
    expect(page.locator("#never li")).to_have_count(2)
    file.write_text("no")
    page.set_input_files("#area-file", file)
    expect(page.locator("#form-error")).to_contain_text("GeoJSON")
    expect(page.locator("#never li")).to_have_count(2)
    page.locator("#never button").first.click()
    expect(page.locator("#never li")).to_have_count(1)
    page.click("#undo")
    expect(page.locator("#never li")).to_have_count(2)
    page.locator("#never button").first.click()
    to_step(page, "ask")
    page.fill("#amount", "300")
    page.fill("#p", "2")
    number = ask(page, site, settings)
    asked = SitingParameters.from_stored(read_run(site.database, SITING_RUNS, number).params)
    (area,) = asked.forbidden_areas
    shapes = (shapely.geometry.shape(one) for one in (area, SQUARE))
    assert shapely.equals_exact(*shapes, tolerance=1e-6)


def test_a_run_opens_with_its_question_and_nothing_is_lost(
    site: Site, settings: Settings, visit: Visit
) -> None:
    """Also what the form has no field for; and a site without a landlord is left out."""
    beyond = (("370200", Quota(None, 5)),)  # the form sets quotas of districts
    question = replace(QUESTION, target_gap=0.01, min_spacing_m=50.0, quotas=beyond)
    run = siting_run.run_here(site.database, settings, question)
    page = open_siting(site, visit)
    page.goto(f"{site.url}/plan/siting?run={run.id}&without=G-1")
    expect(page.locator("body[data-ready]")).to_be_visible()
    assert (page.locator("#p").input_value(), page.locator("#amount").input_value()) == ("2", "300")
    assert page.locator("#min-spacing").input_value() == "50"
    assert page.locator("#gap").input_value() == "1"
    expect(page.locator("#kept")).to_contain_text("quotas")
    to_step(page, "limits")
    expect(page.locator("#never li")).to_contain_text("G-1")
    page.locator("#never button").click()
    number = ask(page, site, settings)
    again = SitingParameters.from_stored(read_run(site.database, SITING_RUNS, number).params)
    assert (again.target_gap, again.quotas) == (0.01, beyond)
    to_step(page, "ask")
    page.click("#kept-drop")
    expect(page.locator("#kept")).to_be_hidden()


@pytest.mark.parametrize("size", [pytest.param("phone", marks=pytest.mark.slow), "desktop"])
def test_two_are_compared_on_maps_that_move_together(
    site: Site, settings: Settings, visit: Visit, size: str
) -> None:
    page = visit(site, "/sign-in", size=size)
    sign_in(site, page, Role.MANAGER)
    owner = SignedInUser(1, "ann", Role.PLANNER)
    run = siting_run.run_here(site.database, settings, QUESTION)
    first = scenarios.create(site.database, owner, "求解", Audience.COLLEAGUES, QUESTION, run.id)
    second = scenarios.create(site.database, owner, "手放", Audience.COLLEAGUES, PLACED, None)
    hidden = scenarios.create(site.database, owner, "私下", Audience.OWNER, PLACED, None)
    page.goto(site.url + "/plan/scenarios")
    expect(page.locator(".runs li")).to_have_count(2)
    page.get_by_role("button", name="比较").click()
    expect(page.locator("body[data-ready]")).to_be_attached()
    assert page.url.endswith(f"scenario={second.id}&scenario={first.id}")
    expect(page.locator("#map-1 .site-number")).to_have_count(1)
    expect(page.locator("#map-2 .site-number")).to_have_count(2)
    pane = "document.querySelectorAll('.leaflet-control-scale-line')"
    page.locator("#map-1").get_by_role("button", name="放大").click()
    page.wait_for_function(f"{pane}[0].textContent === {pane}[1].textContent")
    # Another size, as by turning a phone: both are drawn at once, whatever any timer does.
    page.evaluate("window.kept = window.setTimeout; window.setTimeout = () => 0")
    page.set_viewport_size({"width": 844, "height": 390})
    page.wait_for_function(
        """() => [1, 2].every((number) => {
          const box = document.getElementById(`map-${number}`).getBoundingClientRect();
          const drawn = document.querySelector(`#map-${number} svg`).getBoundingClientRect();
          return box.width > 700 && drawn.left <= box.left && drawn.right >= box.right;
        })"""
    )
    page.evaluate("window.setTimeout = window.kept")
    assert fits(page)
    assert serious_violations(page) == []
    page.goto(f"{site.url}/plan/scenarios/{first.id}")
    expect(page.get_by_role("link", name="打开修改")).to_have_count(0)
    expect(page.locator("[data-restore]")).to_have_count(0)
    assert page.request.get(f"{site.url}/plan/scenarios/{hidden.id}").status == 404
    assert (
        page.request.get(f"{site.url}/plan/scenarios/compare?a={first.id}&b={hidden.id}").status
        == 404
    )


def test_sharing_and_removing(site: Site, visit: Visit) -> None:
    page = open_siting(site, visit, language="en")
    save(page, "Nights", "Save")
    page.click("#scenario-link")
    page.get_by_label("All colleagues who sign in").check()
    expect(page.locator("#told")).to_have_text("Changed.")
    with site.database.session() as session:
        owner = session.connection().exec_driver_sql("select owner, audience from scenario").one()
    assert owner.audience == "colleagues"
    page.click("#remove")
    expect(page.locator("#remove")).to_contain_text("Press again")
    page.click("#remove")
    page.wait_for_url("**/plan/scenarios")
    expect(page.locator("h2")).to_have_text("No scenarios yet")


def test_a_colleague_who_saved_first_is_named(site: Site, visit: Visit) -> None:
    page = open_siting(site, visit)
    save(page, "夜班")
    expect(page.locator("#scenario-told")).to_have_text("已保存，第 1 版。")
    with site.database.session() as session:
        session.connection().exec_driver_sql("update scenario set audience = 'planners'")
    number = int(page.url.rsplit("=", 1)[1])
    ben = SignedInUser(9, "ben", Role.PLANNER)
    scenarios.save(site.database, ben, number, 1, "夜班", PLACED, None)
    save(page, "夜班")
    expect(page.locator("#scenario-told")).to_contain_text("ben 已保存了第 2 版")
    save(page, "夜班二", "另存为新方案")
    expect(page.locator("#scenario-told")).to_have_text("已保存，第 1 版。")
    assert len(scenarios.readable(site.database, ben)) == 1
