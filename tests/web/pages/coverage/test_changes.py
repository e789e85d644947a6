"""The table of ``/coverage`` beside an earlier answer: changes, ranks, and a small chart of each region."""

import csv
import html
import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from geoapp.app import create_app
from geoapp.core.ranks import ranks
from geoapp.core.results.coverage import CoverageRun
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.coverage import official
from geoapp.operations.coverage.changes import MOST_ANSWERS, past
from geoapp.operations.coverage.days import shares_on_day
from geoapp.operations.coverage.results import region_figures
from geoapp.reports.words import changes, monthly
from geoapp.store.engine import Database
from tests.answers import publish_run
from tests.operations.coverage.small_town import WANTED, moment, run_sql, town
from tests.web.api_client import client_of, make_app, problem_of
from tests.web.conftest import Site, Visit, fits, serious_violations, serve

__all__ = ["town"]

ADDRESS = "/coverage/370203"
STREETS = ["370203001", "370203002", "370203003"]


@pytest.fixture
def streets(town: Database) -> Database:
    run_sql(
        town,
        "insert into region (code, parent_code, level, name_zh, name_en, geom) values "
        "('370203001', '370203', 'street', '西街道', 'West', st_multi(st_makeenvelope("
        "120.34, 36.06, 120.353, 36.08, 4326))),"
        "('370203002', '370203', 'street', '中街道', 'Middle', st_multi(st_makeenvelope("
        "120.353, 36.06, 120.357, 36.08, 4326))),"
        "('370203003', '370203', 'street', '东街道', 'East', null)",
    )
    run_sql(
        town,
        "update demand_point set region_code = case when st_x(geom) < 120.353 then '370203001' "
        "when st_x(geom) < 120.357 then '370203002' else '370203003' end",
    )
    return town


def published(database: Database, settings: Settings, day: str, **wanted: object) -> CoverageRun:
    """Publish a run, as if it had been on a day."""
    run = publish_run(database, settings, replace(WANTED, **wanted))  # type: ignore[arg-type]
    run_sql(
        database,
        "update publication set published_at = cast(:day as timestamptz) where run_id = :run",
        day=f"{day} 12:00+08",
        run=run.id,
    )
    return run


def shares_of(database: Database, run: CoverageRun) -> dict[str, float]:
    """Return each region's share by its own arithmetic."""
    return {one.code: one.covered_weight / one.weight for one in region_figures(database, run.id)}


def test_ties_share_a_rank() -> None:
    assert ranks({"a": 0.5, "b": 0.7, "c": 0.5, "d": None, "e": 0.1}) == {
        "b": 1,
        "a": 2,
        "c": 2,
        "e": 4,
    }
    assert ranks({}) == ranks({"a": None}) == {}


