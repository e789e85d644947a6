"""The options of the commands that start runs: each asks what the table says it asks."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from geoapp.cli import main
from geoapp.commands.actions import actions
from geoapp.commands.coverage import coverage
from geoapp.commands.question_options import question_from_options
from geoapp.commands.site import site
from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.geo import to_wgs84
from geoapp.core.questions.actions import ACTIONS, ActionParameters
from geoapp.core.questions.coverage import COVERAGE, CoverageParameters
from geoapp.core.questions.field import Table
from geoapp.core.questions.places import DrawnSite
from geoapp.core.questions.quota import Quota
from geoapp.core.questions.siting import SITING, SitingModel, SitingParameters
from geoapp.core.settings import Settings
from geoapp.core.words import Datum

TABLES = {coverage: COVERAGE, site: SITING, actions: ACTIONS}
AREA = {
    "type": "Polygon",
    "coordinates": [[[120.3, 36.0], [120.4, 36.0], [120.4, 36.1], [120.3, 36.0]]],
}


def asked(command: click.Command, settings: Settings, *words: str) -> Any:
    """Return the question that a command asks with these words."""
    context = command.make_context(str(command.name), list(words))
    return question_from_options(TABLES[command], context.params, settings)


@pytest.mark.parametrize("command", list(TABLES))
def test_every_field_has_its_option_with_its_help(command: click.Command) -> None:
    table: Table = TABLES[command]
    options = {
        name: one for one in command.params if isinstance(one, click.Option) for name in one.opts
    }
    for field in table:
        if isinstance(field.option, str):
            told = options[field.option].help or ""
            words = "服务标准" if field.option == "--standard" else field.help.zh
            assert words in told, field.name
    known = {field.option for field in table} | {"-o", "--datum", "--lang"}
    if command in (coverage, site):  # who computes is no part of the question
        known |= {"--scheduler", "--workers", "--worker-memory-gb"}
    assert {one for one in options if one.startswith("-")} <= known


def test_the_least_that_must_be_said_has_the_defaults(settings: Settings) -> None:
    assert asked(coverage, settings, "--standard", "500m") == CoverageParameters(standard_m=500.0)
    assert asked(site, settings, "-p", "3", "--standard", "10min") == SitingParameters(
        p=3, standard_seconds=600.0
    )
    at = "2026-11-24T21:00+00:00"
    assert asked(
        actions, settings, "--standard", "500", "--budget", "6", "--at", at, "--build", "2"
    ) == ActionParameters(
        moments=(datetime(2026, 11, 24, 21, tzinfo=UTC),),
        budget=6.0,
        standard_m=500.0,
        build_cost=2.0,
    )


def test_what_only_the_api_could_ask_before(settings: Settings, tmp_path: Path) -> None:
    areas, places = tmp_path / "areas.geojson", tmp_path / "places.geojson"
    areas.write_text(json.dumps(AREA))
    point = {"type": "Point", "coordinates": [120.35, 36.07]}
    known = {"code": "M1", "name": "路口", "cost": 2}
    places.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "properties": known, "geometry": point}],
            }
        ),
        encoding="utf-8",
    )
    words = ["-p", "6", "--standard", "500m", "--family", "home"]
    words += ["--quota", "370203=1..3,370202=..2", "--quota", "370212=1"]
    words += ["--fixed", "M1", "--fixed", "C2,C1"]
    words += ["--forbidden-areas", str(areas), "--drawn", str(places), "--at", "2026-11-23T22:00"]
    question = asked(site, settings, *words)
    assert dict(question.quotas) == {
        "370203": Quota(1, 3),
        "370202": Quota(None, 2),
        "370212": Quota(1, 1),
    }
    hosts = ["-p", "2", "--candidates", "hosts", "--model", "equity", "--host-quota", "银行=..2"]
    other = asked(site, settings, "--standard", "500m", *hosts)
    assert (other.model, other.host_quotas) == (SitingModel.EQUITY, (("银行", Quota(None, 2)),))
    assert set(question.fixed) == {"M1", "C1", "C2"}
    assert question.families == ("home",)
    assert question.drawn == (DrawnSite("M1", 120.35, 36.07, "路口", 2.0),)
    assert question.at.isoformat() == "2026-11-23T22:00:00+08:00"
    [area] = question.forbidden_areas
    assert SitingParameters(forbidden_areas=(AREA,)).same_as(
        SitingParameters(forbidden_areas=(area,))
    )
    moved = asked(
        site, settings, "-p", "1", "--standard", "5", "--drawn", str(places), "--datum", "gcj02"
    )
    lon, lat = to_wgs84(lon=120.35, lat=36.07, datum=Datum.GCJ02)
    assert (moved.drawn[0].lon, moved.drawn[0].lat) == (
        round(float(lon), 7),
        round(float(lat), 7),
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-p", "two"], "-p"),
        (["-p", "2.5"], "-p"),
        (["--budget", "nan"], "--budget"),
        (["--quota", "370203"], "--quota"),
        (["--quota", "a=1", "--quota", "a=2"], "--quota"),
        (["--at", "yesterday"], "--at"),
        (["-p", "0"], "-p"),
        (["-p", "1", "--time-limit", "0"], "--time-limit"),
        (["-p", "1", "--share", "0.5"], "--share"),
        (["-p", "1", "--model", "p-center", "--quota", "370203=1"], "--quota"),
        (["-p", "1", "--quota", "a=9..1"], "--quota"),
        ([], "-p"),
        (["--standard", "5 miles"], "--standard"),
    ],
)
def test_a_text_that_cannot_be_read_is_told_by_its_option(
    settings: Settings, words: list[str], told: str
) -> None:
    with pytest.raises(InvalidValueError) as caught:
        asked(site, settings, *([] if "--standard" in words else ["--standard", "5"]), *words)
    assert caught.value.parameter == told


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (["--period", "day"], "（--at）"),
        (["--quota", "a=1", "--host-quota", "b=1"], "与 --quota 不能同用"),
        (["--alternatives", "2", "--backup-share", "0.3"], "--backup-share、--capacity"),
    ],
)
def test_a_refusal_speaks_of_options(settings: Settings, words: list[str], option: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        asked(site, settings, "--standard", "5", "-p", "3", *words)
    assert option in caught.value.accepted.zh
    assert "(at)" not in caught.value.accepted.en


@pytest.mark.parametrize("content", ["", "{}", '{"type": "Point", "coordinates": [1, 2]}', "[]"])
def test_files_that_hold_no_places(settings: Settings, tmp_path: Path, content: str) -> None:
    path = tmp_path / "places.geojson"
    path.write_text(content)
    for option in ("--drawn", "--forbidden-areas"):
        with pytest.raises(InvalidValueError) as caught:
            asked(site, settings, "--standard", "5", option, str(path))
        assert caught.value.parameter == option
        with pytest.raises(UnusableInputError, match="nowhere"):
            asked(site, settings, "--standard", "5", option, str(tmp_path / "nowhere"))


def test_a_wrong_word_ends_the_command_with_2_and_both_languages() -> None:
    done = CliRunner().invoke(main, ["site", "--standard", "500m", "--quota", "x"])
    assert done.exit_code == 2
    assert "参数 --quota" in done.output and "CODE=LEAST..MOST" in done.output
