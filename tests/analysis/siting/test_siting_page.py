"""The examples of docs/siting.md run as they stand."""

import doctest
from pathlib import Path


def test_every_example_answers_what_the_page_says(repo_root: Path) -> None:
    page = repo_root / "docs" / "siting.md"
    failed, tried = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert tried > 10
    assert failed == 0
