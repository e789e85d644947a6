"""A backup brings back every row; a bad one changes nothing."""

import os
import stat
import tarfile
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from geoapp.app import secret_key
from geoapp.core.errors import (
    ConflictError,
    InvalidValueError,
    MissingPartError,
    UnavailableError,
    UnusableInputError,
)
from geoapp.core.settings import Settings
from geoapp.operations.history.check import check_register
from geoapp.operations.upkeep import backup as upkeep
from geoapp.operations.upkeep.backup import BackupReport, RestoreReport
from geoapp.operations.upkeep.init import initialise
from geoapp.operations.upkeep.life import LifeKeeper
from geoapp.store import backup as store_backup
from geoapp.store import run_programs
from geoapp.store.engine import Database
from geoapp.store.history.chain import check_chain
from geoapp.store.life import LEAP
from geoapp.store.migrate import current_revision, head_revision, migrate
from tests.seed import seed_town

Rows = dict[str, list[tuple[Any, ...]]]
NOWHERE = Settings(data=Path("/nonexistent"))


def backup(database: Database, path: Path) -> BackupReport:
    """Back up a store that has no network."""
    return upkeep.backup(database, NOWHERE, path)


def restore(database: Database, path: Path, force: bool = False) -> RestoreReport:
    """Restore a backup that holds no network."""
    return upkeep.restore(database, NOWHERE, path, force=force)


def all_rows(database: Database) -> Rows:
    """Return every row of every table but PostGIS's own."""
    with database.session() as session:
        tables = session.scalars(
            text(
                "select relname from pg_class where relnamespace = 'public'::regnamespace and "
                "relkind = 'r' and relname <> 'spatial_ref_sys' order by 1"
            )
        ).all()
        return {
            table: sorted(
                tuple(row) for row in session.execute(text(f"select t::text from {table} t"))
            )
            for table in tables
        }


_LOG = ("change_set", "change_seal", "change_chain")


def without_log(rows: Rows) -> Rows:
    return {table: found for table, found in rows.items() if table not in _LOG}


def without_versions(rows: Rows) -> Rows:
    """Return the rows but for what tells this life of the store from others."""
    return without_log(rows) | {"data_version": [], "store_life": []}


def fill(database: Database) -> None:
    initialise(database)
    seed_town(database)
    with database.session() as session:
        session.execute(
            text(
                "insert into run (kind, params, result) values ('coverage', :params, '{\"n\": 1}')"
            ),
            {"params": '{"note": "引号\' 反斜杠\\\\ 换行\\n"}'},
        )
        session.execute(
            text("insert into run_array select id, 'distance', '\\x00ff10'::bytea from run")
        )
        session.execute(
            text("insert into app_user (name, password_hash, role) values ('站长', 'x', 'steward')")
        )
        session.execute(text("delete from facility where code = 'T-6'"))
        session.execute(text("insert into photo_content values ('\\x00', '\\xffd8ff00', 1, 1)"))
        session.execute(
            text(
                "insert into facility_photo (facility_id, content_hash) "
                "select id, '\\x00' from facility where code = 'T-1'"
            )
        )


def test_a_restored_store_has_every_row(
    database: Database, empty_database: Database, tmp_path: Path
) -> None:
    fill(database)
    before = all_rows(database)
    assert len(before["facility"]) == 5
    assert len(before["facility_tombstone"]) == 1
    report = backup(database, tmp_path / "a b'c.dump")
    assert report.size_bytes == report.path.stat().st_size > 1000
    assert stat.S_IMODE(report.path.stat().st_mode) == 0o600
    restored = restore(empty_database, report.path)
    assert restored.migrated_to == restored.revision == head_revision()
    after = all_rows(empty_database)
    assert without_versions(after) == without_versions(before)
    # The log goes on where it was, with the restore as its last set.
    assert set(before["change_set"]) < set(after["change_set"])
    with empty_database.session() as session:
        last = session.execute(text("select via, reason from change_set order by id desc limit 1"))
        assert last.one() == ("restore", report.path.name)
        assert check_chain(session).sound
    assert check_register(empty_database)[0]
    # What hangs on the tables is back too: identities go on, triggers count, constraints hold.
    with empty_database.session() as session:
        session.execute(text("update facility set phone = '110' where code = 'T-1'"))
        session.execute(text("insert into run (kind, params) values ('coverage', '{}')"))
    after = all_rows(empty_database)
    assert after["data_version"] != before["data_version"]
    assert len(after["run"]) == 2
    with pytest.raises(Exception, match="facility_status"), empty_database.session() as session:
        session.execute(text("update facility set status = 'nonsense'"))


