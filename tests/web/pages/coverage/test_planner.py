"""The planner: start a run, follow it, read its gaps; and the manager's page of the same run."""

import threading

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.coverage import COVERAGE_RUNS
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.coverage import results as coverage_results
from geoapp.operations.coverage import run as coverage_run
from geoapp.operations.runs.state import read_run, recent_runs
from geoapp.operations.worker import execute
from tests.answers import publish_run
from tests.web.conftest import (
    SIZES,
    Site,
    Visit,
    fits,
    has_days_lines_on_paper,
    serious_violations,
    sign_in,
    to_step,
)


def do_queued_run(site: Site, settings: Settings) -> int:
    """Do the newest run in this process, as the worker would."""
    run = recent_runs(site.database, COVERAGE_RUNS)[0]
    execute(site.database, settings, run.id, threading.Event())
    return run.id


def finished_run(site: Site, settings: Settings, standard_m: float = 300.0) -> int:
    """Make a run of the small town that has succeeded."""
    wanted = CoverageParameters(standard_m=standard_m)
    coverage_run.start(site.database, wanted, created_by="test")
    return do_queued_run(site, settings)


def open_planner(site: Site, visit: Visit, size: str = "desktop", **wishes: str) -> Page:
    """Sign in as a planner and open the page."""
    page = visit(site, "/sign-in", size=size, **wishes)
    sign_in(site, page, Role.PLANNER)
    page.goto(site.url + "/plan")
    expect(page.locator("body[data-ready]")).to_be_visible()
    return page


@pytest.mark.parametrize("size", ["phone", pytest.param("desktop", marks=pytest.mark.slow)])
def test_a_run_is_followed_to_its_gaps(
    site: Site, settings: Settings, visit: Visit, size: str
) -> None:
    """Start, progress, figures, table and map, all without reloading."""
    page = open_planner(site, visit, size)
    page.fill("#amount", "300")
    page.click("#start")
    expect(page.locator("#follow")).to_be_visible()
    expect(page.locator("#follow-step")).to_have_text("等待开始")
    number = do_queued_run(site, settings)
    expect(page.locator(f'#result[data-shown="{number}"]')).to_be_visible()
    expect(page.locator("#follow")).to_be_hidden()
    run = read_run(site.database, COVERAGE_RUNS, number)
    assert run.result is not None
    share = f"{run.result.total.covered_share * 100:.1f}%"
    expect(page.locator(".figure dd").first).to_have_text(share)
    loads = [one for one in coverage_results.loads(site.database, number, 10) if one.sole_weight]
    assert loads
    expect(page.locator("#loads tbody tr")).to_have_count(len(loads))
    zones = coverage_results.gap_zones(site.database, number)
    assert zones
    expect(page.locator("#gaps tbody tr")).to_have_count(len(zones))
    # What would close the first one, and which facilities cover the same workers.
    first = page.locator("#gaps tbody tr").first.locator("td").last
    expect(first).to_contain_text(str(zones[0].sites_needed))
    best = zones[0].closers[0]
    expect(first).to_contain_text(f"{best.lon:.5f}, {best.lat:.5f}")
    pairs = coverage_results.facility_overlaps(site.database, number, 10)
    expect(page.locator("#overlaps tbody tr")).to_have_count(len(pairs or []))
    assert fits(page)
    assert serious_violations(page) == []
    expect(page.locator("#map path.leaflet-interactive")).to_have_count(len(zones))
    assert f"run={number}" in page.url
    expect(page.locator("#runs a[aria-current]")).to_contain_text(share)


def test_rows_and_zones_point_at_each_other(site: Site, settings: Settings, visit: Visit) -> None:
    """A chosen row thickens its zone; a chosen zone marks its row."""
    number = finished_run(site, settings)
    page = open_planner(site, visit)
    page.goto(f"{site.url}/plan?run={number}")
    expect(page.locator("#result[data-shown]")).to_be_visible()
    has_days_lines_on_paper(page, "#map .leaflet-overlay-pane path.leaflet-interactive")
    page.locator("#gaps tbody .link").first.click()
    expect(page.locator("#gaps tr.chosen")).to_have_attribute("data-rank", "1")
    expect(page.locator('#map path[stroke-width="4"]')).to_have_count(1)
    page.locator("#map path.leaflet-interactive").last.dispatch_event("click")
    expect(page.locator("#gaps tr.chosen")).to_have_count(1)


