"""A file to be written into a folder that is not there is refused before any work is done."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from geoapp.cli import main


@pytest.mark.parametrize(
    "command",
    ["coverage", "site", "actions", "report", "export facilities", "map", "boundaries qingdao"],
)
def test_a_missing_folder_is_named_first(command: str, tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "a.xlsx"
    told = CliRunner().invoke(main, [*command.split(), "-o", str(target)])
    assert told.exit_code == click.UsageError.exit_code
    assert "is no folder that can be written" in " ".join(told.output.split())
