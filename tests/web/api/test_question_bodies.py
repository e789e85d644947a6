"""The bodies that start runs have the fields, ranges and words of the tables."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from geoapp.core import limits
from geoapp.core.errors import InvalidValueError
from geoapp.core.questions.actions import ACTIONS
from geoapp.core.questions.coverage import COVERAGE
from geoapp.core.questions.field import Kind, Table
from geoapp.core.questions.siting import SITING
from geoapp.operations.imports.file import set_code
from geoapp.web.api.action_runs import ActionRequest
from geoapp.web.api.coverage_runs import CoverageRequest
from geoapp.web.api.question_bodies import asked
from geoapp.web.api.siting_runs import SitingRequest

BODIES: list[tuple[Table, type[BaseModel], dict[str, Any]]] = [
    (COVERAGE, CoverageRequest, {"standard_m": 500}),
    (SITING, SitingRequest, {"standard_m": 500, "p": 2}),
    (
        ACTIONS,
        ActionRequest,
        {"standard_m": 500, "budget": 6, "moments": ["2026-11-24T21:00"], "build_cost": 2},
    ),
]


@pytest.mark.parametrize(("table", "body", "least"), BODIES)
def test_every_field_with_its_range_and_words(
    table: Table, body: type[BaseModel], least: dict[str, Any]
) -> None:
    described = body.model_json_schema()["properties"]
    assert set(described) - {"datum"} == {field.name for field in table}
    assert ("datum" in described) == any(field.kind in (Kind.SITES, Kind.AREAS) for field in table)
    for field in table:
        told = described[field.name]
        assert field.help.zh in told["description"] and field.help.en in told["description"]
        if field.kind in (Kind.WHOLE, Kind.NUMBER):
            number = next((one for one in told.get("anyOf", []) if "minimum" in one), told)
            assert (number["minimum"], number["maximum"]) == (field.least, field.most)
    question = asked(table, body.model_validate(least), "Asia/Shanghai")
    question.check()
    with pytest.raises(ValidationError):
        body.model_validate({**least, "colour": "red"})


@pytest.mark.parametrize(("table", "body", "least"), BODIES)
def test_a_set_that_can_be_imported_can_be_asked_for(
    table: Table, body: type[BaseModel], least: dict[str, Any]
) -> None:
    """80 characters passed the import and siting, and coverage refused them."""
    longest = "集" * limits.MOST_SET_CHARACTERS
    assert set_code(longest) == longest
    question = asked(table, body.model_validate({**least, "demand": longest}), "Asia/Shanghai")
    question.check()
    assert question.demand == longest
    with pytest.raises(InvalidValueError):
        set_code(longest + "集")
    with pytest.raises(ValidationError):
        body.model_validate({**least, "demand": longest + "集"})
    # So for a region's code, and for the standard itself, whoever checks it.
    region = "x" * limits.MOST_REGION_CHARACTERS
    body.model_validate({**least, "region": region})
    with pytest.raises(ValidationError):
        body.model_validate({**least, "region": region + "x"})
    by_time = {name: value for name, value in least.items() if name != "standard_m"}
    longest_walk = {**by_time, "standard_seconds": limits.MOST_STANDARD_SECONDS}
    asked(table, body.model_validate(longest_walk), "Asia/Shanghai").check()


def test_no_length_is_written_down_twice(repo_root: Path) -> None:
    """A limit that several files check is a constant of ``geoapp.core.limits``."""
    for path in [*(repo_root / "geoapp" / "web").rglob("*.py"),
                 *(repo_root / "geoapp" / "importers").rglob("*.py")]:  # fmt: skip
        source = path.read_text(encoding="utf-8")
        assert not re.findall(r"max_length=\d+[,)]", source), path
        assert not re.findall(r"read_text\(.*, \d+\)", source), path
