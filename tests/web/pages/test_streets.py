"""Streets under the maps: after the first answer, from this machine alone; outlines where they cannot be."""

from pathlib import Path

from playwright.sync_api import Page, Request, expect

from geoapp.app import create_app
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.words import OSM_ATTRIBUTION
from geoapp.operations.streets.importing import import_streets
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.answers import publish_run
from tests.operations.coverage.small_town import WANTED
from tests.osm_file import write_town_map
from tests.seed import TOWN_LAT, TOWN_LON, fill_town
from tests.web.conftest import SIZES, Site, Visit, fits, serious_violations, serve, sign_in

MOST_BYTES_BEFORE = 150_000  # of the first look, until an answer is there
DRAWING = "protomaps-leaflet.js"
PAINTER = "street_painter.js"
DRAWING_KEPT = (
    "async () => Boolean(await caches.match(document.getElementById('map').dataset.drawing))"
)
# All colours of the canvases.
INK = """() => { const seen = new Set(); document.querySelectorAll('#map canvas.leaflet-tile').forEach((one) => {
  const { data } = one.getContext('2d').getImageData(0, 0, one.width, one.height);
  for (let place = 0; place < data.length; place += 4) {
    if (data[place + 3] === 255) seen.add([data[place], data[place + 1], data[place + 2]].join());
  } }); return [...seen]; }"""

NIGHT = ["58,68,74", "18,25,29", "33,48,41"]  # streets, sea, green
DAY = ["255,255,255", "223,232,236", "230,239,223"]
# Above coloured areas, which are seen through those of the streets' map: lines alone.
LINES_BY_NIGHT, LINES_BY_DAY = NIGHT[:1], DAY[:1]
THIN_BY_DAY = set(DAY) - set(LINES_BY_DAY)
ABOVE = """() => ['streets-over', 'overlay', 'marker'].map((name) => (
  Number(getComputedStyle(document.querySelector(`.leaflet-${name}-pane`)).zIndex)))"""
# Markers that names of streets do not give way to.
CUTTING = """() => { const { map } = window.geoappMaps;
  return [...document.querySelectorAll('.leaflet-marker-pane .leaflet-marker-icon')].filter((one) => {
    const spot = map.layerPointToLatLng(L.DomUtil.getPosition(one));
    return !(map.geoappNamed || []).some(({ text, bounds }) => !text && bounds.contains(spot));
  }).length; }"""
LAND = "() => getComputedStyle(document.querySelector('.leaflet-{}-pane path')).fill"
# Whether what names the data's source stands whole, and neither a control nor a numbered marker meets it.
CREDIT_IS_CLEAR = """() => {
  const credit = document.querySelector('.leaflet-control-attribution');
  const place = (one) => one.getBoundingClientRect();
  const meet = (a, b) => a.width && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const rivals = Array.from(document.querySelectorAll(
    '.leaflet-control-zoom, .leaflet-control-scale, .map-layers > summary, .map-key, .marker .badge'));
  // A station's page brings itself and the two nearest into sight, whatever else is there.
  const isFar = (one) => document.getElementById('station') && Number(one.textContent) > 2;
  if (!credit || !document.querySelector('.leaflet-control-zoom')) return false;
  const own = place(credit), frame = place(document.getElementById('map'));
  return own.left >= frame.left && own.right <= frame.right && own.bottom <= frame.bottom
    && !rivals.some((one) => !isFar(one) && meet(place(one), own));
}"""
# Of all regions, which the planner's first view shows, none lies below the credit.
GROUND_IS_CLEAR = """() => {
  const credit = document.querySelector('.leaflet-control-attribution').getBoundingClientRect();
  const paths = [...document.querySelectorAll('#map[data-ready] .leaflet-land-pane path')];
  const key = document.querySelector('.map-key').getBoundingClientRect();
  return paths.length && paths.map((one) => one.getBoundingClientRect()).every((one) => one.top > credit.bottom
    && (one.bottom < key.top || key.width < innerWidth / 2));
}"""
PHONES = (320, 360, 390)
# The page's map, which modules keep to themselves.
KEEP_MAP = """let loaded; Object.defineProperty(window, 'L', { get: () => loaded, set: (made) => { loaded = made;
  if (made.Map) made.Map.addInitHook(function () { window.keptMap = this; }); } });"""
# Whether as many dots and markers are told as the map has.
ALL_TOLD = """([dots, hasMarkers]) => {
  const markers = document.querySelectorAll('.leaflet-marker-icon').length;
  const controls = document.querySelectorAll('#map .leaflet-control, .map-key, .map-layers').length;
  const told = (keptMap.geoappNamed || []).filter(({ text }) => !text).length;
  return told === dots + markers + controls && (markers > 0) === hasMarkers; }"""