def test_a_migrated_store_without_data_counts_as_empty(
    database: Database, empty_database: Database, tmp_path: Path
) -> None:
    fill(database)
    backup(database, tmp_path / "dump")
    initialise(empty_database)
    restore(empty_database, tmp_path / "dump")
    assert all_rows(empty_database)["facility"] == all_rows(database)["facility"]


def versions(database: Database) -> dict[str, int]:
    with database.session() as session:
        found = session.execute(
            text(
                "select name, version from data_version "
                "union all select 'record_version', last_value from record_version"
            )
        )
        return {name: version for name, version in found}


def test_a_store_with_data_is_only_replaced_by_force(database: Database, tmp_path: Path) -> None:
    fill(database)
    path = tmp_path / "dump"
    backup(database, path)
    before = all_rows(database)
    with database.session() as session:
        session.execute(text("delete from facility where code in ('T-1', 'T-2')"))
        session.execute(text("update facility set phone = '110'"))
    with database.session() as session:
        session.execute(text("select nextval('record_version') from generate_series(1, 9)"))
    changed, counted = all_rows(database), versions(database)
    with pytest.raises(ConflictError, match="--force"):
        restore(database, path)
    assert all_rows(database) == changed
    restore(database, path, force=True)
    after = all_rows(database)
    assert without_versions(after) == without_versions(before)
    assert set(before["change_set"]) < set(after["change_set"])
    # A version that somebody may remember never comes back with other data.
    now = versions(database)
    assert all(now[name] > counted[name] for name in ("facilities", "record_version"))


def test_a_restored_store_has_a_life_of_its_own(
    database: Database, empty_database: Database, tmp_path: Path
) -> None:
    """Also on another machine, which does not know what was stamped since the backup was written."""
    fill(database)
    life = LifeKeeper(database).now()
    assert LifeKeeper(database).now() == life
    was = versions(database)
    backup(database, tmp_path / "dump")
    with database.session() as session:  # what is lost
        session.execute(text("update facility set phone = '110' where code = 'T-1'"))
        lost = session.scalar(text("select rev from facility where code = 'T-1'"))
    restore(empty_database, tmp_path / "dump")
    assert LifeKeeper(empty_database).now() != life
    assert LifeKeeper(empty_database).now() == LifeKeeper(empty_database).now()
    now = versions(empty_database)
    assert now["facilities"] >= was["facilities"] + LEAP
    assert now["record_version"] >= was["record_version"] + LEAP
    # Runs that read the data before are as fresh as they were.
    told = {name: one for name, one in now.items() if name not in ("facilities", "record_version")}
    told.pop("organisations")
    assert told == {name: was[name] for name in told}
    with empty_database.session() as session:
        later = text("select count(*) from facility where rev > :was")
        assert session.scalar(later, {"was": was["facilities"]}) == 0
        for _ in range(5):
            session.execute(text("update facility set phone = '120' where code = 'T-1'"))
        stamped = session.scalar(text("select rev from facility where code = 'T-1'"))
    assert lost is not None
    assert stamped is not None
    assert stamped > lost + LEAP // 2


