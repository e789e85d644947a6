"""Maps in a real browser, served and from a file alone; a layer as GeoJSON."""

import re
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import orjson
import pytest
import shapely
from playwright.sync_api import Page, Route, expect
from pypdf import PdfReader
from sqlalchemy import text

from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.settings import Settings
from geoapp.maps.folium_map import render_map
from geoapp.maps.page import MapPage, Outlines, PaintedLayer, PlaceName
from geoapp.maps.registry import registry
from geoapp.maps.values import Speaker
from geoapp.operations.layers.map_page import MapRequest, save_map
from geoapp.store.engine import Database
from tests.answers import publish_run
from tests.web.api_client import client_of, make_app, problem_of
from tests.web.conftest import SIZES, Site, Size, Visit, serious_violations

ALL = ",".join(layer.id for layer in registry().visible_to(None))
READY = "html[data-ready=yes]"


def opened(page: Page) -> Page:
    page.wait_for_selector(READY)
    return page


def search(page: Page, words: str) -> None:
    page.get_by_role("searchbox").fill(words)
    page.locator(".find button").first.click()


@pytest.mark.parametrize("size", [pytest.param("phone", marks=pytest.mark.slow), "desktop"])
def test_a_served_map_is_searched_by_keyboard(site: Site, visit: Visit, size: str) -> None:
    page = opened(visit(site, f"/maps/{ALL}.html", size=size))
    page.get_by_role("searchbox").press_sequentially("T-1")
    page.keyboard.press("Enter")
    popup = page.locator(".leaflet-popup")
    expect(popup).to_contain_text("示例·T-1")
    expect(popup).to_contain_text("24 小时")
    expect(popup.locator(".sample")).to_have_text("示例")
    # By the key: the map may still be moving under a pointer.
    popup.get_by_role("button", name="关闭").press("Enter")
    expect(popup).to_have_count(0)
    assert serious_violations(page) == []


def test_a_map_that_is_asked_for_again_runs_its_script(site: Site, visit: Visit) -> None:
    page = opened(visit(site, "/maps/homes.html"))
    page.goto(f"{site.url}/maps/homes.html")
    # What the policy refuses, the end of the visit tells.
    opened(page)
    sent = page.evaluate("performance.getEntriesByType('navigation')[0].toJSON()")
    assert sent["transferSize"] < sent["encodedBodySize"]  # it was a 304


def test_values_are_shown_as_they_are_written(site: Site, visit: Visit) -> None:
    page = opened(visit(site, "/maps/homes.html"))
    search(page, "<b>")
    expect(page.locator(".leaflet-popup h2")).to_have_text('<b>名</b>&"引号"')


def test_without_words_the_list_tells_what_is_in_view(site: Site, visit: Visit) -> None:
    page = opened(visit(site, "/maps/stations,bases.html", size="desktop", language="en"))
    page.get_by_role("searchbox").focus()
    listed = page.locator(".find button")
    expect(listed).to_have_count(3)
    expect(page.locator(".find ul")).to_have_attribute("aria-label", "Places found")
    page.get_by_role("searchbox").fill("nowhere at all")
    expect(page.get_by_role("status")).to_have_text("Nothing found")


def test_layers_are_switched_and_the_legend_follows(
    site: Site, visit: Visit, settings: Settings
) -> None:
    publish_run(site.database, settings, CoverageParameters(standard_m=300))
    page = opened(visit(site, f"/maps/{ALL}.html", size="desktop"))
    legend = page.locator(".legend")
    expect(legend).to_contain_text("盲区")
    expect(page.locator(".heading")).to_contain_text("步行 300 米以内")
    demand = legend.locator("section[data-layer=demand]")
    expect(demand).to_be_hidden()
    page.locator(".leaflet-control-layers").hover()
    page.get_by_label("户外劳动者分布").check()
    expect(demand).to_be_visible()
    page.get_by_label("盲区").uncheck()
    expect(legend.locator("section[data-layer=gaps]")).to_be_hidden()


def test_without_a_run_the_map_says_so(site: Site, visit: Visit) -> None:
    page = opened(visit(site, "/maps/gaps,regions.html", size="desktop"))
    expect(page.locator(".legend")).to_contain_text("还没有公布的覆盖结果")
    expect(page.locator(".heading")).to_contain_text("还没有公布的覆盖结果")


