"""The drill finds what a backup does not bring back, and leaves nothing behind."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from geoapp.core.errors import UnusableInputError
from geoapp.core.settings import Settings
from geoapp.operations.upkeep import restore_check
from geoapp.operations.upkeep.backup import backup, unpack
from geoapp.operations.upkeep.restore_check import check_backup
from geoapp.store import backup as store_backup
from geoapp.store.contents import held
from geoapp.store.engine import Database
from tests.operations.upkeep.test_backup import all_rows, fill


def test_a_drill_compares_every_table(
    database: Database,
    empty_database: Database,
    settings: Settings,
    tmp_path: Path,
) -> None:
    fill(database)
    with database.session() as session:
        session.execute(text("insert into run_array select id, 'more', '\\x01' from run"))
    path = tmp_path / "whole.backup"
    backup(database, settings, path)
    before = all_rows(database)

    @contextmanager
    def scratch(_folder: Path, _settings: Settings) -> Iterator[Database]:
        yield empty_database

    drill = check_backup(settings, path, scratch=scratch)
    assert drill.ok
    assert drill.told
    assert drill.tables > 40
    assert "Every table has the rows" in " ".join(line.en for line in drill.lines())
    assert os.listdir(settings.data) == ["last-backup"]
    assert all_rows(database) == before

    # One byte of one row is another: what was restored is compared anew.
    with empty_database.session() as session:
        session.execute(text("update run_array set data = '\\x02' where name = 'more'"))
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    told = unpack(path, unpacked).contents
    assert told is not None
    with empty_database.snapshot() as session:
        now = held(session, without=store_backup.LEFT_OUT)
    [one] = restore_check._compared(told, now)
    assert (one.table, one.told and one.told.rows, one.found and one.found.rows) == (
        ("run_array", 2, 2)
    )
    worse = replace(drill, differences=(one,))
    assert not worse.ok
    assert "Differs: run_array" in " ".join(line.en for line in worse.lines())

    (tmp_path / "cut").write_bytes(path.read_bytes()[:-20_000])
    with pytest.raises(UnusableInputError, match="not changed"):
        check_backup(settings, tmp_path / "cut", scratch=scratch)
    assert os.listdir(settings.data) == ["last-backup"]


@pytest.mark.slow
def test_a_drill_brings_its_own_server(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    fill(database)
    path = tmp_path / "whole.backup"
    backup(database, settings, path)
    assert check_backup(settings, path).ok
    assert os.listdir(settings.data) == ["last-backup"]
