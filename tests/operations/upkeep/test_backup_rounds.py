"""The newest few backups are kept, and none goes before a new one is there."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from geoapp.core.errors import InvalidValueError, UnavailableError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.operations.upkeep import backup_rounds
from geoapp.operations.upkeep.backup import BackupReport
from geoapp.store.engine import Database

DAMAGED = Text("坏", "damaged")


def test_the_newest_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damage: Text | None = None
    fails = False

    def write(_database: object, _settings: object, path: Path, **_asked: object) -> BackupReport:
        if fails:
            raise UnavailableError(DAMAGED)
        path.touch()
        return BackupReport(path, 0, None, None, damage, False)

    monkeypatch.setattr(backup_rounds, "backup", write)
    mine = tmp_path / "geoapp-before.backup"
    mine.touch()
    later = tmp_path / "geoapp-20991231T000000Z.backup"  # by a clock that went wrong
    later.touch()

    def make(day: int) -> list[str]:
        _, removed = backup_rounds.backup_round(
            Database.__new__(Database),
            Settings(data=tmp_path),
            tmp_path,
            keep=2,
            now=datetime(2026, 11, day, 3, 20, tzinfo=UTC),
        )
        return [path.name for path in removed]

    assert [make(day) for day in (1, 2)] == [[], []]
    assert make(3) == ["geoapp-20261101T032000Z.backup"]
    damage = DAMAGED
    assert make(4) == []  # the older ones may be the last that are whole
    damage, fails = None, True
    with pytest.raises(UnavailableError):
        make(5)
    fails = False
    assert make(6) == ["geoapp-20261102T032000Z.backup", "geoapp-20261103T032000Z.backup"]
    assert mine.exists()
    assert later.exists()
    with pytest.raises(InvalidValueError, match="folder that is there"):
        backup_rounds.backup_round(
            Database.__new__(Database), Settings(data=tmp_path), tmp_path / "none", keep=2
        )