def test_the_file_alone_works(site: Site, visit: Visit, settings: Settings, tmp_path: Path) -> None:
    """The visit's guard fails the test at any request but this file's own."""
    path = tmp_path / "out" / "map.html"
    path.parent.mkdir()
    save_map(site.database, settings, MapRequest(list(registry())), path)
    assert [left.name for left in path.parent.iterdir()] == ["map.html"]
    page = visit(site, "/healthz", size="desktop")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(path.read_text(encoding="utf-8"))
    opened(page)
    search(page, "T-4")
    expect(page.locator(".leaflet-popup")).to_contain_text("示例·T-4")
    page.wait_for_function(SHOWS, arg=LAND)
    page.wait_for_function(SHOWS, arg=SEA)
    expect(page.locator(".area-name", has_text="市北区")).to_have_count(1)
    assert [address for address in asked if not address.startswith("data:")] == []


# Whether the ground below everything has this colour somewhere.
SHOWS = """(wanted) => [...document.querySelectorAll('.leaflet-geoapp-land-pane path')]
  .some((one) => getComputedStyle(one).fill === `rgb(${wanted})`)"""
LAND, LAND_AT_NIGHT = "251, 250, 247", "34, 41, 45"
SEA, SEA_AT_NIGHT = "223, 232, 236", "18, 25, 29"


def test_without_streets_districts_and_names_lie_below(site: Site, visit: Visit) -> None:
    """And the sea where it is known, by day and by night; quarters are named, roughly, which is said."""
    page = opened(visit(site, "/maps/stations,regions.html", size="desktop", scheme="dark"))
    page.wait_for_function(SHOWS, arg=LAND_AT_NIGHT)
    page.wait_for_function(SHOWS, arg=SEA_AT_NIGHT)
    # What is neither a district nor known to be sea.
    assert page.locator(".folium-map").evaluate("one => getComputedStyle(one).backgroundColor") == (
        "rgb(26, 32, 35)"
    )
    assert serious_violations(page) == []
    page.emulate_media(color_scheme="light")
    page.wait_for_function(SHOWS, arg=LAND)
    page.wait_for_function(SHOWS, arg=SEA)
    # Once, though a layer and the ground both have it; and still there without the layer.
    district = page.locator(".area-name", has_text="市北区")
    expect(district).to_have_count(1)
    page.locator(".leaflet-control-layers").hover()
    page.get_by_label("各区覆盖率").uncheck()
    expect(district).to_have_class(re.compile("below"))
    expect(page.locator(".heading")).to_contain_text("街区名的位置约略")
    page.evaluate(LOOK_AT, [36.085, 120.349])
    expect(page.locator(".area-name.below", has_text="台东")).to_have_count(1)
    # What cannot be fetched leaves a ground that is neither land nor sea.
    page.route("**/api/v1/regions**", lambda route: route.abort())
    page.reload()
    opened(page)
    expect(page.locator(".leaflet-geoapp-land-pane canvas")).to_have_count(0)


def test_samples_are_said_of_the_part_that_is_one(
    site: Site, settings: Settings, client: Any
) -> None:
    def heading(layers: str) -> str:
        html: str = client.get(f"/maps/{layers}.html").text
        return html.split("<header")[1].split("</header>", maxsplit=1)[0]

    assert "户外劳动者服务站点：2 个中 1 个是示例" in heading("stations,bases")
    assert "示例" not in heading("bases,regions")
    publish_run(site.database, settings, CoverageParameters(standard_m=300))
    with site.database.session() as session:
        session.execute(text("update demand_set set is_sample = true"))
        session.execute(text("update data_version set version = version + 1 where name = 'demand'"))
    assert "<li>需求：示例数据</li>" in heading("bases,regions")
    assert "<li>示例数据</li>" in heading("regions,gaps")
    with site.database.session() as session:
        session.execute(text("update facility set is_sample = true"))
    told = heading("stations,bases,regions")
    assert "<li>示例数据</li>" in told
    assert "个是示例" not in told


