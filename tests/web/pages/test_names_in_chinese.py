"""In English pages a name that there is in Chinese alone is said to be Chinese: readers aloud need it."""

import pytest
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.core.roles import Role
from geoapp.web.edge.spoken import told_chinese
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
# What has Chinese characters and is not told to be Chinese. Options and titles hold no elements.
UNTOLD = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { data, parentElement: one } = walk.currentNode;
    const silent = one.closest('script, style, template, option, textarea, noscript');
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
        "<title>青岛</title><option>青</option>": "<title>青岛</title><option>青</option>",
        '<script>{"a": "青岛"}</script><!-- 青 --><i>岛</i>': '<script>{"a": "青岛"}</script>'
        f"<!-- 青 --><i>{marked('岛')}</i>",
        "plain, it’s": "plain, it’s",
    }.items():
        assert told_chinese(page) == told