def test_table_sorts_by_number_and_back(site: Site, settings: Settings, visit: Visit) -> None:
    """Columns sort by their numbers, not by the words around them."""
    number = finished_run(site, settings, standard_m=1.0)
    with site.database.session() as session:
        for rank, workers in ((101, 9.0), (102, 1000.0), (103, 80.0)):
            session.execute(
                text(
                    "insert into run_gap (run_id, rank, name_zh, name_en, geom, points, workers) "
                    "select run_id, :rank, name_zh, name_en, geom, 1, :workers from run_gap "
                    "where run_id = :run and rank = 1"
                ),
                {"run": number, "rank": rank, "workers": workers},
            )
    page = open_planner(site, visit)
    page.goto(f"{site.url}/plan?run={number}")
    expect(page.locator("#result[data-shown]")).to_be_visible()
    page.get_by_role("button", name="劳动者（人）").click()
    rising = page.locator("#gaps tbody td:nth-child(3)").evaluate_all(
        "cells => cells.map(cell => Number(cell.dataset.value))"
    )
    assert rising == sorted(rising)
    page.get_by_role("button", name="劳动者（人）").click()
    expect(page.locator("#gaps th[aria-sort=descending]")).to_have_count(1)
    expect(page.locator("#gaps tbody tr").first).to_have_attribute("data-rank", "102")


def test_a_waiting_run_can_be_cancelled(site: Site, visit: Visit) -> None:
    """Cancel ends the run and says so."""
    page = open_planner(site, visit)
    page.click("#start")
    page.click("#cancel")
    expect(page.locator("#result")).to_contain_text("已取消")


def test_failure_is_told_as_it_is(site: Site, settings: Settings, visit: Visit) -> None:
    """A run whose demand disappeared fails, with its reason on the page."""
    page = open_planner(site, visit)
    page.click("#start")
    expect(page.locator("#follow")).to_be_visible()
    with site.database.session() as session:
        session.execute(text("delete from demand_set"))
    do_queued_run(site, settings)
    expect(page.locator("#result .notice.bad")).to_contain_text("这次分析没有完成")
    expect(page.locator("#result .notice.bad")).to_contain_text("需求集")


def test_form_says_what_is_missing(site: Site, visit: Visit) -> None:
    """No family chosen: a sentence at the button, and nothing is sent."""
    page = open_planner(site, visit)
    to_step(page, "limits")
    for family in ("户外劳动者服务站点", "服务职工基地", "职工之家"):
        page.locator(".chip", has_text=family).click()
    page.click("#start")
    expect(page.locator("#form-error")).to_contain_text("至少选一类")
    assert recent_runs(site.database, COVERAGE_RUNS) == []


def test_moment_and_minutes_reach_the_run(site: Site, visit: Visit) -> None:
    """What the form says is what the run is asked."""
    page = open_planner(site, visit)
    page.fill("#amount", "8")
    page.select_option("#unit", "min")
    to_step(page, "limits")
    page.locator(".chip", has_text="指定时刻").click()
    page.fill("#at", "2026-11-24T22:00")
    # Another mode is asked the same, and going back finds all as it was; each step can be taken back.
    page.locator(".modes").get_by_role("link", name="选址").click()
    expect(page.locator("#amount")).to_have_value("8")
    expect(page.locator("#unit")).to_have_value("min")
    expect(page.locator("#at")).to_have_value("2026-11-24T22:00")
    expect(page.locator("#candidates")).to_have_value("anywhere")
    page.fill("#p", "7")
    page.locator("#region").focus()
    page.click("#undo")
    expect(page.locator("#p")).to_have_value("10")
    expect(page.locator("#undo")).to_be_disabled()
    page.go_back()
    expect(page.locator("#plan-form")).to_be_attached()
    expect(page.locator("#at")).to_have_value("2026-11-24T22:00")
    expect(page.locator("#amount")).to_have_value("8")
    page.click("#start")
    expect(page.locator("#follow")).to_be_visible()
    params = recent_runs(site.database, COVERAGE_RUNS)[0].params
    assert params["standard_seconds"] == 480
    assert params["standard_m"] is None
    assert params["at"].startswith("2026-11-24T22:00:00+08:00")


def test_planner_without_demand_is_told_what_to_do(empty_site: Site, visit: Visit) -> None:
    """Nothing to analyse yet: the form says how to get there."""
    page = visit(empty_site, "/sign-in", size="desktop")
    sign_in(empty_site, page, Role.PLANNER)
    page.goto(empty_site.url + "/plan")
    expect(page.locator("#plan-form")).to_contain_text("还没有需求数据")
    expect(page.locator("#start")).to_be_disabled()


