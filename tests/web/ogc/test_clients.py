"""``/ogc/`` as real programs read it: OWSLib, GDAL (and so QGIS), and plain requests."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
import requests
from flask import request
from owslib.ogcapi.features import Features
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from geoapp.web.ogc.documents import CONFORMS_TO
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.api_client import make_app
from tests.web.conftest import serve
from tests.web.shown import seed_shown

MANY = 2500
# Everything that an address must quote.
ODD_CODE = "A/1 甲?#%&+@"


@pytest.fixture
def asked() -> list[str]:
    """The addresses that were asked, in order."""
    return []


@pytest.fixture
def root(database: Database, settings: Settings, asked: list[str]) -> Iterator[str]:
    """The service on a real port, with more stations than fit on two of a GIS program's pages."""
    seed_shown(database, settings)
    with database.session() as session:
        session.execute(
            text(
                """
                insert into facility (code, kind_code, name_zh, name_en, geom, status)
                select 'M-' || n, 'outdoor_station', '站 ' || n, 'Station ' || n,
                    st_setsrid(st_makepoint(120.2 + n / 1e5, 36.2), 4326), 'open'
                from generate_series(1, :many) n
                union all select :odd, 'outdoor_station', '<b>名</b>&"引号"', null,
                    st_setsrid(st_makepoint(120.5, 36.3), 4326), 'open'
                """
            ),
            {"many": MANY, "odd": ODD_CODE},
        )
    app = make_app(settings, database)
    app.before_request(lambda: asked.append(request.url))
    for url in serve(app):
        yield f"{url}/ogc/"


def test_owslib_reads_it(root: str) -> None:
    service = Features(root)
    assert service.api()["openapi"].startswith("3.0")
    assert len(service.conformance()["conformsTo"]) == len(CONFORMS_TO)
    assert set(service.feature_collections()) >= {"stations", "regions", "demand", "gaps"}
    about = service.collection("stations")
    assert about["crs"][0] == about["storageCrs"] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    found = service.collection_items("stations", bbox=[120.49, 36.2, 120.6, 36.4], limit=5)
    assert [one["id"] for one in found["features"]] == [ODD_CODE]
    assert service.collection_item("stations", "T-1")["id"] == "T-1"
    about = service.collection_queryables("stations")
    assert about["properties"]["verified_on"]["format"] == "date"
    odd = service.collection_items("stations", filter="code LIKE 'A/%' AND is_sample = FALSE")
    assert [one["id"] for one in odd["features"]] == [ODD_CODE]
    with pytest.raises(RuntimeError, match="unknown_parameter"):
        service.collection_items("stations", unknown_parameter=1)


def test_an_odd_code_can_be_followed(root: str) -> None:
    address = root + "collections/stations/items/" + requests.utils.quote(ODD_CODE)
    feature = requests.get(address, timeout=30).json()
    assert feature["id"] == ODD_CODE
    [own] = [one for one in feature["links"] if one["rel"] == "self"]
    again = requests.get(own["href"], timeout=30).json()
    assert again == feature


GDAL_READS = """
import json, sys
import pyogrio
source = "OAPIF:" + sys.argv[1]
stations = pyogrio.read_dataframe(source, layer="stations")
box = (120.49, 36.2, 120.6, 36.4)
regions = pyogrio.read_dataframe(source, layer="regions")
tile = f"/vsicurl/{sys.argv[1]}collections/stations/tiles/WebMercatorQuad/14/6416/13676?f=mvt"
[odd] = pyogrio.read_dataframe(tile, X=13676, Y=6416, Z=14).to_crs(4326).itertuples(index=False)
json.dump({
    "tile": [odd.id, odd.count, odd.geometry.x, odd.geometry.y],
    "layers": [name for name, _ in pyogrio.list_layers(source)],
    "stations": {one.code: [one.name, one.geometry.x, one.geometry.y]
                 for one in stations.itertuples(index=False)},
    "rows": len(stations),
    "crs": stations.crs.to_string(),
    "east": list(pyogrio.read_dataframe(source, layer="stations", bbox=box)["code"]),
    "asked": list(pyogrio.read_dataframe(
        source, layer="stations", where="code > 'M-998' AND name_en LIKE 'Station%'")["code"]),
    "bounds": list(pyogrio.read_info(source, layer="stations")["total_bounds"]),
    "bases": list(pyogrio.read_dataframe(source, layer="bases").geom_type),
    "weight": float(regions.loc[0, "weight"]),
    "covered_share": float(regions.loc[0, "covered_share"]),
}, sys.stdout)
"""


def test_gdal_reads_it(root: str, asked: list[str]) -> None:
    """As QGIS does: the layers, every page of a layer, a box, a filter, areas and numbers."""
    # In a process of its own: GDAL waits for the answer without letting other threads run.
    told = subprocess.run(
        [sys.executable, "-c", GDAL_READS, root],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    read = json.loads(told.stdout)
    assert set(read["layers"]) >= {"stations", "bases", "homes", "regions", "demand", "gaps"}
    assert read["rows"] == len(read["stations"]) == MANY + 3
    assert read["stations"]["T-1"][1:] == [TOWN_LON, TOWN_LAT]
    assert read["stations"][ODD_CODE] == ['<b>名</b>&"引号"', 120.5, 36.3]
    assert read["crs"] in ("OGC:CRS84", "EPSG:4326")
    assert read["east"] == [ODD_CODE]
    # A step of a tile of zoom 14 is 0.6 m.
    assert read["tile"] == [
        ODD_CODE,
        1,
        pytest.approx(120.5, abs=6e-6),
        pytest.approx(36.3, abs=6e-6),
    ]
    assert read["asked"] == ["M-999"]
    # Not every feature was fetched for that: the service was asked.
    assert any("filter=" in one for one in asked)
    assert read["bounds"][2] == pytest.approx(120.5)
    assert read["bases"] == ["Polygon"]
    assert read["weight"] == 250
    assert 0 < read["covered_share"] < 1
