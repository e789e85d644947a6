"""What the set-up relies on: scripts, lock files, assets."""

import json
import re
import subprocess
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    "name", ["scripts/demo", "scripts/test", "scripts/lock", "scripts/setup.sh", ".ci/run"]
)
def test_scripts_are_posix_shell(repo_root: Path, name: str) -> None:
    subprocess.run(["sh", "-n", repo_root / name], check=True)
    text = (repo_root / name).read_text(encoding="utf-8")
    assert "[[" not in text
    assert "bash" not in text


@pytest.mark.parametrize("name", ["run", "test", "node"])
def test_python_locks_carry_versions_and_hashes_and_no_addresses(
    repo_root: Path, name: str
) -> None:
    lock = (repo_root / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
    assert "http" not in lock
    assert "index-url" not in lock
    packages = re.split(
        r"\n(?=[a-z0-9])",
        "\n".join(line for line in lock.splitlines() if not line.lstrip().startswith("#")).strip(),
    )
    assert packages
    for package in packages:
        assert re.match(r"[a-z0-9._-]+==[^ ]+", package), package
        assert "--hash=sha256:" in package, package


def test_the_npm_lock_carries_hashes_and_no_addresses(repo_root: Path) -> None:
    text = (repo_root / "package-lock.json").read_text(encoding="utf-8")
    assert ".tgz" not in text
    packages = json.loads(text)["packages"]
    for name, package in packages.items():
        assert "resolved" not in package
        assert name == "" or package["integrity"].startswith("sha512-")


def test_assets_are_current_and_load_nothing_from_elsewhere(repo_root: Path) -> None:
    vendor = repo_root / "static" / "vendor"
    manifest = json.loads((vendor / "manifest.json").read_text(encoding="utf-8"))
    for file in manifest["cdn"].values():
        assert (vendor / file).is_file()
    remote = re.compile(r"""(?:url\(|@import)\s*['"]?(?:https?:)?//""")
    for path in vendor.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert not remote.search(text), path
        for target in re.findall(r"url\(['\"]?([^'\")#]+)['\"]?\)", text):
            assert target.startswith("data:") or (path.parent / target).is_file(), (path, target)
    for path in vendor.rglob("*.js"):
        assert "sourceMappingURL" not in path.read_text(encoding="utf-8")


def test_the_repository_names_no_machine(repo_root: Path) -> None:
    """No path of a machine, no host of a package registry."""
    files = subprocess.run(
        ["git", "ls-files"], cwd=repo_root, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    forbidden = re.compile(r"(?<![\w.])/(?:work|root|home)/|files\.pythonhosted|registry\.npmjs")
    for name in filter(None, files):
        path = repo_root / name
        if path.suffix in {".png", ".xlsx", ".gpkg"} or name == "tests/setup/test_repository.py":
            continue
        if path.is_file():
            found = forbidden.search(path.read_text(encoding="utf-8"))
            assert found is None, (name, found)
