"""OGC API Tiles: every feature counts once at each zoom, where it is; kept while it is true."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from pyproj import Transformer
from sqlalchemy import text

from geoapp.core.filters import ValueKind
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.tiles import EXTENT, HALF_M, Tile, tile_at
from geoapp.maps.registry import registry
from geoapp.operations.layers import held_tiles
from geoapp.operations.layers import tiles as layer_tiles
from geoapp.operations.layers.rows import read_layer, read_moment
from geoapp.operations.layers.tiles import GATHERED_TO, LayerTiles
from geoapp.store.engine import Database
from geoapp.store.given_rows import given_query, given_values
from geoapp.store.layer_tiles import (
    CELLS,
    MOST_FEATURES,
    ClassBy,
    Gathering,
    TilePlan,
    TileStatement,
)
from geoapp.web.edge import heavy
from geoapp.web.edge.heavy import KeptAnswers
from geoapp.web.front.environ import LANE, WORK_LANE
from tests.seed import TOWN_LAT, TOWN_LON
from tests.web.api_client import client_of, make_app, problem_of
from tests.web.shown import seed_shown

SETS = "/ogc/collections/{}/tiles"
SET = f"{SETS}/WebMercatorQuad"
MVT = "application/vnd.mapbox-vector-tile"
TO_METRES = Transformer.from_crs(4326, 3857, always_xy=True)
STATIONS = registry().layers["stations"]


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


@pytest.fixture(autouse=True)
def _looked_at_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit is in the next tile, and not only in one that is asked for a quarter of a second later."""
    monkeypatch.setattr("geoapp.operations.versions.LOOK_SECONDS", 0.0)


@pytest.fixture
def app(town: Database, settings: Settings) -> Flask:
    return make_app(settings, town)


@pytest.fixture
def client(app: Flask, town: Database) -> FlaskClient:
    return client_of(app, town)


