"""A manager's ten minutes before a meeting: from the published answer to the report as a file."""

import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.core.results.coverage import CoverageGap
from geoapp.core.roles import Role
from geoapp.core.units import format_count
from geoapp.operations.coverage.results import gap_zones
from tests.answers import publish_run
from tests.operations.coverage.small_town import WANTED
from tests.operations.monthly.monthly_town import MonthlyTown, town
from tests.web.conftest import Site, Visit, fits, serious_violations, serve, sign_in

__all__ = ["town"]

SIZES = {"a desk": (1440, 900), "a projector": (1920, 1080), "a phone": (390, 844)}


def test_a_managers_ten_minutes(
    town: MonthlyTown, visit: Visit, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    """On three screens, one after the other: every figure is that of the run that was published."""
    with town.database.session() as session:
        session.execute(
            text(
                "insert into region (code, parent_code, level, name_zh, name_en, geom) values "
                "('370203001', '370203', 'street', '小镇街道', 'Town', st_multi(st_makeenvelope("
                "120.34, 36.06, 120.352, 36.08, 4326)))"
            )
        )
        session.execute(
            text(
                "update demand_point set region_code = '370203001' "
                "where region_code = '370203' and st_x(geom) < 120.352"
            )
        )
    run = publish_run(town.database, town.settings, replace(WANTED, region="370200"))
    every = gap_zones(town.database, run.id)
    assert len(every) > 1
    mine = [one for one in every if one.region in ("370203", "370203001")]
    assert gap_zones(town.database, run.id, "370203") == mine
    assert gap_zones(town.database, run.id, "370200", 1) == every[:1]
    for url in serve(create_app(town.settings, town.database)):
        site = Site(url, town.database)
        page = visit(site, "/sign-in", size="desktop")
        sign_in(site, page, Role.MANAGER)
        for name, (width, height) in SIZES.items():
            with subtests.test(name):
                page.set_viewport_size({"width": width, "height": height})
                share = f"{run.found.total.covered_share:.1%}"
                _from_answer_to_report(page, url, share, every[0], tmp_path)
        with subtests.test("in English, read aloud"):
            page.goto(f"{url}/coverage/370203001?lang=en")
            expect(page.get_by_role("navigation", name="Where this is")).to_contain_text("Shibei")
            assert serious_violations(page) == []
        with subtests.test("on paper, with what is folded on a screen"):
            page.goto(f"{url}/coverage")
            expect(page.locator("#access")).to_be_hidden()
            page.emulate_media(media="print")
            expect(page.locator("#access")).to_be_visible()


def _from_answer_to_report(
    page: Page, url: str, share: str, worst: CoverageGap, folder: Path
) -> None:
    """Walk from page to page by what each of them offers; only the first address is typed."""

    def arrived(path: str) -> None:
        expect(page).to_have_url(re.compile(rf"^{re.escape(url + path)}(\?.*)?$"))
        assert fits(page), path

    page.goto(f"{url}/coverage?lang=zh")
    expect(page.locator(".figures").first).to_contain_text(share)
    # Figures, the map and the table come before what is to be filled in, however narrow the screen.
    tops = [
        page.locator(one).first.bounding_box()["y"]  # type: ignore[index]
        for one in (".figures", "#map", "#districts", "main form")
    ]
    assert tops[0] < min(tops[1:3]) and max(tops[1:3]) < tops[3], tops
    expect(page.get_by_text("公布结果").first).to_be_visible()
    # How far and how long half of them walk, and nine in ten.
    expect(page.locator(".figures").first).to_contain_text("一半人步行不超过")
    expect(page.locator("main")).to_contain_text(
        re.compile("一半人步行不超过 .+，九成人不超过 .+。")
    )
    # Where most are out of reach, and what would close it.
    zone = page.locator("#zones tbody tr").first
    expect(zone).to_contain_text(format_count(worst.workers))
    expect(zone).to_contain_text("新站")
    # How many stand where, and how dense.
    expect(page.get_by_role("region", name="站点有多少、多密")).to_contain_text("每万名劳动者")
    # Down to the district and its street, and up again.
    page.get_by_role("row", name="市北区").get_by_role("link").click()
    arrived("/coverage/370203")
    page.get_by_role("row", name="小镇街道").get_by_role("link").click()
    arrived("/coverage/370203001")
    page.locator(".crumbs").get_by_role("link", name="市北区").click()
    arrived("/coverage/370203")
    # By the hour.
    page.get_by_role("link", name="按小时看一周").click()
    arrived("/coverage/370203/hours")
    expect(page.locator("#week [data-hour]")).to_have_count(168)
    page.locator(".crumbs").get_by_role("link", name="市北区").click()
    # What changed, in the year and between two days.
    page.get_by_role("link", name="一年的变化").click()
    arrived("/coverage/370203/time")
    page.get_by_role("link", name="两天对比").click()
    arrived("/coverage/370203/time/compare")
    expect(page.get_by_role("heading", name="变化")).to_contain_text("变化")
    # A promise, down to the places that it is counted by.
    _by_the_header(page, "承诺")
    arrived("/programmes")
    page.get_by_role("link", name="建成职工之家 4 处").click()
    arrived("/programmes/town/homes")
    expect(page.locator(".subjects a").first).to_contain_text("T-3")
    # The report goes along.
    _by_the_header(page, "覆盖情况")
    page.get_by_label("格式").select_option("xlsx")
    with page.expect_download() as sent:
        page.get_by_role("button", name="生成月报").click()
    file = folder / f"{page.viewport_size['width']}.xlsx"  # type: ignore[index]
    sent.value.save_as(file)
    book = openpyxl.load_workbook(file)
    rows = {row[0].value: row for row in book["各区覆盖"].iter_rows()}
    [total] = [row for name, row in rows.items() if str(name).startswith("合计")]
    assert f"{total[4].value:.1%}" == share


def _by_the_header(page: Page, name: str) -> None:
    menu = page.locator("details.menu > summary")
    if menu.is_visible():
        menu.click()
    page.get_by_role("banner").get_by_role("link", name=name, exact=True).click()
