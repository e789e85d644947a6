"""The planner's siting page: ask, follow, read sites and proof."""

import re
import threading
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapely
from playwright.sync_api import Page, expect
from sqlalchemy import text

from geoapp.core.questions.siting import SitingModel, SitingParameters
from geoapp.core.results.siting import SITING_RUNS, CurvePoint, SitingFigures, SitingFindings
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.network.importing import import_network
from geoapp.operations.runs.state import read_run, recent_runs
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting import run as siting_run
from geoapp.operations.siting.freedom import freedom_of
from geoapp.operations.worker import execute
from geoapp.web.pages.siting.curve import curve_of
from tests.osm_file import write_town_streets
from tests.web.conftest import (
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
    run = recent_runs(site.database, SITING_RUNS)[0]
    execute(site.database, settings, run.id, threading.Event())
    return run.id


def open_siting(site: Site, visit: Visit, size: str = "desktop", **wishes: str) -> Page:
    """Sign in as a planner and open the page."""
    page = visit(site, "/sign-in", size=size, **wishes)
    sign_in(site, page, Role.PLANNER)
    page.goto(site.url + "/plan/siting")
    expect(page.locator("body[data-ready]")).to_be_visible()
    return page


def ask(page: Page, site: Site, settings: Settings) -> int:
    """Start what the form says, do it, and wait for the answer."""
    if page.locator("#start").is_hidden():
        to_step(page, "ask")
    page.click("#start")
    expect(page.locator("#follow")).to_be_visible()
    number = do_queued_run(site, settings)
    expect(page.locator(f'#result[data-shown="{number}"]')).to_be_visible()
    return number


@pytest.mark.parametrize(
    ("size", "candidates", "told", "lines"),
    [
        ("phone", "anywhere", re.compile("已证明最优：任何地方的 3 处新增覆盖都不会超过"), 0),
        ("desktop", "generated", "已证明最优", 2),
    ],
)
def test_sites_are_found_and_proven(
    site: Site,
    settings: Settings,
    visit: Visit,
    size: str,
    candidates: str,
    told: Any,
    lines: int,
    tmp_path: Path,
) -> None:
    page = open_siting(site, visit, size)
    # Anywhere is what the form starts with; what needs candidates is then out of sight.
    expect(page.locator("#candidates")).to_have_value("anywhere")
    expect(page.locator("#rules-field")).to_be_hidden()
    page.select_option("#candidates", candidates)
    page.fill("#p", "3")
    page.fill("#amount", "300")
    number = ask(page, site, settings)
    if size == "phone":  # the answer comes before what was asked
        tops = [page.locator(one).bounding_box()["y"] for one in ("#step-answer", ".question")]  # type: ignore[index]
        assert tops == sorted(tops)
    run = read_run(site.database, SITING_RUNS, number)
    assert run.result is not None
    assert run.result.proven
    expect(page.locator("#verdict")).to_have_text(told)
    sites = siting_results.sites_of(site.database, number)
    assert len(sites) == 3
    rows = page.locator("#sites tbody tr")
    expect(rows).to_have_count(3)
    expect(page.locator("#map .site-number")).to_have_count(3)
    expect(rows.first).to_contain_text(f"{sites[0].adds:,.0f}")
    rows.nth(1).locator("button.link").click()
    expect(page.locator("#map .site-number.chosen")).to_have_text("2")
    expect(page.locator(".curve polyline")).to_have_count(lines)
    expect(page.locator("#sites [data-ban]")).to_have_count(3 if lines else 0)
    expect(page.locator("#elsewhere")).to_have_count(1 if lines else 0)
    # Where each site may move: told in its row, drawn when asked for.
    expect(rows.first.locator("div.moves")).to_contain_text("5%")
    expect(page.locator(".freedom-key")).to_be_hidden()
    page.check("#freedom-shown")
    expect(page.locator("#freedom-shown[data-drawn]")).to_be_visible()
    expect(page.locator(".freedom-key")).to_be_visible()
    has_days_lines_on_paper(page, "#map .leaflet-overlay-pane path[stroke-dasharray]")
    rows.first.locator("button.link").click()
    expect(page.locator("#map .leaflet-control-scale-line")).to_have_text("50 m")
    assert fits(page)
    assert serious_violations(page) == []
    page.uncheck("#freedom-shown")
    expect(page.locator(".freedom-key")).to_be_hidden()
    if size == "desktop":  # the map fills the window; what is long scrolls in the panel
        assert page.evaluate("document.scrollingElement.scrollHeight <= window.innerHeight")
    if candidates == "generated":
        # Workers lie on the map when chosen, and again when one comes back.
        page.locator(".map-layers summary").click()
        page.check("[data-layer=demand]")
        expect(page.locator("[data-layer=demand][data-drawn]")).to_be_attached()
        page.uncheck("[data-own=sites]")
        expect(page.locator("#map .site-number")).to_have_count(0)
        assert serious_violations(page) == []
        page.check("[data-own=sites]")
        page.reload()
        expect(page.locator("[data-layer=demand][data-drawn]")).to_be_attached()
        # Who the register knows there is listed as it is now.
        free = freedom_of(site.database, run).sites[0]
        lon, lat = shapely.get_coordinates(free.areas[-1].geometry)[0].tolist()
        with site.database.session() as session:
            session.execute(
                text(
                    "insert into facility (code, kind_code, name_zh, geom, status) select 'OLD', "
                    "kind_code, '旧站', st_setsrid(st_makepoint(:lon, :lat), 4326), 'closed' "
                    "from facility limit 1"
                ),
                {"lon": lon, "lat": lat},
            )
        page.goto(f"{site.url}/plan/siting?run={number}")
        page.get_by_text("可能的场地").first.click()
        expect(rows.first.locator("details.moves li").first).to_contain_text("旧站（")
    if candidates == "anywhere":  # with a walking network the places are those on its streets
        import_network(site.database, settings, write_town_streets(tmp_path / "town.osm.pbf"))
        page.goto(site.url + "/plan/siting")
        expect(page.locator("body[data-ready]")).to_be_visible()
        expect(page.locator("#candidates option:checked")).to_contain_text("街道上任何地方")
        ask(page, site, settings)
        expect(page.locator("#verdict")).to_contain_text("已证明最优：街道上任何地方")
        expect(page.locator("#freedom-told")).to_contain_text("只按直线")
        # Proven for covering alone: walks are compared among candidates.
        to_step(page, "ask")
        page.select_option("[name=model]", "lscp")
        expect(page.locator("#candidates")).to_have_value("anywhere")
        page.select_option("[name=model]", "p_center")
        expect(page.locator("#candidates")).to_have_value("anywhere")
        page.select_option("[name=model]", "p_median")
        expect(page.locator("#candidates")).to_have_value("generated")
        assert fits(page)


def test_sites_that_must_be_among_them(site: Site, settings: Settings, visit: Visit) -> None:
    """Placed on the map or typed, moved, taken away; all by keyboard too."""
    page = open_siting(site, visit)
    # The first view is there, and nothing moves under the mouse any more.
    expect(page.locator("#map[data-ready]")).to_be_visible()
    page.locator("#map").click(position={"x": 200, "y": 150})
    expect(page.locator("#must li")).to_have_count(1)
    before = page.locator("#must li span").inner_text()
    pin = page.locator("#map .must-have").bounding_box()
    assert pin is not None
    page.mouse.move(pin["x"] + 14, pin["y"] + 14)
    page.mouse.down()
    page.mouse.move(pin["x"] + 80, pin["y"] + 40, steps=5)
    page.mouse.up()
    expect(page.locator("#must li span")).not_to_have_text(before)
    # What it would change is told at once; the last move can be undone.
    expect(page.locator("#tried")).to_contain_text("这几处新覆盖")
    page.click("#undo")
    expect(page.locator("#must li span")).to_have_text(before)
    page.locator("#must button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#must li")).to_have_count(0)
    page.fill("#must-lon", "120.3512")
    page.fill("#must-lat", "36.0722")
    page.locator("#must-add").press("Enter")
    expect(page.locator("#must li")).to_contain_text("120.35120, 36.07220")
    expect(page.locator("#must li span[data-adds]")).to_have_count(1)
    page.fill("#p", "2")
    page.fill("#amount", "300")
    number = ask(page, site, settings)
    first = siting_results.sites_of(site.database, number)[0]
    assert (first.code, first.fixed) == ("M2", True)
    expect(page.locator("#sites tbody tr").first).to_contain_text("必选")