def test_changes_since_a_day(
    streets: Database, settings: Settings, subtests: pytest.Subtests, tmp_path: Path
) -> None:
    anybody = client_of(make_app(settings, streets), streets)
    first = published(streets, settings, "2024-03-01")
    page = anybody.get(ADDRESS).text
    assert "之前没有公布过" in page
    assert 'id="answers"' not in page
    assert "变化（百分点）" not in page
    run_sql(streets, "update facility set status = 'closed' where code in ('T-1', 'T-2', 'T-3')")
    second = published(streets, settings, "2024-06-01")
    then, now = shares_of(streets, first), shares_of(streets, second)
    assert any(then[code] != now[code] for code in STREETS)
    address = f"{ADDRESS}?lang=zh"
    for since in ("", "&since=2024-03-01", "&since=2024-05-31"):
        with subtests.test(since=since):
            page = anybody.get(address + since).text
            assert f"与 2024-03-01 公布的结果（运行 {first.id}）相比" in page
            # The whole, too: the district's own share, then and now.
            assert f"{then['370203']:.1%} → {now['370203']:.1%}" in page
            told = html.unescape(page)
            [file] = re.findall(r'href="(/coverage\.csv[^"]*)"', told)
            lines = anybody.get(file).text.lstrip("\ufeff")
            rows = {one["code"]: one for one in csv.DictReader(io.StringIO(lines))}
            assert list(rows) == STREETS
            for code, row in rows.items():
                greater = sum(now[other] > now[code] for other in STREETS)
                assert int(row["rank"]) == 1 + greater
                assert float(row["compared_share"]) == pytest.approx(then[code])
                assert float(row["change"]) == pytest.approx(now[code] - then[code])
                cells = re.findall(
                    r'data-value="([^"]*)"', told.split(f'data-code="{code}"')[1].split("</tr>")[0]
                )
                assert float(cells[3]) == pytest.approx(now[code] - then[code])
            charts = re.findall(r"<li><strong>(\w+)</strong>\s*<svg(.*?)</svg>", told, re.S)
            assert [name for name, _ in charts] == ["西街道", "中街道", "东街道"]
            heights = [40 - float(one) for one in re.findall(r"V([\d.]+)h", charts[0][1])]
            assert heights == pytest.approx([40 * then[STREETS[0]], 40 * now[STREETS[0]]], abs=0.05)
    for since, said in {
        "2024-02-29": "到 2024-02-29 为止没有公布过结果",
        "2024-06-01": "2024-06-01 公布着的就是这次结果",
    }.items():
        with subtests.test(since=since):
            page = anybody.get(f"{address}&since={since}").text
            assert said in page
            assert "变化（百分点）" not in page
    for wrong in ("2999-01-01", "yesterday", "1799-01-01"):
        assert anybody.get(f"{ADDRESS}?since={wrong}").status_code == 422
    with subtests.test("the page of a run that was"):
        page = anybody.get(f"{ADDRESS}?run={first.id}&lang=zh").text
        assert "之前没有公布过" in page
    with subtests.test("the lowest region's rank is that among those beside it"):
        page = anybody.get(f"/coverage/{STREETS[1]}?lang=zh").text
        cells = re.findall(r'data-value="([^"]*)"', page.split('data-code="370203002"')[1])
        assert int(cells[2]) == 1 + sum(now[one] > now[STREETS[1]] for one in STREETS)
    with subtests.test("in the workbook"):
        [file] = re.findall(r'href="(/coverage/runs/[^"]*xlsx[^"]*)"', anybody.get(address).text)
        (tmp_path / "one.xlsx").write_bytes(anybody.get(html.unescape(file) + "&lang=zh").data)
        sheet = openpyxl.load_workbook(tmp_path / "one.xlsx")["分街道"]
        top = int(sheet.auto_filter.ref.split(":")[0][1:])
        head, *rows, _ = list(sheet.iter_rows(min_row=top, values_only=True))
        for row in rows:
            told_of = dict(zip(head, row, strict=True))
            code = told_of[monthly.CODE.zh]
            assert told_of[f"当时的覆盖率（运行 {first.id}）"] == pytest.approx(then[code])
            assert told_of["变化（百分点）"] == pytest.approx(100 * (now[code] - then[code]))
            assert told_of["名次（上级区域内）"] == 1 + sum(now[one] > now[code] for one in STREETS)
        plain = anybody.get(f"/coverage/runs/{second.id}.xlsx").data
        assert plain != (tmp_path / "one.xlsx").read_bytes()
    with subtests.test("unlike questions show no change"):
        third = published(streets, settings, "2024-09-01", standard_m=1000.0)
        page = anybody.get(address).text
        assert "问的不一样，不能直接相比" in page
        assert "变化（百分点）" not in page
        refused = anybody.get(f"/coverage/runs/{third.id}.xlsx?before={first.id}")
        assert refused.status_code == 422
        # One that was withdrawn stood until then, and what it was to stand beside is not lost.
        official.withdraw_run(streets, third.id)
        page = anybody.get(address).text
        assert f"与 2024-03-01 公布的结果（运行 {first.id}）相比" in page
    with subtests.test("a region that the earlier answer has no figures of"):
        run_sql(
            streets,
            "delete from run_region where run_id = :run and region_code = '370203003'",
            run=first.id,
        )
        page = anybody.get(address).text
        assert "那次没有其中 1 个区域的数字" in page
        assert "变化未知" in page
    problem_of(anybody.get("/api/v1/coverage/official?as_of=2024-01-01"), 404)


