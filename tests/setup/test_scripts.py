"""The set-up's scripts: plain POSIX shell, and exact about what is missing."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

SCRIPTS = ("scripts/demo", "scripts/test", "scripts/lock", "scripts/setup.sh", ".ci/run")
# What the set-up calls before it can install anything.
PLAIN = ("cat", "cksum", "cut", "dirname", "id", "mktemp", "rm", "sh", "sha256sum", "tr", "sed")


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("shell", [["sh", "-n"], ["dash", "-n"], ["bash", "--posix", "-n"]])
def test_the_shell_reads_it(repo_root: Path, script: str, shell: list[str]) -> None:
    if shutil.which(shell[0]) is None:
        pytest.skip(f"no {shell[0]} here")
    done = subprocess.run(
        [*shell, str(repo_root / script)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("script", SCRIPTS)
def test_it_is_posix(repo_root: Path, script: str) -> None:
    """Words that dash reads without complaint and that another shell does not know."""
    text = (repo_root / script).read_text(encoding="utf-8")
    for line in text.splitlines():
        words = line.split("#", 1)[0].split()
        for word in ("[[", "local", "function", "source", "pushd", "==", "declare"):
            assert word not in words, line
        assert "<<<" not in line, line
        assert "&>" not in line, line
    if script != "scripts/setup.sh":
        assert text.startswith("#!/bin/sh\n")
        assert (repo_root / script).stat().st_mode & stat.S_IXUSR


def bare(repo_root: Path, tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """Return a copy of the scripts and an environment in which nothing is installed."""
    root = tmp_path / "a clone"
    for folder in ("scripts", "requirements"):
        shutil.copytree(repo_root / folder, root / folder)
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in PLAIN:
        found = shutil.which(tool)
        assert found is not None
        (tools / tool).symlink_to(found)
    return root, {"PATH": str(tools), "HOME": ""}


@pytest.mark.parametrize("script", ["demo", "test"])
def test_without_rights_it_says_what_to_install(
    repo_root: Path, tmp_path: Path, script: str
) -> None:
    root, environment = bare(repo_root, tmp_path)
    # No apt-get on PATH: the same as a machine where this person may install nothing.
    environment["GEOAPP_POSTGRES_ROOT"] = str(tmp_path / "nothing")
    done = subprocess.run(
        [shutil.which("sh") or "sh", str(root / "scripts" / script)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    zh, en = done.stderr.splitlines()[:2]
    assert zh.startswith("缺少软件包")
    assert en.startswith("Packages are missing")
    command = zh.partition("：")[2]
    assert command == en.partition(": ")[2]
    assert command.startswith("apt-get install ")
    assert "-postgis-3" in command
    assert "python3-venv" in command
    assert ("chromium" in command) == (script == "test")
    assert not (root / ".venv").exists()


def test_nothing_is_installed_twice(repo_root: Path) -> None:
    """Where all is there, the steps do nothing: no pip, no npm, no apt-get."""
    script = (
        'root=$1; . "$root/scripts/setup.sh"; '
        'need_packages "$2"; need_environment test.lock; need_assets'
    )
    tools = {"DEBIAN_FRONTEND": "noninteractive", "PATH": os.environ["PATH"], "HOME": ""}
    done = subprocess.run(
        ["sh", "-euc", script, "sh", str(repo_root), "browser"],
        env=tools,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