def test_twenty_thousand_facilities_stay_usable(visit: Visit) -> None:
    number = 20_000
    random = np.random.default_rng(7)
    places = shapely.points(random.uniform(120, 120.7, number), random.uniform(36, 36.6, number))
    rows = [
        {
            "id": str(one),
            "name_zh": f"站点 {one}",
            "name_en": None,
            "kind_zh": "爱心驿站",
            "opening_hours": "Mo-Fr 08:00-18:00",
            "place_zh": None,
            "entry": "open",
            "access": "anyone",
            "amenities": ["microwave"],
            "no_amenities": [],
            "address": f"路 {one} 号",
            "verified_on": None,
            "code": f"S-{one}",
            "is_sample": True,
            "geometry": place,
        }
        for one, place in enumerate(places)
    ]
    layer = registry().get("stations", None)
    html = render_map(
        MapPage("图", [], [PaintedLayer(layer, rows)], Speaker("zh", {}), has_run=False),
        inline=True,
    ).html
    assert len(html) < 6_000_000
    page = visit(SimpleNamespace(url=""), "about:blank", size="phone")
    page.set_content(html)
    opened(page)
    # So many are added in portions, after the map itself stands.
    expect(page.locator(".cluster").first).to_be_visible()
    counted = page.locator(".cluster").all_inner_texts()
    assert 5 < len(counted) < 200
    search(page, "站点 19999")
    expect(page.locator(".leaflet-popup")).to_contain_text("S-19999")


def add_facilities(database: Database, number: int, *, lon: float, lat: float) -> None:
    with database.session() as session:
        session.execute(
            text(
                """
                insert into facility (code, kind_code, name_zh, geom)
                select 'CO-' || n, case when n % 2 = 0 then 'service_base' else 'outdoor_station' end,
                    '同点' || n, st_setsrid(st_makepoint(:lon, :lat), 4326)
                from generate_series(1, :number) n
                """
            ),
            {"number": number, "lon": lon, "lat": lat},
        )


@pytest.mark.parametrize("size", ["phone", pytest.param("desktop", marks=pytest.mark.slow)])
def test_each_of_three_at_one_place_is_opened(site: Site, visit: Visit, size: str) -> None:
    """By touch or the mouse, and by keys alone."""
    add_facilities(site.database, 3, lon=120.36, lat=36.07)
    page = opened(visit(site, "/maps/stations,bases.html", size=size))
    signs = page.locator(".sign[title^=同点]")
    expect(signs).to_have_count(3)
    press = "tap" if size == "phone" else "click"
    getattr(signs.last, press)()
    popup = page.locator(".leaflet-popup")
    expect(popup.locator("h2")).to_have_text("这里有 3 个")
    for name in ("同点1", "同点2", "同点3"):
        part = popup.locator("details", has_text=name)
        if part.get_attribute("open") is None:
            getattr(part.locator("summary"), press)()
        expect(part.locator("dd").last).to_be_visible()
        expect(part.locator("dd").last).to_have_text(f"CO-{name[-1]}")
    # By the key: the map may still be moving under a pointer.
    popup.get_by_role("button", name="关闭").press("Enter")
    expect(popup).to_have_count(0)
    signs.first.focus()
    page.keyboard.press("Enter")
    closed = popup.locator("details:not([open]) summary").first
    expect(closed).to_be_visible()
    closed.focus()
    page.keyboard.press("Enter")
    expect(popup.locator("details[open]")).to_have_count(1)
    assert serious_violations(page) == []


def test_markers_of_all_layers_gather_into_one_count(site: Site, visit: Visit) -> None:
    add_facilities(site.database, 80, lon=121.0, lat=37.0)
    page = opened(visit(site, "/maps/stations,bases.html", size="desktop"))
    cluster = page.locator(".cluster", has_text="80")
    expect(cluster.get_by_role("img")).to_have_attribute(
        "aria-label", "户外劳动者服务站点 40, 服务职工基地 40"
    )
    page.locator(".leaflet-control-layers").hover()
    page.get_by_role("checkbox", name="服务职工基地").uncheck()
    expect(page.locator(".cluster", has_text="40")).to_have_count(1)
    expect(cluster).to_have_count(0)
    page.get_by_role("searchbox").fill("同点")
    expect(page.locator(".find li.none")).to_have_text("显示 40 / 共 80")
    page.locator(".find button").first.click()
    popup = page.locator(".leaflet-popup")
    expect(popup.locator("h2")).to_have_text("这里有 40 个")
    expect(popup.locator("details")).to_have_count(40)


STANDING = "geoappTiled.standing().map(one => [one.total, one.words])"


