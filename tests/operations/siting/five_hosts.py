"""The town with five hosts that siting runs are tested on, and all plans there are."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text

from geoapp.core.questions.siting import SitingParameters
from geoapp.core.settings import Settings
from geoapp.core.words import RunStatus
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting import run as siting_run
from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON

WANTED = SitingParameters(p=1, standard_m=500.0, candidates="hosts")


# code, east and north in thousandths of a degree, cost
HOSTS = [("A", 8, 0, 5.0), ("B", 8, 8, 3.0), ("C", 2, 7, 4.0), ("D", 4, 4, 9.0), ("E", 4, 2, 2.0)]


def run_sql(database: Database, statement: str, **values: Any) -> list[Any]:
    with database.session() as session:
        result = session.execute(text(statement), values)
        return list(result.all()) if result.returns_rows else []


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    """The town, two streets in its district, five hosts, and weights that all differ."""
    run_sql(
        database,
        "insert into region (code, parent_code, level, name_zh, name_en, geom) values "
        "('370203001', '370203', 'street', '西街道', 'West', null), "
        "('370203002', '370203', 'street', '东街道', 'East', null)",
    )
    run_sql(
        database,
        "update demand_point set weight = 5 + id % 11, "
        "region_code = case when st_x(geom) < 120.3535 then '370203001' else '370203002' end",
    )
    run_sql(database, "insert into candidate_set (code, name_zh) values ('hosts', '候选单位')")
    for code, east, north, cost in HOSTS:
        run_sql(
            database,
            "insert into candidate (set_id, code, name, geom, cost, region_code) select id, :code, "
            "'单位' || :code, st_setsrid(st_makepoint(:lon, :lat), 4326), :cost, :region "
            "from candidate_set",
            code=code,
            lon=TOWN_LON + east / 1000,
            lat=TOWN_LAT + north / 1000,
            cost=cost,
            region="370203001" if east < 3.5 else "370203002",
        )
    return database


def solved(town: Database, settings: Settings, **changes: Any) -> Any:
    run = siting_run.run_here(town, settings, replace(WANTED, **changes))
    assert run.status is RunStatus.SUCCEEDED, run.error
    assert run.result is not None
    return run


class Truth:
    """Every plan there is, counted from the definition on degrees turned into metres."""

    def __init__(self, town: Database) -> None:
        metres = np.array([90_163.0, 110_960.0])  # a degree at 36.07 N; good to 0.1 %
        rows = run_sql(
            town, "select st_x(geom), st_y(geom), weight, region_code from demand_point order by id"
        )
        place = np.array([row[:2] for row in rows]) * metres
        self.weight = np.array([row[2] for row in rows])
        self.region = [row[3] for row in rows]
        stands = "select st_x(geom), st_y(geom) from facility where status = 'open'"
        standing = np.array(run_sql(town, stands)).reshape(-1, 2)
        hosts = np.array([(TOWN_LON + e / 1000, TOWN_LAT + n / 1000) for _, e, n, _ in HOSTS])
        self.walk = 1.3 * np.hypot(*(place[:, None] - hosts[None] * metres).transpose(2, 0, 1))
        stood = 1.3 * np.hypot(*(place[:, None] - standing[None] * metres).transpose(2, 0, 1))
        none = np.full((len(rows), 1), np.inf)
        self.stood = np.sort(np.concatenate((stood, none), axis=1), axis=1)
        both = np.concatenate((self.walk, self.stood), axis=1)
        assert not (abs(both - 500) < 3).any()

    def times(self, plan: tuple[int, ...]) -> np.ndarray:
        return (self.walk[:, list(plan)] <= 500).sum(axis=1) + (self.stood <= 500).sum(axis=1)

    def reached(self, plan: tuple[int, ...], backup: float = 0.0) -> float:
        def value(times: np.ndarray) -> float:
            once, twice = self.weight[times > 0].sum(), self.weight[times > 1].sum()
            return float((1 - backup) * once + backup * twice)

        return value(self.times(plan)) - value(self.times(()))

    def nearest(self, plan: tuple[int, ...]) -> np.ndarray:
        return np.minimum(self.walk[:, list(plan)].min(axis=1), self.stood[:, 0])


def plans(p: int) -> list[tuple[int, ...]]:
    return list(itertools.combinations(range(5), p))


def codes(town: Database, run: Any) -> set[str]:
    return {site.code for site in siting_results.sites_of(town, run.id)}
