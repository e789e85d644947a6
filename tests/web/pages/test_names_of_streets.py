"""Names of the streets keep clear of all that stands on a map, and are written once it is known what does."""

import json
from pathlib import Path

from playwright.sync_api import Page, Route
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.streets.importing import import_streets
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.osm_file import write_town_map
from tests.seed import TOWN_LAT, TOWN_LON, fill_town
from tests.web.conftest import SIZES, Site, Visit, serve, sign_in
from tests.web.pages.test_streets import KEEP_MAP

# The page paints the streets itself, so that their names can be asked for.
OWN_PAINT = "delete window.OffscreenCanvas;" + KEEP_MAP
# How many names of streets are in sight, and what stands on the map that one of them meets.
NAMES = """() => {
  const map = window.keptMap, zoom = Math.round(map.getZoom());
  let index = null;
  map.eachLayer((one) => { if (one.labelers) index = one.labelers.getIndex(zoom); });
  if (!index) return [0, []];
  const frame = map.getContainer().getBoundingClientRect();
  const corner = (x, y) => map.latLngToContainerPoint(map.unproject([x, y], zoom)).add([frame.left, frame.top]);
  const names = index.tree.all().map(({ minX, minY, maxX, maxY }) => [corner(minX, minY), corner(maxX, maxY)])
    .filter(([from, to]) => to.x > frame.left && from.x < frame.right && to.y > frame.top && from.y < frame.bottom);
  const standing = [...document.querySelectorAll(
    '.leaflet-marker-pane .leaflet-marker-icon, .leaflet-control, .map-key, .map-layers, .heading, .legend')];
  // What a finger meets of a marker is wider than what is seen of it.
  const met = standing.filter((one) => {
    const rim = one.classList.contains('leaflet-marker-icon') ? 8 : 0;
    const { left, right, top, bottom, width } = one.getBoundingClientRect();
    return width && names.some(([from, to]) => (
      from.x < right - rim && to.x > left + rim && from.y < bottom - rim && to.y > top + rim));
  });
  return [names.length, met.map((one) => one.className)];
}"""
HAS_NAMES = f"() => {{ const [all, met] = ({NAMES})(); return all > 0 && !met.length; }}"
HAS_NONE = f"() => ({NAMES})()[0] === 0"
RESTS = "() => !document.querySelector('.leaflet-cluster-anim, .leaflet-zoom-anim')"
MANY = "() => document.querySelectorAll('.leaflet-marker-pane .sign').length > 300"
KINDS = "(kind) => keptMap.geoappStanding[kind] && keptMap.geoappStanding[kind].length"
# Pixels of a station's ring in its colour, left of its middle and right of it, with its name beside it.
RING = """() => {
  const rules = window.geoappStreetRules, side = 200, middle = 100;
  const colour = (name) => ({ '--map-name': 'rgb(255, 0, 0)' }[name] || 'rgb(255, 255, 255)');
  const kept = { boxes: [], texts: [], met: new Set() };
  const [station] = rules.labelRules(protomapsL, colour, 'zh', 'sans-serif', () => kept)
    .filter(({ dataLayer }) => dataLayer === 'stations');
  const pen = Object.assign(document.createElement('canvas'), { width: side, height: side }).getContext('2d');
  const layout = { zoom: 15, scratch: pen, index: { bboxCollides: () => false }, order: 0, overzoom: 1 };
  const bbox = { minX: middle, minY: middle, maxX: middle, maxY: middle };
  const feature = { geomType: 1, props: { name: '五四广场' }, bbox };
  const labels = station.symbolizer.place(layout, [[{ x: middle, y: middle }]], feature);
  for (const { anchor, draw } of labels) {
    pen.save();
    pen.translate(anchor.x, anchor.y);
    draw(pen);
    pen.restore();
  }
  const { data } = pen.getImageData(0, 0, side, side);
  const red = (x, y) => {
    const at = 4 * (side * y + x);
    return data[at] > 200 && data[at + 1] < 120 && data[at + 3] > 120;
  };
  const count = (from, to) => {
    let sum = 0;
    for (let x = from; x < to; x += 1) for (let y = middle - 5; y < middle + 5; y += 1) if (red(x, y)) sum += 1;
    return sum;
  };
  return [count(middle - 5, middle), count(middle, middle + 5), count(middle + 8, side)];
}"""


