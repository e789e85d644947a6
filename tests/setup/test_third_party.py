"""What is shipped is named with its licence, and the newcomer's pages lead to files that exist."""

import json
import re
from pathlib import Path


def test_every_shipped_package_stands_with_its_licence(repo_root: Path) -> None:
    page = (repo_root / "THIRD_PARTY.md").read_text(encoding="utf-8")
    manifest = json.loads((repo_root / "static/vendor/manifest.json").read_text(encoding="utf-8"))
    rows = dict(re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", page, re.M))
    for name, about in manifest["packages"].items():
        for part in re.split(r" AND | OR ", about["licence"].strip("()")):
            assert part.strip() in rows[name], (name, part)


def test_every_shipped_data_file_is_named(repo_root: Path) -> None:
    """Either in THIRD_PARTY.md, or under a folder whose files each name their own source."""
    page = (repo_root / "THIRD_PARTY.md").read_text(encoding="utf-8")
    for path in sorted((repo_root / "data").iterdir()):
        name = path.relative_to(repo_root).as_posix()
        assert name in page or name == "data/sample", name


def test_the_paths_that_a_contributor_is_led_to_exist(repo_root: Path) -> None:
    page = (repo_root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for path in re.findall(r"`((?:geoapp|layers|docs|tests|data|scripts)/[^`\s]*)`", page):
        known = re.split(r"(?:SUBJECT|KIND|NAME)", path)[0]
        assert (repo_root / known.rpartition("/")[0]).is_dir(), path
        if known == path:
            assert (repo_root / path).exists(), path