def test_many_markers_come_by_tiles(
    site: Site, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geoapp.operations.layers.map_page.TILED_ABOVE", 50)
    add_facilities(site.database, 80, lon=121.0, lat=37.0)
    with site.database.session() as session:
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, geom) values ('AREA', "
                "'outdoor_station', '大院', st_makeenvelope(121.01, 37.01, 121.02, 37.02, 4326)), "
                "('AREA-2', 'outdoor_station', '小院', "
                "st_makeenvelope(121.01, 37.021, 121.02, 37.03, 4326))"
            )
        )
    page = opened(visit(site, "/maps/stations,bases.html", size="desktop"))
    listed: list[str] = []
    page.on("request", lambda one: listed.append(one.url) if "/layers/" in one.url else None)
    drawn = page.locator("[data-tiles=drawn]")
    expect(drawn).to_have_count(1)
    expect(page.locator(".heading")).to_contain_text("户外劳动者服务站点：44 个")
    expect(page.locator(".heading")).to_contain_text("44 个中 1 个是示例")
    # Each is counted once, and nothing stands over anything else.
    standing = page.evaluate(STANDING)
    assert sum(total for total, _ in standing) == 44 + 41
    assert "户外劳动者服务站点 41, 服务职工基地 40" in [words for _, words in standing]
    # A count opens the map, and at last a list.
    page.evaluate(LOOK_AT, [37.0, 121.0])
    expect(drawn).to_have_count(1)
    mark = page.evaluate("geoappTiled.standing().find(one => one.words === '同点1')")
    page.mouse.click((mark["left"] + mark["right"]) / 2, (mark["top"] + mark["bottom"]) / 2)
    popup = page.locator(".leaflet-popup")
    expect(popup.locator("h2")).to_have_text("这里有 80 个")
    expect(popup.locator("details")).to_have_count(50)
    popup.get_by_role("button", name="关闭").press("Enter")
    expect(popup).to_have_count(0)
    page.locator(".leaflet-control-layers").hover()
    page.get_by_role("checkbox", name="服务职工基地").uncheck()
    page.wait_for_function(
        "() => geoappTiled.standing().reduce((sum, one) => sum + one.total, 0) <= 41"
    )
    # Words are looked for by the service, in portions.
    page.get_by_role("searchbox").fill("同点")
    note = page.locator(".find li.none")
    expect(note).to_have_count(0)
    expect(page.locator(".find button")).to_have_count(40)
    page.get_by_role("searchbox").fill("大院")
    expect(page.locator(".find button")).to_have_text(["大院"])
    page.keyboard.press("Enter")
    expect(popup.locator("dd").last).to_have_text("AREA")
    # Whoever came by the keyboard is in the pop-up, also once the answer has come, and leaves it by Escape.
    expect(popup.locator(".leaflet-popup-content > div")).to_be_focused()
    page.keyboard.press("Escape")
    expect(popup).to_have_count(0)
    expect(page.locator("[data-tiles]")).to_be_focused()
    page.get_by_role("searchbox").fill("哪里都没有")
    expect(note).to_have_text("没有找到")
    assert serious_violations(page) == []
    # As the other searches find it: by its code, in letters and digits of any width and case.
    page.get_by_role("searchbox").fill("ｃｏ－７９")
    expect(page.locator(".find button")).to_have_text(["同点79"])
    page.keyboard.press("Escape")
    # Areas come at once, not each for itself, and tell what they are as a marker does.
    page.evaluate(LOOK_AT, [36.07, 120.35])
    page.wait_for_function("() => geoappTiled.areas() === 0")
    listed.clear()
    page.evaluate(LOOK_AT, [37.0205, 121.015])
    page.wait_for_function("() => geoappTiled.areas() === 2")
    assert [one.count("&id=") for one in listed] == [2]
    box = page.locator(".folium-map").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 - 60)
    expect(popup.locator("h2")).to_have_text("小院")
    expect(popup.locator("dd").last).to_have_text("AREA-2")
    popup.get_by_role("button", name="关闭").press("Enter")
    # What is loading is said, and what cannot be fetched, which comes when one moves on.
    held: list[Route] = []
    page.route("**/tiles/**", lambda route: held.append(route))
    page.evaluate(LOOK_AT, [36.07, 120.35])
    note = page.locator(".heading [role=status]")
    expect(note).to_have_text("正在取视野内的设施……")
    for one in held:
        one.abort()
    expect(note).to_contain_text("没有取到")
    page.unroute("**/tiles/**")
    page.evaluate(LOOK_AT, [36.07, 120.3501])
    expect(note).to_be_empty()
    assert "示例·T-1" in [words for _, words in page.evaluate(STANDING)]
    # What closed meanwhile is not to be tried again.
    page.route("**/layers/**", lambda route: route.fulfill(json={"features": []}))
    mark = page.evaluate("geoappTiled.standing().find(one => one.words === '示例·T-1')")
    page.mouse.click((mark["left"] + mark["right"]) / 2, (mark["top"] + mark["bottom"]) / 2)
    expect(popup).to_contain_text("地图打开以后停用了或不再公开")


