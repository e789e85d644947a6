"""Two versions of geoapp on one store, while the newer one has brought its tables up to date."""

import os
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

import geoapp
from geoapp.core.errors import UnavailableError
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from geoapp.store.migrate import (
    MIGRATIONS,
    Fit,
    fit_of,
    head_revision,
    migrate,
    serving_revisions,
)
from tests.web.api_client import client_of, make_app

_MIGRATION = """
from alembic import op

revision = "next"
down_revision = "{before}"
branch_labels = None
depends_on = None
expands = {expands}


def upgrade() -> None:
    op.execute("{change}")
"""
_ADDS = "alter table facility add column next_note text"
_TAKES_AWAY = "alter table app_user rename column role to next_role"


def next_version(folder: Path, change: str, *, expands: bool) -> Path:
    """Make the version after this one, whose tables differ by a change."""
    copied = folder / "geoapp"
    shutil.copytree(
        Path(geoapp.__file__).parent, copied, ignore=shutil.ignore_patterns("__pycache__")
    )
    step = copied / "store" / "migrations" / "versions" / "9999_next.py"
    step.write_text(_MIGRATION.format(before=head_revision(), expands=expands, change=change))
    return folder


def run_in(version: Path, database: Database, code: str) -> subprocess.CompletedProcess[str]:
    """Run a program of another version on a store."""
    begin = (
        "from geoapp.core.settings import Settings\n"
        "from geoapp.store.engine import open_database\n"
        "from geoapp.store.migrate import migrate\n"
        "database = open_database(Settings())\n"
    )
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("GEOAPP_")
    } | {"DATABASE_URL": database.url, "PYTHONPATH": str(version)}
    return subprocess.run(
        [sys.executable, "-c", begin + code],
        env=environment,
        cwd=version,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def town(town_template: str, database: Database) -> Database:
    return database


def change_phone(steward: FlaskClient, phone: str) -> TestResponse:
    read = steward.get("/api/v1/facilities/T-1")
    return steward.patch(
        "/api/v1/facilities/T-1",
        json={"properties": {"phone": phone}},
        headers={"If-Match": read.headers["ETag"]},
    )


def test_the_former_version_serves_on_beside_one_that_only_adds(
    town: Database, settings: Settings, tmp_path: Path
) -> None:
    app = make_app(settings, town)
    steward = client_of(app, town, Role.STEWARD)
    assert steward.get("/readyz").status_code == 200
    newer = next_version(tmp_path / "newer", _ADDS, expands=True)
    done = run_in(newer, town, "migrate(database)")
    assert done.returncode == 0, done.stderr
    # What runs goes on reading and writing, and says that it is ready.
    assert steward.get("/readyz").status_code == 200
    assert change_phone(steward, "110").status_code == 200
    # So does one that starts now: it leaves the tables as they are.
    migrate(town)
    assert fit_of(town) is Fit.FIT
    # The newer one reads what the former one wrote, and the other way round.
    done = run_in(
        newer,
        town,
        "migrate(database)\n"
        "from sqlalchemy import text\n"
        "with database.session() as session:\n"
        "    said = session.scalar(text(\"select phone from facility where code = 'T-1'\"))\n"
        "    session.execute(text(\"update facility set phone = '120', next_note = 'new' where code = 'T-1'\"))\n"
        "print(said)\n",
    )
    assert done.stdout.strip() == "110", done.stderr
    found = steward.get("/api/v1/facilities/T-1").get_json(force=True)
    assert found["properties"]["phone"] == "120"
    # A change by the former one leaves alone what it does not know.
    assert change_phone(steward, "119").status_code == 200
    with town.session() as session:
        told = session.execute(
            text("select phone, next_note from facility where code = 'T-1'")
        ).one()
    assert tuple(told) == ("119", "new")


def test_one_that_takes_something_away_ends_the_former_version(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    client = client_of(make_app(settings, database), database)
    newer = next_version(tmp_path / "newer", _TAKES_AWAY, expands=False)
    assert run_in(newer, database, "migrate(database)").returncode == 0
    assert fit_of(database) is Fit.NEWER
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "newer geoapp" in answer.get_data(as_text=True)
    with pytest.raises(UnavailableError, match="newer geoapp"):
        migrate(database)


def columns(database: Database) -> dict[tuple[str, str], tuple[str, bool]]:
    """Return each column's type, and whether a row may leave it out."""
    with database.session() as session:
        rows = session.execute(
            text(
                "select table_name, column_name, udt_name, is_nullable = 'YES' or column_default is "
                "not null or is_identity = 'YES' or is_generated = 'ALWAYS' "
                "from information_schema.columns where table_schema = 'public'"
            )
        )
        return {(table, column): (kind, free) for table, column, kind, free in rows}


def test_what_says_that_it_only_adds_takes_nothing_away(database: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    known = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]
    revisions = [one for one in known if one in serving_revisions()]
    assert revisions[0] == head_revision()
    for after, before in pairwise(revisions):
        newer = columns(database)
        with database.engine.begin() as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, before)
        older = columns(database)
        tables = {table for table, _ in older}
        for column, (kind, free) in older.items():
            assert newer.get(column, (None, free)) == (kind, free), (after, column)
        for (table, column), (_, free) in newer.items():
            if table in tables and (table, column) not in older:
                assert free, f"{after}: {table}.{column} is wanted of the former version, too"
