"""Whose data it is goes with OpenStreetMap's data wherever they are handed on, and with no others."""

import io
import time
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pyogrio
import pytest
from arro3.io import read_parquet
from flask.testing import FlaskClient
from PIL import Image, ImageChops
from sqlalchemy import text

from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.settings import Settings
from geoapp.core.words import OSM_ATTRIBUTION, OSM_LICENCE
from geoapp.operations.layers.files import FILE_FORMATS
from geoapp.operations.network.importing import import_network
from geoapp.store.engine import Database
from tests.answers import publish_run
from tests.osm_file import write_town_streets
from tests.web.api_client import client_of, make_app

ATOM = "{http://www.w3.org/2005/Atom}"
LINK = f'<{OSM_LICENCE}>; rel="license"'
CREDIT_THERE = OSM_ATTRIBUTION.replace(",", "\\,")
TILE = "tiles/WebMercatorQuad/12/1602/3417"


@pytest.fixture
def client(
    town_template: str, database: Database, settings: Settings, tmp_path: Path
) -> FlaskClient:
    return client_of(make_app(settings, database), database)


def _told(client: FlaskClient, layer: str) -> list[str | None]:
    """Return what every document on a layer says of whose data it is."""
    one = f"/ogc/collections/{layer}"
    first = client.get(f"{one}/items?limit=1").get_json(force=True)["features"]
    paths = [
        *(one, f"{one}/items?limit=1", f"/layers/{layer}.geojson"),
        *(f"{one}/tiles/WebMercatorQuad{form}" for form in ("", "?f=tilejson")),
        *(f"{one}/items/{feature['id']}" for feature in first),
    ]
    found = []
    for path in paths:
        body = client.get(path).get_json(force=True)
        found.append(body.get("attribution"))
        licences = [two["href"] for two in body.get("links", []) if two["rel"] == "license"]
        if "links" in body:
            assert licences == ([] if found[-1] is None else [OSM_LICENCE])
    return found


def _tile_is_credited(client: FlaskClient, layer: str) -> bool:
    answer = client.get(f"/ogc/collections/{layer}/{TILE}")
    assert answer.status_code == 200
    return LINK in answer.headers.getlist("Link")


def _calendar(client: FlaskClient) -> str:
    answer = client.get("/feeds/openings.ics").text
    assert "BEGIN:VEVENT" in answer
    return answer.replace("\r\n ", "")


def test_what_names_openstreetmap_is_credited(client: FlaskClient, database: Database) -> None:
    assert set(_told(client, "stations")) == {None}
    assert not _tile_is_credited(client, "stations")
    with database.session() as session:
        session.execute(text("update facility set opened_on = current_date - 9 where code = 'T-1'"))
    assert OSM_ATTRIBUTION not in _calendar(client)
    feed = ElementTree.fromstring(client.get("/feeds/changes.atom").data)
    assert feed.find(f"{ATOM}rights") is None
    assert client.get("/ogc/collections/network").get_json(force=True).get("attribution") is None
    with database.session() as session:
        session.execute(
            text("update facility set source = :source where code = 'T-1'"),
            {"source": f"{OSM_ATTRIBUTION}, 2026-11-01"},
        )
        session.execute(text("update demand_set set source = :at"), {"at": OSM_ATTRIBUTION})
    while not _tile_is_credited(client, "stations"):  # versions are looked at now and then
        time.sleep(0.1)
    assert set(_told(client, "stations")) == {OSM_ATTRIBUTION}
    assert set(_told(client, "demand")) == {OSM_ATTRIBUTION}
    [cell, *_] = client.get("/ogc/collections/demand/items").get_json(force=True)["features"]
    assert cell["properties"]["source"] == OSM_ATTRIBUTION
    calendar = _calendar(client)
    assert f"DESCRIPTION:{CREDIT_THERE}" in calendar and f"X-WR-CALDESC:{CREDIT_THERE}" in calendar
    # No home is of it.
    assert not _tile_is_credited(client, "homes")
    assert set(_told(client, "homes")) == {None}
    feed = ElementTree.fromstring(client.get("/feeds/changes.atom").data)
    assert feed.findtext(f"{ATOM}rights") == OSM_ATTRIBUTION
    for page in ("/ogc/collections/stations", "/ogc/collections/stations/items"):
        shown = client.get(f"{page}?f=html").text
        assert f'rel="license" href="{OSM_LICENCE}">{OSM_ATTRIBUTION}<' in shown


