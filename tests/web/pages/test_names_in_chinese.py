"""What templates write passes once more: Chinese is told to be Chinese in English pages, bands stay whole."""

import pytest
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.core.roles import Role
from geoapp.web.edge.spoken import told_chinese, whole_bands
from tests.operations.monthly.monthly_town import MonthlyTown, town
from tests.web.conftest import Site, Visit, serve, sign_in

__all__ = ["town"]

ANYBODY = (
    "/?lon=120.35&lat=36.07",
    "/stations/T-1",
    "/stations/T-3",
    "/services",
    "/help",
    "/coverage",
    "/coverage/370203",
    "/coverage/370203/hours",
    "/coverage/370203/time",
    "/coverage/370203/time/compare",
    "/programmes",
    "/programmes/town",
    "/programmes/town/homes",
    "/standards",
    "/standards/seven_ones_wushan",
    "/publications",
)
MANAGER = ("/coverage", "/use", "/use/reach", "/publications", "/publications/reports", "/shares")
STEWARD = ("/steward", "/steward?list=open", "/steward/records/T-1", "/steward/public-maps")
# What has Chinese characters and is not told to be Chinese.
UNTOLD = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { data, parentElement: one } = walk.currentNode;
    const silent = one.closest('script, style, template, textarea, noscript');
    if (silent || !/[\\u3400-\\u9fff]/.test(data)) continue;
    if (!one.closest('[lang]').lang.startsWith('zh')) found.push(`${data.trim().slice(0, 60)} <${one.tagName}>`);
  }
  return [...new Set(found)];
}"""


def test_names_without_english_are_told_to_be_chinese(
    town: MonthlyTown, visit: Visit, subtests: pytest.Subtests
) -> None:
    with town.database.session() as session:
        session.execute(text("update facility set name_en = null"))
        session.execute(text("update region set name_en = null"))
    for url in serve(create_app(town.settings, town.database)):
        site = Site(url, town.database)
        page = visit(site, "/", size="desktop")
        for role, paths in ((None, ANYBODY), (Role.MANAGER, MANAGER), (Role.STEWARD, STEWARD)):
            if role is not None:
                sign_in(site, page, role)
            for path in paths:
                with subtests.test(path):
                    page.goto(f"{url}{path}{'&' if '?' in path else '?'}lang=en")
                    page.wait_for_load_state("networkidle")
                    assert page.locator("main").is_visible(), path
                    assert page.evaluate(UNTOLD) == []


def test_only_what_is_read_is_marked() -> None:
    marked = '<span lang="zh-CN">{}</span>'.format
    for page, told in {
        '<p title="青岛">For 青岛市, by x</p>': f'<p title="青岛">For {marked("青岛市")}, by x</p>',
        "<b>示例·四方24小时驿站 001</b>": f"<b>{marked('示例·四方24小时驿站')} 001</b>",
        '<a lang="zh-CN">中文</a>': '<a lang="zh-CN">中文</a>',
        # What holds no elements is told to be Chinese as a whole.
        "<title>青岛 · Hours</title><option value=a>青</option><option>All</option>": (
            '<title lang="zh-CN">青岛 · Hours</title><option lang="zh-CN" value=a>青</option>'
            "<option>All</option>"
        ),
        '<option lang="zh-CN">青</option>': '<option lang="zh-CN">青</option>',
        '<script>{"a": "青岛"}</script><!-- 青 --><i>岛</i>': '<script>{"a": "青岛"}</script>'
        f"<!-- 青 --><i>{marked('岛')}</i>",
        "plain, it’s": "plain, it’s",
    }.items():
        assert told_chinese(page) == told


def test_no_line_breaks_a_band() -> None:
    whole = '<span class="whole">{}</span>'.format
    for page, told in {
        "<dd>34.3–40.8%</dd>": f"<dd>{whole('34.3–40.8%')}</dd>",
        "变化 -1.2–+3.4 个百分点。": f"变化 {whole('-1.2–+3.4')} 个百分点。",
        "open 08:00–18:00, then 1,000–2,000.": (
            f"open {whole('08:00–18:00')}, then {whole('1,000–2,000')}."
        ),
        '<i title="1–2">a–b – 3</i><option>1–2</option>': (
            '<i title="1–2">a–b – 3</i><option>1–2</option>'
        ),
    }.items():
        assert whole_bands(page) == told
