"""What somebody writes for a stop: a position, or words."""

import json
from pathlib import Path

from geoapp.operations.along.stops import read_position


def test_positions_are_read_as_on_the_phone(repo_root: Path) -> None:
    file = repo_root / "tests" / "js" / "worker" / "along" / "positions.json"
    for words, wanted in json.loads(file.read_text(encoding="utf-8"))["cases"]:
        found = read_position(words)
        if wanted is None:
            assert found is None, words
        elif wanted is False:
            assert found is not None and found.is_off_range and found.place is None, words
        else:
            assert found is not None and not found.is_off_range, words
            assert [found.name.zh, *(found.place or ())] == wanted, words