def test_answers_on_facilities_link_to_whose_data_they_are(
    client: FlaskClient, database: Database
) -> None:
    paths = [
        "/api/v1/nearest?lon=120.352&lat=36.071",
        *("/api/v1/search?q=T-1", "/api/v1/facilities?limit=1", "/api/v1/facilities/T-1"),
    ]

    def told() -> set[bool]:
        answers = [client.get(path) for path in paths]
        assert {answer.status_code for answer in answers} == {200}
        return {LINK in answer.headers.getlist("Link") for answer in answers}

    assert told() == {False}
    assert LINK not in client.get("/api/v1/kinds").headers.getlist("Link")
    picture = _shown(client)
    with database.session() as session:
        session.execute(
            text("update facility set source = :source where code = 'T-1'"),
            {"source": f"{OSM_ATTRIBUTION}, 2026-11-01"},
        )
    # The nearest look for changes once a second.
    while told() != {True}:
        time.sleep(0.1)
    assert LINK not in client.get("/api/v1/kinds").headers.getlist("Link")
    # So does the picture of all stations, in its lower right corner; in no other place is it another.
    changed = ImageChops.difference(picture, _shown(client)).getbbox()
    assert changed is not None
    left, upper, right, lower = changed
    assert left > 700
    assert upper > 400
    assert right <= 1200
    assert lower <= 630 - 178


def _shown(client: FlaskClient) -> Image.Image:
    return Image.open(io.BytesIO(client.get("/finder/map.png?lang=en").data)).convert("RGB")


def test_the_network_and_what_is_found_on_it_are_credited(
    client: FlaskClient,
    database: Database,
    settings: Settings,
    tmp_path: Path,
    subtests: pytest.Subtests,
) -> None:
    import_network(database, settings, write_town_streets(tmp_path / "town.osm.pbf"))
    publish_run(database, settings, CoverageParameters(standard_m=300, demand="town"))
    for layer in ("network", "cover_areas", "regions"):
        assert set(_told(client, layer)) == {OSM_ATTRIBUTION}
    areas = client.get("/ogc/collections/cover_areas/items").get_json(force=True)["features"]
    sources = {one["properties"]["source"] for one in areas}
    assert any(OSM_ATTRIBUTION in (one or "") for one in sources)
    for file_format, known in FILE_FORMATS.items():
        with subtests.test(file_format=file_format):
            address = f"/ogc/collections/network/items?f={file_format}&download=1"
            response = client.get(address, buffered=True)
            assert any(LINK in one for one in response.headers.getlist("Link"))
            path = tmp_path / f"network{known.suffix}"
            path.write_bytes(response.data)
            if file_format == "parquet":
                table = read_parquet(str(path)).read_all()
                assert table.schema.metadata[b"attribution"].decode() == OSM_ATTRIBUTION
                assert table.column("source").to_pylist() == [OSM_ATTRIBUTION] * 4
            elif file_format in ("csv", "geojson", "geojsonseq", "kml"):
                rows = path.read_text("utf-8-sig").count(OSM_ATTRIBUTION)
                assert rows == (5 if file_format == "geojson" else 4)
            else:
                read = pyogrio.read_dataframe(path)
                assert list(read["source"]) == [OSM_ATTRIBUTION] * 4
            if file_format in ("gpkg", "fgb"):
                about = pyogrio.read_info(path)["layer_metadata"]
                assert about["DESCRIPTION"] == OSM_ATTRIBUTION
            if file_format == "shp":
                with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
                    assert OSM_ATTRIBUTION in archive.read("README.txt").decode()