def test_changes_since_the_facilities_of_a_day(streets: Database, settings: Settings) -> None:
    """T-1 stands since 2020, T-2 since some day of 2021, T-3 nobody knows since when."""
    anybody = client_of(make_app(settings, streets), streets)
    for code, basis in (("T-1", "known"), ("T-2", "year")):
        day = "2020-01-01" if code == "T-1" else "2021-01-01"
        run_sql(
            streets,
            f"update facility set opened_on = '{day}', opened_basis = '{basis}' where code = '{code}'",
        )
    run_sql(streets, "delete from facility where code in ('T-4', 'T-6')")
    run_sql(
        streets,
        "update facility set opened_on = '2019-01-01', opened_basis = 'known', "
        "closed_on = '2022-07-01', closed_basis = 'known' where code = 'T-5'",
    )
    run = published(streets, settings, "2024-03-01")
    page = anybody.get(f"{ADDRESS}?since=2021-06-01&by=standing&lang=zh").text
    assert "变化是与 2021-06-01 在的设施相比" in page
    assert "那天确知启用的 2 处，可能启用的另有 2 处" in page
    told = shares_on_day(streets, settings, run, date(2021, 6, 1))
    assert told is not None
    now = shares_of(streets, run)
    [file] = re.findall(r'href="(/coverage\.csv[^"]*)"', html.unescape(page))
    lines = anybody.get(file).text.lstrip("\ufeff")
    wide = 0
    for row in csv.DictReader(io.StringIO(lines)):
        then = told.shares[row["code"]]
        assert then is not None
        wide += then[0] < then[1]
        given = [float(row[name]) for name in ("compared_share", "compared_share_most")]
        assert given == pytest.approx(list(then))
        least, most = now[row["code"]] - then[1], now[row["code"]] - then[0]
        assert [float(row["change_least"]), float(row["change"])] == pytest.approx([least, most])
        assert (row["compared_day"], row["compared_run"]) == ("2021-06-01", "")
        line = page.split(f'data-code="{row["code"]}"')[1].split("</tr>")[0]
        assert f">{changes.change_text((least, most)).zh}</td>" in line
    assert wide
    # By the API the same figures, of the whole, too.
    api = f"/api/v1/coverage-runs/{run.id}/standing?since=2021-06-01"
    answer = anybody.get(api).get_json()
    known = [answer[name] for name in ("facilities", "facilities_possible", "facilities_later")]
    assert (answer["compared_day"], known) == ("2021-06-01", [2, 2, 0])
    rows = {one["code"]: one for one in answer["regions"]}
    assert set(STREETS) < set(rows)
    assert told.whole is not None and run.found.total.covered_share is not None
    for row, then, share in (
        (answer, told.whole, run.found.total.covered_share),
        *((rows[code], told.shares[code], now[code]) for code in STREETS),
    ):
        given = [row["compared_share"], row["compared_share_most"]]
        assert then is not None and given == pytest.approx(list(then))
        given = [row["change_least"], row["change"]]
        assert given == pytest.approx([share - then[1], share - then[0]])
    # And in the workbook that the page leads to, with what they are measured from.
    [file] = re.findall(r'href="(/coverage/runs/[^"]*xlsx[^"]*)"', html.unescape(page))
    assert "before=" not in file
    book = openpyxl.load_workbook(io.BytesIO(anybody.get(f"{file}&lang=zh").data))
    sheet = book["分街道"]
    top = int(sheet.auto_filter.ref.split(":")[0][1:])
    head, *lines = list(sheet.iter_rows(min_row=top, values_only=True))
    for line in lines[: len(STREETS)]:
        cells = dict(zip(head, line, strict=True))
        row = rows[cells[monthly.CODE.zh]]
        assert cells["按 2021-06-01 在的站点的覆盖率，至少"] == pytest.approx(row["compared_share"])
        assert cells["按 2021-06-01 在的站点的覆盖率，至多"] == pytest.approx(
            row["compared_share_most"]
        )
        assert cells["变化，至少（百分点）"] == pytest.approx(100 * row["change_least"])
        assert cells["变化，至多（百分点）"] == pytest.approx(100 * row["change"])
    whole = dict(zip(head, lines[len(STREETS)], strict=True))
    assert whole["按 2021-06-01 在的站点的覆盖率，至多"] == pytest.approx(
        answer["compared_share_most"]
    )
    notes = [str(cell) for some in sheet.iter_rows(values_only=True) for cell in some if cell]
    assert any("那天确知启用的 2 处，可能启用的另有 2 处" in one for one in notes)
    problem_of(anybody.get(api.replace("2021-06-01", "2999-01-01")), 422)
    english = anybody.get("/coverage?since=2021-06-01&by=standing&lang=en").text
    assert "2 more may have been" in english
    assert anybody.get(f"{ADDRESS}?since=2021-06-01&by=else").status_code == 422
    # What cannot be told is said: an answer about a moment, one that has kept too little.
    run_sql(streets, "delete from run_array where name like 'days%'")
    asked = f"{ADDRESS}?since=2021-06-01&by=standing&lang=zh"
    public = anybody.get(asked).text
    assert "没有记下每一处走得到谁" in public and "的管理者可以在这里重新计算" in public
    problem_of(anybody.get(api), 409)
    assert anybody.get(file).status_code == 409
    assert "since=" not in re.findall(r'href="(/coverage/runs/[^"]*xlsx[^"]*)"', public)[0]
    assert "/publications/recompute" not in public
    # Nothing has changed since, and whoever may compute it anew does it here.
    manager = client_of(make_app(settings, streets), streets, Role.MANAGER)
    offered = manager.get(asked).text
    assert "的管理者可以在这里" not in offered
    assert offered.count('action="/publications/recompute"') == 1
    assert f'name="run" value="{run.id}"' in offered.split('id="compute-anew"')[1]
    # Where something has, the head has the button, once, and the sentence leads there.
    run_sql(streets, "update facility set name_zh = '改了名' where code = 'T-1'")
    streets_changed = manager.get(asked).text
    assert streets_changed.count('action="/publications/recompute"') == 1
    assert 'href="#standing"' in streets_changed.split('id="compute-anew"')[1].split("</div>")[0]
    published(streets, settings, "2024-06-01", at=moment("2026-11-23T10:00"))
    page = anybody.get(f"{ADDRESS}?since=2021-06-01&by=standing&lang=zh").text
    assert "问的是某一时刻" in page


