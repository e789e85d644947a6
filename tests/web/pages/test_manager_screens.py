"""The pages that a manager reaches, each measured alike; and the month's report that is opened as a file."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.core.roles import Role
from geoapp.operations.monthly.save import save_report
from tests.operations.monthly.monthly_town import MonthlyTown, town
from tests.web.conftest import Site, Visit, fits, serious_violations, serve, sign_in

__all__ = ["town"]

PAGES = (
    "/coverage",
    "/coverage/370203/hours",
    "/coverage/370203/time",
    "/coverage/370203/time/compare",
    "/programmes",
    "/programmes/town",
    "/standards",
    "/standards/seven_ones_wushan",
    "/use",
    "/use/reach",
    "/publications",
    "/publications/reports",
    "/shares",
    "/steward/public-maps",
)
# What unfolds, what leads up, and what leads to a promise: where a finger misses what lies too close.
LOW = """() => [...document.querySelectorAll('main summary, .up a, .promises a, .programmes h2 > a')]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 43.5)
  .map((one) => one.innerText)"""
# Chinese that no element says to be Chinese, but for the names of places and documents.
UNTOLD = """() => [...document.querySelectorAll('h1, h2, h3, th, dt, label, button, summary, caption')]
  .filter((one) => /[\\u3400-\\u9fff]/.test(one.innerText) && one.closest('[lang]').lang !== 'zh-CN')
  .map((one) => one.innerText)"""
BARE = "() => [...document.querySelectorAll('main table')].filter((one) => !one.querySelector('tbody tr')).length"


def test_every_page_fits_is_met_by_a_finger_and_speaks_one_language(
    town: MonthlyTown, visit: Visit, subtests: pytest.Subtests
) -> None:
    for url in serve(create_app(town.settings, town.database)):
        site = Site(url, town.database)
        page = visit(site, "/sign-in")
        sign_in(site, page, Role.MANAGER)
        for path in PAGES:
            with subtests.test(path):
                page.set_viewport_size({"width": 390, "height": 844})
                page.goto(f"{url}{path}?lang=en")
                assert page.evaluate(UNTOLD) == []
                page.goto(f"{url}{path}?lang=zh")
                assert page.evaluate(LOW) == []
                assert page.evaluate(BARE) == 0
                assert serious_violations(page) == []
                for width in (390, 320):
                    page.set_viewport_size({"width": width, "height": 700})
                    assert fits(page), width
        with subtests.test("nothing is compared where no run is named"):
            page.goto(f"{url}/publications/compare?lang=zh")
            expect(page).to_have_url(f"{url}/publications")
        with subtests.test("what the role may not"):
            page.goto(f"{url}/steward/prices?lang=zh")
            expect(page.locator("main")).to_contain_text("您的角色（管理者）")


def test_the_month_as_a_file_is_moved_by_its_line_and_slider(
    town: MonthlyTown, browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "month.html"
    save_report(town.scope, path, "en")
    context = browser.new_context(viewport={"width": 390, "height": 844}, offline=True)
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(path.as_uri())
    assert fits(page)
    page.locator("#line").fill("20")
    earlier, later = page.locator("#swipe svg").all()
    assert "80%" in earlier.evaluate("one => getComputedStyle(one).clipPath").replace("calc(", "")
    assert "20%" in later.evaluate("one => getComputedStyle(one).clipPath")
    page.locator("#hour").fill("37")
    told = page.locator("#told")
    expect(told).to_contain_text(
        re.compile(r"^Tue 13:00: [\d.–]+% covered of [\d,.]+ workers out then")
    )
    # The map, the list and the table are at the same hour; a cell of the table leads to its own.
    expect(page.locator("td.chosen")).to_have_attribute("data-hour", "37")
    painted = page.locator("path[data-code]").first.get_attribute("fill")
    assert painted and painted != "#c9d0d4"
    page.locator('td[data-hour="0"]').click()
    expect(told).to_contain_text("Mon 00:00")
    page.locator("#play").click()
    expect(told).to_contain_text("Mon 01:00")
    page.locator("#play").click()
    expect(page.locator("#play")).to_have_text("Play")
    assert serious_violations(page) == []
    # On paper there is nothing to be moved, and the table has every hour.
    page.emulate_media(media="print")
    expect(page.locator("#line")).to_be_hidden()
    assert page.locator("td[data-hour]").count() == 168
    assert wrong == []
    context.close()

    without = browser.new_context(java_script_enabled=False, offline=True)
    still = without.new_page()
    still.goto(path.as_uri())
    expect(still.locator("#line")).to_be_hidden()
    expect(still.locator("#hours")).to_be_hidden()
    expect(still.locator("#swipe")).to_be_visible()
    expect(still.locator('td[data-hour="0"]')).to_be_visible()
    without.close()


def test_quotation_marks_stand_close_in_english(site: Site, visit: Visit) -> None:
    """A font for Chinese draws them as wide as a character, unless it is told of the language."""
    page = visit(site, "/?lang=en")
    wide = """() => { const one = document.createElement('span'); one.textContent = '’';
      one.style.position = 'absolute';
      document.body.append(one); return one.offsetWidth / parseFloat(getComputedStyle(one).fontSize); }"""
    assert page.evaluate(wide) < 0.5


def test_a_region_with_a_long_name_has_lines_of_its_own(site: Site, visit: Visit) -> None:
    """Where an account is kept to regions, on a phone: none lies on the next."""
    with site.database.session() as session:
        session.execute(
            text(
                "insert into region (code, level, name_zh, name_en, parent_code, geom) "
                "select '37029' || n, 'district', '区' || n, 'District of a very long name, new area ' || n, "
                "'370200', geom from region, generate_series(0, 9) n where code = '370203'"
            )
        )
    page = visit(site, "/sign-in")
    sign_in(site, page, Role.ADMIN)
    page.goto(f"{site.url}/admin/users/invite?lang=en")
    overlaps = page.evaluate("""() => {
      const boxes = [...document.querySelectorAll('.choices label')].map((one) =>
        [one.getBoundingClientRect().top, Math.max(...[...one.childNodes].map((part) => {
          const range = document.createRange();
          range.selectNode(part);
          return range.getBoundingClientRect().bottom; }))]);
      return boxes.filter(([, bottom], at) => at + 1 < boxes.length && bottom > boxes[at + 1][0] + 1).length; }""")
    assert page.locator(".choices label").count() > 10
    assert overlaps == 0