# Bring what a place of the extract is named below what is said of whose data it is.
BELOW_CREDIT = """([lon, lat]) => {
  const credit = document.querySelector('.leaflet-control-attribution').getBoundingClientRect();
  const frame = keptMap.getContainer().getBoundingClientRect();
  const middle = L.point(credit.left + credit.width / 2 - frame.left, credit.top + credit.height / 2 - frame.top);
  keptMap.panBy(keptMap.latLngToContainerPoint([lat, lon]).subtract(middle), { animate: false }); }"""
# How many names of streets lie below it.
COVERED = """() => { const map = window.keptMap, zoom = Math.round(map.getZoom()); let index = null;
  map.eachLayer((one) => { if (one.labelers) index = one.labelers.getIndex(zoom); });
  const credit = document.querySelector('.leaflet-control-attribution').getBoundingClientRect();
  const frame = map.getContainer().getBoundingClientRect();
  const corner = (x, y) => map.project(map.containerPointToLatLng([x - frame.left, y - frame.top]), zoom);
  const from = corner(credit.left, credit.top), to = corner(credit.right, credit.bottom);
  return index.tree.all().filter((one) => (
    one.minX < to.x && one.maxX > from.x && one.minY < to.y && one.maxY > from.y)).length; }"""
# How many names of streets are placed where the page paints them itself, and how many lie below a dot.
PLACED = """() => { const map = window.keptMap; let index = null;
  map.eachLayer((one) => { if (one.labelers) index = one.labelers.getIndex(Math.round(map.getZoom())); });
  if (!index) return [0, 0];
  const zoom = Math.round(map.getZoom());
  const spots = window.spotsOnMap.map(([lon, lat]) => map.project([lat, lon], zoom));
  const boxes = index.tree.all();
  return [boxes.length, boxes.filter((one) => spots.some(({ x, y }) => (
    x > one.minX && x < one.maxX && y > one.minY && y < one.maxY))).length]; }"""

GROUND = "() => getComputedStyle(document.querySelector('{}')).backgroundColor"


def _begun_ms(request: Request) -> float:
    return float(request.timing["startTime"])


def is_by_day_on_paper(
    page: Page, ink: str, land: str, night: list[str] = NIGHT, day: list[str] = DAY
) -> None:
    """Assert that a page that is painted by night is printed by day, and is thereafter what it was."""
    page.wait_for_function(f"night => night.every((one) => ({ink})().includes(one))", arg=night)
    assert not set(day) & set(page.evaluate(ink))
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(color_scheme="dark", media="print")
    printed = set(page.evaluate(ink))
    assert printed >= set(day) and not set(night) & printed
    assert page.evaluate(LAND.format(land)) == "rgb(251, 250, 247)"
    page.emulate_media(color_scheme="dark", media="null")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    restored = set(page.evaluate(ink))
    assert restored >= set(night) and not set(day) & restored