def test_what_stood_before_is_told_in_order(streets: Database, settings: Settings) -> None:
    runs = [
        published(streets, settings, f"2023-{month:02d}-01", region=region)
        for month, region in ((1, None), (2, "370200"), (3, "370203"))
    ]
    unlike = published(streets, settings, "2023-04-01", region="370203", standard_m=800.0)
    last = published(streets, settings, "2023-05-01", region="370203")
    found = past(streets, last, "370203", STREETS)
    assert [one.run_id for one in found.answers] == [*(one.id for one in runs), last.id]
    assert (found.unlike, found.left_out) == (1, 0)
    assert [one.since.month for one in found.answers] == [1, 2, 3, 5]
    # Of the city the district's own answers are none.
    assert [one.run_id for one in past(streets, runs[1], None, STREETS).answers] == [
        runs[0].id,
        runs[1].id,
    ]
    assert past(streets, unlike, "370203", STREETS).unlike == 3
    for day in range(1, MOST_ANSWERS + 1):
        run_sql(
            streets,
            "insert into publication (region_code, run_id, published_at) values "
            "('370203', :run, make_timestamptz(2023, 6, :day, 12, 0, 0))",
            run=runs[day % 2].id,
            day=day,
        )
    # Each answer once, where it came to stand last.
    run_sql(
        streets,
        "insert into publication (region_code, run_id, published_at) values "
        "('370203', :run, '2023-07-01 12:00+08')",
        run=last.id,
    )
    again = past(streets, last, "370203", STREETS)
    assert [one.run_id for one in again.answers] == [runs[2].id, runs[1].id, runs[0].id, last.id]


def test_read_on_every_screen(streets: Database, settings: Settings, visit: Visit) -> None:
    published(streets, settings, "2024-03-01")
    run_sql(streets, "update facility set status = 'closed' where code = 'T-3'")
    published(streets, settings, "2024-06-01")
    for url in serve(create_app(settings, streets)):
        page = visit(Site(url, streets), "/coverage?lang=en", size="desktop")
        for width in (390, 1024, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            assert fits(page), width
            # Nothing of a table is hidden beside it, folded ones included.
            page.evaluate(
                "document.querySelectorAll('main details').forEach(one => { one.open = true; })"
            )
            for box in page.locator(".scroll").all():
                assert box.evaluate("box => box.scrollWidth <= box.clientWidth"), width
        assert serious_violations(page) == []
        page.goto(f"{url}{ADDRESS}?lang=en")
        page.set_viewport_size({"width": 390, "height": 844})
        # What stands beside a figure goes close below it where there is no room, and no line farther.
        lines = page.locator(".figure dd").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().height)"
        )
        assert max(lines) < 60, lines
        page.get_by_role("button", name="Change (points)").click()
        order = page.locator("#districts tbody tr").evaluate_all(
            "all => all.map(one => Number(one.cells[4].dataset.value))"
        )
        assert order == sorted(order)
        page.get_by_label("Compare with the day").fill("2024-03-15")
        page.get_by_role("button", name="What was published").click()
        page.wait_for_url("**since=2024-03-15*")
        assert page.locator("#compared").inner_text().startswith("Changes are from")
