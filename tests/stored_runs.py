"""Runs as versions before this one stored them, and the town that they are about.

``stored_runs.json.gz`` holds the rows of the tables of runs, as the version before results had a type
wrote them: each kind, with and without a walking network, and runs that did not succeed. Such rows stay
in people's stores; the file is never made anew.
"""

import gzip
import json
from pathlib import Path
from typing import Any

from sqlalchemy import text

from geoapp.store.engine import Database
from tests.seed import TOWN_LAT, TOWN_LON, seed_town

_FILE = Path(__file__).with_name("stored_runs.json.gz")
_TABLES = ("run", "run_region", "run_gap", "run_site")
_HOSTS = [
    ("A", 8, 0, 5.0, "商场"),
    ("B", 8, 8, 3.0, "医院"),
    ("C", 2, 7, 4.0, "商场"),
    ("D", 4, 4, 9.0, "医院"),
    ("E", 4, 2, 2.0, "商场"),
]


def stored_rows() -> dict[str, Any]:
    """Return the rows by table, and under ``names`` what each run is, by its number as text."""
    rows: dict[str, Any] = json.loads(gzip.decompress(_FILE.read_bytes()))
    return rows


def seed_stored_runs(database: Database) -> None:
    """Write the town and its runs into a store that holds the vocabulary alone."""
    seed_town(database)
    _furnish(database)
    rows = stored_rows()
    with database.session() as session:
        for table in _TABLES:
            columns = ", ".join(rows[table][0])
            session.execute(
                text(
                    f"insert into {table} ({columns}) overriding system value select {columns} "
                    f"from json_populate_recordset(null::{table}, cast(:rows as json))"
                ),
                {"rows": json.dumps(rows[table])},
            )
        session.execute(
            text(
                "insert into run_array (run_id, name, data) select (one->>'run_id')::bigint, "
                "one->>'name', decode(one->>'data', 'base64') "
                "from json_array_elements(cast(:rows as json)) one"
            ),
            {"rows": json.dumps(rows["run_array"])},
        )


def _furnish(database: Database) -> None:
    """Give the town streets, groups of workers, capacities and candidates."""
    with database.session() as session:
        for statement in (
            "insert into region (code, parent_code, level, name_zh, name_en, geom) values "
            "('370203001', '370203', 'street', '西街道', 'West', null), "
            "('370203002', '370203', 'street', '东街道', 'East', null)",
            "update demand_point set weight = 5 + id % 11, "
            "grp = case when id % 2 = 0 then 'courier' else 'sanitation' end, region_code = "
            "case when st_x(geom) < 120.3535 then '370203001' else '370203002' end",
            "update facility set capacity = 20 where code in ('T-1', 'T-2')",
            "update facility set is_sample = true where code = 'T-1'",
            "insert into candidate_set (code, name_zh) values ('hosts', '候选单位')",
        ):
            session.execute(text(statement))
        for code, east, north, cost, kind in _HOSTS:
            session.execute(
                text(
                    "insert into candidate (set_id, code, name, geom, cost, host_type, region_code) "
                    "select id, :code, '单位' || :code, st_setsrid(st_makepoint(:lon, :lat), 4326), "
                    ":cost, :kind, :region from candidate_set"
                ),
                {
                    "code": code,
                    "lon": TOWN_LON + east / 1000,
                    "lat": TOWN_LAT + north / 1000,
                    "cost": cost,
                    "kind": kind,
                    "region": "370203001" if east < 3.5 else "370203002",
                },
            )