def test_the_finder_draws_streets_after_its_answer(
    database: Database, settings: Settings, visit: Visit, tmp_path: Path
) -> None:
    initialise(database)
    fill_town(database)
    import_streets(database, settings, write_town_map(tmp_path / "town.osm.pbf"))
    # The page's own list of what was fetched lacks what the thread fetches that paints.
    fetched: list[Request] = []
    for url in serve(create_app(settings, database)):
        site = Site(url, database)
        # A browser and a service that have just started may need longer than the finder waits; what
        # it says then comes before the streets as an answer does.
        visit(site).locator(".found, #message:not([hidden])").first.wait_for()
        page = visit(site, "/healthz")
        page.on("requestfinished", lambda request: fetched.extend([request]))
        page.goto(site.url)
        page.locator("#map[data-streets-drawn]").wait_for(state="attached")
        # Tiles that fade in keep a phone busy for a dozen frames each.
        assert page.locator("#map.leaflet-fade-anim").count() == 0
        expect(page.locator(".found").first).to_be_visible()
        (drawing,) = [one for one in fetched if one.url.endswith(DRAWING)]
        before = [one for one in fetched if _begun_ms(one) < _begun_ms(drawing)]
        # What is fetched for a day without a network may still be under way by then.
        answered = [one for one in before if "/finder/results" in one.url]
        assert answered
        answer_ms = max(_begun_ms(one) + one.timing["responseEnd"] for one in answered)
        assert answer_ms <= _begun_ms(drawing)
        assert not any("base.pmtiles" in one.url for one in before)
        assert any("base.pmtiles" in one.url for one in fetched)
        # What works without a network is no part of the first look: it comes once the answer is there.
        first = [one for one in before if _begun_ms(one) < answer_ms]
        assert not any("/worker/offline/offline.js" in one.url for one in first)
        assert 50_000 < sum(one.sizes()["responseBodySize"] for one in first) < MOST_BYTES_BEFORE
        expect(page.locator(".leaflet-control-attribution")).to_have_text(OSM_ATTRIBUTION)
        # Streets, sea and green in the page's own colours, in place of the rings that tell distances.
        assert {"255,255,255", "223,232,236", "230,239,223"} <= set(page.evaluate(INK))
        expect(page.locator("#map path.ring")).to_have_count(0)
        # What lies outside of all outlines is neither land nor sea.
        assert page.evaluate(GROUND.format("#map")) == "rgb(238, 237, 232)"
        # At night they are drawn anew.
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(f"() => ({INK})().includes('58,68,74')")
        is_by_day_on_paper(page, INK, "land")
        # They are painted by a thread of their own; where a browser has none that can, by the page.
        assert [PAINTER in one.url for one in page.workers] == [True]
        page.add_init_script("delete window.OffscreenCanvas")
        page.reload()
        page.locator("#map[data-streets-drawn]").wait_for(state="attached")
        page.wait_for_function(f"() => ({INK})().includes('58,68,74')")
        assert page.workers == []

        # Whoever asks for it keeps them on the phone, and may remove them.
        kept = visit(site, keeps=True)
        offer = kept.locator("#offline-streets")
        kept.locator("body[data-offline=ready]").wait_for(state="attached", timeout=30_000)
        expect(offer).to_contain_text("地图上只有区域轮廓")
        assert fits(kept)
        offer.get_by_role("button", name="把街道也存下").click()
        expect(offer).to_contain_text("街道已存在这台设备上", timeout=30_000)
        kept.wait_for_function(DRAWING_KEPT)
        assert serious_violations(kept) == []

        # Where the drawing cannot be loaded, outlines and rings are what they are without streets.
        page.route(f"**/{DRAWING}", lambda route: route.abort())
        page.reload()
        expect(
            page.locator("#map:not([data-streets]) .leaflet-land-pane path").first
        ).to_be_attached()
        expect(page.locator("canvas.leaflet-tile")).to_have_count(0)
    # The service is gone: the map has its streets all the same.
    kept.reload()
    kept.locator("#map[data-streets-drawn]").wait_for(state="attached", timeout=30_000)
    assert {"255,255,255", "223,232,236"} <= set(kept.evaluate(INK))
    offer.get_by_role("button", name="删掉存的街道").click()
    expect(offer).to_contain_text("地图上只有区域轮廓")
    assert not kept.evaluate("() => caches.has('geoapp-streets /')")


def has_streets_above(page: Page, ink: str) -> None:
    """Assert that streets and their names lie above coloured areas, which are seen through the rest."""
    page.wait_for_function(f"() => ({ink})().includes('{LINES_BY_DAY[0]}')")
    assert not THIN_BY_DAY & set(page.evaluate(ink))
    streets, areas, markers = page.evaluate(ABOVE)
    assert areas < streets < markers


def test_streets_lie_above_coloured_districts(
    database: Database, settings: Settings, visit: Visit, tmp_path: Path
) -> None:
    initialise(database)
    fill_town(database)
    import_streets(database, settings, write_town_map(tmp_path / "town.osm.pbf"))
    publish_run(database, settings, WANTED)
    for url in serve(create_app(settings, database)):
        page = visit(Site(url, database), "/coverage?lang=zh", size="desktop")
        page.locator("#map[data-streets-drawn][data-coloured]").wait_for(state="attached")
        has_streets_above(page, INK)
        # The districts below them are met all the same.
        page.locator("#map").click(position={"x": 150, "y": 150})
        expect(page.locator("#districts tr.chosen")).to_have_count(1)


def test_whose_data_it_is_stands_clear_of_every_control_and_marker(
    database: Database, settings: Settings, visit: Visit, tmp_path: Path
) -> None:
    initialise(database)
    fill_town(database)
    import_streets(database, settings, write_town_map(tmp_path / "town.osm.pbf"))
    for url in serve(create_app(settings, database)):
        site = Site(url, database)
        page = visit(site, "/healthz")
        sign_in(site, page, Role.PLANNER)
        for address in (
            "/?lang=zh",
            "/stations/T-1?lang=zh",
            "/plan?lang=zh",
            "/plan/siting?lang=en",
        ):
            for width in PHONES:
                page.set_viewport_size({"width": width, "height": 640})
                page.goto(url + address)
                page.wait_for_function(CREDIT_IS_CLEAR)
                if address.startswith("/plan"):
                    page.wait_for_function(GROUND_IS_CLEAR)
        # What it stood over is met by a finger.
        page.locator(".map-layers > summary").tap()
        expect(page.locator(".map-layers fieldset")).to_be_visible()
        expect(page.locator(".leaflet-control-attribution")).to_have_text(OSM_ATTRIBUTION)
        page.set_viewport_size({"width": 1024, "height": 768})
        page.wait_for_function(CREDIT_IS_CLEAR)


