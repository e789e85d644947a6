"""What a window of the base map holds, and what paper makes of it."""

import base64
import gzip
import math
from pathlib import Path

import shapely
from pypdf import PdfReader

from geoapp.core.settings import Settings
from geoapp.operations.streets.importing import import_streets
from geoapp.operations.streets.inside import tiles_inside
from geoapp.operations.streets.window import ground_reader
from geoapp.operations.upkeep.init import initialise
from geoapp.reports.drawing import Frame, draw_areas
from geoapp.reports.ground import Ground, Street, draw_ground, draw_names
from geoapp.reports.sheet import Sheet
from geoapp.store.engine import Database
from tests.osm_file import write_town_map
from tests.seed import TOWN_LAT, TOWN_LON

WEST, SOUTH = TOWN_LON - 0.01, TOWN_LAT - 0.01


def test_a_window_is_what_was_imported(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    assert ground_reader(settings) is None
    initialise(database)
    import_streets(database, settings, write_town_map(tmp_path / "town.osm.pbf"))
    read = ground_reader(settings)
    assert read is not None
    found = read((WEST, SOUTH, WEST + 0.02, SOUTH + 0.02))
    assert found
    named = {one.name: one for one in found.streets if one.name}
    assert set(named) == {"香港中路", "示例街"}
    assert (named["香港中路"].kind, named["示例街"].kind) == ("primary", "minor")
    # The corner of both, as it was written; a tile's grid of zoom 14 is finer than a metre.
    corner = shapely.Point(WEST + 0.01, SOUTH + 0.01)
    for street in named.values():
        assert shapely.distance(street.line, corner) < 1e-5
    assert not found.rail  # the subway runs below
    # A tile's edge cuts shapes; together they are what was written.
    for shapes, box in (
        (found.buildings, shapely.box(0.004, 0.012, 0.006, 0.014)),
        (found.green, shapely.box(0.012, 0.012, 0.016, 0.015)),
    ):
        whole = shapely.transform(box, lambda spots: spots + [WEST, SOUTH])
        assert shapely.hausdorff_distance(shapely.union_all(list(shapes)), whole) < 2e-5
    sea = shapely.union_all(list(found.water))
    assert sea.contains(shapely.Point(WEST + 0.01, SOUTH + 0.002))
    assert not sea.contains(corner)
    # Elsewhere there is nothing; all around, coarser tiles do.
    assert not read((10.0, 10.0, 10.01, 10.01))
    assert not read((170.0, 84.0, 200.0, 89.9))
    assert read((WEST - 3, SOUTH - 3, WEST + 3, SOUTH + 3)).streets
    _tiles_of_an_extent(settings)


def _tiles_of_an_extent(settings: Settings) -> None:
    town = (WEST + 0.005, SOUTH + 0.005, WEST + 0.015, SOUTH + 0.015)
    found = tiles_inside(settings, town)
    assert found is not None
    assert (found.deepest, found.whole) == (14, True)
    # Zoom 14 holds the tile of the town's middle, as the formula of the tiling has it.
    x = int((TOWN_LON + 180) / 360 * 2**14)
    y = int((1 - math.asinh(math.tan(math.radians(TOWN_LAT))) / math.pi) / 2 * 2**14)
    tile = gzip.decompress(base64.b64decode(found.tiles[f"14/{x}/{y}"]))
    assert "香港中路".encode() in tile
    # A zoom that does not fit is left out whole; what is far away has none; one point has some.
    size = sum(len(base64.b64decode(one)) for one in found.tiles.values())
    less = tiles_inside(settings, town, most_bytes=size - 1)
    assert less is not None
    assert (less.deepest, less.whole) == (13, False)
    assert set(less.tiles) == {name for name in found.tiles if not name.startswith("14/")}
    assert tiles_inside(settings, town, most_bytes=1) is None
    assert tiles_inside(settings, (10.0, 10.0, 10.1, 10.1)) is None
    assert tiles_inside(settings, (TOWN_LON, TOWN_LAT, TOWN_LON, TOWN_LAT)) is not None
    assert tiles_inside(settings, (-180.0, -90.0, 180.0, 90.0)) is not None


def test_an_island_is_no_sea(tmp_path: Path) -> None:
    """A hole is not painted over: what lay below it shows."""
    outer = shapely.box(0, 0, 0.01, 0.01)
    water = outer.difference(shapely.box(0.003, 0.003, 0.007, 0.007))
    frame = Frame.around(outer.bounds, 20, 20, 100, 100)
    (part,) = frame.rings(water)
    assert len(part) == 2
    for line in (None, (1, 2, 3)):
        pdf = Sheet("")
        pdf.add_page()
        draw_areas(pdf, frame, [outer], (200, 10, 10), None)
        draw_areas(pdf, frame, [water], (10, 10, 200), line)
        path = tmp_path / f"island-{line}.pdf"
        pdf.output(str(path))
        # Nonzero winding alone would fill the hole where both rings turn alike.
        content = PdfReader(path).pages[0].get_contents()
        assert content is not None
        operators = {op for _, op in content.operations}
        assert b"f*" in operators or b"B*" in operators


def test_names_lie_on_their_streets_and_not_on_each_other(tmp_path: Path) -> None:
    frame = Frame.around((0, 0, 0.01, 0.01), 20, 20, 100, 100)
    streets = [
        Street("primary", "北大街", shapely.LineString([(0.001, 0.005), (0.009, 0.005)])),
        Street("minor", "同一条线", shapely.LineString([(0.0045, 0.005), (0.0055, 0.005)])),
        Street("minor", "太短", shapely.LineString([(0.001, 0.001), (0.0011, 0.001)])),
        Street("minor", "别挡住", shapely.LineString([(0.002, 0.002), (0.0032, 0.002)])),
        Street("path", "小径", shapely.LineString([(0.001, 0.008), (0.009, 0.008)])),
        Street("minor", "", shapely.LineString([(0.001, 0.009), (0.009, 0.009)])),
        Street("minor", "南北路", shapely.LineString([(0.008, 0.009), (0.008, 0.006)])),
    ]
    pdf = Sheet("")
    pdf.add_page()
    draw_ground(pdf, frame, Ground(streets=streets))
    draw_names(pdf, frame, streets, [frame.at(0.0026, 0.002)])
    path = tmp_path / "names.pdf"
    pdf.output(str(path))
    said = PdfReader(path).pages[0].extract_text()
    # Each letter is written twice, its halo first.
    assert "北大街" in said
    assert "南北路" in said
    for hidden in ("同一条线", "太短", "别挡住", "小径"):
        assert hidden not in said
