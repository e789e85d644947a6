"""The area that a phone keeps holds the true one, and little more."""

from collections.abc import Sequence

import shapely
from sqlalchemy import text

from geoapp.core.china import china_outline
from geoapp.operations.nearest.grounds import Ground, Rings, china_ground
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database


def _area(rings: Rings) -> shapely.Geometry:
    """Return the area of rings by even and odd, as the phone reads them."""
    whole: shapely.Geometry = shapely.Polygon()
    for ring in rings:
        whole = whole.symmetric_difference(shapely.Polygon(ring))
    return whole


def _add(database: Database, outlines: Sequence[str]) -> None:
    with database.session() as session:
        for number, outline in enumerate(outlines):
            session.execute(
                text(
                    "insert into region (code, level, name_zh, geom) values "
                    "(:code, 'city', '市', st_multi(st_geomfromtext(:outline, 4326)))"
                ),
                {"code": f"37{number:02}00", "outline": outline},
            )


def test_what_lies_outside_surely_does(database: Database) -> None:
    initialise(database)
    with database.snapshot() as session:
        assert Ground.read(session) == Ground()
    # A coast with bays, an island smaller than what is simplified away, a lake that is outside.
    coast = shapely.Point(120, 36).buffer(1).difference(shapely.Point(120, 36).buffer(0.3))
    bays = coast.difference(
        shapely.union_all(shapely.points([(121, 36), (120.7, 36.7)])).buffer(0.01)
    )
    island = shapely.box(121.5, 36, 121.5005, 36.0005)
    _add(database, [bays.wkt, island.wkt])
    with database.snapshot() as session:
        ground = Ground.read(session)
    rings, _ = ground.rings()
    assert rings is not None
    area = _area(rings)
    assert area.covers(bays)
    assert area.covers(island)
    assert area.within(shapely.union_all([bays, island]).buffer(0.02))
    assert not area.contains(shapely.Point(120, 36))
    assert sum(map(len, rings)) < 500


def test_the_sea_lies_off_shore_and_in_no_region(database: Database) -> None:
    """Qingdao's bay; a district that was won from the sea is none."""
    initialise(database)
    won = shapely.box(120.38, 36.0, 120.39, 36.02)
    shore, inland = shapely.box(120.33, 36.0375, 120.42, 36.09), shapely.box(117.5, 36.5, 119, 37)
    _add(database, [shore.wkt, inland.wkt, won.wkt])
    with database.snapshot() as session:
        ground = Ground.read(session)
    # As near to the district as the area of so large a service is kept too wide.
    assert shapely.intersects_xy(ground.area, 120.36, 36.03)
    assert ground.is_outside(120.36, 36.03)
    assert ground.is_at_sea(120.36, 36.03)
    assert ground.is_at_sea(120.36, 36.03, off_m=250.0)
    assert not ground.is_at_sea(120.36, 36.03, off_m=350.0)
    assert not ground.is_at_sea(120.32, 36.05)  # 130 m off shore, as on a pier
    assert not ground.is_at_sea(120.385, 36.01)
    assert not ground.is_at_sea(120.36, 36.12)  # outside, and land
    assert ground.is_outside(120.36, 36.12)
    _, sea = ground.rings()
    assert 4 < sum(map(len, sea)) < 2000


def test_all_of_china_lies_inside() -> None:
    area = _area(china_ground())
    assert area.covers(china_outline())
    assert not area.contains(shapely.MultiPoint([(122, 34), (2.35, 48.86), (126.98, 37.57)]))
    assert area.disjoint(shapely.Point(122, 34))
