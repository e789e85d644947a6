"""Tiles written from memory beside the same tiles made by PostGIS."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
from pyproj import Transformer
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.core.tiles import HALF_M, Tile
from geoapp.maps.registry import registry
from geoapp.operations.layers import held_tiles
from geoapp.operations.layers.held_tiles import HeldLayers
from geoapp.operations.layers.tiles import LayerTiles
from geoapp.operations.upkeep.backup import backup, restore
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON

STATIONS, BASES = registry().layers["stations"], registry().layers["bases"]
TO_METRES = Transformer.from_crs(4326, 3857, always_xy=True)
FILL = text(
    """
    insert into facility (code, kind_code, name_zh, name_en, geom, status, opening_hours, amenities,
        address, verified_on, is_sample)
    select 'H-' || n, (array['outdoor_station', 'service_base'])[1 + n % 2], '站 ' || n,
        nullif('Station ' || n % 5, 'Station 0'),
        st_setsrid(st_makepoint(lon, lat), 4326), 'open',
        nullif((array['24/7', '08:00-18:00', ''])[1 + n % 3], ''),
        (array['{}', '{toilet}', '{toilet,seating}']::text[])[1 + n % 3]::text[],
        nullif('地址 ' || n % 7, '地址 0'), date '2026-01-01' + (n % 9)::int, n % 4 > 0
    from unnest(cast(:lon as float8[]), cast(:lat as float8[])) with ordinality as t (lon, lat, n)
    """
)


@pytest.fixture(autouse=True)
def _looked_at_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit is in the next tile, and not only in one that is asked for a quarter of a second later."""
    monkeypatch.setattr("geoapp.operations.versions.LOOK_SECONDS", 0.0)


@pytest.fixture
def town(shown_town_template: str, database: Database) -> Database:
    """The small town, thousands of stations and bases around it, and one base that is a large area."""
    random = np.random.default_rng(9)
    spread = random.normal(0, 0.03, (2, 5000))
    with database.session() as session:
        session.execute(
            FILL,
            {
                "lon": (TOWN_LON + spread[0]).tolist(),
                "lat": (TOWN_LAT + spread[1]).tolist(),
            },
        )
        session.execute(
            text(
                "update facility set geom = st_buffer(geom::geography, 900)::geometry "
                "where code = 'H-1'"
            )
        )
        session.execute(text("analyze"))
    return database