def test_names_of_streets_give_way_to_dots_and_markers(
    database: Database, settings: Settings, visit: Visit, tmp_path: Path
) -> None:
    initialise(database)
    fill_town(database)
    import_streets(database, settings, write_town_map(tmp_path / "town.osm.pbf"))
    for url in serve(create_app(settings, database)):
        site = Site(url, database)
        page = visit(site, "/healthz", size="desktop")
        sign_in(site, page, Role.PLANNER)
        spots = page.request.get(url + "/finder/dots.json").json()["points"]
        page.add_init_script(
            f"delete window.OffscreenCanvas; window.spotsOnMap = {spots}; {KEEP_MAP}"
        )
        for address in ("/plan", "/"):
            page.goto(f"{url}{address}?lang=zh")
            page.locator("#map[data-streets-drawn]").wait_for(state="attached")
            page.wait_for_function(ALL_TOLD, arg=[len(spots), address == "/"])
            for zoom in (13, 14, 15, 16):
                page.evaluate(f"keptMap.setZoom({zoom}, {{ animate: false }})")
                page.wait_for_function(
                    f"() => {{ const [all, below] = ({PLACED})(); return all && !below; }}"
                )
            page.evaluate(BELOW_CREDIT, [TOWN_LON, TOWN_LAT + 0.001])
            page.wait_for_function(f"() => !({COVERED})()")
            # Once what it gave way to is elsewhere the name is back.
            page.evaluate("keptMap.panBy([-300, -300], { animate: false })")
            page.wait_for_function(f"() => ({PLACED})()[0] > 0")


def test_maps_of_layers_have_streets_served_and_in_a_file(
    database: Database, settings: Settings, visit: Visit, tmp_path: Path
) -> None:
    initialise(database)
    fill_town(database)
    import_streets(database, settings, write_town_map(tmp_path / "town.osm.pbf"))
    drawn = ".folium-map[data-streets-drawn]"
    ink = INK.replace("#map", ".folium-map")
    for url in serve(create_app(settings, database)):
        site = Site(url, database)
        page = visit(site, "/maps/stations,regions.html", size="desktop")
        page.locator(drawn).wait_for(state="attached")
        has_streets_above(page, ink)
        page.wait_for_function(f"() => ({CUTTING})() === 0")
        assert page.evaluate(GROUND.format(".folium-map")) == "rgb(238, 237, 232)"
        expect(page.get_by_text(OSM_ATTRIBUTION)).to_be_visible()
        page.get_by_role("button", name="放大").click()  # the layers' script works beside it
        # In a small frame of another page only the first of the other notes is in sight.
        page.set_viewport_size({"width": 320, "height": 240})
        expect(page.get_by_text(OSM_ATTRIBUTION)).to_be_visible()
        expect(page.get_by_placeholder("查找地点")).to_be_hidden()
        page.set_viewport_size(SIZES["desktop"])  # type: ignore[arg-type]
        page.emulate_media(color_scheme="dark")
        page.reload()
        page.locator(drawn).wait_for(state="attached")
        is_by_day_on_paper(page, ink, "geoapp-land", LINES_BY_NIGHT, LINES_BY_DAY)
        path = tmp_path / "map.html"
        answer = page.request.get(f"{url}/maps/stations,regions.html?download=1")
        path.write_bytes(answer.body())
    # The service is gone.
    alone = page.context.browser.new_context(offline=True).new_page()  # type: ignore[union-attr]
    asked: list[str] = []
    alone.on("request", lambda request: asked.append(request.url))
    alone.goto(path.as_uri())
    alone.locator(drawn).wait_for(state="attached")
    has_streets_above(alone, ink)
    assert [one for one in asked if not one.startswith(("file:", "data:", "blob:"))] == []
    expect(alone.get_by_text(OSM_ATTRIBUTION)).to_be_visible()
    alone.emulate_media(color_scheme="dark")
    alone.reload()
    alone.locator(drawn).wait_for(state="attached")
    is_by_day_on_paper(alone, ink, "geoapp-land", LINES_BY_NIGHT, LINES_BY_DAY)
    alone.context.close()
