"""Third-party assets: the files are there, in the locked versions, and load nothing from elsewhere.

That no map wants more than these is held in tests/maps and tests/web.
"""

import json
import re
import runpy
import subprocess
from pathlib import Path
from typing import Any

import pytest

# They make our own scripts small and are not shipped.
BUNDLERS = {"rollup", "terser"}
LOADS = re.compile(r"""(?:url\(|@import)\s*['"]?((?!data:|#)[^'")?#]+)""")


@pytest.fixture(scope="module")
def vendor(repo_root: Path) -> Path:
    """The folder that the set-up built."""
    return repo_root / "static" / "vendor"


@pytest.fixture(scope="module")
def manifest(vendor: Path) -> dict[str, Any]:
    return json.loads((vendor / "manifest.json").read_text(encoding="utf-8"))


def test_every_local_file_is_there(vendor: Path, manifest: dict[str, Any]) -> None:
    for file in manifest["cdn"].values():
        assert (vendor / file).stat().st_size > 0, file
    for package in manifest["packages"].values():
        assert (vendor / package["licence_file"]).stat().st_size > 200, package


def test_versions_are_those_of_the_lock(repo_root: Path, manifest: dict[str, Any]) -> None:
    locked = json.loads((repo_root / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    wanted = json.loads((repo_root / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert set(manifest["packages"]) == set(wanted) - BUNDLERS
    for package, facts in manifest["packages"].items():
        assert facts["version"] == locked[f"node_modules/{package}"]["version"]
        assert wanted[package].endswith(facts["version"]), f"{package} is not pinned"


def test_no_style_loads_from_elsewhere(vendor: Path) -> None:
    styles = list(vendor.rglob("*.css"))
    assert len(styles) >= 3
    for style in styles:
        for link in LOADS.findall(style.read_text(encoding="utf-8")):
            assert (style.parent / link.strip()).is_file(), f"{style}: {link}"


def test_no_file_asks_for_its_source_map(vendor: Path) -> None:
    for file in [*vendor.rglob("*.js"), *vendor.rglob("*.css")]:
        assert "sourceMappingURL=" not in file.read_text(encoding="utf-8"), file


@pytest.mark.parametrize(
    "style",
    [
        "a{background:url(https://cdn.example/x.png)}",
        "a{background:url( '//cdn.example/x.png')}",
        '@import "https://cdn.example/x.css";',
        "a{background:url(not-there.png)}",
    ],
)
def test_the_build_refuses_a_style_that_loads_from_elsewhere(
    repo_root: Path, tmp_path: Path, style: str
) -> None:
    build = runpy.run_path(str(repo_root / "scripts" / "build_assets.py"))
    (tmp_path / "x.css").write_text(style, encoding="utf-8")
    with pytest.raises(SystemExit, match=r"x\.css"):
        build["check_styles"](tmp_path)


def test_what_only_checks_the_scripts_is_not_installed_with_them(
    repo_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who starts the demonstration waits for no compiler."""
    asked: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 1, "", "not now")

    build = runpy.run_path(str(repo_root / "scripts" / "build_assets.py"))
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setitem(build["build"].__globals__, "has_vendor", lambda: False)
    with pytest.raises(SystemExit, match="not now"):
        build["build"]()
    assert asked[-1][-2:] == ["ci", "--omit=dev"]
