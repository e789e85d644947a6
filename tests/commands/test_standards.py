"""``geoapp standards``: the list without a store, and what must be named first."""

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from geoapp.cli import main
from geoapp.core.standards import shipped_standards


def test_the_list_needs_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOAPP_DATA", str(tmp_path))
    said = CliRunner().invoke(main, ["standards"])
    assert said.exit_code == 0
    lines = said.output.splitlines()
    assert len(lines) == 2 * len(shipped_standards())
    assert lines[0].startswith("seven_ones_wushan\t七个一（重庆巫山）：重庆市巫山县")
    assert "cannot be checked" in lines[-1]
    listed = orjson.loads(CliRunner().invoke(main, ["standards", "--json"]).output)
    assert [one["code"] for one in listed["standards"]] == [one.code for one in shipped_standards()]
    assert not list(tmp_path.iterdir())
    # A region alone says nothing of what it is to be held against.
    assert CliRunner().invoke(main, ["standards", "--region", "370200"]).exit_code == 2
