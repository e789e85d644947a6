"""``geoapp public-maps``: a map is named as imports name it."""

import click
import pytest
from click.testing import CliRunner

from geoapp.cli import main
from geoapp.commands.import_ import public_map
from geoapp.commands.public_maps import public_maps
from geoapp.core.public_maps import PublicMap


@pytest.mark.parametrize("command", [public_map, public_maps], ids=["import", "compare"])
def test_maps_are_named_alike(command: click.Command) -> None:
    option = next(one for one in command.params if "--map" in one.opts)
    assert isinstance(option.type, click.Choice)
    assert list(option.type.choices) == [one.value for one in PublicMap]


def test_the_help_names_them_so() -> None:
    said = CliRunner().invoke(main, ["public-maps", "--help"]).output
    assert "amap" in said
    assert "AMAP" not in said
