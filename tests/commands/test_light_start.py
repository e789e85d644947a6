"""A command starts light: it loads what it needs, when it is called."""

import json
import subprocess
import sys
from typing import Any

import click
import pytest

from geoapp.cli import main

# Loads a command's help, or nothing of ours, and says what that cost: CPU since the process began,
# the most memory it held, and which modules stand loaded.
PROGRAM = """
import contextlib, io, json, sys, time
import click
words = sys.argv[1:]
if words:
    from geoapp.cli import main
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.suppress(SystemExit):
        main(words, prog_name="geoapp")
    assert "geoapp" in out.getvalue()
status = open("/proc/self/status").read()
held_mb = int(status.partition("VmHWM:")[2].split()[0]) / 1024
tops = sorted({name.partition(".")[0] for name in sys.modules})
print(json.dumps({"cpu": time.process_time(), "mb": held_mb, "modules": tops}))
"""
HEAVY = {
    *("numba", "llvmlite", "scipy", "pandas", "geopandas", "pyogrio", "folium", "highspy"),
    *("sqlalchemy", "geoalchemy2", "psycopg", "procrastinate", "alembic"),
    *("flask", "flask_openapi3", "pydantic", "granian", "fpdf", "openpyxl", "rich"),
}
GEOMETRY = {"numpy", "shapely", "pyproj"}
# Their questions name defaults that stand beside geometries.
WITH_GEOMETRY = {"site", "actions"}


def measure(*words: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, check=True
    )
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def leaves(group: click.Group, *above: str) -> list[tuple[str, ...]]:
    context = click.Context(group)
    found: list[tuple[str, ...]] = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        is_group = isinstance(command, click.Group)
        found += leaves(command, *above, name) if is_group else [(*above, name)]
    return found


@pytest.mark.parametrize("words", [("--version",), ("nearest", "--help")])
def test_starting_costs_little_more_than_click(words: tuple[str, ...]) -> None:
    # Memory is the same every time; of the CPU time the least of three is what it takes.
    bare, ours = ([measure(*asked) for _ in range(3)] for asked in ((), words))
    least = [min(one["cpu"] for one in some) for some in (bare, ours)]
    assert least[1] < 6 * least[0]
    assert ours[0]["mb"] < min(80, 3 * bare[0]["mb"])


@pytest.mark.parametrize("words", [("--version",), *leaves(main)], ids=" ".join)
def test_help_loads_nothing_heavy(words: tuple[str, ...]) -> None:
    asked = words if words == ("--version",) else (*words, "--help")
    forbidden = HEAVY if words[0] in WITH_GEOMETRY else HEAVY | GEOMETRY
    assert not forbidden & set(measure(*asked)["modules"])
