"""``/ogc/`` as the system's own QGIS and GDAL read it: whole collections, filters, boxes, credentials, tiles.

Both are programs of Debian (``apt-get install --no-install-recommends python3-qgis qgis-providers``) with
an interpreter of their own; where they are missing, the tests are skipped.
"""

import json
import math
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from owslib.ogcapi.features import Features
from sqlalchemy import text

from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.operations.upkeep.api_keys import MadeWith, Scope, make_key
from geoapp.operations.upkeep.users import save_user
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.api_client import PASSWORD, make_app
from tests.web.conftest import serve
from tests.web.shown import seed_shown

pytestmark = pytest.mark.slow

PYTHON = Path("/usr/bin/python3")
# More than QGIS asks for on one page.
MANY = 1200
LAYERS = ("stations", "bases", "homes", "regions", "gaps", "demand", "cover_areas", "network")

# What both scripts print: of each layer how many features there are and how many different ones, and what is found.
GDAL = """
import json, sys
from osgeo import gdal, ogr
gdal.UseExceptions()
root, key, wrong, tile = sys.argv[1:]
source = gdal.OpenEx("OAPIF:" + root, gdal.OF_VECTOR)
told = {"version": gdal.__version__, "layers": {}}
for number in range(source.GetLayerCount()):
    layer = source.GetLayer(number)
    whole = [feature.ExportToJson() for feature in layer]
    told["layers"][layer.GetName()] = [len(whole), len(set(whole))]
def found(name, where=None, box=None, sql=None):
    layer = source.GetLayerByName(name)
    layer.SetAttributeFilter(where)
    layer.SetSpatialFilterRect(*box) if box else layer.SetSpatialFilter(None)
    return sorted(feature["id"] for feature in layer)
told["filter"] = found("stations", "code > 'M-118' AND code < 'M-12' AND name_zh LIKE '站 118%'")
told["box"] = found("stations", box=(120.3475, 36.0695, 120.3525, 36.0705))
town, = [one for one in source.GetLayerByName("stations") if one["code"] == "T-1"]
told["town"] = [town["name_zh"], town.GetGeometryRef().GetX(), town.GetGeometryRef().GetY()]
def names(option, value):
    gdal.SetConfigOption(option, value)
    try:
        opened = gdal.OpenEx("OAPIF:" + root, gdal.OF_VECTOR)
        return [opened.GetLayer(at).GetName() for at in range(opened.GetLayerCount())]
    except RuntimeError as error:
        return str(error)
    finally:
        gdal.SetConfigOption(option, None)
told["bearer"] = names("GDAL_HTTP_HEADERS", "Authorization: Bearer " + key)
told["basic"] = names("GDAL_HTTP_USERPWD", "key:" + key)
told["wrong"] = names("GDAL_HTTP_USERPWD", wrong)
zoom, row, column = tile.split("/")
opened = gdal.OpenEx("MVT:/vsicurl/" + root + "collections/stations/tiles/WebMercatorQuad/" + tile + "?f=mvt",
    gdal.OF_VECTOR, open_options=["Z=" + zoom, "Y=" + row, "X=" + column])
told["tile"] = sorted([one["id"], one["count"]] for one in opened.GetLayer(0))
json.dump(told, sys.stdout)
"""

QGIS = """
import json, os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import (QgsApplication, QgsFeatureRequest, QgsMapRendererParallelJob, QgsMapSettings, QgsRectangle,
    QgsCoordinateReferenceSystem, QgsVectorLayer, QgsVectorTileLayer, Qgis, QgsNetworkAccessManager)
from qgis.PyQt.QtCore import QSize
root, key, names, tile = sys.argv[1:]
app = QgsApplication([], False)
app.initQgis()
QgsNetworkAccessManager.instance().setTimeout(120_000)
def opened(name, more=""):
    uri = f" pagingEnabled='true' restrictToRequestBBOX='1' typename='{name}' url='{root}' {more}"
    return QgsVectorLayer(uri, name, "OAPIF")
def ids(layer, request=None):
    return sorted(one["id"] for one in layer.getFeatures(request or QgsFeatureRequest()))
def all_of(name):
    whole = [(str(one.attributes()), one.geometry().asWkt(7)) for one in opened(name).getFeatures()]
    return [len(whole), len(set(whole))]
told = {"version": Qgis.QGIS_VERSION, "layers": {name: all_of(name) for name in names.split(",")}}
stations = opened("stations")
condition = "code > 'M-118' AND code < 'M-12' AND name_zh LIKE '站 118%'"
told["filter"] = ids(stations, QgsFeatureRequest().setFilterExpression(condition))
told["box"] = ids(stations, QgsFeatureRequest().setFilterRect(QgsRectangle(120.3475, 36.0695, 120.3525, 36.0705)))
stations.setSubsetString(condition)
told["subset"] = [stations.featureCount(), ids(stations)]
def town(layer):
    one, = [one for one in layer.getFeatures() if one["code"] == "T-1"]
    return [one["name_zh"], one.geometry().asPoint().x(), one.geometry().asPoint().y()]
told["town"] = town(opened("stations"))
told["4490"] = town(opened("stations", "srsname='EPSG:4490'"))
told["closed"] = opened("proposals").isValid()
secret = opened("proposals", f"username='key' password='{key}'")
told["open"] = [secret.isValid(), sum(1 for _ in secret.getFeatures())]
address = root + "collections/stations/tiles/WebMercatorQuad/%7Bz%7D/%7By%7D/%7Bx%7D"
tiles = QgsVectorTileLayer(f"type=xyz&url={address}&zmin=0&zmax=18", "tiles")
settings = QgsMapSettings()
settings.setLayers([tiles])
settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
settings.setOutputSize(QSize(256, 256))
zoom, row, column = map(int, tile.split("/"))
side, half = 2 * 20037508.342789244 / 2 ** zoom, 20037508.342789244
west, north = column * side - half, half - row * side
settings.setExtent(QgsRectangle(west, north - side, west + side, north))
job = QgsMapRendererParallelJob(settings)
job.start()
job.waitForFinished()
image = job.renderedImage()
ground = image.pixel(255, 0)
told["drawn"] = sum(image.pixel(x, y) != ground for x in range(256) for y in range(256))
json.dump(told, sys.stdout)
sys.stdout.flush()
# Whatever QGIS takes down in which order at its end.
os._exit(0)
"""


