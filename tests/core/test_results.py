"""What runs keep: read once, checked, and given back as the same JSON."""

import copy
from typing import Any

import pytest
from pydantic import ValidationError

from geoapp.core.results.actions import ACTION_RUNS
from geoapp.core.results.coverage import COVERAGE_RUNS
from geoapp.core.results.kept import UnreadableResultError
from geoapp.core.results.siting import SITING_RUNS
from tests.stored_runs import stored_rows

KINDS: dict[str, Any] = {kind.name: kind for kind in (COVERAGE_RUNS, SITING_RUNS, ACTION_RUNS)}
DONE = {run["kind"]: run for run in stored_rows()["run"] if run["result"] is not None}


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_is_the_same_json_before_and_after(kind: str) -> None:
    for run in stored_rows()["run"]:
        if run["kind"] == kind and run["result"] is not None:
            found = KINDS[kind].result.from_stored(run["result"])
            assert found.as_json() == run["result"]
            assert KINDS[kind].result.from_stored(found.stored()) == found
            assert found.stored()["version"] == 1
            assert KINDS[kind].inputs.checked(run["inputs"]).as_json() == run["inputs"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_cannot_be_changed(kind: str) -> None:
    found = KINDS[kind].result.from_stored(DONE[kind]["result"])
    with pytest.raises(ValidationError):
        found.seconds = 0.0


@pytest.mark.parametrize("kind", KINDS)
def test_a_newer_version_is_refused_with_its_number(kind: str) -> None:
    with pytest.raises(UnreadableResultError, match="format version 2"):
        KINDS[kind].result.from_stored(DONE[kind]["result"] | {"version": 2})


@pytest.mark.parametrize(
    ("kind", "member"), [("coverage", "total"), ("siting", "status"), ("actions", "comparison")]
)
def test_a_damaged_result_is_refused_with_the_place(kind: str, member: str) -> None:
    broken = copy.deepcopy(DONE[kind]["result"])
    del broken[member]
    with pytest.raises(UnreadableResultError, match=member):
        KINDS[kind].result.from_stored(broken)


def test_what_came_later_is_unknown_in_older_runs() -> None:
    later = ("access", "straight_line", "gap_reasons", "network")
    old = {name: one for name, one in DONE["coverage"]["result"].items() if name not in later}
    found = COVERAGE_RUNS.result.from_stored(old)
    assert (found.access, found.straight_line, found.network) == (None, None, None)
    assert found.gap_workers("closed", 1) is None
    assert found.as_json() == old