def test_what_cannot_be_is_told_with_its_reason(
    site: Site, settings: Settings, visit: Visit
) -> None:
    page = open_siting(site, visit)
    page.select_option("#model", "lscp")
    page.select_option("#candidates", "generated")
    expect(page.locator("#p")).to_be_hidden()
    page.fill("#share", "100")
    page.fill("#amount", "20")
    to_step(page, "limits")
    page.fill("#spacing", "5000")
    ask(page, site, settings)
    expect(page.locator("#result [role=alert]")).to_contain_text("无可行方案")
    expect(page.locator("#sites")).to_have_count(0)
    assert serious_violations(page) == []


def test_bad_places_are_refused_with_their_reason(
    site: Site, settings: Settings, visit: Visit
) -> None:
    page = open_siting(site, visit)
    token = page.locator('meta[name="csrf-token"]').get_attribute("content") or ""
    for body in (
        *({"standard_m": -1}, {}, {"standard_m": 300, "drawn": [{"code": "a"}]}, []),
        {"standard_m": 300, "period": "day"},  # of which day?
    ):
        answer = page.request.post(
            f"{site.url}/plan/siting/try",
            data=body,
            headers={"X-CSRFToken": token, "Accept": "application/json"},
        )
        assert answer.status == 422, body
        assert answer.json()["detail_zh"]


