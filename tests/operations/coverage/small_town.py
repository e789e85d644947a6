"""The small town that coverage runs are tested on."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.roles import Role
from geoapp.operations.upkeep.users import SignedInUser
from geoapp.store.engine import Database

ADMIN = SignedInUser(9, "ada", Role.ADMIN)


WANTED = CoverageParameters(standard_m=500.0)


def moment(value: str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


def run_sql(database: Database, statement: str, **values: Any) -> list[Any]:
    with database.session() as session:
        result = session.execute(text(statement), values)
        return list(result.all()) if result.returns_rows else []
