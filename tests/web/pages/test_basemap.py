"""Base maps of the operator: what is drawn lies on its place in each datum, and the choice stays."""

import math
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from flask import Response, request
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import write as write_pmtiles

from geoapp.app import create_app
from geoapp.core.geo import from_wgs84
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.operations.base_maps.importing import import_base_maps
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.conftest import Site, Visit, fits, serious_violations, serve

ZOOM = 16
DRAWN = """() => { const tiles = [...document.querySelectorAll('img.leaflet-tile')];
  return tiles.length > 0 && tiles.every((one) => one.classList.contains('leaflet-tile-loaded')
    && getComputedStyle(one).opacity === '1'); }"""
MAP = """
[[maps]]
code = "{code}"
name_zh = "{code} 底图"
name_en = "{code} map"
kind = "xyz"
address = "{address}"
datum = "{datum}"
attribution = "<b>Tiles</b> & more"
approval = "GS(2026)0001号"
"""


def tile(datum: str, z: int, x: int, y: int, side: int = 256) -> Response:
    """A tile that says which it is, with lines through the town in its datum."""
    lon, lat = from_wgs84(lon=TOWN_LON, lat=TOWN_LAT, datum=Datum(datum))
    across = (lon + 180) / 360 * 2**z - x
    down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z - y
    picture = Image.new("RGB", (side, side), "white")
    pen = ImageDraw.Draw(picture)
    pen.text((8, 8), f"{datum} {z}/{x}/{y}", fill="gray")
    pen.rectangle((0, 0, side - 1, side - 1), outline="lightgray")
    if 0 <= across < 1:
        pen.line((int(across * side), 0, int(across * side), side), fill="red")
    if 0 <= down < 1:
        pen.line((0, int(down * side), side, int(down * side)), fill="red")
    kept = BytesIO()
    picture.save(kept, "PNG")
    return Response(kept.getvalue(), mimetype="image/png")


def crossing(page: Page) -> tuple[float, float]:
    """Where the red lines of the tiles meet on the screen, in pixels."""
    picture = np.asarray(Image.open(BytesIO(page.screenshot())).convert("RGB")).astype(int)
    red = (picture[:, :, 0] > 200) & (picture[:, :, 1] < 80) & (picture[:, :, 2] < 80)
    return float(red.sum(axis=0).argmax()) + 0.5, float(red.sum(axis=1).argmax()) + 0.5


@pytest.mark.usefixtures("shown_town_template")
def test_a_place_lies_on_its_tile_in_every_datum_and_the_choice_stays(
    database: Database, settings: Settings, visit: Visit, tmp_path: Path
) -> None:
    maps = [
        MAP.format(code=one, datum=one, address=f"/drawn/{one}/{{z}}/{{x}}/{{y}}") for one in Datum
    ]
    large = MAP.format(code="large", datum="gcj02", address="/large/gcj02/{z}/{x}/{y}")
    maps.append(f"{large}tile_size = 512\n")
    maps.append(MAP.format(code="gone", datum="gcj02", address="/none/{z}/{x}/{y}"))
    file = tmp_path / "maps.toml"
    file.write_text("".join(maps), encoding="utf-8")
    import_base_maps(settings, file)
    app = create_app(settings, database)
    app.add_url_rule("/drawn/<datum>/<int:z>/<int:x>/<int:y>", "drawn", tile)
    app.add_url_rule(
        "/large/<datum>/<int:z>/<int:x>/<int:y>", "large", tile, defaults={"side": 512}
    )
    for url in serve(app):
        site = Site(url, database)
        page = visit(site, "/maps/stations.html")
        page.evaluate(
            f"geoappMaps.map.setView([{TOWN_LAT}, {TOWN_LON}], {ZOOM}, {{ animate: false }})"
        )
        places = {}
        for code in (Datum.WGS84, "large", Datum.CGCS2000, Datum.GCJ02, Datum.BD09):
            if code != Datum.WGS84:  # which is the first, and so shown
                page.get_by_label("底图", exact=True).first.click()
                page.get_by_label(f"{code} 底图").check()
            page.locator(f".folium-map[data-base={code}]").wait_for(state="attached")
            page.wait_for_function(DRAWN)
            marker = page.locator(".sign").first.bounding_box()
            assert marker
            middle = (marker["x"] + marker["width"] / 2, marker["y"] + marker["height"] / 2)
            assert crossing(page) == pytest.approx(middle, abs=1.0), code
            places[code] = page.locator("img.leaflet-tile").first.get_attribute("src")
            page.locator(".folium-map").click(position={"x": 60, "y": 600})
        assert len(set(places.values())) == len(Datum) + 1
        credit = page.locator(".leaflet-control-attribution")
        expect(credit).to_have_text("<b>Tiles</b> & more · 审图号：GS(2026)0001号")

        # The finder on this device shows what was chosen there, and what it draws stays WGS-84.
        page.goto(url)
        page.locator("#map[data-base=bd09] img.leaflet-tile-loaded").first.wait_for()
        first = page.locator(".found").first
        assert first.get_attribute("data-lon") == str(TOWN_LON)
        page.get_by_label("底图", exact=True).first.click()
        assert fits(page)
        assert serious_violations(page) == []
        # What cannot be reached gives way to outlines, in the usual projection, and says so.
        page.get_by_label("gone 底图").check()
        expect(page.locator(".ground-choice p")).to_have_text("“gone 底图”取不到，先显示轮廓")
        expect(page.locator("#map img.leaflet-tile")).to_have_count(0)
        expect(page.get_by_label("轮廓")).to_be_checked()