def test_a_truncated_backup_changes_nothing(database: Database, tmp_path: Path) -> None:
    fill(database)
    backup(database, tmp_path / "dump")
    whole = (tmp_path / "dump").read_bytes()
    before = all_rows(database)
    for size in (0, len(whole) // 10, len(whole) // 2, len(whole) - 100, len(whole) - 1):
        part = tmp_path / f"part{size}"
        part.write_bytes(whole[:size])
        with pytest.raises(UnusableInputError, match="not changed"):
            restore(database, part, force=True)
        assert all_rows(database) == before


def test_an_error_in_the_middle_changes_nothing(database: Database, tmp_path: Path) -> None:
    fill(database)
    with database.session() as session:
        session.execute(text("update alembic_version set version_num = '9999'"))
    backup(database, tmp_path / "newer")
    with database.session() as session:
        session.execute(
            text("update alembic_version set version_num = :head"), {"head": head_revision()}
        )
    before = all_rows(database)
    with pytest.raises(UnusableInputError, match="not a backup that this version can read"):
        restore(database, tmp_path / "newer", force=True)
    assert all_rows(database) == before


def test_a_file_of_another_kind_is_refused(empty_database: Database, tmp_path: Path) -> None:
    (tmp_path / "x.dump").write_text("code,kind,name_zh\n")
    with pytest.raises(UnusableInputError, match=r"x\.dump"):
        restore(empty_database, tmp_path / "x.dump")
    assert current_revision(empty_database) is None


def test_a_store_in_use_is_not_restored(
    database: Database, empty_database: Database, tmp_path: Path
) -> None:
    backup(database, tmp_path / "dump")
    with (
        psycopg.connect(empty_database.conninfo),
        pytest.raises(ConflictError, match="geoapp serve"),
    ):
        restore(empty_database, tmp_path / "dump")
    restore(empty_database, tmp_path / "dump")


@pytest.mark.parametrize("migrated", [False, True])
def test_tables_of_somebody_else_are_never_dropped(
    database: Database, empty_database: Database, tmp_path: Path, migrated: bool
) -> None:
    backup(database, tmp_path / "dump")
    if migrated:
        migrate(empty_database)
    with empty_database.session() as session:
        session.execute(text("create table payroll as select 1 as n"))
    with pytest.raises(ConflictError, match="payroll"):
        restore(empty_database, tmp_path / "dump", force=True)
    with empty_database.session() as session:
        assert session.scalar(text("select n from payroll")) == 1


def test_a_failed_backup_leaves_the_older_one(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "dump"
    path.write_text("older")
    gone = Database({**database.parameters, "dbname": "no_such_database"})
    with pytest.raises(UnavailableError):
        backup(gone, path)
    gone.close()
    with database.session() as session:  # makes pg_dump fail half-way through
        session.execute(text("create role stranger login"))
        session.execute(text("grant select on kind to stranger"))
    stranger = Database({**database.parameters, "user": "stranger"})
    with pytest.raises(UnavailableError, match="permission denied"):
        backup(stranger, path)
    stranger.close()
    with database.session() as session:
        session.execute(text("drop owned by stranger"))
        session.execute(text("drop role stranger"))
    assert path.read_text() == "older"
    assert os.listdir(tmp_path) == ["dump"]


def test_a_folder_that_does_not_exist_is_named(database: Database, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="nowhere"):
        backup(database, tmp_path / "nowhere" / "dump")
    with pytest.raises(InvalidValueError, match="a folder goes with --keep"):
        backup(database, tmp_path)


def test_old_programs_are_not_used(database: Database, tmp_path: Path) -> None:
    for name in ("pg_dump", "pg_restore"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) 12.4'\n")
        (tmp_path / name).chmod(0o755)
    old = Database(database.parameters, pg_bin=tmp_path)
    with pytest.raises(MissingPartError, match="sudo apt-get install -y postgresql-client-"):
        backup(old, tmp_path / "dump")
    with pytest.raises(MissingPartError, match="sudo apt-get install -y postgresql-client-"):
        restore(old, tmp_path / "dump")
    old.close()


def test_a_password_is_never_on_the_command_line(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[list[str], dict[str, str]]] = []
    program = run_programs.run_program

    def look(argv: Any, environment: dict[str, str]) -> Any:
        seen.append(([str(part) for part in argv], environment))
        return program(argv, environment)

    # One looks up its own module's, the other what it imported.
    monkeypatch.setattr(run_programs, "run_program", look)
    monkeypatch.setattr(store_backup, "run_program", look)
    guarded = Database({**database.parameters, "password": "very secret"})
    backup(guarded, tmp_path / "dump")
    restore(guarded, tmp_path / "dump")
    guarded.close()
    assert len(seen) == 4
    assert not any("secret" in part for argv, _ in seen for part in argv)
    assert [env.get("PGPASSWORD") for _, env in seen] == ["very secret", None, None, "very secret"]


def test_keys_are_in_a_backup_by_choice(
    database: Database, empty_database: Database, settings: Settings, tmp_path: Path
) -> None:
    fill(database)
    assert not upkeep.backup(database, settings, tmp_path / "none", with_keys=True).keys
    key = secret_key(settings)
    assert not upkeep.backup(database, settings, tmp_path / "without").keys
    assert upkeep.backup(database, settings, tmp_path / "with", with_keys=True).keys
    assert key.encode() in (tmp_path / "with").read_bytes()
    assert key.encode() not in (tmp_path / "without").read_bytes()
    assert stat.S_IMODE((tmp_path / "with").stat().st_mode) == 0o600
    elsewhere = settings.model_copy(update={"data": tmp_path / "elsewhere"})
    other = secret_key(elsewhere)
    whole = (tmp_path / "with").read_bytes()
    with tarfile.open(tmp_path / "with") as archive:
        second = archive.getmembers()[1].offset
    (tmp_path / "cut").write_bytes(whole[:second])
    with pytest.raises(UnusableInputError, match="not changed"):
        upkeep.restore(empty_database, elsewhere, tmp_path / "cut")
    assert not upkeep.restore(empty_database, elsewhere, tmp_path / "without").keys
    assert secret_key(elsewhere) == other
    assert upkeep.restore(empty_database, elsewhere, tmp_path / "with", force=True).keys
    assert secret_key(elsewhere) == key
    assert stat.S_IMODE(elsewhere.secret_key_file.stat().st_mode) == 0o600
    assert all_rows(empty_database)["facility"] == all_rows(database)["facility"]
    assert os.listdir(elsewhere.data) == ["secret.key"]