def tiles_around(zoom: int) -> Iterator[Tile]:
    x, y = TO_METRES.transform(TOWN_LON, TOWN_LAT)
    side = 2 * HALF_M / 2**zoom
    column, row = int((x + HALF_M) // side), int((HALF_M - y) // side)
    for aside in range(-1, 2) if zoom else (0,):
        yield Tile(zoom, row, column + aside)


def told(body: bytes, folder: Path) -> list[tuple[Any, ...]]:
    """Return what a tile says, in order: each feature's values, and where it is in the tile's steps."""
    if not body:
        return []
    path = folder / "tile.pbf"
    path.write_bytes(body)
    frame = pyogrio.read_dataframe(path)
    values = frame.drop(columns="geometry").astype(object).where(frame.notna(), None)
    names = sorted(set(values) - {"mvt_id"})
    found = [
        (
            tuple(
                (name, value) for name, value in zip(names, row, strict=True) if value is not None
            ),
            shape.wkt,
        )
        for row, shape in zip(values[names].itertuples(index=False), frame.geometry, strict=True)
    ]
    return sorted(found, key=repr)


def test_tiles_from_memory_are_those_of_postgis(
    town: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, held = LayerTiles(town, settings), LayerTiles(town, settings)
    for layer in (STATIONS, BASES):
        held.hold(layer)
    by_postgis: list[tuple[str, int]] = []
    make = LayerTiles._made

    def counted(self: LayerTiles, layer: Any, tile: Tile, *more: Any) -> bytes:
        if self is held:
            by_postgis.append((layer.id, tile.zoom))
        return make(self, layer, tile, *more)

    monkeypatch.setattr(LayerTiles, "_made", counted)
    fields = (None, frozenset[str](), frozenset({"kind_zh", "opening_hours"}))
    for layer in (STATIONS, BASES):
        for zoom in (0, 6, 10, 11, 12, 13, 15):
            for tile in tiles_around(zoom):
                some = fields[(zoom + tile.column) % 3]
                expected = told(made.read(layer, tile, fields=some), tmp_path)
                assert told(held.read(layer, tile, fields=some), tmp_path) == expected, tile
    # Only where a base is drawn as the area that it is.
    assert {layer for layer, _ in by_postgis} == {"bases"}
    # Where it is smaller than a cell it is gathered like points.
    assert not {zoom for _, zoom in by_postgis} & {0, 6}


def test_an_edit_is_in_the_next_tile(town: Database, settings: Settings) -> None:
    tiles = LayerTiles(town, settings)
    tiles.hold(STATIONS)
    [tile] = [one for one in tiles_around(15)][1:2]
    assert "示例·T-1".encode() in tiles.read(STATIONS, tile)
    with town.session() as session:
        session.execute(text("update facility set name_zh = '新名字' where code = 'T-1'"))
    assert "新名字".encode() in tiles.read(STATIONS, tile)
    tiles.hold(STATIONS)
    body = tiles.read(STATIONS, tile)
    assert "新名字".encode() in body
    assert "示例·T-1".encode() not in body


def test_what_is_in_memory_is_not_taken_for_a_store_that_was_brought_back(
    town: Database, settings: Settings, tmp_path: Path
) -> None:
    """No version of the layer comes again in the life of a process, so tiles need no name of the store's."""
    tiles = LayerTiles(town, settings)
    [tile] = [one for one in tiles_around(15)][1:2]
    backup(town, settings, tmp_path / "before")
    rename = text("update facility set name_zh = '新名字' || :n where code = 'T-1'")
    held = set()
    for number in range(3):
        with town.session() as session:
            session.execute(rename, {"n": number})
        tiles.hold(STATIONS)
        held.add(tiles.version(STATIONS, ()))
        assert f"新名字{number}".encode() in tiles.read(STATIONS, tile)
    restore(town, settings, tmp_path / "before", force=True)
    for number in range(4):  # as many edits as were lost, and one more
        assert tiles.version(STATIONS, ()) not in held
        body = tiles.read(STATIONS, tile)
        assert "新名字".encode() not in body
        assert (f"别名{number - 1}" if number else "示例·T-1").encode() in body
        with town.session() as session:
            session.execute(
                text("update facility set name_zh = '别名' || :n where code = 'T-1'"),
                {"n": number},
            )


def test_a_layer_that_is_too_large_is_left_to_postgis(
    town: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Tile] = []
    make = LayerTiles._made

    def counted(self: LayerTiles, layer: Any, tile: Tile, *more: Any) -> bytes:
        made.append(tile)
        return make(self, layer, tile, *more)

    monkeypatch.setattr(LayerTiles, "_made", counted)
    for most, by_postgis in ((10_000_000, 0), (100_000, 1)):
        monkeypatch.setattr(held_tiles, "MOST_HELD_BYTES", most)
        tiles = LayerTiles(town, settings)
        tiles.hold(STATIONS)
        del made[:]
        assert tiles.read(STATIONS, Tile(0, 0, 0))
        assert len(made) == by_postgis


def test_a_layer_is_read_when_postgis_has_worked_as_long_for_it() -> None:
    layers = HeldLayers()
    assert [layers.note("stations", "1", 0.2) for _ in range(4)] == [False, False, True, False]
    # What was done for a state that has gone counts no more, nor for another layer.
    assert not layers.note("stations", "2", 0.2)
    assert not layers.note("bases", "2", 0.2)
    assert layers.note("stations", "2", 0.4)
    assert layers.get("stations", "2") is None
