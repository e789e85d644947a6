"""Files that appear whole or not at all."""

import stat
from pathlib import Path

import pytest

from geoapp.core.files import replaced_whole, swept_workspace


def test_a_file_is_replaced_at_the_end_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "out.CSV"
    path.write_text("old")
    with replaced_whole(path) as fresh:
        # Writers go by the suffix; nobody else has the name.
        assert (fresh.suffix, fresh.exists(), fresh.parent) == (".csv", False, tmp_path)
        fresh.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"

    def fail_midway() -> None:
        with replaced_whole(path) as fresh:
            fresh.write_text("half")
            raise ValueError

    with pytest.raises(ValueError):
        fail_midway()
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_the_callers_error(tmp_path: Path) -> None:
    def write() -> None:
        with replaced_whole(tmp_path / "none" / "out.csv") as fresh:
            fresh.write_text("new")

    with pytest.raises(FileNotFoundError):
        write()


def test_a_private_file_is_its_owners_alone_while_it_is_written_too(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.touch(mode=0o644)
    with replaced_whole(path, private=True) as fresh:
        fresh.write_text("new")
        assert stat.S_IMODE(fresh.parent.stat().st_mode) == 0o700
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o600)

    def fail_midway() -> None:
        with replaced_whole(path, private=True) as fresh:
            fresh.write_text("half")
            raise ValueError

    with pytest.raises(ValueError):
        fail_midway()
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_workspace_sweeps_what_nobody_works_in(tmp_path: Path) -> None:
    (tmp_path / ".work-dead").mkdir()
    (tmp_path / ".work-dead" / "half").touch()
    (tmp_path / ".other-work").mkdir()
    with swept_workspace(tmp_path, ".work-") as first:
        assert not (tmp_path / ".work-dead").exists()
        assert stat.S_IMODE(first.stat().st_mode) == 0o700
        with swept_workspace(tmp_path, ".work-") as second:
            assert first.is_dir() and second.is_dir() and first != second
        assert not second.exists()
    assert [one.name for one in tmp_path.iterdir()] == [".other-work"]
