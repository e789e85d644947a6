"""Sites are moved on the planner's map: what changes is counted with every move, and by the service at its end."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect

from geoapp.core.settings import Settings
from geoapp.operations.network.importing import import_network
from tests.osm_file import write_town_streets
from tests.web.conftest import Site, Visit, fits, serious_violations
from tests.web.pages.siting.test_views import ask, open_siting

# The colour of the canvas where it is least to be seen through.
CATCHMENTS = """() => { const one = document.querySelector('canvas.catchments');
  const { data } = one.getContext('2d').getImageData(0, 0, one.width, one.height);
  let most = 3;
  for (let place = 3; place < data.length; place += 4) if (data[place] > data[most]) most = place;
  return Array.from(data.slice(most - 3, most)); }"""
OPEN_BY_DAY, OPEN_BY_NIGHT = [0x12, 0x69, 0x3F], [0x74, 0xD6, 0xA2]

Moves = list[tuple[str, Any]]


def drag(page: Page, marker: str, by: tuple[int, int]) -> None:
    """Take a marker and pull it, without letting go."""
    spot = page.locator(marker).bounding_box()
    assert spot is not None
    x, y = spot["x"] + 14, spot["y"] + 14
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by[0], y + by[1], steps=6)


def answers(page: Page, name: str) -> list[Response]:
    """Collect what the service answers to a part of the tries."""
    found: list[Response] = []
    page.on(
        "response",
        lambda one: found.append(one) if one.url.endswith(f"/plan/siting/try{name}") else None,
    )
    return found


@pytest.mark.parametrize(("size", "streets"), [("desktop", False), ("phone", True)])
def test_a_site_of_an_answer_is_moved(
    site: Site, settings: Settings, visit: Visit, size: Any, streets: bool, tmp_path: Path
) -> None:
    if streets:
        import_network(site.database, settings, write_town_streets(tmp_path / "town.osm.pbf"))
    page = open_siting(site, visit, size)
    page.fill("#p", "2")
    page.fill("#amount", "300")
    ask(page, site, settings)
    planned = page.locator("#districts tbody").inner_text()
    grounds, reaches, confirmed = (
        answers(page, "/ground"),
        answers(page, "/reach"),
        answers(page, ""),
    )
    expect(page.locator("#moved")).to_be_hidden()
    page.locator("#map").scroll_into_view_if_needed()
    drag(page, "#map .site-number >> nth=0", (60, 30))
    # While it is dragged all is counted here, or with what the service says is around it on the network.
    expect(page.locator("#moved[data-counted]")).to_be_visible()
    expect(page.locator("#moved-told")).to_contain_text("拖动中")
    expect(page.locator("canvas.catchments[data-drawn]")).to_be_attached()
    expect(page.locator("#districts .changed").first).to_be_attached()
    dragged = page.locator("#moved").get_attribute("data-counted")
    assert confirmed == []
    assert bool(reaches) == streets
    page.mouse.up()
    expect(page.locator("#moved-told")).to_contain_text("移动后的方案没有证明")
    told = confirmed[-1].json()
    assert dragged == str(round(told["covered_after"] - told["covered_before"]))
    cells = page.locator("#districts tbody tr").first.locator("[data-cell]")
    [district] = told["districts"]
    expect(cells.nth(0)).to_have_text(f"{district['after_share']:.1%}")
    expect(cells.nth(1)).to_have_text(f"{district['added']:,.0f}")
    assert len(grounds) == 1
    assert fits(page)
    assert serious_violations(page) == []
    # By keyboard: the row's button takes one to the site, arrows move it.
    page.locator("[data-move]").nth(1).click()
    expect(page.locator("#map .site-number.chosen")).to_be_focused()
    before = len(confirmed)
    with page.expect_response("**/plan/siting/try"):
        page.keyboard.press("ArrowRight")
    assert len(confirmed) == before + 1
    page.click("#moved-back")
    expect(page.locator("#moved")).to_be_hidden()
    expect(page.locator("#districts tbody")).to_have_text(planned, use_inner_text=True)
    expect(page.locator("canvas.catchments[data-drawn]")).to_have_count(0)
    # Asked anew with the sites where they stand now; where none may stand, that is told.
    area = tmp_path / "everywhere.geojson"
    area.write_text(
        '{"type": "Polygon", "coordinates": [[[119, 35], [122, 35], [122, 38], [119, 38], [119, 35]]]}'
    )
    page.set_input_files("#area-file", area)
    expect(page.locator("#never li")).to_have_count(1)
    page.locator("#map").scroll_into_view_if_needed()
    drag(page, "#map .site-number >> nth=0", (40, 20))
    page.mouse.up()
    expect(page.locator("#moved-told")).to_contain_text("移动后的方案没有证明")
    expect(page.locator("#moved-told")).to_contain_text("第 1, 2 处在禁设范围里")
    page.click("#moved-ask")
    expect(page.locator("#must li")).to_have_count(2)
    expect(page.locator("#must li").first).to_contain_text("在禁设范围里")
    expect(page.locator("#p")).to_have_value("2")


def test_a_placed_site_is_counted_while_it_is_dragged(site: Site, visit: Visit) -> None:
    page = open_siting(site, visit)
    expect(page.locator("#map[data-ready]")).to_be_visible()
    page.fill("#amount", "300")
    page.locator("#map").click(position={"x": 300, "y": 250})
    expect(page.locator("canvas.catchments[data-drawn]")).to_be_attached()
    # By night it is printed in the day's colour.
    page.emulate_media(color_scheme="dark")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")  # drawn anew
    assert page.evaluate(CATCHMENTS) == pytest.approx(OPEN_BY_NIGHT, abs=6)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(CATCHMENTS) == pytest.approx(OPEN_BY_DAY, abs=6)
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(CATCHMENTS) == pytest.approx(OPEN_BY_NIGHT, abs=6)
    page.emulate_media(color_scheme="light")
    confirmed = answers(page, "")
    drag(page, "#map .must-have", (120, 60))
    expect(page.locator("#tried")).to_contain_text("拖动中")
    assert confirmed == []
    page.mouse.up()
    expect(page.locator("#tried")).not_to_contain_text("拖动中")
    assert len(confirmed) == 1
    page.locator("#must button").click()
    expect(page.locator("canvas.catchments[data-drawn]")).to_have_count(0)
    expect(page.locator("#tried")).to_be_hidden()