EDGES = "one => [one.getSouth(), one.getWest(), one.getNorth(), one.getEast()]"
SEEN = f"({EDGES})(geoappMaps.map.getBounds())"
DRAWN = f"({EDGES})(geoappMaps.extent(geoappMaps.map))"
# A4 without its margins of a centimetre, in CSS pixels.
SHEETS = {"upright": (718, 1047), "on its side": (1047, 718)}


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_map_fills_its_sheet_and_nothing_lies_upon_it(
    site: Site, visit: Visit, size: Size, sheet: str
) -> None:
    page = opened(visit(site, f"/maps/{ALL}.html", size=size))
    box = page.locator(".folium-map")
    before, was_open = box.bounding_box(), page.locator(".legend").get_attribute("open")
    south, west, north, east = page.evaluate(SEEN)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    width, height = SHEETS[sheet]
    page.set_viewport_size({"width": width, "height": height})
    drawn, title, legend = (
        page.locator(name).bounding_box() for name in (".folium-map", ".heading", ".legend")
    )
    assert drawn and title and legend
    for one in (drawn, title, legend):
        assert one["x"] >= 0 and one["x"] + one["width"] <= width + 1
        assert one["y"] >= 0 and one["y"] + one["height"] <= height + 1
    assert drawn["width"] * drawn["height"] > 0.55 * width * height
    if sheet == "upright":
        assert title["y"] + title["height"] <= drawn["y"] + 1
        assert legend["y"] >= drawn["y"] + drawn["height"] - 1
    else:
        assert min(title["x"], legend["x"]) >= drawn["x"] + drawn["width"] - 1
    # As a group: else what was cleared before is printed white upon the ground.
    canvas = box.locator("canvas").first
    assert canvas.evaluate("one => getComputedStyle(one).opacity") != "1"
    # All that is drawn was in sight, and is.
    low, left, high, right = page.evaluate(SEEN)
    data = page.evaluate(DRAWN)
    assert low <= max(south, data[0]) and left <= max(west, data[1])
    assert high >= min(north, data[2]) and right >= min(east, data[3])
    expect(page.locator(".legend li").first).to_be_visible()
    for pressed in (".find", ".leaflet-control-zoom", ".leaflet-control-layers"):
        expect(page.locator(pressed)).to_be_hidden()
    page.emulate_media(media="screen")
    page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert box.bounding_box() == before
    assert page.locator(".legend").get_attribute("open") == was_open
    assert page.evaluate(SEEN) == pytest.approx([south, west, north, east], abs=1e-6)


def test_what_is_fetched_for_a_view_is_printed_as_it_was_drawn(site: Site, visit: Visit) -> None:
    """Streets and base maps come too late for paper: the sheet holds what was seen of the screen, and nothing anew."""
    page = opened(visit(site, f"/maps/{ALL}.html", size="desktop"))
    before, seen, drawn = (
        page.evaluate("geoappMaps.map.getZoom()"),
        *map(page.evaluate, (SEEN, DRAWN)),
    )
    page.evaluate("geoappMaps.map.getContainer().dataset.streets = 'there'")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("geoappMaps.map.getZoom()") == before
    low, left, high, right = page.evaluate(SEEN)
    assert seen[0] - 1e-6 <= low <= drawn[0] and seen[1] - 1e-6 <= left <= drawn[1]
    assert seen[2] + 1e-6 >= high >= drawn[2] and seen[3] + 1e-6 >= right >= drawn[3]
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1047})
    sheet = page.locator(".folium-map").bounding_box()
    assert sheet and 0.9 * 718 <= max(sheet["width"], sheet["height"]) <= 770


