"""The examples of docs/access.md run as they stand."""

import doctest
from pathlib import Path


def test_examples(repo_root: Path) -> None:
    page = repo_root / "docs" / "access.md"
    failed, tried = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert failed == 0
    assert tried > 5
