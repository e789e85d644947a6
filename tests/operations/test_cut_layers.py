"""A map of more facilities than it draws: what is in view first, the rest thinned, and it says so."""

from pathlib import Path
from typing import Any

import osmium
import pytest
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.maps.registry import registry
from geoapp.operations.layers import map_page
from geoapp.operations.layers.paging import MOST_ROWS
from geoapp.operations.layers.rows import layer_reading
from geoapp.operations.network.importing import import_network
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database

CITY = (120.0, 36.0, 120.3, 36.3)
IN_CITY = 551


@pytest.fixture
def crowded(database: Database) -> Database:
    """50,000 far away, and a city whose codes come after theirs."""
    initialise(database)
    with database.session() as session:
        session.execute(
            text(
                """
                insert into facility (code, kind_code, name_zh, geom)
                select 'A-' || n, 'outdoor_station', 'A', st_setsrid(st_makepoint(
                    104 + (n % 250) * 0.01, 30 + (n / 250) * 0.01), 4326)
                from generate_series(1, :far) n
                union all
                select 'Z-' || n, 'outdoor_station', 'Z', st_setsrid(st_makepoint(
                    120.1 + (n % 25) * 0.001, 36.1 + (n / 25) * 0.001), 4326)
                from generate_series(1, :city) n
                """
            ),
            {"far": MOST_ROWS, "city": IN_CITY},
        )
    return database


def test_a_cut_is_by_view_and_even_never_by_code(crowded: Database, settings: Settings) -> None:
    layer = registry().get("stations", None)
    with layer_reading(crowded, settings, None) as reading:
        seen = reading.shown_rows(layer, first=CITY)
        even = reading.shown_rows(layer)
        again = reading.shown_rows(layer, limit=1000)
        boxed = reading.shown_rows(layer, bbox=CITY, limit=500)
        same = reading.shown_rows(layer, bbox=CITY, limit=500)
    for found in (seen, even):
        assert (found.matched, len(found.rows)) == (MOST_ROWS + IN_CITY, MOST_ROWS)
    assert of_the_city(seen.rows) == IN_CITY
    assert of_the_city(even.rows) > IN_CITY * 0.95
    # A fiftieth of everything is about eleven of the city, not none.
    assert 2 <= of_the_city(again.rows) <= 30
    assert (boxed.matched, len(boxed.rows), of_the_city(boxed.rows)) == (IN_CITY, 500, 500)
    assert [row["id"] for row in boxed.rows] == [row["id"] for row in same.rows]


def test_what_is_derived_is_cut_evenly_too(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    """Cells, areas and streets: of the west and of the east, never the lowest names alone."""
    scatter(database)
    import_two_streets(database, settings, tmp_path / "streets.osm.pbf")
    layers = {name: registry().get(name, None) for name in ("demand", "cover_areas", "network")}
    with layer_reading(database, settings, None) as reading:
        for name, layer in layers.items():
            every = reading.shown_rows(layer)
            half = len(every.rows) // 2
            even = reading.shown_rows(layer, limit=half)
            east = reading.shown_rows(layer, limit=half, first=EAST)
            assert every.matched == len(every.rows) == even.matched, name
            assert 0.3 < in_the_east(even.rows) / half < 0.7, name
            assert in_the_east(east.rows) == min(half, in_the_east(every.rows)), name


EAST = (120.4, 35.9, 121.0, 36.5)


def in_the_east(rows: list[dict[str, Any]]) -> int:
    return sum(row["geometry"].centroid.x > EAST[0] for row in rows)


def import_two_streets(database: Database, settings: Settings, path: Path) -> None:
    """A footway in the west, and one in the east; whoever is scattered stands beside neither."""
    with osmium.SimpleWriter(str(path)) as writer:
        for number in range(80):
            spot = (120.0 + number // 40 * 0.5, 36.3 + number % 40 * 0.001)
            writer.add_node(osmium.osm.mutable.Node(id=number + 1, location=spot))
        for way, nodes in ((1, list(range(1, 41))), (2, list(range(41, 81)))):
            writer.add_way(osmium.osm.mutable.Way(id=way, nodes=nodes, tags={"highway": "footway"}))
    import_network(database, settings, path)


def scatter(database: Database) -> None:
    initialise(database)
    with database.session() as session:
        session.execute(
            text(
                """
                insert into facility (code, kind_code, name_zh, geom)
                select to_char(n, '"F"000'), 'outdoor_station', 'F', st_setsrid(st_makepoint(
                    120 + (n / 40) * 0.5 + (n % 8) * 0.02, 36 + (n % 5) * 0.02), 4326)
                from generate_series(0, 79) n
                """
            )
        )
        session.execute(
            text(
                """
                with made as (
                    insert into demand_set (code, name_zh) values ('d', 'd') returning id
                )
                insert into demand_point (set_id, weight, geom)
                select made.id, 1, st_setsrid(st_makepoint(
                    120 + (n / 40) * 0.5 + (n % 8) * 0.02, 36 + (n % 5) * 0.02), 4326)
                from made, generate_series(0, 79) n
                """
            )
        )


def of_the_city(rows: list[dict[str, object]]) -> int:
    return sum(row["name_zh"] == "Z" for row in rows)


def test_a_cut_map_says_how_many_of_how_many(
    crowded: Database, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "map.html"
    wanted = map_page.MapRequest([registry().get("stations", None)])
    map_page.save_map(crowded, settings, wanted, path)
    assert "显示 50,000 / 共 50,551 个，均匀抽取，其余未画出" in path.read_text(encoding="utf-8")