def test_a_map_with_nothing_to_show_shows_the_districts(visit: Visit) -> None:
    shape = shapely.box(104, 30, 105, 31)
    feature = {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(shape)}
    told = orjson.dumps({"type": "FeatureCollection", "features": [feature]}).decode()
    layer = PaintedLayer(registry().get("stations", None), [])
    empty = MapPage("图", [], [layer], Speaker("zh", {}), False, outlines=Outlines("", told, []))
    page = visit(SimpleNamespace(url=""), "about:blank", size="phone")
    page.set_content(render_map(empty, inline=True).html)
    opened(page)
    page.wait_for_function("geoappMaps.map.getBounds().contains([[30, 104], [31, 105]])")
    assert page.evaluate("geoappMaps.map.getZoom()") > 6


def test_a_printed_map_is_one_sheet(site: Site, visit: Visit) -> None:
    page = opened(visit(site, f"/maps/{ALL}.html", size="desktop"))
    for on_its_side in (False, True):
        pages = PdfReader(BytesIO(page.pdf(format="A4", landscape=on_its_side))).pages
        assert len(pages) == 1


def test_on_its_side_a_sheet_is_full(site: Site, visit: Visit) -> None:
    page = opened(visit(site, f"/maps/{ALL}.html", size="desktop"))
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    for width, height in ((1047, 718), (980, 740)):  # A4 and Letter without their margins
        page.set_viewport_size({"width": width, "height": height})
        drawn, words = (page.locator(one).bounding_box() for one in (".folium-map", ".heading"))
        assert drawn and words
        assert 700 < drawn["height"] < 718
        assert words["x"] > drawn["x"] + drawn["width"]
        assert words["x"] + words["width"] == pytest.approx(width, abs=2)


# Folium keeps the map under a name of its own making.
LOOK_AT = """([lat, lon]) => {
  const name = Object.keys(window).find(one => one.startsWith('map_') && window[one] instanceof L.Map);
  window[name].setView([lat, lon], 16, { animate: false });
}"""


