"""Vector tiles of 200,000 stations: made anew and kept, beside the same tiles by PostGIS alone.

The other side is a loop over one connection that runs a statement of ``ST_AsMVT`` written by hand, with
equal columns and without access rules, versions or counts. Both make the same tiles of a square of
130 km by turns, zoom by zoom; below zoom 12 ours are gathered, which the loop cannot do, and so
stand alone. Ours are written from memory; how long it takes to read the layer is said first. The last
column is the rate at which a tile that is kept is answered by the application, without a network.

Usage: python benchmarks/bench_tiles.py [stations] [tiles of each zoom]
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench_nearest_http import SQUARE, fill
from pyproj import Transformer
from sqlalchemy import text

from geoapp.app import create_app
from geoapp.core.settings import Settings
from geoapp.core.tiles import HALF_M, Tile
from geoapp.maps.registry import registry
from geoapp.operations.layers.tiles import GATHERED_TO, LayerTiles
from geoapp.store.engine import open_database

ZOOMS = (4, 8, 10, 11, 12, 13, 14)
BY_HAND = text(
    """
    select st_asmvt(t.*, 'stations', 4096, 'geom') from (
        select st_asmvtgeom(st_transform(f.geom, 3857), st_tileenvelope(:z, :x, :y), 4096, 0) as geom,
            f.code as id, f.name_zh, f.name_en, k.name_zh as kind_zh, k.name_en as kind_en,
            f.opening_hours, f.entry, f.access, array_to_string(f.amenities, ';') as amenities,
            array_to_string(f.no_amenities, ';') as no_amenities, f.address,
            f.verified_on::text as verified_on, f.code, f.is_sample
        from facility f join kind k on k.code = f.kind_code
        where k.family = 'station' and f.status = 'open'
            and f.geom && st_transform(st_tileenvelope(:z, :x, :y), 4326)) t
    """
)


def tiles_of(zoom: int, count: int) -> list[Tile]:
    """Return tiles of the square, drawn by lot."""
    project = Transformer.from_crs(4326, 3857, always_xy=True)
    west, south = project.transform(*SQUARE[:2])
    east, north = project.transform(*SQUARE[2:])
    side = 2 * HALF_M / 2**zoom
    drawn = random.Random(zoom)
    found = []
    for _ in range(count):
        x, y = drawn.uniform(west, east), drawn.uniform(south, north)
        found.append(Tile(zoom, int((HALF_M - y) // side), int((x + HALF_M) // side)))
    return found


def rate(work: Callable[[Tile], object], tiles: list[Tile]) -> float:
    """Return how many tiles a second are done."""
    began = time.perf_counter()
    for tile in tiles:
        work(tile)
    return len(tiles) / (time.perf_counter() - began)


def main() -> None:
    """Print the rates."""
    given = [int(one) for one in sys.argv[1:]]
    stations, count = [*given, *(200_000, 60)[len(given) :]]
    layer = registry().layers["stations"]
    with tempfile.TemporaryDirectory(prefix="geoapp-bench-") as name:
        # A third of those that are filled in are stations.
        fill(Path(name), 3 * stations, SQUARE)
        settings = Settings(data=Path(name), database_url=None)
        database = open_database(settings)
        with database.session() as session:
            session.execute(text("analyze"))
        ours = LayerTiles(database, settings)
        client = create_app(settings, database).test_client()

        def by_hand(tile: Tile) -> None:
            with database.session() as session:
                asked = {"z": tile.zoom, "x": tile.column, "y": tile.row}
                session.execute(BY_HAND, asked).scalar_one()

        def kept(tile: Tile) -> None:
            place = f"{tile.zoom}/{tile.row}/{tile.column}"
            answer = client.get(f"/ogc/collections/stations/tiles/WebMercatorQuad/{place}")
            assert answer.status_code == 200, answer.status

        sets = {
            zoom: tiles_of(zoom, count if zoom > GATHERED_TO else min(count, 4)) for zoom in ZOOMS
        }
        began, spent = time.perf_counter(), time.process_time()
        ours.hold(layer)
        seconds, spent = time.perf_counter() - began, time.process_time() - spent
        print(f"{stations:,} stations, read in {seconds:.1f} s ({spent:.1f} s of this process)")
        print("tiles a second")
        for zoom, tiles in sets.items():
            ours.read(layer, tiles[0])
            made = rate(lambda tile: ours.read(layer, tile), tiles)
            told = f"z{zoom:<3} made {made:8.1f}"
            if zoom > GATHERED_TO:
                plain = rate(by_hand, tiles)
                told += f"   by hand {plain:8.1f}   ratio {made / plain:5.2f}"
            rate(kept, tiles)
            print(f"{told}   kept {rate(kept, tiles):8.0f}", flush=True)
        database.close()


if __name__ == "__main__":
    main()