@pytest.fixture
def service(database: Database, settings: Settings) -> Iterator[tuple[str, str]]:
    """The address on a real port, and a planner's key; more stations than fit on one page of QGIS."""
    seed_shown(database, settings)
    with database.session() as session:
        session.execute(
            text(
                """
                insert into facility (code, kind_code, name_zh, geom, status, verified_on)
                select 'M-' || n, 'outdoor_station', '站 ' || n,
                    st_setsrid(st_makepoint(120.2 + n / 1e5, 36.2), 4326), 'open',
                    case when n <= 10 then date '2026-01-01' + n end
                from generate_series(1, :many) n
                """
            ),
            {"many": MANY},
        )
        # More cells than GDAL 3.6 asks for on one page, which is ten.
        session.execute(
            text(
                """
                insert into demand_point (set_id, geom, weight, region_code)
                select id, st_setsrid(st_makepoint(120.0 + n / 50.0, 36.5), 4326), 10, null
                from demand_set, generate_series(1, 40) n where code = 'town'
                """
            )
        )
    save_user(database, "planner", Role.PLANNER, PASSWORD)
    key = make_key(database, "planner", "gis", scope=Scope.READ, made_with=MadeWith.ONE_FACTOR)
    for url in serve(make_app(settings, database)):
        yield f"{url}/ogc/", key


def asked(script: str, module: str, *arguments: str) -> dict[str, Any]:
    """Run a script by the system's own interpreter; skip where it has not the module."""
    known = (
        PYTHON.exists()
        and not subprocess.run(
            [PYTHON, "-c", f"import {module}"], capture_output=True, check=False
        ).returncode
    )
    if not known:
        pytest.skip(f"{PYTHON} has no {module}: apt-get install python3-qgis qgis-providers")
    # In a process of its own, and waited for by a thread that lets the service answer.
    done = subprocess.run(
        [PYTHON, "-c", script, *arguments], capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def tile_of(lon: float, lat: float) -> str:
    """Return zoom, row and column of the tile of zoom 14 that holds a place."""
    column = int((lon + 180) / 360 * 2**14)
    row = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**14)
    return f"14/{row}/{column}"


def expected_layers(root: str) -> dict[str, list[int]]:
    """Return how many features a collection says that it has; each is another one."""
    service = Features(root)
    found = {}
    for name in LAYERS:
        matched = service.collection_items(name, limit=1)["numberMatched"]
        found[name] = [matched, matched]
    assert found["stations"][0] == MANY + 2 and found["demand"][0] > 40
    return found


FOUND = [f"M-{number}" for number in (1180, 1181, 1182, 1183, 1184, 1185, 1186, 1187, 1188, 1189)]


def test_gdal_reads_filters_and_is_let_in(service: tuple[str, str]) -> None:
    root, key = service
    # OWSLib, which asks for a time as well: those of a known day, and those of which none is known.
    dated = Features(root).collection_items("stations", datetime_="2026-01-05", limit=1)
    assert dated["numberMatched"] == MANY + 2 - 9
    told = asked(GDAL, "osgeo.ogr", root, key, "planner:wrong", tile_of(TOWN_LON, TOWN_LAT))
    assert {name: told["layers"][name] for name in LAYERS} == expected_layers(root)
    assert told["filter"] == FOUND
    assert told["box"] == ["T-1", "T-2"]
    assert told["town"] == ["示例·T-1", TOWN_LON, TOWN_LAT]
    assert "proposals" in told["bearer"] and told["bearer"] == told["basic"]
    assert "401" in told["wrong"]
    assert ["T-1", 1] in told["tile"]


def test_qgis_reads_filters_draws_tiles_and_is_let_in(service: tuple[str, str]) -> None:
    root, key = service
    tile = tile_of(TOWN_LON, TOWN_LAT)
    told = asked(QGIS, "qgis.core", root, key, ",".join(LAYERS), tile)
    assert told["layers"] == expected_layers(root)
    assert told["filter"] == FOUND
    assert told["subset"] == [len(FOUND), FOUND]
    assert told["box"] == ["T-1", "T-2"]
    # In the order of its axes, latitude first, and drawn where it lies all the same.
    for name in ("town", "4490"):
        assert told[name] == ["示例·T-1", pytest.approx(TOWN_LON), pytest.approx(TOWN_LAT)]
    assert told["closed"] is False
    assert told["open"][0] and told["open"][1] > 0
    assert told["drawn"] > 0
