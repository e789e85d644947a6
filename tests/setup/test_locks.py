"""Lock files: versions and hashes of everything, addresses of nothing."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", re.MULTILINE)
LOCKS = ("run", "test", "node", "helsinki", "scale")


def entries(lock: Path) -> dict[str, str]:
    """Return a lock file's requirements by name, each with its hashes."""
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return {re.split(r"[=\[ ]", line)[0]: line for line in lines}


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_pinned_and_hashed(repo_root: Path, name: str) -> None:
    found = entries(repo_root / "requirements" / f"{name}.lock")
    assert found
    for line in found.values():
        assert PINNED.match(line), line
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", line), line


@pytest.mark.parametrize(
    "file",
    [*(f"requirements/{name}.lock" for name in LOCKS), ".npmrc"],
)
def test_no_lock_file_names_an_address(repo_root: Path, file: str) -> None:
    text = (repo_root / file).read_text(encoding="utf-8")
    assert not re.search(r"[a-z+]+://|index-url|find-links|registry=", text)


def test_npm_lock_has_integrity_and_no_resolved(repo_root: Path) -> None:
    packages = json.loads((repo_root / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    declared = json.loads((repo_root / "package.json").read_text(encoding="utf-8"))
    for name, version in {**declared["dependencies"], **declared["devDependencies"]}.items():
        assert packages[f"node_modules/{name}"]["version"] == version, f"{name} is not pinned"
    for path, facts in packages.items():
        assert "resolved" not in facts
        assert path == "" or facts["integrity"].startswith("sha512-"), path


def test_the_two_python_locks_agree(repo_root: Path) -> None:
    run, test = (entries(repo_root / "requirements" / f"{name}.lock") for name in ("run", "test"))
    assert run.items() <= test.items()


@pytest.mark.parametrize("name", ["helsinki", "scale"])
def test_smaller_locks_agree_with_that_of_the_tests(repo_root: Path, name: str) -> None:
    own, test = (entries(repo_root / "requirements" / f"{one}.lock") for one in (name, "test"))
    # Who else asks for a package decides on which Pythons it is needed, not on its files.
    files = {one: re.sub(r" ; .*?(?=\s+--hash)", "", line) for one, line in own.items()}
    known = {one: re.sub(r" ; .*?(?=\s+--hash)", "", line) for one, line in test.items()}
    assert files.items() <= known.items()


def test_locks_hold_all_that_is_declared(repo_root: Path) -> None:
    project = tomllib.loads((repo_root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for name, declared in (
        ("run", [*project["dependencies"], *extras["demo"], *extras["build"]]),
        ("test", extras["test"]),
        ("helsinki", extras["helsinki"]),
        ("scale", extras["scale"]),
    ):
        locked = entries(repo_root / "requirements" / f"{name}.lock")
        wanted = {re.split(r"[<>=\[; ]", line)[0].lower().replace("_", "-") for line in declared}
        assert wanted <= set(locked), f"run scripts/lock: {wanted - set(locked)}"


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_every_python_gets_one_version_of_each(repo_root: Path, python: str) -> None:
    """The markers leave each package at most once, and all that is declared at least once."""
    text = (repo_root / "requirements" / "test.lock").read_text(encoding="utf-8")
    machine = {"python_version": python, "python_full_version": f"{python}.0"}
    names = []
    for line in text.replace("\\\n", " ").splitlines():
        if line and not line.lstrip().startswith("#"):
            wanted = Requirement(line.split(" --hash")[0])
            if wanted.marker is None or wanted.marker.evaluate(machine):
                names.append(wanted.name)
    assert len(names) == len(set(names))
    project = tomllib.loads((repo_root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for line in [*project["dependencies"], *project["optional-dependencies"]["test"]]:
        assert Requirement(line).name in names, line
