"""The table of statuses says for every step whether it may be taken."""

import itertools
from pathlib import Path

from geoapp.core.states import may_follow, refused_step, transitions
from geoapp.core.words import Status

ALLOWED = {
    "proposed": {"approved", "open", "closed"},
    "approved": {"proposed", "open", "closed"},
    "open": {"suspended", "closed"},
    "suspended": {"open", "closed"},
    "closed": set(),
}


def test_every_step() -> None:
    assert {str(one): set(after) for one, after in transitions().items()} == ALLOWED
    for before, after in itertools.product(Status, Status):
        allowed = ALLOWED[before]
        assert may_follow(before, after) == (before == after or after in allowed)
        if not may_follow(before, after):
            text = refused_step("A", before, after)
            assert all(one in text.zh and one in text.en for one in allowed)


def test_the_page_says_the_table(repo_root: Path) -> None:
    page = (repo_root / "docs" / "import.md").read_text(encoding="utf-8")
    for before, after in ALLOWED.items():
        [row] = [line for line in page.splitlines() if line.startswith(f"| {before} ")]
        assert {one for one in ALLOWED if one in row} == {before, *after}
