"""What a run found is taken by attributes: no stored result is subscripted by a string."""

import re
from pathlib import Path

import pytest

# Of a run: its result, what it rests on, and what ``found`` gives.
_BY_STRING = re.compile(
    r"\.(?:result|inputs|found)(?:\[[rfb]*[\"']|\.get\()"
    r"|\.(?:result|inputs) or \{\}"
    r"|\b(?:findings|result|summary)\[[rfb]*[\"']"
)


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ('total = run.result["total"]', True),
        ("run.inputs['versions']", True),
        ('run.inputs.get("sample")', True),
        ('(run.result or {})["actions"]', True),
        ('summary = result["total"]', True),
        ("total = run.found.total", False),
        ("plan.result.chosen[0]", False),
    ],
)
def test_the_rule_tells_them_apart(line: str, caught: bool) -> None:
    assert (_BY_STRING.search(line) is not None) is caught


def test_nobody_takes_a_stored_result_by_string(repo_root: Path) -> None:
    found = [
        f"{path.relative_to(repo_root)}:{number}: {line.strip()}"
        for folder, pattern in (("geoapp", "*.py"), ("templates", "*.html"))
        for path in sorted((repo_root / folder).rglob(pattern))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if _BY_STRING.search(line)
    ]
    assert found == []
