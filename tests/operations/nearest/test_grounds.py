"""The area that a phone keeps holds the true one, and little more."""

from collections.abc import Sequence

import shapely
from sqlalchemy import text

from geoapp.core.china import china_outline
from geoapp.operations.nearest.grounds import Rings, china_ground, service_ground
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
        assert service_ground(session) is None
    # A coast with bays, an island smaller than what is simplified away, a lake that is outside.
    coast = shapely.Point(120, 36).buffer(1).difference(shapely.Point(120, 36).buffer(0.3))
    bays = coast.difference(
        shapely.union_all(shapely.points([(121, 36), (120.7, 36.7)])).buffer(0.01)
    )
    island = shapely.box(121.5, 36, 121.5005, 36.0005)
    _add(database, [bays.wkt, island.wkt])
    with database.snapshot() as session:
        rings = service_ground(session)
    assert rings is not None
    area = _area(rings)
    assert area.covers(bays)
    assert area.covers(island)
    assert area.within(shapely.union_all([bays, island]).buffer(0.02))
    assert not area.contains(shapely.Point(120, 36))
    assert sum(map(len, rings)) < 500


def test_all_of_china_lies_inside() -> None:
    area = _area(china_ground())
    assert area.covers(china_outline())
    assert not area.contains(shapely.MultiPoint([(122, 34), (2.35, 48.86), (126.98, 37.57)]))
    assert area.disjoint(shapely.Point(122, 34))
