"""Base maps of the operator: taken in whole or not at all, kept for their owner, served from their files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import write as write_pmtiles

from geoapp.core.errors import UnusableInputError
from geoapp.core.settings import Settings
from geoapp.operations.base_maps.files import fault_of, tile_of
from geoapp.operations.base_maps.importing import import_base_maps
from geoapp.operations.base_maps.keeper import damage_of, operator_maps, version_of_maps
from tests.importers.test_base_maps import GOOD, capabilities, write

Run = Callable[..., Any]
FILE = {name: GOOD[name] for name in ("code", "name_zh", "name_en", "attribution")} | {
    "kind": '"pmtiles"',
    "datum": '"gcj02"',
    "file": '"town.pmtiles"',
}


def write_map(path: Path, kind: TileType, **about: Any) -> Path:
    """A PMTiles file with one tile, at zoom 3."""
    with write_pmtiles(str(path)) as writer:
        writer.write_tile(zxy_to_tileid(3, 6, 3), b"a tile")
        header = {
            "tile_type": kind,
            "tile_compression": Compression.NONE,
            "min_zoom": 3,
            "max_zoom": 3,
            **dict.fromkeys(("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7"), 0),
            **dict.fromkeys(("center_zoom", "center_lon_e7", "center_lat_e7"), 0),
        }
        writer.finalize(header, about)
    return path


def test_maps_are_taken_in_whole_and_replaced(tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path / "data", basemap_url="https://{s}.tiles.example/{z}/{x}/{y}.png"
    )
    alone = version_of_maps(settings)
    town = write_map(tmp_path / "town.pmtiles", TileType.PNG)
    (tmp_path / "wmts.xml").write_bytes(capabilities())
    wmts = {
        name: value
        for name, value in GOOD.items()
        if name not in ("address", "matrix_set", "key_file")
    }
    wmts |= {"code": '"office"', "capabilities": '"wmts.xml"', "layer": '"city"'}
    file = write(tmp_path, GOOD, FILE | {"code": '"town"'}, wmts)
    assert len(import_base_maps(settings, file, dry_run=True)) == 3
    assert version_of_maps(settings) == alone
    import_base_maps(settings, file)
    first, sky, local, office = operator_maps(settings)
    assert first.sources() == [f"https://{one}.tiles.example" for one in "abc"]
    assert (sky.key, local.deepest_zoom, local.is_vector) == ("SECRET", 3, False)
    assert office.address.startswith("https://wmts.example/service?")
    assert (office.least_zoom, office.deepest_zoom) == (3, 17)
    assert (settings.data / "base-maps.json").stat().st_mode & 0o777 == 0o600
    assert version_of_maps(settings) != alone

    tile = tile_of(town, 3, 6, 3)
    assert tile is not None
    assert (tile.content, tile.mimetype) == (b"a tile", "image/png")
    assert [tile_of(town, *place) for place in ((3, 6, 4), (3, 9, 0), (4, 0, 0), (99, 0, 0))] == [
        None
    ] * 4
    assert fault_of(local) is None

    # Vectors of another's making have no style here; nothing that cannot be used changes what is there.
    write_map(town, TileType.MVT, vector_layers=[{"id": "roads"}])
    for name, text in (
        ("town.pmtiles", "not ours"),
        ("none.pmtiles", "cannot read"),
        ("maps.toml", "no PMTiles"),
    ):
        with pytest.raises(UnusableInputError, match=text):
            import_base_maps(settings, write(tmp_path, FILE | {"file": f'"{name}"'}))
    assert len(operator_maps(settings)) == 4
    assert fault_of(local) is not None
    assert tile_of(town, 3, 6, 3) is None
    write_map(town, TileType.MVT, vector_layers=[{"id": "streets"}])
    assert import_base_maps(settings, write(tmp_path, FILE))[0].is_vector

    # What is damaged counts as none, so that pages go on; the doctor says so.
    (settings.data / "base-maps.json").write_text("{", encoding="utf-8")
    assert operator_maps(settings) == (first,)
    assert "geoapp import base-maps" in str(damage_of(settings))