@pytest.mark.parametrize("most", [10, 70], ids=["single", "gathered"])
def test_what_was_left_out_is_drawn_where_one_looks(
    site: Site, visit: Visit, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("geoapp.operations.layers.map_page.MOST_ROWS", most)
    for part in range(2):
        with site.database.session() as session:
            session.execute(
                text(
                    """
                    insert into facility (code, kind_code, name_zh, geom)
                    select 'L-' || :part || '-' || n, 'outdoor_station', '远站' || :part || '-' || n,
                        st_setsrid(st_makepoint(
                            121 + :part + n % 10 * 0.001, 37 + n / 10 * 0.001), 4326)
                    from generate_series(0, 49) n
                    """
                ),
                {"part": part},
            )
    page = opened(visit(site, "/maps/stations.html", size="desktop"))
    expect(page.locator(".heading")).to_contain_text(f"显示 {most} / 共 102 个，其余在放大后画出")
    note = page.locator(".heading [data-layer=stations]")
    expect(note).to_be_empty()
    page.route("**/layers/**", lambda route: route.abort())
    page.evaluate(LOOK_AT, [37.002, 122.004])
    expect(note).to_have_text("户外劳动者服务站点：视野内其余的没有取到，移动地图再试")
    page.unroute("**/layers/**")
    page.evaluate(LOOK_AT, [37.002, 122.005])
    expect(note).to_have_text("户外劳动者服务站点：视野内显示 50 / 共 50")
    expect(page.locator(".sign[title^=远站1-]")).to_have_count(50)
    # Every one of them opens, with the words of its pop-up; and they are found by name.
    for name in ("远站1-0", "远站1-27", "远站1-49"):
        search(page, name)
        popup = page.locator(".leaflet-popup", has=page.get_by_role("heading", name=name))
        expect(popup.locator("dd").last).to_have_text(name.replace("远站", "L-"))


NAMES_OVER_NAMES = """() => {
  const shown = [...document.querySelectorAll('.area-name span')]
    .filter(one => one.style.visibility !== 'hidden').map(one => one.getBoundingClientRect());
  const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  return [shown.length, shown.some((one, n) => shown.slice(n + 1).some(other => meet(one, other)))];
}"""


def test_names_of_districts_lie_neither_over_each_other_nor_below_the_heading(visit: Visit) -> None:
    """One large district, and 28 so small that a phone has no room for their names.

    The heading is so high that what is in the middle of the screen would lie below it.
    """
    shapes = [shapely.box(119, 36, 121, 37)]
    shapes += [shapely.box(121 + n / 50, 36, 121.02 + n / 50, 36.02) for n in range(28)]
    rows = [
        {
            "id": str(number),
            "name_zh": f"名字很长的区 {number}",
            "name_en": None,
            **dict.fromkeys(("covered_share", "backup_share", "weight"), 0.5),
            **dict.fromkeys(("uncovered_weight", "mean_m"), 1.0),
            "geometry": shape,
        }
        for number, shape in enumerate(shapes)
    ]
    layer = PaintedLayer(registry().get("regions", None), rows)
    page = visit(SimpleNamespace(url=""), "about:blank", size="phone")
    page.set_content(
        render_map(
            MapPage("图", ["说明" * 170], [layer], Speaker("zh", {}), True), inline=True
        ).html
    )
    opened(page)
    shown, over = page.evaluate(NAMES_OVER_NAMES)
    assert (shown, over) == (1, False)
    heading, name = (
        page.locator(".heading").bounding_box(),
        page.locator(".area-name span:visible").first.bounding_box(),
    )
    assert heading and name
    assert 422 < heading["y"] + heading["height"] < name["y"]


# Each name that is shown, with the ends of its line as (lon, lat).
NAMES_STAND = """() => {
  const { map } = geoappMaps;
  const frame = map.getContainer().getBoundingClientRect();
  return [...document.querySelectorAll('.area-name span')].filter(one => one.style.visibility !== 'hidden').map(one => {
    const { left, right, top, bottom } = one.getBoundingClientRect();
    return [one.textContent, ...[left + 3, right - 3].map(x => {
      const { lat, lng } = map.containerPointToLatLng([x - frame.left, (top + bottom) / 2 - frame.top]);
      return [lng, lat];
    })];
  });
}"""


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_names_of_districts_stand_in_their_own_land_and_once(visit: Visit, size: Size) -> None:
    """One lies around a bay, one is narrow: brackets are left out, and a last word that has no room."""
    shapes = {
        "Bay District (New Area)": shapely.box(120, 36, 120.5, 36.5).difference(
            shapely.box(120.12, 36.1, 120.5, 36.4)
        ),
        "Coast District": shapely.box(120.5, 36, 120.72, 36.5),
        "Far District": shapely.box(119.6, 36, 120, 36.5),
    }
    rows = [
        {
            "id": str(number),
            "name_zh": name,
            "name_en": name,
            **dict.fromkeys(("covered_share", "backup_share", "weight"), 0.5),
            **dict.fromkeys(("uncovered_weight", "mean_m"), 1.0),
            "geometry": shape,
        }
        for number, (name, shape) in enumerate(shapes.items())
    ]
    features = [
        {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(shape)}
        for shape in shapes.values()
    ]
    below = [
        PlaceName(name.split(" (")[0], *shapely.point_on_surface(shape).coords[0], shape.bounds)
        for name, shape in shapes.items()
    ]
    outlines = Outlines(
        "", orjson.dumps({"type": "FeatureCollection", "features": features}).decode(), below
    )
    layer = PaintedLayer(registry().get("regions", None), rows)
    told = MapPage("Map", [], [layer], Speaker("en", {}), True, outlines=outlines)
    page = visit(SimpleNamespace(url=""), "about:blank", size=size)
    page.set_content(render_map(told, inline=True).html)
    opened(page)
    page.wait_for_function("geoappMaps.map.geoappLand")
    named = page.evaluate(NAMES_STAND)
    assert len(named) == 3
    for name, *ends in named:
        (shape,) = (one for whole, one in shapes.items() if whole.startswith(name))
        assert all(shapely.contains_xy(shape, lon, lat) for lon, lat in ends), name


@pytest.fixture
def client(site: Site, settings: Settings) -> Any:
    return client_of(make_app(settings, site.database), site.database)


def test_a_layer_as_geojson(client: Any) -> None:
    answer = client.get("/layers/stations.geojson?limit=1&lang=en")
    assert answer.mimetype == "application/geo+json"
    body = answer.get_json()
    assert (body["numberMatched"], body["numberReturned"]) == (2, 1)
    assert len(body["features"]) == 1
    feature = client.get("/layers/stations.geojson?lang=en").get_json()["features"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [120.35, 36.07]}
    assert feature["properties"]["amenities"] == ["microwave", "drinking_water"]
    assert feature["properties"]["text"]["Entry"] == "Open door"
    assert feature["properties"]["look"] == 0
    moved = client.get("/layers/stations.geojson?datum=gcj02").get_json()["features"][0]
    assert moved["geometry"]["coordinates"][0] > 120.353
    empty = client.get("/layers/stations.geojson?bbox=10,10,11,11").get_json()
    assert empty["numberMatched"] == 0


def test_a_layer_as_a_list(client: Any) -> None:
    def codes(asked: str, layer: str = "stations") -> list[str]:
        body = client.get(f"/layers/{layer}.geojson?{asked}").get_json()
        return [one["properties"].get("code", one["id"]) for one in body["features"]]

    everything = sorted(codes(""))
    first, *_ = everything
    assert codes(f"id={first}") == [first]
    assert codes(f"q={first.lower()}") == [first]
    assert codes("q=%25") == codes("q=_") == codes("id=nothing") == []
    place = client.get(f"/layers/stations.geojson?id={first}").get_json()["features"][0]
    lon, lat = place["geometry"]["coordinates"]
    nearest = codes(f"near={lon},{lat}")
    assert nearest[0] == first and sorted(nearest) == everything
    assert codes(f"near={lon},{lat}&offset=1") == nearest[1:]
    # Of what is derived outside the database as well.
    cells = client.get("/layers/demand.geojson?near=120.3,36").get_json()["features"]
    away = [
        shapely.Point(120.3, 36).distance(shapely.geometry.shape(one["geometry"])) for one in cells
    ]
    assert away == sorted(away)


def test_an_unchanged_layer_is_not_sent_again(client: Any, site: Site) -> None:
    first = client.get("/layers/stations.geojson")
    tag = {"If-None-Match": first.headers["ETag"]}
    again = client.get("/layers/stations.geojson", headers=tag)
    assert (again.status_code, again.data) == (304, b"")
    assert client.get("/layers/stations.geojson?lang=en", headers=tag).status_code == 200
    change(site.database)
    assert client.get("/layers/stations.geojson", headers=tag).status_code == 200


def change(database: Database) -> None:
    with database.session() as session:
        session.connection().exec_driver_sql("update facility set host = 'x' where code = 'T-1'")


def test_what_cannot_be_answered_is_said(client: Any, subtests: pytest.Subtests) -> None:
    for address, status, told in [
        ("/layers/nothing.geojson", 404, "nothing"),
        ("/layers/stations.geojson?limit=0", 422, "limit"),
        ("/layers/stations.geojson?bbox=1,2,3", 422, "bbox"),
        ("/layers/stations.geojson?datum=mars", 422, "datum"),
        ("/layers/stations.geojson?near=1", 422, "near"),
        ("/layers/stations.geojson?near=181,0", 422, "near"),
        ("/layers/stations.geojson?near=nan,0", 422, "near"),
        ("/layers/stations.geojson?offset=-1", 422, "offset"),
        (f"/layers/stations.geojson?q={'x' * 101}", 422, "q"),
        ("/layers/stations.geojson?id=%00", 422, "id"),
        ("/layers/gaps.geojson?run=999", 404, "999"),
        ("/layers/gaps.geojson?run=x", 422, "run"),
    ]:
        with subtests.test(address=address, status=status, told=told):
            answer = client.get(address)
            assert told in str(problem_of(answer, status))


def test_a_map_of_no_such_layer(client: Any, subtests: pytest.Subtests) -> None:
    for names in ["nothing", ",", "stations,nothing"]:
        with subtests.test(names=names):
            answer = client.get(f"/maps/{names}.html")
            assert answer.status_code in (404, 422)
            assert answer.mimetype == "text/html"


def test_a_map_is_downloaded_as_a_file(client: Any) -> None:
    answer = client.get("/maps/stations.html?download=1")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "/static/" not in answer.get_data(as_text=True)
