"""What pages may load for base maps of the operator, and the tiles of those in files."""

from pathlib import Path

from pmtiles.tile import TileType

from geoapp.core.settings import Settings
from geoapp.operations.base_maps.importing import import_base_maps
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.importers.test_base_maps import GOOD, write
from tests.operations.base_maps.test_importing import FILE, write_map
from tests.web.api_client import make_app


def test_pages_may_load_from_these_hosts_alone(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    initialise(database)
    client = make_app(settings, database).test_client()
    assert (
        "img-src 'self' data: blob:; connect-src 'self';"
        in client.get("/").headers["Content-Security-Policy"]
    )
    write_map(tmp_path / "town.pmtiles", TileType.PNG)
    write_map(tmp_path / "streets.pmtiles", TileType.MVT, vector_layers=[{"id": "streets"}])
    vector = FILE | {"code": '"vector"', "file": '"streets.pmtiles"'}
    import_base_maps(settings, write(tmp_path, GOOD, FILE | {"code": '"town"'}, vector))
    # A running service needs no restart.
    page = client.get("/")
    allowed = "img-src 'self' data: blob: https://t0.tianditu.gov.cn https://t7.tianditu.gov.cn; connect-src 'self';"
    assert allowed in page.headers["Content-Security-Policy"]
    assert "/tiles/base-maps/town/{z}/{x}/{y}" in page.text
    assert "/tiles/base-maps/vector.pmtiles" in page.text

    tile = client.get("/tiles/base-maps/town/3/6/3")
    assert (tile.data, tile.mimetype) == (b"a tile", "image/png")
    same = client.get(
        "/tiles/base-maps/town/3/6/3", headers={"If-None-Match": tile.headers["ETag"]}
    )
    assert same.status_code == 304
    with client.get("/tiles/base-maps/vector.pmtiles", headers={"Range": "bytes=0-6"}) as part:
        assert (part.status_code, part.data) == (206, b"PMTiles")
    for missing in ("town/3/0/0", "town.pmtiles", "sky/3/6/3", "vector/3/6/3", "none.pmtiles"):
        assert client.get(f"/tiles/base-maps/{missing}").status_code == 404
