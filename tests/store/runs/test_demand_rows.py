"""Demand streamed from the store, against the rows that plain SQL gives."""

import pytest
from sqlalchemy import text

from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from geoapp.store.runs import demand_rows
from geoapp.store.runs.demand_rows import read_demand
from tests.seed import seed_town


def test_points_come_as_they_are_stored(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    initialise(database)
    seed_town(database)
    with database.session() as session:
        number = session.execute(text("select id from demand_set")).scalar_one()
        session.execute(
            text(
                "update demand_point set weight = id + 0.1, "
                "region_code = case when id % 3 = 0 then null when id % 3 = 1 then '370203' "
                "else '370200' end, grp = case when id % 2 = 0 then 'couriers' end, "
                "hours = case id % 5 when 1 then array_fill(0.3::real, array[24]) "
                "when 2 then array_fill(1::real, array[168]) end"
            )
        )
    for chunk, regions in ((7, None), (25, None), (100, ["370200", "370203"]), (5, ["370203"])):
        monkeypatch.setattr(demand_rows, "CHUNK", chunk)
        with database.snapshot() as session:
            found = read_demand(session, number, regions)
            wanted = [
                row
                for row in session.execute(
                    text(
                        "select st_x(geom), st_y(geom), weight, region_code, grp, hours "
                        "from demand_point order by id"
                    )
                )
                if regions is None or row.region_code in regions
            ]
        profiles = [None if one < 0 else found.profiles[one] for one in found.profile.tolist()]
        columns = (found.lon, found.lat, found.weight, found.region, found.group)
        rows = list(zip(*(one.tolist() for one in columns), profiles, strict=True))
        assert rows == [tuple(row) for row in wanted]
        assert rows
        with database.snapshot() as session:
            assert len(read_demand(session, number, ["9"])) == 0
