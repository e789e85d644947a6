"""The repository speaks of the product alone."""

import gzip
import re
import subprocess
from pathlib import Path


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
            data = path.read_bytes()
            held = gzip.decompress(data) if path.suffix == ".gz" else data
            found = forbidden.search(held.decode("utf-8"))
            assert found is None, (name, found)