def test_coverage_shows_what_is_published(site: Site, settings: Settings, visit: Visit) -> None:
    """Anybody reads figures, basis and the table of districts; row and polygon agree."""
    number = publish_run(site.database, settings, CoverageParameters(standard_m=300.0)).id
    finished_run(site, settings, standard_m=50.0)
    page = visit(site, "/coverage", size="desktop")
    expect(page.locator("#map[data-coloured]")).to_be_visible()
    rows = coverage_results.region_figures(site.database, number)
    district = next(row for row in rows if row.level == "district")
    share = f"{district.covered_share * 100:.1f}%"
    expect(page.locator("#districts tbody tr")).to_have_count(1)
    expect(page.locator("#districts tbody tr")).to_contain_text(share)
    expect(page.locator("#content")).to_contain_text("估算（直线×绕行系数）")
    page.get_by_text("各区、各群体").click()
    expect(page.locator("#access tbody tr")).to_have_count(2)  # the district, and all
    assert serious_violations(page) == []
    expect(page.locator("#share-text")).to_contain_text("outdoor workers")
    page.locator("#districts .link").click()
    expect(page.locator('#map path[stroke-width="3"]')).to_have_count(1)
    answer = page.request.get(f"{site.url}/coverage.csv")
    assert answer.ok
    assert answer.text().startswith("\ufeffcode,name_zh,")
    assert "370203" in answer.text()
    page.get_by_role("link", name="详情").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("市北区：步行 300 米以内")
    expect(page.locator(".crumbs li")).to_have_count(2)
    assert serious_violations(page) == []


def test_a_manager_publishes_what_has_changed(site: Site, settings: Settings, visit: Visit) -> None:
    """Stations change, the page says so; a new answer is compared, published, and taken back."""
    publish_run(site.database, settings, CoverageParameters(standard_m=300.0))
    page = visit(site, "/sign-in")
    sign_in(site, page, Role.MANAGER)
    page.goto(f"{site.url}/coverage")
    expect(page.locator("#freshness")).to_contain_text("都没有变化")
    expect(page.get_by_role("button", name="重新计算")).to_have_count(0)
    with site.database.session() as session:
        session.execute(text("update facility set status = 'closed' where code = 'T-1'"))
    page.reload()
    expect(page.locator("#freshness")).to_contain_text("1 处站点有变化")
    page.get_by_role("button", name="重新计算").click()
    expect(page.locator("#waiting")).to_be_visible()
    number = do_queued_run(site, settings)
    expect(page.locator("#compared tbody tr")).to_have_count(2)
    # On a phone every column is in sight, the difference before all.
    box = page.locator(".scroll:has(#compared)")
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
    assert serious_violations(page) == []
    assert fits(page)
    page.get_by_label("说明").fill("T-1 已停用")
    page.get_by_role("button", name="公布").click()
    expect(page.locator("#standing")).to_contain_text("T-1 已停用")
    expect(page.locator("#content header")).to_contain_text(f"编号 {number}")
    page.get_by_role("link", name="历次公布").click()
    page.get_by_text("撤回", exact=True).click()
    assert serious_violations(page) == []
    assert fits(page)
    page.get_by_role("button", name="确认撤回").click()
    expect(page.get_by_text("已撤回")).to_be_visible()
    page.goto(f"{site.url}/coverage")
    expect(page.locator("#freshness")).to_contain_text("1 处站点有变化")


def test_coverage_without_a_run_says_so(empty_site: Site, visit: Visit) -> None:
    """The empty state is designed."""
    page = visit(empty_site, "/coverage")
    expect(page.get_by_role("heading", level=1)).to_have_text("还没有公布的覆盖结果")


def test_unknown_run_is_not_found(site: Site, visit: Visit) -> None:
    """A number that nobody has gives a page that says so."""
    page = visit(site, "/coverage?run=99")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有找到")
    page.goto(site.url + "/coverage?run=abc")
    expect(page.get_by_role("heading", level=1)).to_have_text("参数无效")


def test_no_serious_accessibility_violation(site: Site, settings: Settings, visit: Visit) -> None:
    """axe-core finds nothing serious on the planner's and the manager's page."""
    number = finished_run(site, settings)
    page = visit(site, "/sign-in")
    sign_in(site, page, Role.PLANNER)
    for language, scheme, size in (("en", "dark", "phone"), ("zh", "light", "desktop")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
        page.goto(f"{site.url}/plan?run={number}&lang={language}")
        expect(page.locator("#result[data-shown]")).to_be_visible()
        page.locator("#gaps .link").first.click()
        assert serious_violations(page) == []
        assert fits(page)
        page.goto(f"{site.url}/coverage?run={number}")
        expect(page.locator("#map[data-coloured]")).to_be_visible()
        assert serious_violations(page) == []
        assert fits(page)
