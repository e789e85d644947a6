"""What the sea lies before is told without a way there, and comes after what is on this side."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.core.travel import By
from geoapp.core.words import Basis
from geoapp.operations.nearest.grounds import Ground
from geoapp.operations.nearest.routes import route
from geoapp.operations.nearest.sea import Sea
from geoapp.operations.nearest.service import NearestItem, NearestQuery, NearestService
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database

# South of the mouth of Jiaozhou Bay; Badaxia lies opposite, over 3 km of water.
HERE = NearestQuery(lon=120.282, lat=36.016, k=3, by=By.EBIKE, arrive=True)
PLACES = {
    "OPPOSITE": (120.301, 36.055),
    "OPPOSITE-2": (120.3015, 36.0565),
    "OPPOSITE-ROUGH": (120.302, 36.057),
    "THIS-SIDE": (120.24, 35.975),
    "THIS-SIDE-2": (120.20, 35.97),
    "FAR": (119.9, 35.7),
}


def test_how_much_of_a_line_lies_over_the_sea(repo_root: Path) -> None:
    known = json.loads((repo_root / "tests/js/worker/offline/sea.json").read_text(encoding="utf-8"))
    sea: shapely.Geometry = shapely.Polygon()
    for ring in known["sea"]:
        sea = sea.symmetric_difference(shapely.Polygon(ring))
    ground = Ground(None, sea)
    for one in known["cases"]:
        lon, lat = one["to"]
        over_m = float(ground.sea_m(*one["from"], np.array([lon]), np.array([lat]))[0])
        assert over_m == pytest.approx(one["sea_m"], abs=0.1), one["name"]
        told = [off_m for off_m in known["off_m"] if ground.is_sea(over_m, off_m)]
        assert told == one["is_sea_off_m"], one["name"]


def test_without_a_sea_nothing_lies_over_it() -> None:
    assert Ground().sea_m(120.0, 36.0, np.array([121.0]), np.array([36.0])).tolist() == [0.0]


@pytest.fixture
def bay(database: Database) -> Database:
    """The shores on both sides of the mouth of the bay of Qingdao, and stations on both."""
    initialise(database)
    with database.session() as session:
        session.execute(
            text(
                "insert into region (code, level, name_zh, geom) values "
                "('370202', 'district', '市南区', st_multi(st_makeenvelope(120.29, 36.05, 120.42, 36.09, 4326))), "
                "('370211', 'district', '黄岛区', st_multi(st_makeenvelope(119.8, 35.6, 120.25, 36.0, 4326)))"
            )
        )
        for code, (lon, lat) in PLACES.items():
            session.execute(
                text(
                    "insert into facility (code, kind_code, name_zh, geom, opening_hours, position_accuracy_m) values "
                    "(:code, 'outdoor_station', :code, st_setsrid(st_makepoint(:lon, :lat), 4326), '24/7', :off_m)"
                ),
                {
                    "code": code,
                    "lon": lon,
                    "lat": lat,
                    "off_m": 9000 if code == "OPPOSITE-ROUGH" else None,
                },
            )
    return database


@pytest.fixture
def service(bay: Database, settings: Settings) -> NearestService:
    return NearestService(bay, settings)


def codes(items: list[NearestItem]) -> list[str]:
    return [one.facility.code for one in items]


def test_those_on_this_side_come_first(service: NearestService) -> None:
    """Of the one whose own position may be off by more than the water is wide, nobody knows the side."""
    first = ["OPPOSITE-ROUGH", "THIS-SIDE", "THIS-SIDE-2"]
    items = service.ask(replace(HERE, k=6))
    assert codes(items) == [*first, "OPPOSITE", "OPPOSITE-2", "FAR"]
    assert [one.sea for one in items[:5]] == [None, None, None, Sea.BETWEEN, Sea.BETWEEN]
    assert [one.basis for one in items] == [Basis.ESTIMATE] * 6
    # As many as are wanted, whatever lies nearer over the water; by line and on foot alike.
    for asked in (HERE, replace(HERE, order="line"), replace(HERE, by=By.WALK)):
        assert codes(service.ask(asked)) == first


def test_no_arrival_is_told_over_the_sea(service: NearestService) -> None:
    items = service.ask(replace(HERE, k=6, open_on_arrival=True))
    told = {one.facility.code: one for one in items}
    here, there = told["THIS-SIDE"], told["OPPOSITE"]
    assert here.arrival is not None
    assert there.arrival is not None
    assert (here.arrival.open, here.arrival.as_of) == (True, None)
    assert there.arrival.open is None
    assert there.arrival.as_of is not None
    assert there.is_afar
    # What misses a condition, and lies over there, is no way out.
    near = service.within_walk(replace(HERE, k=6), 10)
    assert codes(near) == ["OPPOSITE-ROUGH", "THIS-SIDE", "THIS-SIDE-2"]


def test_who_may_be_off_by_as_much_may_be_on_the_other_side(service: NearestService) -> None:
    items = service.ask(replace(HERE, k=6, off_m=5000.0))
    assert {one.sea for one in items} == {None}
    assert codes(items)[:2] == ["OPPOSITE", "OPPOSITE-2"]
    # That a position is off by some hundreds of metres changes nothing.
    assert codes(service.ask(replace(HERE, off_m=800.0)))[1:] == ["THIS-SIDE", "THIS-SIDE-2"]


def test_from_nowhere_water_counts_for_nothing(service: NearestService) -> None:
    items = service.ask(replace(HERE, order="line", is_from=False, arrive=False))
    assert codes(items) == ["OPPOSITE", "OPPOSITE-2", "OPPOSITE-ROUGH"]
    assert {one.sea for one in items} == {None}


def test_no_walk_is_drawn_over_the_sea(service: NearestService) -> None:
    over = route(service, lon=HERE.lon, lat=HERE.lat, code="OPPOSITE")
    assert (over.line, over.walk_m, over.walk_seconds) == (None, None, None)
    assert over.basis is Basis.ESTIMATE
    assert route(service, lon=HERE.lon, lat=HERE.lat, code="THIS-SIDE").walk_m is not None