def written(path: Path, datum: str) -> None:
    """Write the tiles of the town and those around it into a PMTiles file of pictures."""
    lon, lat = from_wgs84(lon=TOWN_LON, lat=TOWN_LAT, datum=Datum(datum))
    column = int((lon + 180) / 360 * 2**ZOOM)
    row = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**ZOOM)
    near = [(x, y) for x in range(column - 4, column + 5) for y in range(row - 4, row + 5)]
    with write_pmtiles(str(path)) as writer:
        for number, x, y in sorted((zxy_to_tileid(ZOOM, x, y), x, y) for x, y in near):
            writer.write_tile(number, tile(datum, ZOOM, x, y).get_data())
        writer.finalize(
            {
                "tile_type": TileType.PNG,
                "tile_compression": Compression.NONE,
                "min_zoom": ZOOM,
                "max_zoom": ZOOM,
                "min_lon_e7": int((lon - 0.02) * 1e7),
                "min_lat_e7": int((lat - 0.02) * 1e7),
                "max_lon_e7": int((lon + 0.02) * 1e7),
                "max_lat_e7": int((lat + 0.02) * 1e7),
                "center_zoom": ZOOM,
                "center_lon_e7": int(lon * 1e7),
                "center_lat_e7": int(lat * 1e7),
            },
            {"name": "town"},
        )


NAMED = "LAYER={{Layer}}&TILEMATRIX={{TileMatrix}}&TILEROW={{TileRow}}&TILECOL={{TileCol}}"
KINDS = {
    "tms": 'kind = "tms"\naddress = "/tms/{datum}/{{z}}/{{x}}/{{y}}"',
    "wmts": f'kind = "wmts"\naddress = "/wmts/{{datum}}?{NAMED}"\nlayer = "vec"\nmatrix_set = "w"',
    "pmtiles": 'kind = "pmtiles"\nfile = "{datum}.pmtiles"',
}


@pytest.mark.usefixtures("shown_town_template")
@pytest.mark.parametrize("datum", [Datum.GCJ02, pytest.param(Datum.BD09, marks=pytest.mark.slow)])
def test_a_place_lies_on_its_tile_of_every_kind(
    database: Database, settings: Settings, visit: Visit, tmp_path: Path, datum: Datum
) -> None:
    written(tmp_path / f"{datum}.pmtiles", datum)
    text = "".join(
        f'\n[[maps]]\ncode = "{name}"\nname_zh = "{name} 底图"\nname_en = "{name}"\ndatum = "{datum}"\n'
        f'attribution = "Tiles"\n{kind.format(datum=datum)}\n'
        for name, kind in KINDS.items()
    )
    file = tmp_path / "maps.toml"
    file.write_text(text, encoding="utf-8")
    import_base_maps(settings, file)
    app = create_app(settings, database)

    def from_below(z: int, x: int, y: int) -> Response:
        return tile(datum, z, x, 2**z - 1 - y)

    def by_matrix() -> Response:
        asked = request.args
        assert asked["LAYER"] == "vec"
        return tile(datum, *(int(asked[name]) for name in ("TILEMATRIX", "TILECOL", "TILEROW")))

    app.add_url_rule(f"/tms/{datum}/<int:z>/<int:x>/<int:y>", "from_below", from_below)
    app.add_url_rule(f"/wmts/{datum}", "by_matrix", by_matrix)
    for url in serve(app):
        page = visit(Site(url, database), "/maps/stations.html")
        page.evaluate(
            f"geoappMaps.map.setView([{TOWN_LAT}, {TOWN_LON}], {ZOOM}, {{ animate: false }})"
        )
        for name in KINDS:
            if name != "tms":  # the first, and so shown
                page.get_by_label("底图", exact=True).first.click()
                page.get_by_label(f"{name} 底图").check()
            page.locator(f".folium-map[data-base={name}]").wait_for(state="attached")
            page.wait_for_function(DRAWN)
            marker = page.locator(".sign").first.bounding_box()
            assert marker
            middle = (marker["x"] + marker["width"] / 2, marker["y"] + marker["height"] / 2)
            assert crossing(page) == pytest.approx(middle, abs=1.0), name
            page.locator(".folium-map").click(position={"x": 60, "y": 600})
