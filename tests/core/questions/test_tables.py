"""The table of a question's fields says what is refused, and differs from no question."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from geoapp.core.errors import InvalidValueError
from geoapp.core.questions.actions import ACTIONS, ActionParameters
from geoapp.core.questions.coverage import COVERAGE, CoverageParameters
from geoapp.core.questions.field import Absent, Kind, Table
from geoapp.core.questions.hour_weights import (
    HourWeight,
    hour_weights_text,
    parse_hour_weights,
)
from geoapp.core.questions.period import Period
from geoapp.core.questions.phases import parse_phases
from geoapp.core.questions.places import DrawnSite
from geoapp.core.questions.quota import Quota, parse_quota
from geoapp.core.questions.siting import SITING, SitingModel, SitingParameters
from geoapp.core.questions.sizes import SiteSize, parse_sizes, sizes_text
from geoapp.core.questions.tables.siting import FIELDS
from geoapp.core.questions.uncertain import Criterion

AT = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
NUMBERS = [(field.name, field) for field in SITING if field.kind in (Kind.WHOLE, Kind.NUMBER)]


def asked(model: SitingModel) -> SitingParameters:
    """Return a question that a model honours."""
    return SitingParameters(
        model=model,
        p=None if model is SitingModel.LSCP else 3,
        standard_m=500.0,
        candidates="hosts",
        also_demand=("summer",) if model is SitingModel.ROBUST else (),
    )


def given(name: str) -> Any:
    """Return a value of a field that is not its default, and that its models honour."""
    values: dict[str, Any] = {
        "p": 4,
        "also_demand": ("winter",),
        "criterion": Criterion.SHARE,
        "demand_off_share": 0.2,
        "quotas": (("370203", Quota(1, 2)),),
        "host_quotas": (("bank", Quota(None, 2)),),
        "share": 0.9,
        "backup_share": 0.5,
        "alternatives": 2,
        "phases": ((2027, 1), (2028, 2)),
        "sizes": (SiteSize("small", 20.0, 8.0),),
        "hour_weights": (HourWeight("07:00-19:00", 3),),
        "period": Period.DAY,
        "moments": (AT,),
    }
    return values.get(name, 100.0)


@pytest.mark.parametrize("model", list(SitingModel))
def test_a_model_refuses_what_it_does_not_honour(model: SitingModel) -> None:
    for field in SITING:
        if not field.models:
            continue
        question = replace(asked(model), **{field.name: given(field.name)})
        if field.needs == "at":
            question = replace(question, at=AT)
        if field.name == "hour_weights" and model in field.models:
            question = replace(question, moments=(AT,))
        if field.name == "existing_seats":
            question = replace(question, capacity=100.0 if model in field.models else None)
        if field.name == "sizes" and model in field.models:
            question = replace(question, budget=100.0)
        if model in field.models:
            question.check()
        else:
            with pytest.raises(InvalidValueError) as caught:
                question.check()
            assert caught.value.parameter == field.name
            assert ", ".join(field.models) in caught.value.accepted.en


def test_models_of_the_table_are_models() -> None:
    for field in SITING:
        assert set(field.models) <= set(SitingModel), field.name
    assert set(SITING["model"].choices or ()) == set(SitingModel)


@pytest.mark.parametrize(("name", "field"), NUMBERS)
def test_a_number_out_of_its_range_is_refused(name: str, field: Any) -> None:
    model = SitingModel(field.models[0]) if field.models else SitingModel.MCLP
    start = asked(model)
    if name == "standard_seconds":
        start = replace(start, standard_m=None)
    if name == "existing_seats":
        start = replace(start, capacity=9.0)
    for value in (field.least - 1, field.most + 1, float("nan")):
        with pytest.raises(InvalidValueError) as caught:
            replace(start, **{name: value}).check()
        assert caught.value.parameter == name
    for value in (field.least, field.most):
        if name == "p":
            value = int(value)
        replace(start, **{name: value}).check()


def test_a_table_that_differs_from_its_question_is_none() -> None:
    with pytest.raises(TypeError, match="within_share"):
        Table(SitingParameters, tuple(one for one in FIELDS if one.name != "within_share"))
    with pytest.raises(TypeError, match="quotas"):
        Table(CoverageParameters, (*COVERAGE, SITING["quotas"]))


@pytest.mark.parametrize("table", [COVERAGE, SITING, ACTIONS])
def test_every_field_says_what_it_asks_in_both_languages(table: Table) -> None:
    for field in table:
        assert field.label.zh and field.label.en and field.help.zh and field.help.en, field.name
        assert field.help.en != field.help.zh
        for place in (field.option, field.page):
            if isinstance(place, Absent):
                assert len(place.reason) > 20, field.name
        if field.needs is not None:
            assert table[field.needs]


@pytest.mark.parametrize(
    "wrong",
    [
        {"standard_seconds": 60.0},
        {"standard_m": None},
        {"families": ("castle",)},
        {"families": ()},
        {"demand": ""},
        {"fixed": ("x" * 201,)},
        {"quotas": (("a", Quota(3, 2)),)},
        {"quotas": (("a", Quota(-1)),)},
        {"quotas": (("a", Quota(1)), ("a", Quota(2)))},
        {"drawn": (DrawnSite("a", 1, 1), DrawnSite("a", 2, 2))},
    ],
)
def test_what_no_data_could_answer(wrong: dict[str, Any]) -> None:
    asked(SitingModel.MCLP).check()
    with pytest.raises(InvalidValueError):
        replace(asked(SitingModel.MCLP), **wrong).check()


def test_actions_and_coverage_are_checked_by_their_tables() -> None:
    with pytest.raises(InvalidValueError, match="standard_m"):
        CoverageParameters(standard_m=0.5).check()
    with pytest.raises(InvalidValueError, match="most_actions"):
        ActionParameters(moments=(), budget=1, standard_m=5, most_actions=0).check()


@pytest.mark.parametrize(
    ("text", "quota"),
    [
        ("370203=1..3", ("370203", Quota(1, 3))),
        ("370203=..3", ("370203", Quota(None, 3))),
        ("370203=1..", ("370203", Quota(1, None))),
        ("银行=2", ("银行", Quota(2, 2))),
        ("a=b = 0..1", ("a=b", Quota(0, 1))),
    ],
)
def test_quotas_as_people_write_them(text: str, quota: tuple[str, Quota]) -> None:
    assert parse_quota("--quota", text) == quota


@pytest.mark.parametrize("text", ["", "a", "=1", "a=", "a=..", "a=1..2..3", "a=-1", "a=1.5", "a=x"])
def test_what_is_no_quota(text: str) -> None:
    with pytest.raises(InvalidValueError, match=r"370203=1\.\.3"):
        parse_quota("--quota", text)


def test_the_documentation_says_which_model_honours_what(repo_root: Path) -> None:
    page = (repo_root / "docs" / "siting.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page[page.index("| 要求 / rule |") :].split("\n\n")[0].splitlines()
    ]
    heads = [[one.strip("` ") for one in cell.split(",")] for cell in rows[0]]
    told: dict[str, set[str]] = {}
    for row in rows[2:]:
        models = {
            model
            for place, cell in enumerate(row[1:], 1)
            for model in heads[place]
            if cell.startswith("✓")
        }
        told |= dict.fromkeys(row[0].split("`")[1::2], models)
    for field in SITING:
        if field.models:
            assert told[field.name] == set(field.models), field.name


def test_phases_as_people_write_them() -> None:
    phases = ((2027, 3), (2028, 4))
    for given in (
        "2028=4, 2027=3",
        ["2027=3", "2028=4"],
        {"2028": 4, "2027": 3},
        "２０２７＝３，2028=4、",
    ):
        assert parse_phases("--phase", given) == phases
    assert SitingParameters(standard_m=500.0, phases=phases).p == 7
    for wrong in ("2027", "27=3", "2027=0", "2027=3,2027=4", "2027=1.5", "=3"):
        with pytest.raises(InvalidValueError, match="2027=3"):
            parse_phases("--phase", wrong)


def test_sizes_as_people_write_them() -> None:
    sizes = (SiteSize("小", 20.0, 8.0), SiteSize("large hall", 60.5, 20.0))
    members = [{"name": one.name, "seats": one.seats, "cost": one.cost} for one in sizes]
    for given in (
        "小=20:8, large hall=60.5:20",
        "小＝20：8、large hall＝60.5：20",
        ["小=20:8", "large hall = 60.5 : 20"],
        members,
    ):
        assert parse_sizes("--size", given) == sizes
    assert parse_sizes("--size", sizes_text(sizes)) == sizes
    for wrong in (
        "小",
        "小=20",
        "小=0:8",
        "小=20:-1",
        "=20:8",
        "小=20:8,小=30:9",
        "小=nan:8",
        "小=2:inf",
    ):
        with pytest.raises(InvalidValueError, match="small=20:8"):
            parse_sizes("--size", wrong)


def test_weights_of_hours_as_people_write_them() -> None:
    weights = (HourWeight("Mo-Fr 07:00-12:00,13:00-19:00", 3), HourWeight("周末", 0))
    members = [{"hours": one.hours, "weight": one.weight} for one in weights]
    for given in (
        "Mo-Fr 07:00-12:00,13:00-19:00=3, 周末=0",
        "Mo-Fr 07:00-12:00,13:00-19:00 ＝ 3；周末＝0、",
        ["Mo-Fr 07:00-12:00,13:00-19:00=3", "周末=0"],
        members,
    ):
        assert parse_hour_weights("--hour-weight", given) == weights
    assert parse_hour_weights("--hour-weight", hour_weights_text(weights)) == weights
    for wrong in (
        "07:00-19:00",
        "=3",
        "07:00-19:00=",
        "07:00-19:00=-1",
        "07:00-19:00=1.5",
        "a=1001",
    ):
        with pytest.raises(InvalidValueError, match="07:00-19:00=3"):
            parse_hour_weights("--hour-weight", wrong)
    question = replace(asked(SitingModel.MCLP), moments=(AT,))
    for hours in ("whenever", "08:00-25:99"):
        with pytest.raises(InvalidValueError) as caught:
            replace(question, hour_weights=(HourWeight(hours, 2),)).check()
        assert caught.value.parameter == "hour_weights"
    weighed = replace(question, hour_weights=(HourWeight("每天 7:00-19:00", 2),))
    assert weighed.same_as(replace(question, hour_weights=(HourWeight("Mo-Su 07:00-19:00", 2),)))
    assert not weighed.same_as(
        replace(question, hour_weights=(HourWeight("Mo-Su 07:00-19:00", 3),))
    )
    assert SitingParameters.from_stored(weighed.stored()) == weighed
