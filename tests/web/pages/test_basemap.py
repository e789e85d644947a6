"""With an operator's base map in another datum, our data is shifted to it, never the other way."""

import pytest
from flask import Response
from playwright.sync_api import expect

from geoapp.app import create_app
from geoapp.core.geo import from_wgs84
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON, fill_town
from tests.web.conftest import WORKER_LAT, WORKER_LON, Site, Visit, serve

# One transparent pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d4944415478da63fcffff3f030005fe02fea72d9c8a0000000049454e44ae426082"
)


def test_finder_over_a_gcj02_base(database: Database, settings: Settings, visit: Visit) -> None:
    """Tiles are asked for, and the nearest station stands where that base shows it."""
    shifted = settings.model_copy(
        update={
            "basemap_url": "/tiles/{z}/{x}/{y}.png",
            "basemap_datum": "gcj02",
            "basemap_attribution": "<b>Tiles</b> & more",
        }
    )
    initialise(database)
    fill_town(database)
    app = create_app(shifted, database)
    app.add_url_rule(
        "/tiles/<int:z>/<int:x>/<int:y>.png",
        "tiles",
        lambda z, x, y: Response(PIXEL, mimetype="image/png"),
    )
    for url in serve(app):
        page = visit(Site(url, database), size="desktop")
        expect(page.locator("img.leaflet-tile-loaded").first).to_be_attached()
        expect(page.locator(".leaflet-control-attribution")).to_have_text("<b>Tiles</b> & more")
        first = page.locator(".found").first
        lon, lat = from_wgs84(lon=TOWN_LON, lat=TOWN_LAT, datum=Datum.GCJ02)
        assert float(first.get_attribute("data-lon") or "") == pytest.approx(lon, abs=1e-6)
        assert float(first.get_attribute("data-lat") or "") == pytest.approx(lat, abs=1e-6)
        holder = page.locator(".cards")
        lon, lat = from_wgs84(lon=WORKER_LON, lat=WORKER_LAT, datum=Datum.GCJ02)
        assert float(holder.get_attribute("data-lon") or "") == pytest.approx(lon, abs=1e-6)
        assert "datum=gcj02" in (page.locator("#map").get_attribute("data-regions") or "")
        # A click on this map is a place in the map's datum: it comes back where it was clicked.
        marker = page.locator(".marker").first.bounding_box()
        box = page.locator("#map").bounding_box()
        assert marker is not None
        assert box is not None
        with page.expect_request("**/finder/results*") as asked:
            page.locator("#map").click(
                position={"x": marker["x"] - box["x"] + 22, "y": marker["y"] - box["y"] + 90}
            )
        assert 'name="datum"\r\n\r\ngcj02' in (asked.value.post_data or "")