def test_files(site: Site, settings: Settings, visit: Visit) -> None:
    page = open_siting(site, visit)
    page.fill("#p", "2")
    number = ask(page, site, settings)
    for suffix, start in (
        ("xlsx", b"PK"),
        ("gpkg", b"SQLite"),
        ("geojson", b"{"),
        ("csv", b""),
        ("png", b"\x89PNG"),
    ):
        answer = page.request.get(f"{site.url}/plan/siting/{number}.{suffix}")
        assert answer.ok
        assert answer.body().startswith(start)
        assert f'siting-{number}.{suffix}"' in answer.headers["content-disposition"]
    assert page.request.get(f"{site.url}/plan/siting/{number}.exe").status == 404
    assert page.request.get(f"{site.url}/plan/siting/999.csv").status == 404


def test_the_empty_page(site: Site, visit: Visit) -> None:
    page = open_siting(site, visit, "phone", scheme="dark")
    said = {
        "zh": {"": "请填写这一项。", "0": "请填 1 至 5000 之间的数。", "1.5": "请填整数。"},
        "en": {"": "Fill this in.", "9999": "Give a number from 1 to 5000."},
    }
    for language, scheme, missing in (("zh", "dark", "没有找到"), ("en", "light", "Not found")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(f"{site.url}/plan/siting?lang={language}")
        expect(page.locator("body[data-ready]")).to_be_visible()
        assert serious_violations(page) == []
        assert fits(page)
        # What is filled in wrongly is told in the page's language, whatever the browser's is.
        for value, words in said[language].items():
            page.fill("#p", value)
            page.click("#start")
            assert page.locator("#p").evaluate("one => one.validationMessage") == words
            page.fill("#p", "3")
            assert page.locator("#p").evaluate("one => one.checkValidity()")
        page.goto(site.url + "/plan/siting?run=99")
        expect(page.get_by_role("heading", level=1)).to_have_text(missing)


def test_curve_of_known_numbers() -> None:
    found = SitingFindings.model_construct(
        total=SitingFigures.model_construct(covered_before_share=0.2),
        curve=(
            CurvePoint(p=1, objective=1, bound=1, covered_share=0.4, covered_share_bound=0.4),
            CurvePoint(p=2, objective=2, bound=3, covered_share=0.5, covered_share_bound=0.6),
        ),
    )
    curve = curve_of(found)
    assert curve is not None
    assert curve.rows == ((0, 0.2, 0.2), (1, 0.4, 0.4), (2, 0.5, 0.6))
    assert [tick.text for tick in curve.across] == ["0", "1", "2"]
    assert [tick.text for tick in curve.up] == ["20%", "30%", "40%", "50%", "60%"]
    # The bound's end is at the top right, the start of both at the bottom left.
    assert curve.bound.split()[-1] == "628.0,12.0"
    assert curve.reached.split()[0] == curve.bound.split()[0] == "52.0,206.0"
    assert curve_of(found.model_copy(update={"curve": found.curve[:0]})) is None


def test_two_plans_are_compared(site: Site, settings: Settings, visit: Visit) -> None:
    page = open_siting(site, visit, "phone")
    numbers = []
    for p in ("1", "3"):
        page.fill("#p", p)
        page.fill("#amount", "300")
        numbers.append(ask(page, site, settings))
    unit = page.locator(".figure dd small").first
    apart = "one => parseFloat(getComputedStyle(one.parentElement).columnGap)"
    assert unit.evaluate(apart) > 0
    # The run that is shown is ticked; another is ticked beside it.
    ticks = page.locator("#runs input[name='run']")
    expect(ticks.first).to_be_checked()
    page.get_by_role("checkbox", name=f"比较：{numbers[0]} ").check()
    page.get_by_role("button", name="比较勾选的").click()
    rows = page.locator("#compared tbody tr")
    expect(rows.nth(1)).to_contain_text("-2")
    expect(rows.nth(2)).to_contain_text("1")  # the best one is among the best three here
    expect(page.locator(".notice")).to_have_count(0)
    totals = [read_run(site.database, SITING_RUNS, one).result.total for one in numbers]  # type: ignore[index]
    difference = totals[0].added_weight - totals[1].added_weight
    expect(page.locator("#districts tbody tr")).to_contain_text(f"{difference:+,.0f}")
    expect(page.locator("#asked")).to_contain_text("新站点数")
    assert fits(page)
    # Words wrap, so that a phone shows both plans without pushing.
    for table in ("compared", "asked"):
        box = page.locator(f".scroll:has(#{table})")
        assert box.evaluate("one => one.scrollWidth - one.clientWidth") <= 1
    assert serious_violations(page) == []
    for number in (1, 2):
        shown, key = page.locator(f"#map-{number}"), page.locator(".map-key").nth(number - 1)
        above, below = shown.bounding_box(), key.bounding_box()
        assert above is not None
        assert below is not None
        assert above["height"] > 150
        assert above["y"] + above["height"] <= below["y"] + 0.5  # the key covers no site
    # Four on one screen, two by two; the workbook says the same.
    with site.database.session() as session:
        session.execute(
            text("update demand_point set grp = case when id % 2 = 0 then 'courier' end")
        )
    asked = [SitingParameters(p=p, standard_m=300.0) for p in (2, 4)]
    numbers += [siting_run.run_here(site.database, settings, one).id for one in asked]
    four = "&".join(f"run={number}" for number in numbers)
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(f"{site.url}/plan/siting/compare?{four}")
    expect(page.locator("body[data-ready]")).to_be_attached()
    for number, sites in enumerate((1, 3, 2, 4), 1):
        expect(page.locator(f"#map-{number} .site-number")).to_have_count(sites)
    expect(rows.nth(1).locator("td")).to_have_text(["1", "3 +2", "2 +1", "4 +3"])
    # Groups are told where all of the runs kept them.
    expect(page.locator("#groups")).to_have_count(0)
    assert fits(page)
    assert serious_violations(page) == []
    book = page.request.get(f"{site.url}/plan/siting/compare.xlsx?{four}").body()
    cells = openpyxl.load_workbook(BytesIO(book))["合计"].iter_rows(values_only=True)
    told = {row[0]: row[1:] for row in cells}
    assert told["新站点"] == (1, 3, 2, 4)
    assert told["新覆盖的劳动者"][0] == totals[0].added_weight
    page.goto(f"{site.url}/plan/siting/compare?run={numbers[2]}&run={numbers[3]}&lang=en")
    expect(page.locator("#groups tbody tr")).to_have_count(2)
    expect(page.locator("#groups")).to_contain_text("Couriers and riders")  # no code of a file
    groups = [read_run(site.database, SITING_RUNS, one).result.groups for one in numbers[2:]]  # type: ignore[union-attr]
    for rows_of, total in zip(groups, numbers[2:], strict=True):
        result = read_run(site.database, SITING_RUNS, total).result
        assert result is not None
        assert sum(one.added_weight for one in rows_of or ()) == pytest.approx(
            result.total.added_weight
        )
    assert page.request.get(f"{site.url}/plan/siting/compare?a=1&b=x").status == 422
    assert page.request.get(f"{site.url}/plan/siting/compare?a={numbers[0]}&b=99").status == 404


def test_other_plans_and_a_site_without_a_landlord(
    site: Site, settings: Settings, visit: Visit
) -> None:
    page = open_siting(site, visit)
    page.select_option("#candidates", "generated")
    page.fill("#p", "2")
    page.fill("#amount", "300")
    to_step(page, "limits")
    page.fill("#alternatives", "2")
    page.fill("#differ", "1")
    number = ask(page, site, settings)
    result = read_run(site.database, SITING_RUNS, number).result
    assert result is not None
    plans = page.locator("#alternatives li")
    expect(plans).to_have_count(len(result.alternatives.plans))
    plans.first.get_by_role("button").click()
    expect(page.locator("#map .instead")).to_have_count(
        len(result.alternatives.plans[0].taken_instead)
    )
    plans.first.get_by_role("button").click()
    expect(page.locator("#map .instead")).to_have_count(0)
    # As many stations elsewhere stand beside every plan among candidates.
    expect(page.locator("#same-cost")).to_contain_text("至少换 1 处")
    page.click("#same-cost button")
    expect(page.locator("#map .instead")).to_have_count(len(result.same_cost.plan.taken_instead))
    page.click("#same-cost button")
    assert serious_violations(page) == []
    # Nobody lets that site: the next run does without.
    first = siting_results.sites_of(site.database, number)[0].code
    page.locator("#sites [data-ban]").first.click()
    expect(page.locator("#never li")).to_contain_text(first)
    again = ask(page, site, settings)
    assert first not in {one.code for one in siting_results.sites_of(site.database, again)}


def test_quotas_backup_and_upgrades_are_asked_on_the_form(
    site: Site, settings: Settings, visit: Visit
) -> None:
    page = open_siting(site, visit)
    # Ten stations for a budget, as somebody asks who is here for the first time: the budget asks for
    # what each costs, and sites are then chosen among candidates.
    expect(page.locator("#site-cost")).to_be_hidden()
    page.fill("#budget", "1")
    expect(page.locator("#candidates")).to_have_value("generated")
    # Sizes say what each costs.
    page.fill("#size", "小=20:8, 大=60:20")
    expect(page.locator("#site-cost")).to_be_hidden()
    page.fill("#size", "")
    page.fill("#budget", "")
    expect(page.locator("#candidates")).to_have_value("anywhere")
    interactions = [
        lambda: page.fill("#budget", "80"),
        lambda: page.fill("#site-cost", "8"),
        lambda: page.fill("#amount", "300"),
        lambda: page.click("#start"),
    ]
    assert len(interactions) <= 8
    for act in interactions:
        act()
    expect(page.locator("#follow")).to_be_visible()
    number = do_queued_run(site, settings)
    expect(page.locator("#verdict")).to_contain_text("已证明最优")
    assert len(siting_results.sites_of(site.database, number)) <= 10
    params = read_run(site.database, SITING_RUNS, number).params
    assert (params["budget"], params["site_cost"], params["candidates"]) == (80, 8, "generated")
    expect(page.locator("#cost")).to_contain_text("每新覆盖一人")
    # Without the budget sites may stand anywhere again; the answer stays in sight, and is gone back to.
    shown = page.locator("#map .site-number").count()
    page.get_by_role("link", name=re.compile("去掉条件：预算")).click()
    expect(page.locator("#candidates")).to_have_value("anywhere")
    expect(page.locator("#map .site-number.before")).to_have_count(shown)
    expect(page.locator("#before")).to_be_visible()
    assert serious_violations(page) == []
    page.click("#undo")
    page.wait_for_url(f"{site.url}/plan/siting?run={number}")
    expect(page.locator("body[data-ready]")).to_be_visible()
    expect(page.locator("#map .site-number:not(.before)")).to_have_count(shown)
    to_step(page, "ask")
    page.fill("#budget", "")
    page.fill("#p", "3")
    to_step(page, "limits")
    page.fill("#most-each", "1")
    page.fill("#backup-share", "25")
    number = ask(page, site, settings)
    params = read_run(site.database, SITING_RUNS, number).params
    assert params["quotas"] == {"370203": {"min": None, "max": 1}}
    assert params["backup_share"] == 0.25
    assert len(siting_results.sites_of(site.database, number)) == 1
    page.goto(f"{site.url}/plan/siting?run={number}")
    expect(page.locator("body[data-ready]")).to_be_visible()
    expect(page.locator("#kept")).to_be_hidden()
    assert page.locator("#most-each").input_value() == "1"
    assert page.locator("#backup-share").input_value() == "25"
    # A condition is taken away above the answer; the question comes back without it.
    page.get_by_role("link", name="去掉条件：第二个站点算 25%").click()
    page.wait_for_url(re.compile("quotas="))
    expect(page.locator("body[data-ready]")).to_be_visible()
    expect(page.locator("#backup-share")).to_have_value("0")
    assert page.locator("#most-each").input_value() == "1"
    assert page.request.get(f"{site.url}/plan/siting?like={number}&drop=model").status == 422
    to_step(page, "limits")
    page.fill("#most-each", "")
    page.fill("#backup-share", "0")
    page.locator("#step-limits").get_by_label("职工之家", exact=True).uncheck()
    to_step(page, "ask")
    page.select_option("#candidates", "facilities:home")
    page.fill("#p", "1")
    number = ask(page, site, settings)
    assert siting_results.sites_of(site.database, number)[0].code == "T-3"
    # Of a set of candidates that says its hosts, so many of each type.
    with site.database.session() as session:
        session.execute(text("insert into candidate_set (code, name_zh) values ('hosts', '单位')"))
        session.execute(
            text(
                "insert into candidate (set_id, code, name, geom, host_type, region_code) "
                "select (select id from candidate_set), 'H' || id, 'H' || id, geom, "
                "case when id % 2 = 0 then 'bank' else 'hall' end, region_code from "
                "(select * from demand_point order by id limit 12) one"
            )
        )
    page.goto(f"{site.url}/plan/siting?candidates=hosts&p=3")
    expect(page.locator("body[data-ready]")).to_be_visible()
    to_step(page, "limits")
    page.click("#hosts-apart summary")
    page.get_by_label("bank 至多").fill("1")
    page.fill("#capacity", "5")
    number = ask(page, site, settings)
    # Who has a seat is not counted while a site is dragged, so none is.
    expect(page.locator("#served")).to_contain_text("有座位的")
    expect(page.locator("#sites [data-ban]").first).to_be_attached()
    expect(page.locator("#movable, #sites [data-move]")).to_have_count(0)
    params = read_run(site.database, SITING_RUNS, number).params
    assert params["host_quotas"] == {"bank": {"min": None, "max": 1}}
    page.goto(f"{site.url}/plan/siting?run={number}")
    expect(page.locator("body[data-ready]")).to_be_visible()
    expect(page.locator('[name="host-most:bank"]')).to_have_value("1")
    expect(page.locator("#kept")).to_be_hidden()
    page.goto(f"{site.url}/plan/siting")
    expect(page.locator("body[data-ready]")).to_be_visible()
    # One plan for two demands: the page has its conditions, and tells what it comes to for each.
    with site.database.session() as session:
        session.execute(
            text(
                "insert into demand_set (code, name_zh, is_sample) values ('later', '三年后', true)"
            )
        )
        session.execute(
            text(
                "insert into demand_point (set_id, geom, weight, region_code) "
                "select (select id from demand_set where code = 'later'), geom, weight + id % 7, region_code "
                "from demand_point where set_id = (select id from demand_set where code = 'town')"
            )
        )
    wanted = SitingParameters(
        model=SitingModel.ROBUST,
        p=2,
        standard_m=300,
        demand="town",
        also_demand=("later",),
        demand_off_share=0.2,
    )
    number = siting_run.run_here(site.database, settings, wanted).id
    for lang in ("zh", "en"):
        page.goto(f"{site.url}/plan/siting?run={number}&lang={lang}")
        expect(page.locator("body[data-ready]")).to_be_visible()
        expect(page.locator("#demands tbody tr")).to_have_count(4)
        off = "市北区多 20%" if lang == "zh" else "Shibei, 20% more"
        expect(page.locator("#demands")).to_contain_text(off)
        assert page.locator("#demand-off").input_value() == "20"
        # The demand that is asked for is not offered once more.
        later = page.locator("#also-demand label:not([hidden])")
        expect(later).to_have_text("三年后（示例）" if lang == "zh" else "三年后 (sample)")
        assert later.locator("input").is_checked()
        assert page.locator("#criterion").input_value() == "regret"
        expect(page.locator("#kept")).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 844})
    assert fits(page)
    assert serious_violations(page) == []
    # The longest walk is what such a plan is about.
    wanted = SitingParameters(
        model=SitingModel.P_CENTER, p=2, standard_m=300, demand="town", candidates="anywhere"
    )
    number = siting_run.run_here(site.database, settings, wanted).id
    page.goto(f"{site.url}/plan/siting?run={number}&lang=zh")
    expect(page.locator("#result .figures")).to_contain_text("最远步行")
    expect(page.locator("#verdict")).to_contain_text("走得最远的人至少要走")
