"""The hours of a week on a page: each with its number, played on the map without asking again."""

import json
import re
import threading
from dataclasses import replace

from playwright.sync_api import expect
from sqlalchemy import text

from geoapp.core.questions.actions import ActionKind
from geoapp.core.results.actions import ACTION_RUNS
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.runs.state import read_run, recent_runs
from geoapp.operations.worker import execute
from geoapp.reports.coverage.week import band_text
from geoapp.store.engine import Database
from tests.answers import publish_run
from tests.operations.coverage.small_town import WANTED, run_sql, town
from tests.web.api_client import client_of, make_app
from tests.web.conftest import Site, Visit, fits, serious_violations

__all__ = ["town"]

ADDRESS = "/coverage/370203/hours"


def ends(band: str) -> tuple[float, float]:
    """Return the shares at both ends of a band in percent."""
    low, _, high = band.rstrip("%").partition("–")
    return float(low) / 100, float(high or low) / 100


def test_the_week_its_band_and_its_question(town: Database, settings: Settings) -> None:
    app = make_app(settings, town)
    anybody = client_of(app, town)
    planner = client_of(app, town, Role.PLANNER)
    assert "还没有公布的覆盖结果" in anybody.get(ADDRESS).text
    run = publish_run(town, settings, WANTED)
    page = anybody.get(ADDRESS).text
    assert page.count("data-hour=") == 168
    # At night T-1 alone is surely open: 50 of 250; T-3 has no hours and may add a north-west corner.
    assert '<span class="whole">20–' in page
    # The hours that are lowest and highest are bands, as in the grid.
    lowest, highest = re.findall(
        r'<dt>最[低高]的一小时</dt><dd>(?:<span class="whole">)?([^<]*)<', page
    )
    assert re.fullmatch(r"20\.0–[\d.]+%", lowest), lowest
    assert f'<span class="whole">{band_text(*ends(highest))[:-1]}</span>' in page
    # The worst hours are one line, and those next to it are folded.
    [worst] = re.findall(r'<p id="worst">(.*?)</p>', page)
    assert "人不一定走得到（覆盖 " in worst
    assert re.search(r'<details><summary>其次的 4 段</summary>\s*<ol start="2">', page)
    assert "开到 24:00" not in page
    assert (
        "By the hour" in client_of(app, town).get(ADDRESS, headers={"Accept-Language": "en"}).text
    )
    for where in ("/coverage", "/coverage/370203"):
        assert "/hours" in anybody.get(where).text, where
    for wrong, status in (("week=tomorrow", 422), ("week=2015-01-01", 422), ("run=999", 404)):
        assert (
            anybody.get(f"{ADDRESS}?{wrong}", headers={"Accept": "text/html"}).status_code == status
        )
    assert anybody.get("/coverage/999999/hours").status_code == 404

    refused = client_of(app, town, Role.STEWARD).post(f"{ADDRESS}/longer")
    assert refused.status_code == 403
    manager = client_of(app, town, Role.MANAGER)
    assert "求解" in manager.get(ADDRESS).text
    asked = manager.post(f"{ADDRESS}/longer")
    (started,) = recent_runs(town, ACTION_RUNS)
    place = asked.headers["Location"]
    assert place.startswith(f"{ADDRESS}?week=") and place.endswith("#longer")
    # Who presses twice, or another, waits for the same answer.
    assert planner.post(f"{ADDRESS}/longer").headers["Location"] == place
    assert [one.id for one in recent_runs(town, ACTION_RUNS)] == [started.id]
    assert f"/api/v1/action-runs/{started.id}" in manager.get(ADDRESS).text
    assert started.params["hours"] == "Mo-Su 06:00-24:00"
    assert started.params["most_actions"] == 3
    assert len(started.params["moments"]) == 21
    # One that failed says so, and may be asked again.
    run_sql(town, "update run set status = 'failed' where id = :id", id=started.id)
    failed = manager.get(f"{ADDRESS}?lang=zh").text
    assert "这次求解没有得到结果" in failed and "再求解" in failed
    run_sql(town, "update run set status = 'queued' where id = :id", id=started.id)
    # Once it has ended, whoever is signed in finds it on the district's page and on that of the city above.
    execute(town, settings, started.id, threading.Event())
    link = f"/plan/actions?run={started.id}"
    answered = manager.get(f"{ADDRESS}?lang=zh").text
    found = read_run(town, ACTION_RUNS, started.id).result
    assert found is not None and found.actions
    # Each station leads to its page, with its district, its hours now and then, and what it adds.
    for one in found.actions:
        assert f'data-href="/stations/{one.code}"' in answered
        assert f'href="/stations/{one.code}">{one.name}</a>' in answered
        assert f'class="number" data-label="多走得到（人）">{one.adds:,.0f}</td>' in answered
    assert "市北区" in answered and "每天 06:00-24:00" in answered
    offered = read_run(town, ACTION_RUNS, started.id).inputs.offered[ActionKind.EXTEND_HOURS]
    assert f"已证明最优：可以开得更久的 {offered} 处里任选 3 处，都不比这更好" in answered
    in_english = manager.get(f"{ADDRESS}?lang=en").text
    assert f"proven best: no 3 of the {offered} that could be open longer add more" in in_english
    # Where the best is not proven, the most that any three add is told, and the gap.
    run_sql(
        town,
        "update run set result = result || cast(:half as jsonb) where id = :id",
        half=json.dumps({"status": "time_limit", "bound": found.before + 300, "gap_share": 0.25}),
        id=started.id,
    )
    unproven = manager.get(f"{ADDRESS}?lang=zh").text
    assert "最多差 25.00%" in unproven and "至多多走得到 300 人" in unproven
    run_sql(
        town,
        "update run set result = cast(:result as jsonb) where id = :id",
        result=json.dumps(found.stored()),
        id=started.id,
    )
    # One that is no longer there leads nowhere.
    gone = found.actions[0].code
    run_sql(town, "update facility set code = 'GONE' where code = :code", code=gone)
    deleted = manager.get(f"{ADDRESS}?lang=zh").text
    assert f"/stations/{gone}" not in deleted and "已删除" in deleted
    run_sql(town, "update facility set code = :code where code = 'GONE'", code=gone)
    assert "已证明最优" in answered and link in answered
    assert link not in anybody.get(ADDRESS).text
    earlier = manager.get(f"{ADDRESS}?week={started.params['moments'][0][:10]}").text
    assert link in earlier
    for where in ("/coverage", "/coverage/370203"):
        assert link in manager.get(where).text, where
        assert link not in anybody.get(where).text, where
    assert manager.get(link).status_code == 200
    # Solved anew, it is listed once: the newest.
    manager.post(f"{ADDRESS}/longer")
    again = recent_runs(town, ACTION_RUNS)[0]
    assert again.id != started.id
    execute(town, settings, again.id, threading.Event())
    listed = manager.get("/coverage/370203").text
    assert f'"/plan/actions?run={again.id}"' in listed
    assert f'"{link}"' not in listed
    run_sql(town, "delete from run where id = :id", id=again.id)
    run_sql(
        town,
        'update run set params = params || \'{"region": "370202"}\' where id = :id',
        id=started.id,
    )
    assert link not in manager.get("/coverage/370203").text

    # A run from before hours were kept says so, and its manager may have it computed anew.
    run_sql(town, "delete from run_array where run_id = :id and name like 'hours%'", id=run.id)
    old = client_of(app, town, Role.MANAGER).get(ADDRESS)
    assert old.status_code == 200
    assert "没有保存逐小时的数据" in old.text
    assert 'action="/publications/recompute"' in old.text


