"""The page of actions: three ways to spend a budget, the list in words, the map."""

import threading

import pytest
from playwright.sync_api import Page, expect

from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.actions import ACTION_RUNS
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.runs.state import read_run, recent_runs
from geoapp.operations.worker import execute
from tests.answers import publish_run
from tests.web.conftest import Site, Visit, fits, serious_violations, sign_in


def open_actions(site: Site, visit: Visit, size: str = "desktop", **wishes: str) -> Page:
    """Sign in as a planner and open the page."""
    page = visit(site, "/sign-in", size=size, **wishes)
    sign_in(site, page, Role.PLANNER)
    page.goto(site.url + "/plan/actions")
    expect(page.locator("body[data-ready]")).to_be_visible()
    return page


def ask(page: Page, site: Site, settings: Settings) -> int:
    """Start what the form says, do it as the worker would, and wait for the answer."""
    page.click("#start")
    expect(page.locator("#follow")).to_be_visible()
    run = recent_runs(site.database, ACTION_RUNS)[0]
    execute(site.database, settings, run.id, threading.Event())
    expect(page.locator(f'#result[data-shown="{run.id}"]')).to_be_visible()
    return run.id


@pytest.mark.parametrize("size", [pytest.param("phone", marks=pytest.mark.slow), "desktop"])
def test_longer_hours_and_new_stations_are_compared(
    site: Site, settings: Settings, visit: Visit, size: str
) -> None:
    page = open_actions(site, visit, size)
    page.fill("#budget", "12")
    page.fill("#amount", "300")
    number = ask(page, site, settings)
    found = read_run(site.database, ACTION_RUNS, number).result
    assert found is not None
    rows = page.locator("#choices tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("只延长开放时间")
    expect(rows.last).to_contain_text(f"{found.objective - found.before:,.0f}")
    expect(page.locator("#verdict")).to_have_text("已证明最优")
    actions = page.locator("#actions tbody tr")
    expect(actions).to_have_count(len(found.actions))
    expect(page.locator("#map .site-number")).to_have_count(len(found.actions))
    expect(actions.first).to_contain_text(found.actions[0].text_zh)
    actions.first.locator("button").click()
    expect(page.locator("#map .site-number.chosen")).to_have_text("1")
    expect(page.locator("#districts")).to_contain_text("市北区")
    assert fits(page)
    assert serious_violations(page) == []
    page.reload()
    expect(page.locator(f'#result[data-shown="{number}"]')).to_be_visible()
    expect(page.locator("#map .site-number")).to_have_count(len(found.actions))
    assert page.request.get(f"{site.url}/plan/actions/{number}.xlsx").status == 200
    assert page.request.get(f"{site.url}/plan/actions/{number}.exe").status == 404
    reads_as_manager(site, settings, page, number)


def reads_as_manager(site: Site, settings: Settings, page: Page, number: int) -> None:
    """A manager comes from the published answer, reads the run and finds nothing to start."""
    publish_run(site.database, settings, CoverageParameters(standard_m=300.0))
    page.context.clear_cookies()
    page.goto(site.url + "/sign-in")
    sign_in(site, page, Role.MANAGER)
    page.goto(site.url + "/coverage")
    page.click(f'a[href$="/plan/actions?run={number}"]')
    expect(page.locator("body[data-ready]")).to_be_visible()
    expect(page.locator("#map .site-number").first).to_be_visible()
    expect(page.locator("#verdict")).to_have_text("已证明最优")
    assert page.locator("form#actions-form, #start, #cancel, #follow").count() == 0
    for width in (320, 390, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        assert fits(page), width
    for address in ("plan/actions/{}.xlsx", "plan/actions", "api/v1/action-runs/{}"):
        assert page.request.get(f"{site.url}/{address.format(number)}").status == 200, address
    assert page.request.get(f"{site.url}/plan/actions/runs/{number}").status == 403


def test_english_and_what_is_missing_is_said(site: Site, visit: Visit, settings: Settings) -> None:
    page = open_actions(site, visit, language="en")
    for name in ("extend", "build"):
        page.fill(f"#{name}", "")
    page.click("#start")
    expect(page.locator("#form-error")).to_contain_text("at least one kind")
    page.fill("#extend", "3")
    for hour in ("12:00", "18:00", "21:00"):
        page.get_by_label(hour).uncheck()
    page.click("#start")
    expect(page.locator("#form-error")).to_contain_text("at least one hour")
    page.get_by_label("21:00").check()
    page.fill("#until", "00:00")
    number = ask(page, site, settings)
    run = read_run(site.database, ACTION_RUNS, number)
    assert run.params["hours"] == "Mo-Su 06:00-24:00"
    assert run.result is not None
    expect(page.locator("#choices")).to_have_count(0)  # one kind of action: nothing to compare
    expect(page.locator("#actions tbody")).to_contain_text("longer hours")
    assert serious_violations(page) == []


def test_nothing_helps_is_an_answer(site: Site, visit: Visit, settings: Settings) -> None:
    page = open_actions(site, visit)
    page.fill("#budget", "1")
    ask(page, site, settings)
    expect(page.locator("#result")).to_contain_text("没有一项措施")
    expect(page.locator("#verdict")).to_have_text("已证明最优")