def _prepared(database: Database, settings: Settings, tmp_path: Path) -> None:
    initialise(database)
    fill_town(database)
    import_streets(database, settings, write_town_map(tmp_path / "town.osm.pbf"))


def _is_clear(page: Page) -> None:
    page.wait_for_function(RESTS)
    page.wait_for_function(HAS_NAMES)


def _parts_clear_of_names(page: Page, address: str) -> None:
    page.add_init_script(OWN_PAINT)
    page.goto(address)
    page.locator("[data-streets-drawn]").wait_for(state="attached")
    page.evaluate(f"keptMap.setView([{TOWN_LAT}, {TOWN_LON}], 14, {{ animate: false }})")
    for zoom in (15, 16, 17):
        page.evaluate(f"keptMap.setZoom({zoom})")
        page.wait_for_function(f"() => keptMap.getZoom() === {zoom}")
        _is_clear(page)
    page.evaluate("keptMap.setZoom(16, { animate: false })")
    page.wait_for_function(MANY)
    _is_clear(page)
    page.evaluate("keptMap.panBy([-220, 90])")
    _is_clear(page)


def _held(page: Page, asked: list[Route]) -> Route:
    """Return the request that waits for its answer."""
    while not asked:
        page.wait_for_timeout(10)
    return asked.pop()


def test_hundreds_of_markers_that_part_at_a_zoom_lie_on_no_name(
    database: Database, settings: Settings, visit: Visit, tmp_path: Path
) -> None:
    _prepared(database, settings, tmp_path)
    with database.session() as session:  # in rows along the streets, between which names have room
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, geom, status, region_code, region_match) "
                "select 'M-' || n, 'outdoor_station', '示例·站点' || n, st_setsrid(st_makepoint("
                "120.341 + (n % 20) * 0.0009, 36.0615 + (n / 20) * 0.0009), 4326), 'open', '370203', 'inside' "
                "from generate_series(0, 399) n"
            )
        )
    address = "/maps/stations,bases,homes.html"
    path = tmp_path / "map.html"
    for url in serve(create_app(settings, database)):
        page = visit(Site(url, database), "/healthz", size="desktop")
        path.write_bytes(page.request.get(f"{url}{address}?download=1").body())
        _parts_clear_of_names(page, url + address)
    # The service is gone.
    alone = page.context.browser.new_context(offline=True, viewport=SIZES["desktop"])  # type: ignore[union-attr,arg-type]
    _parts_clear_of_names(alone.new_page(), path.as_uri())
    alone.close()


def test_names_wait_until_it_is_known_what_stands_there(
    database: Database, settings: Settings, visit: Visit, tmp_path: Path
) -> None:
    _prepared(database, settings, tmp_path)
    asked: list[Route] = []
    for url in serve(create_app(settings, database)):
        site = Site(url, database)
        page = visit(site, "/healthz", size="desktop")
        sign_in(site, page, Role.PLANNER)
        dots = page.request.get(url + "/finder/dots.json").json()
        sample = json.dumps({"points": dots["points"][:1], "total": 2 * dots["total"]})

        page.add_init_script(OWN_PAINT)
        page.route("**/finder/dots.json", lambda route: asked.append(route))
        with page.expect_request("**/finder/dots.json"):
            page.goto(f"{url}/plan?lang=zh")
        page.locator("#map[data-ready]").wait_for(state="attached")  # the first view is chosen
        with page.expect_request("**/finder/dots.json"):
            _held(page, asked).fulfill(body=sample, content_type="application/json")
        page.locator("#map[data-streets-drawn]").wait_for(state="attached")
        assert page.evaluate(HAS_NONE)
        _held(page, asked).continue_()
        page.wait_for_function(HAS_NAMES)
        with page.expect_request("**/finder/dots.json"):
            page.evaluate("keptMap.setZoom(keptMap.getZoom() - 1, { animate: false })")
        assert page.evaluate(HAS_NONE)
        _held(page, asked).continue_()
        page.wait_for_function(HAS_NAMES)
        assert page.evaluate(KINDS, "dots") == len(dots["points"])
        # Names stand where dots did that are not shown any more.
        page.locator(".map-layers > summary").click()
        page.locator("[data-own=dots]").uncheck()
        page.wait_for_function(f"() => ({KINDS})('dots') === 0")
        page.wait_for_function(HAS_NAMES)  # and below neither the key nor what is open now
        page.locator("[data-own=dots]").check()
        page.wait_for_function(f"() => ({KINDS})('dots') === {len(dots['points'])}")
        page.unroute("**/finder/dots.json")


