"""A small town with a published answer, dates, a promise and voices, for reports of a month."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.coverage import CoverageRun
from geoapp.core.settings import Settings
from geoapp.operations.monthly.scope import Scope, scope_of
from geoapp.operations.programmes.imports import import_programme
from geoapp.store.engine import Database
from tests.answers import publish_run

PLAN = {
    "code": "town",
    "zh": "小镇计划",
    "en": "Plan of the town",
    "region": "370200",
    "document": "doc",
    "documents": [
        {"code": "doc", "title_zh": "小镇文件", "title_en": "Paper", "published_on": "2020-01-01"}
    ],
    "indicators": [
        {
            "code": "homes",
            "zh": "建成职工之家 4 处",
            "en": "4 worker homes",
            "nature": "stock",
            "comparator": "at_least",
            "value": 4,
            "unit": "place",
            "due": "2020-12-31",
            "measure": "store",
            "rule": {"event": "opened", "kinds": ["worker_home"]},
            "document": "doc",
            "place": "一",
        }
    ],
}


@dataclass(frozen=True, slots=True)
class MonthlyTown:
    """The town, its published run, and the report that it makes today."""

    database: Database
    settings: Settings
    run: CoverageRun
    scope: Scope


@pytest.fixture
def town(town_template: str, database: Database, settings: Settings, tmp_path: Path) -> MonthlyTown:
    first = scope_of(database, settings).period.first
    statements = (
        "insert into region (code, parent_code, level, name_zh, name_en) "
        "values ('370202', '370200', 'district', '市南区', '=<b>Shinan')",
        "update demand_point set region_code = '370202' where id % 5 = 0",
        "update demand_point set region_code = '370200' where id % 5 = 1",
        "update facility set opened_on = :first, opened_basis = 'known' where code = 'T-3'",
        "update facility set opened_on = '2020-05-01', opened_basis = 'known' where code = 'T-4'",
        "update facility set closed_on = :first, closed_basis = 'known' where code = 'T-5'",
        "update facility set is_sample = true where code = 'T-6'",
        "insert into facility (code, kind_code, name_zh, geom) "
        "values ('T-9', 'worker_home', '远处', st_setsrid(st_makepoint(100, 30), 4326))",
        # Four voices at one station, which are too few to be told, and six at another.
        "insert into opinion_poll (facility_id, day, stars, n) "
        "select id, :first, 2, 4 from facility where code = 'T-1'",
        "insert into opinion_poll (facility_id, day, stars, n) "
        "select id, :first, 5, 6 from facility where code = 'T-2'",
    )
    with database.session() as session:
        for statement in statements:
            session.execute(text(statement), {"first": first} if ":first" in statement else {})
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(PLAN), encoding="utf-8")
    import_programme(database, settings, plan)
    wanted = CoverageParameters(standard_m=500.0, region="370200")
    run = publish_run(database, settings, wanted)
    return MonthlyTown(database, settings, run, scope_of(database, settings))
