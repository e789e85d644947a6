"""The how-tos work as they are written: every command of theirs is run."""

import json
import os
import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from geoapp.cli import main
from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from tests.conftest import Command


def commands(page: Path) -> list[str]:
    """Return the commands of a page: its indented lines."""
    told = page.read_text(encoding="utf-8")
    found = [line.strip() for line in told.splitlines() if line.startswith("    ")]
    assert found
    return [one for one in found if not one.startswith((". ", "export GEOAPP_DATA"))]


class Shell:
    """Runs commands in a folder of their own, with a store of their own.

    Those of geoapp are run in this process: a new one loads its libraries first each time.
    """

    def __init__(self, folder: Path, repo_root: Path) -> None:
        self.folder = folder
        path = f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}"
        self._environment = {"PATH": path, "GEOAPP_DATA": str(folder / "data")}
        self._scripts = repo_root / "scripts"

    def run(self, command: str) -> str:
        program, *words = shlex.split(command)
        if program == "export":
            name, value = words[0].split("=")
            self._environment[name] = value
            return ""
        if program == "geoapp":
            done = CliRunner().invoke(main, words, env=self._environment)
            assert done.exit_code == 0, (command, done.output, done.exception)
            return done.stdout
        ran = subprocess.run(
            command.replace("scripts/", f"{self._scripts}/"),
            shell=True,
            env={**os.environ, **self._environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, (command, ran.stdout, ran.stderr)
        return ran.stdout


@pytest.fixture
def shell(
    tmp_path: Path, repo_root: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Shell:
    del settings  # it clears the environment
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path, repo_root)


def covered(path: Path) -> float:
    frame = gpd.read_file(path, layer="gaps")
    return -float(frame["workers"].sum())


@pytest.mark.slow
def test_helsinki(shell: Shell, repo_root: Path) -> None:
    page = commands(repo_root / "docs" / "howto" / "helsinki.md")
    outputs = {}
    for command in page:
        outputs[command] = shell.run(command)
    [imported] = [text for command, text in outputs.items() if "import facilities" in command]
    assert re.search(r"read 335, inserted 335, .*rejected 0", imported)
    [network] = [text for command, text in outputs.items() if "import network" in command]
    assert " 118 km" in network
    assert not list((shell.folder / "helsinki").glob("*.rejects.csv"))
    [near] = [text for command, text in outputs.items() if "nearest" in command]
    assert "1." in near
    # Fewer are covered late on Saturday than on Tuesday at noon.
    assert covered(shell.folder / "night.gpkg") < covered(shell.folder / "noon.gpkg")
    page_of_map = (shell.folder / "helsinki.html").read_text("utf-8")
    assert "Oodi" in page_of_map
    answer = json.loads(shell.run("geoapp nearest 24.9414 60.1710 --amenity toilet -k 3 --json"))
    found = [one["properties"] for one in answer["features"]]
    assert all("toilet" in one["amenities"] for one in found)
    assert [one["basis"] for one in found] == ["network"] * 3
    assert (round(found[0]["distance_m"]), round(found[0]["walk_m"])) == (17, 48)
    # The same file once more changes nothing.
    again = shell.run("geoapp import facilities helsinki/helsinki.osm.pbf")
    assert re.search(r"inserted 0, updated 0, unchanged 335", again)


def test_chongqing(shell: Shell, repo_root: Path, shared_data: Path) -> None:
    source = shared_data / "demand" / "chongqing_pickups.csv"
    (shell.folder / "chongqing_pickups.csv").write_bytes(source.read_bytes())
    outputs = [shell.run(command) for command in commands(repo_root / "docs/howto/chongqing.md")]
    assert re.search(r"read 1,470, inserted 1,470, .*rejected 0", outputs[-1])
    shell.run("geoapp coverage --standard 1km --demand pickups -o all.csv")
    table = (shell.folder / "all.csv").read_text("utf-8-sig")
    # Nobody is covered, since there is no facility; every point has found its district.
    assert "重庆市" in table
    assert re.search(r"500000.*,1470\.0", table)


def test_moments_years_doubts(
    town_template: str,
    database: Database,
    geoapp: Command,
    repo_root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    with database.session() as session:
        session.execute(text("update demand_set set code = 'qingdao-sample'"))
        points = session.execute(
            text("select st_x(geom), st_y(geom), weight + id % 7 from demand_point")
        ).all()
    rows = "".join(f"{lon},{lat},{weight}\n" for lon, lat, weight in points)
    (tmp_path / "later.csv").write_text(f"lon,lat,weight\n{rows}", "utf-8")
    week, moments, weighed, years, _, doubts = (
        # Moments of the next year, whichever it is.
        geoapp(*shlex.split(command.replace("2027-", f"{datetime.now(UTC).year + 1}-"))[1:])
        for command in commands(repo_root / "docs" / "howto" / "moments-years-doubts.md")
    )
    for done in (week, moments, weighed, years, doubts):
        assert done.exit_code == 0, done.output
    assert "Weekend" in week.output
    assert "by their weights" in weighed.output
    assert "price of the phases" in years.output
    assert "三年后（later）" in doubts.output
    assert {one.name for one in tmp_path.glob("*.xlsx")} == {
        "week.xlsx",
        "weighed.xlsx",
        "years.xlsx",
        "doubts.xlsx",
    }


def test_seats(
    town_template: str,
    database: Database,
    geoapp: Command,
    repo_root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    told = []
    for command in commands(repo_root / "docs" / "howto" / "seats.md"):
        done = geoapp(*shlex.split(command)[1:])
        assert done.exit_code == 0, done.output
        told.append(done.output)
    new, *others = told
    assert "没有登记座位" not in new and "此前覆盖" in new
    assert all("没有登记座位，每处按 20 座算" in one and "此前有座位" in one for one in others)
    assert {one.name for one in tmp_path.glob("*.xlsx")} == {
        f"{name}.xlsx" for name in ("new", "all", "sizes", "day")
    }


@pytest.mark.slow
def test_the_operators_handbook(shell: Shell, repo_root: Path) -> None:
    shell.run("geoapp init")
    shell.run("geoapp backup geoapp.backup")
    for page in ("upgrade.md", "watch.md", "recover.md"):
        for command in commands(repo_root / "docs" / "operate" / page):
            shell.run(command)


def test_backup(shell: Shell, repo_root: Path) -> None:
    told = (repo_root / "docs" / "howto" / "backup.md").read_text("utf-8")
    [elsewhere] = re.findall(r"^    export GEOAPP_DATA=\$PWD/(\w+)$", told, re.M)
    page = commands(repo_root / "docs" / "howto" / "backup.md")
    whole, folder, kept, keys, new, forced, doctor, drill = page
    shell.run("geoapp init")
    (shell.folder / "data" / "secret.key").write_text("a key")
    shell.run(whole)
    shell.run(folder)
    assert "geoapp-2" in shell.run(kept)
    assert b"a key" not in (shell.folder / whole.split()[-1]).read_bytes()
    assert "像密码一样保管" in shell.run(keys)
    shell.run(f"export GEOAPP_DATA={shell.folder / elsewhere}")
    shell.run(new)
    assert not (shell.folder / elsewhere / "secret.key").exists()
    shell.run(forced)
    assert (shell.folder / elsewhere / "secret.key").read_text() == "a key"
    assert "✗ store" not in shell.run(doctor)
    assert "Every table has the rows" in shell.run(drill)