def test_the_ring_of_a_railway_station_is_whole(
    database: Database, settings: Settings, visit: Visit, tmp_path: Path
) -> None:
    _prepared(database, settings, tmp_path)
    for url in serve(create_app(settings, database)):
        page = visit(Site(url, database), "/healthz", size="desktop")
        page.add_init_script(OWN_PAINT)
        page.goto(f"{url}/?lang=zh")
        page.locator("#map[data-streets-drawn]").wait_for(state="attached")
        left, right, name = page.evaluate(RING)
        assert left > 5 and name > 20
        assert abs(left - right) <= 2


# Where the name of the district is seen, and whether a marker or dot lies on it.
REGION = """() => {
  const name = [...document.querySelectorAll('.region-name')].find((one) => one.style.visibility !== 'hidden');
  if (!name) return null;
  const { left, right, top, bottom } = name.firstElementChild.getBoundingClientRect();
  const frame = keptMap.getContainer().getBoundingClientRect();
  const { markers = [], dots = [] } = keptMap.geoappStanding;
  const met = markers && dots && [...markers, ...dots].filter(({ bounds }) => {
    const high = keptMap.latLngToContainerPoint(bounds.getNorthWest()).add([frame.left, frame.top]);
    const low = keptMap.latLngToContainerPoint(bounds.getSouthEast()).add([frame.left, frame.top]);
    return left < low.x && high.x < right && top < low.y && high.y < bottom;
  }).length;
  return { x: (left + right) / 2, y: (top + bottom) / 2, met };
}"""


FAR_OFF = f"([x, y]) => {{ const one = ({REGION})(); return one && Math.hypot(one.x - x, one.y - y) > 10; }}"
THERE = f"([x, y]) => {{ const one = ({REGION})(); return one && Math.hypot(one.x - x, one.y - y) < 1.5; }}"
IS_CLEAR = f"() => {{ const one = ({REGION})(); return one && one.met === 0; }}"


def test_the_name_of_a_region_keeps_clear_of_markers_and_dots(
    database: Database, settings: Settings, visit: Visit, tmp_path: Path
) -> None:
    _prepared(database, settings, tmp_path)
    for url in serve(create_app(settings, database)):
        page = visit(Site(url, database), "/healthz", size="desktop", position=None)
        sign_in(Site(url, database), page, Role.PLANNER)
        page.add_init_script(OWN_PAINT)
        for address in ("/", "/plan"):
            page.goto(url + address)
            page.locator("#map[data-streets-drawn]").wait_for(state="attached")
            page.wait_for_function(IS_CLEAR)
            before = page.evaluate(REGION)
            # Now something is put right there, and taken away again.
            page.evaluate(
                """({ x, y }) => {
                  const { left, top } = keptMap.getContainer().getBoundingClientRect();
                  const icon = L.divIcon({ iconSize: [28, 28] });
                  window.put = L.marker(keptMap.containerPointToLatLng([x - left, y - top]), { icon }).addTo(keptMap);
                }""",
                before,
            )
            page.wait_for_function(FAR_OFF, arg=[before["x"], before["y"]])
            page.wait_for_function(IS_CLEAR)
            page.evaluate("window.put.remove()")
            page.wait_for_function(THERE, arg=[before["x"], before["y"]])
            # It keeps its place on the ground while the map is moved.
            page.evaluate("keptMap.panBy([40, -30], { animate: false })")
            page.wait_for_function(THERE, arg=[before["x"] - 40, before["y"] + 30])
            page.wait_for_function(IS_CLEAR)