def place(zoom: int, x: float, y: float) -> Tile:
    side = 2 * HALF_M / 2**zoom
    return Tile(zoom, int((HALF_M - y) // side), int((x + HALF_M) // side))


def around(zoom: int, bounds: Any) -> Iterator[Tile]:
    """Every tile that a box in metres reaches into, and those beside them."""
    west, south, east, north = bounds
    first, last = place(zoom, west, north), place(zoom, east, south)
    for row in range(first.row - 1, last.row + 2):
        for column in range(first.column - 1, last.column + 2):
            tile = tile_at(zoom, row, column)
            if tile is not None:
                yield tile


def decoded(body: bytes, tile: Tile, folder: Path) -> gpd.GeoDataFrame | None:
    """What GDAL reads in a tile; None in an empty one."""
    if not body:
        return None
    path = folder / "tile.pbf"
    path.write_bytes(body)
    return pyogrio.read_dataframe(path, X=tile.column, Y=tile.row, Z=tile.zoom)


def path_of(tile: Tile, layer: str = "stations") -> str:
    return f"{SET.format(layer)}/{tile.zoom}/{tile.row}/{tile.column}"


TOWN = TO_METRES.transform(TOWN_LON, TOWN_LAT)


def add_stations(database: Database, lon: Any, lat: Any) -> None:
    with database.session() as session:
        session.execute(
            text(
                """
                insert into facility (code, kind_code, name_zh, name_en, geom, status)
                select 'M-' || n, 'outdoor_station', '站 ' || n, 'Station ' || n,
                    st_setsrid(st_makepoint(lon, lat), 4326), 'open'
                from unnest(cast(:lon as float8[]), cast(:lat as float8[]))
                    with ordinality as t (lon, lat, n)
                """
            ),
            {"lon": list(map(float, lon)), "lat": list(map(float, lat))},
        )


def test_every_feature_counts_once_at_each_zoom_and_lies_where_it_is(
    database: Database, settings: Settings, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    seed_shown(database, settings)
    with database.session() as session:
        # Somewhere in its district, where exactly nobody knows.
        session.execute(
            text(
                "insert into facility (code, kind_code, name_zh, status, position_basis, "
                "region_code, region_match) values ('T-9', 'service_base', '某基地', 'open', "
                "'region_only', '370203', 'stated')"
            )
        )
    # Corners of tiles of zoom 12 and so of all that are larger, where four of them meet.
    corner = place(12, *TOWN)
    side = corner.size_m
    x = np.array([corner.column, corner.column + 1, corner.column + 1]) * side - HALF_M
    y = HALF_M - np.array([corner.row, corner.row, corner.row + 1]) * side
    lon, lat = TO_METRES.transform(x, y, direction="INVERSE")
    add_stations(database, lon, lat)
    tiles = LayerTiles(database, settings)
    context = read_moment(database, settings, None).context
    assert {one.id for one in registry()} >= {"stations", "bases", "homes", "regions", "gaps"}
    for layer in registry():
        rows = read_layer(database, layer, context).rows
        shapes = gpd.GeoSeries([row["geometry"] for row in rows], crs=4326).to_crs(3857)
        for zoom in (0, GATHERED_TO, 14):
            with subtests.test(layer=layer.id, zoom=zoom):
                counted, met = 0, set()
                for tile in around(zoom, shapes.total_bounds):
                    frame = decoded(tiles.read(layer, tile), tile, tmp_path)
                    if frame is None:
                        continue
                    counted += int(frame["count"].sum())
                    if "id" in frame:
                        met |= set(frame["id"].dropna())
                assert counted == len(rows) > 0
                if zoom == 14:
                    assert met == {str(row["id"]) for row in rows}
    for name in ("stations", "bases", "proposals", "regions"):
        layer = registry().layers[name]
        for row in read_layer(database, layer, context).rows:
            if str(row["id"]).startswith("M-"):  # in either of the tiles that meet there
                continue
            [shape] = gpd.GeoSeries([row["geometry"]], crs=4326).to_crs(3857)
            spot = shape.representative_point()
            for zoom in (12, 17):
                tile = place(zoom, spot.x, spot.y)
                frame = decoded(tiles.read(layer, tile), tile, tmp_path)
                assert frame is not None
                [drawn] = frame.loc[frame["id"] == str(row["id"]), "geometry"]
                step = tile.size_m / EXTENT
                west, north = tile.column * tile.size_m - HALF_M, HALF_M - tile.row * tile.size_m
                inside = shapely.box(west, north - tile.size_m, west + tile.size_m, north)
                seen = shapely.intersection(shape, inside)
                # Rounded to a step, after leaving out what is smaller than one.
                assert shapely.hausdorff_distance(drawn & inside, seen) < 2.5 * step, (name, zoom)


def reached(zoom: int, shapes: gpd.GeoSeries) -> set[Tile]:
    """Every tile that the box of a shape in metres reaches into."""
    found: set[Tile] = set()
    for west, south, east, north in shapes.bounds.to_numpy():
        # With a millimetre: what lies where tiles meet lies in either.
        first, last = (
            place(zoom, west - 1e-3, north + 1e-3),
            place(zoom, east + 1e-3, south - 1e-3),
        )
        columns = range(first.column, last.column + 1)
        found |= {Tile(zoom, row, one) for row in range(first.row, last.row + 1) for one in columns}
    return {one for one in found if tile_at(zoom, one.row, one.column) is not None}


@pytest.mark.parametrize(
    ("seed", "zooms", "most"),
    [
        (1, (0, 7, 11, 12, 16), MOST_FEATURES),
        pytest.param(2, range(17), MOST_FEATURES, marks=pytest.mark.slow),
        pytest.param(4, range(17), 5, marks=pytest.mark.slow),
        pytest.param(5, range(17), 9, marks=pytest.mark.slow),
    ],
)
def test_counts_of_all_tiles_add_up_at_every_zoom_in_any_town(
    database: Database,
    settings: Settings,
    tmp_path: Path,
    seed: int,
    zooms: Sequence[int],
    most: int,
    monkeypatch: pytest.MonkeyPatch,
    subtests: pytest.Subtests,
) -> None:
    """What is drawn in several tiles, such as the district of a base of no known place, counts in one: as many features
    as one likes, and the sum of ``count`` is ``numberMatched``, also where a tile has about as many as it may."""
    monkeypatch.setattr(layer_tiles, "MOST_FEATURES", most)
    seed_shown(database, settings)
    random = np.random.default_rng(seed)
    # Crowded and thin, and some exactly where tiles meet.
    spread = np.repeat([0.0005, 0.01, 0.2], 12)[:, None] * random.normal(size=(36, 2))
    lon, lat = TOWN_LON + spread[:, 0], TOWN_LAT + spread[:, 1]
    edges = random.integers(8, 17, 12)
    side = 2 * HALF_M / 2.0**edges
    x, y = TO_METRES.transform(lon[:12], lat[:12])
    lon[:12], lat[:12] = TO_METRES.transform(
        np.round(np.array(x) / side) * side,
        np.round(np.array(y) / side) * side,
        direction="INVERSE",
    )
    add_stations(database, lon, lat)
    with database.session() as session:
        for number in range(2):
            session.execute(
                text(
                    "insert into facility (code, kind_code, name_zh, status, position_basis, region_code, "
                    "region_match) values (:code, 'service_base', '某基地', 'open', 'region_only', '370203', 'stated')"
                ),
                {"code": f"B-{number}"},
            )
    tiles = LayerTiles(database, settings)
    context = read_moment(database, settings, None).context
    for layer in registry():
        rows = read_layer(database, layer, context).rows
        shapes = gpd.GeoSeries([row["geometry"] for row in rows], crs=4326).to_crs(3857)
        for zoom in zooms:
            with subtests.test(layer=layer.id, zoom=zoom):
                counted, proper = 0, []
                for tile in reached(zoom, shapes):
                    frame = decoded(tiles.read(layer, tile), tile, tmp_path)
                    if frame is not None:
                        counted += int(frame["count"].sum())
                        if "id" in frame:
                            proper += list(frame.loc[frame["count"] > 0, "id"].dropna())
                assert counted == len(rows)
                # Whoever is named and counts is in one tile.
                assert len(proper) == len(set(proper))


@pytest.mark.parametrize("most", [30, 60, 79, 80, 200])
def test_small_areas_where_tiles_meet_count_though_a_tile_is_nearly_full(
    database: Database, tmp_path: Path, most: int
) -> None:
    """A neighbour's areas that are too small to be drawn take no room from those that count."""
    corner = place(8, *TOWN)
    x, y = corner.column * corner.size_m - HALF_M, HALF_M - corner.row * corner.size_m
    # In the corner of four tiles 160 areas of 40 m: less than a pixel at this zoom.
    columns, rows = np.meshgrid(np.arange(-8, 8) + 0.5, np.arange(-5, 5) + 0.5)
    squares = [
        shapely.box(x + 60 * c - 20, y + 60 * r - 20, x + 60 * c + 20, y + 60 * r + 20)
        for c, r in zip(columns.ravel(), rows.ravel(), strict=True)
    ]
    shapes = gpd.GeoSeries(squares, crs=3857).to_crs(4326)
    kinds = {"id": ValueKind.TEXT}
    told = [{"id": str(n), "geometry": one} for n, one in enumerate(shapes)]
    given = given_values(kinds, told)
    plan = TilePlan("areas", given_query(kinds), (None, None), (), None, ClassBy(), most)
    counted = 0
    with database.session() as session:
        for row in (corner.row - 1, corner.row):
            for column in (corner.column - 1, corner.column):
                tile = Tile(8, row, column)
                made = TileStatement(session, plan, Gathering.NOTHING).make(session, tile, given)
                if made.features > most:
                    made = TileStatement(session, plan, Gathering.SMALL).make(session, tile, given)
                frame = decoded(made.body, tile, tmp_path)
                assert frame is not None
                counted += int(frame["count"].sum())
    assert counted == len(squares)


def test_many_are_gathered_with_how_many_they_are(
    town: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(12)
    tile = place(13, *TOWN)
    count = MOST_FEATURES
    x = (tile.column + 0.25 + random.uniform(0, 0.5, count)) * tile.size_m - HALF_M
    y = HALF_M - (tile.row + 0.25 + random.uniform(0, 0.5, count)) * tile.size_m
    add_stations(town, *TO_METRES.transform(x, y, direction="INVERSE"))
    tiles = LayerTiles(town, settings)

    def read() -> gpd.GeoDataFrame:
        frame = decoded(tiles.read(STATIONS, tile), tile, tmp_path)
        assert frame is not None
        return frame

    # The town's own are there too.
    frame = read()
    assert count < frame["count"].sum() == count + 2
    assert len(frame) <= CELLS**2 // 4 + 2
    alone = frame[frame["count"] == 1]
    assert len(alone) > 0
    assert alone["name_zh"].notna().all()
    assert frame.loc[frame["count"] > 1, "id"].isna().all()
    # Each cell's mark is in the middle of what it stands for.
    mean = np.average(frame.geometry.x, weights=frame["count"])
    assert mean == pytest.approx(np.append(x, [TOWN[0]] * 2).mean(), abs=tile.size_m / EXTENT)
    with town.session() as session:
        session.execute(text("update facility set status = 'closed' where code in ('T-1', 'T-2')"))
    whole = read()
    assert (len(whole), set(whole["count"])) == (count, {1})
    assert "kind_zh" in whole
    # What has few features, and too many bytes for one tile, is gathered as well.
    monkeypatch.setattr(layer_tiles, "MOST_BYTES", 30_000)
    assert (len(read()) < 500, read()["count"].sum()) == (True, count)


def test_tiles_are_kept_and_edits_seen_at_once(
    app: Flask, client: FlaskClient, town: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = path_of(place(14, *TOWN))
    first = client.get(path)
    assert (first.status_code, first.mimetype) == (200, MVT)
    assert "示例·T-1".encode() in first.data
    assert b"Sample T-1" in first.data
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    with monkeypatch.context() as patched:
        patched.setattr(heavy, "take_turn", lambda _lane: pytest.fail("made anew"))
        assert client.get(path).data == first.data
        have = {"If-None-Match": first.headers["ETag"]}
        # Also after a restart, and after edits of what the layer does not show.
        app.extensions["kept_answers"] = KeptAnswers()
        with town.session() as session:
            session.execute(text("update demand_set set name_zh = '新'"))
        again = client.get(path, headers=have)
        assert (again.status_code, again.data) == (304, b"")
    with town.session() as session:
        session.execute(text("update facility set name_zh = '新名字' where code = 'T-1'"))
    after = client.get(path, headers=have)
    assert after.status_code == 200
    assert "新名字".encode() in after.data
    small = client.get(path_of(place(3, *TOWN)), headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in small.headers
    add_stations(town, [TOWN_LON + n / 1e5 for n in range(30)], [TOWN_LAT] * 30)
    with_many = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert with_many.headers["Content-Encoding"] == "gzip"


def test_what_is_written_from_memory_waits_for_no_turn(
    app: Flask, client: FlaskClient, town: Database
) -> None:
    """The front is asked for another lane where PostGIS must work, and where there is much to write."""
    path = path_of(place(14, *TOWN))
    among_quick = {LANE: WORK_LANE}

    def moved() -> bool:
        app.extensions["kept_answers"] = KeptAnswers()
        response = client.get(path, environ_overrides=among_quick)
        assert response.status_code in (200, 503)
        return response.status_code == 503

    assert moved()
    made = client.get(path)
    tiles: LayerTiles = app.extensions["layer_tiles"]
    tiles.hold(STATIONS)
    assert not moved()
    app.extensions["kept_answers"] = KeptAnswers()
    assert client.get(path, environ_overrides=among_quick).headers["ETag"] == made.headers["ETag"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(held_tiles, "MOST_AT_ONCE", 1)
        assert moved()
    # An edit makes what is held worthless.
    with town.session() as session:
        session.execute(text("update facility set name_zh = '新名字' where code = 'T-1'"))
    assert moved()


def test_a_tile_with_nothing_is_empty_and_none_beyond_the_world(client: FlaskClient) -> None:
    empty = client.get(f"{SET.format('stations')}/3/0/0")
    assert (empty.status_code, empty.data, empty.mimetype) == (200, b"", MVT)
    assert "ETag" in empty.headers
    wrong = ("3/8/0", "3/0/8", "19/0/0", "-1/0/0", "3/0/1.0", "3/0/٣", "a/b/c", f"3/0/{'9' * 5000}")
    for one in wrong:
        problem_of(client.get(f"{SET.format('stations')}/{one}"), 404)
    refused = (("f", "png"), ("datum", "gcj02"), ("bbox", "1,2,3,4"), ("properties", "x"))
    for parameter, value in refused:
        problem_of(
            client.get(f"{SET.format('stations')}/3/0/0?{parameter}={value}"), 400, parameter
        )


def test_tiles_are_for_those_who_may_see_the_layer(
    app: Flask, client: FlaskClient, town: Database
) -> None:
    tile = path_of(place(14, *TOWN), "proposals")
    paths = [tile, SET.format("proposals"), SETS.format("proposals")]
    items = client.get("/ogc/collections/proposals/items")
    for path in paths:
        refused = client.get(path)
        assert problem_of(refused, 401) == items.get_json(force=True)
    planner = client_of(app, town, Role.PLANNER)
    assert [planner.get(path).status_code for path in paths] == [200, 200, 200]
    assert planner.get(tile).headers["Cache-Control"] == "private, no-cache"


def test_what_is_said_of_tiles(client: FlaskClient) -> None:
    """Each requirement of OGC API Tiles (20-057) that conformance claims."""

    def read(path: str) -> Any:
        answer = client.get(path)
        assert answer.status_code == 200, path
        return answer.get_json(force=True)

    def to(body: Any, rel: str) -> str:
        [found] = [one["href"] for one in body["links"] if one["rel"].endswith(rel)]
        return str(found)

    conforms = read("/ogc/conformance")["conformsTo"]
    classes = {one.rsplit("/", 1)[1] for one in conforms if "ogcapi-tiles-1/1.0/conf" in one}
    assert classes == {"core", "tileset", "tilesets-list", "geodata-tilesets", "mvt", "oas30"}
    schemes = read(to(read("/ogc/"), "/tiling-schemes"))
    [scheme] = schemes["tileMatrixSets"]
    matrices = read(to(scheme, "self"))["tileMatrices"]
    # OGC 17-083r4, annex D.1.
    assert matrices[0]["scaleDenominator"] == pytest.approx(559082264.028717, abs=1e-5)
    assert matrices[18]["cellSize"] == pytest.approx(0.597164283559817, abs=1e-9)
    assert [one["matrixWidth"] for one in matrices[:3]] == [1, 2, 4]
    operations = {
        one["get"]["operationId"] for one in read("/ogc/api")["paths"].values() if "get" in one
    }
    for name in ("getTileSetsList", "getTileSet", "getTile"):
        assert f".collection.vector.{name}" in operations
    for layer in registry():
        if not layer.published:
            continue
        collection = read(f"/ogc/collections/{layer.id}")
        empty = layer.id in ("gaps", "without_position", "network")
        assert empty == ("extent" not in collection)
        [listed] = read(to(collection, "/tilesets-vector"))["tilesets"]
        assert (listed["dataType"], listed["crs"].rsplit("/", 1)[1]) == ("vector", "3857")
        assert to(listed, "/tiling-scheme") == to(scheme, "self")
        described = read(to(listed, "self"))
        if empty:
            assert "boundingBox" not in described
            continue
        assert described["tileMatrixSetURI"] == scheme["uri"]
        [item] = [one for one in described["links"] if one["rel"] == "item"]
        assert (item["templated"], item["type"]) == (True, MVT)
        limits = {one["tileMatrix"]: one for one in described["tileMatrixSetLimits"]}
        box = described["boundingBox"]
        tile = place(12, *box["lowerLeft"])
        assert limits["12"]["minTileRow"] <= tile.row <= limits["12"]["maxTileRow"]
        names = {"tileMatrix": tile.zoom, "tileRow": tile.row, "tileCol": tile.column}
        assert client.get(item["href"].format(**names)).status_code == 200
        tilejson = read(to(described, "alternate"))
        short = {"z": tile.zoom, "y": tile.row, "x": tile.column}
        assert tilejson["tiles"][0].format(**short) == item["href"].format(**names)
        west, south, east, north = tilejson["bounds"]
        assert TO_METRES.transform(west, south) == pytest.approx(box["lowerLeft"], abs=0.05)
        [fields] = [one["fields"] for one in tilejson["vector_layers"] if one["id"] == layer.id]
        schema = described["layers"][0]["propertiesSchema"]["properties"]
        assert set(fields) == set(schema) >= {"id", "name_zh", "name_en", "look", "count"}
        assert west <= tilejson["center"][0] <= east
        assert south <= tilejson["center"][1] <= north
        assert not math.isnan(tilejson["center"][2])