def test_a_city_below_a_province_leads_to_its_own_week(town: Database, settings: Settings) -> None:
    """The province has figures in the run and no published answer: no link may end there."""
    with town.session() as session:
        session.execute(
            text(
                "insert into region (code, level, name_zh, geom) select '370000', 'province', "
                "'山东省', geom from region where code = '370200';"
                "update region set parent_code = '370000' where code = '370200'"
            )
        )
    run = publish_run(town, settings, replace(WANTED, region="370200"))
    anybody = client_of(make_app(settings, town), town)
    page = anybody.get("/coverage").text
    assert 'href="/coverage/370200/hours"' in page
    assert "/coverage/370000" not in page
    for address in "/coverage/370203", ADDRESS:
        assert 'href="/coverage/370000' not in anybody.get(address).text, address
        named = anybody.get(f"{address}?run={run.id}").text
        assert 'href="/coverage/370000' in named, address

    # A district's own answer stays on its page, which says where the city's later one differs.
    publish_run(town, settings, replace(WANTED, region="370203"))
    assert 'id="wider"' not in anybody.get("/coverage/370203").text
    later = publish_run(town, settings, replace(WANTED, region="370200", standard_m=100.0))
    told = anybody.get("/coverage/370203").text
    assert 'id="wider"' in told
    assert f'href="/coverage/370203?run={later.id}"' in told
    assert 'id="wider"' not in anybody.get(f"/coverage/370203?run={later.id}").text


def test_the_slider_asks_nothing_of_the_server(
    site: Site, visit: Visit, settings: Settings
) -> None:
    publish_run(site.database, settings, WANTED)
    page = visit(site, ADDRESS)
    expect(page.locator('#map[data-coloured="true"]')).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for hour, words in ((3, "周一 03:00"), (34, "周二 10:00")):
        page.locator(f'#week td[data-hour="{hour}"]').click()
        expect(page.locator("#told")).to_contain_text(words)
        shown = page.locator(f'#week td[data-hour="{hour}"]')
        expect(shown).to_have_class(re.compile("chosen"))
        expect(page.locator("#hour")).to_have_value(str(hour))
    page.locator("#hour").press("ArrowRight")
    expect(page.locator("#told")).to_contain_text("周二 11:00")
    expect(page.locator("#map")).to_have_attribute("data-hour", "35")
    assert asked == []
    assert fits(page)
    assert serious_violations(page) == []
    # By night and on paper a district has the colour that the table beside it names.
    colours = """() => [
        getComputedStyle(document.querySelector('#map path[fill^="var(--class"]')).fill,
        getComputedStyle(document.querySelector('tr[data-code] .swatch[class*="class-"]')).backgroundColor,
    ]"""
    by_day, _ = page.evaluate(colours)
    page.emulate_media(color_scheme="dark")
    by_night, beside = page.evaluate(colours)
    assert by_night == beside != by_day
    page.emulate_media(color_scheme="dark", media="print")
    assert page.evaluate(colours) == [by_day, by_day]
