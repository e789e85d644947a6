"""A question in words: two that ask something else never have the same title."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from geoapp.core.i18n import Text
from geoapp.core.questions.actions import ACTIONS, ActionParameters
from geoapp.core.questions.coverage import COVERAGE, CoverageParameters
from geoapp.core.questions.field import Table
from geoapp.core.questions.hour_weights import HourWeight
from geoapp.core.questions.near_streets import NearStreets
from geoapp.core.questions.period import Period
from geoapp.core.questions.places import DrawnSite
from geoapp.core.questions.quota import Quota
from geoapp.core.questions.siting import SITING, SitingModel, SitingParameters
from geoapp.core.questions.sizes import SiteSize
from geoapp.core.questions.uncertain import Criterion
from geoapp.reports.words.naming import Naming
from geoapp.reports.words.question import question_lines, question_title

NAMING = Naming(
    "Asia/Shanghai",
    {"370203": Text("市北区", "Shibei"), "370202": Text("市南区", "Shinan")},
    {"town": Text("小镇", "Town"), "city": Text("城市", "City")},
)
AT = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)  # a Tuesday, ten in the evening there
AREA = {"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 1]]]}
# Of each field a value that is not its default.
GIVEN: dict[str, Any] = {
    "model": SitingModel.EQUITY,
    "p": 3,
    "share": 0.9,
    "standard_m": 800.0,
    "standard_seconds": 600.0,
    "region": "370202",
    "demand": "town",
    "also_demand": ("summer",),
    "criterion": Criterion.SHARE,
    "candidates": "hosts",
    "spacing_m": 100.0,
    "drawn": (DrawnSite("M1", 120.3, 36.0),),
    "fixed": ("M1",),
    "forbidden": ("C1", "C2"),
    "forbidden_areas": (AREA,),
    "families": ("home",),
    "at": AT,
    "min_spacing_m": 1500.0,
    "without_dropped_m": 200.0,
    "near_hosts": "hosts:银行",
    "near_hosts_m": 300.0,
    "near_streets_m": 50.0,
    "near_streets": NearStreets.WAYS,
    "quotas": (("370203", Quota(1, 3)), ("370202", Quota(None, 1))),
    "host_quotas": (("银行", Quota(2, 2)),),
    "budget": 60.0,
    "backup_share": 0.25,
    "capacity": 40.0,
    "existing_seats": 20.0,
    "alternatives": 2,
    "moments": (AT, AT.replace(hour=15)),
    "period": Period.WEEK,
    "phases": ((2027, 4), (2028, 6)),
    "demand_off_share": 0.2,
    "sizes": (SiteSize("small", 20.0, 8.0), SiteSize("large", 60.0, 20.0)),
    "hour_weights": (HourWeight("Mo-Fr 07:00-19:00", 3),),
    "hours": "24/7",
    "most_actions": 5,
    "build_cost": 8.0,
    "extend_cost": 2.0,
    "move_cost": 3.0,
    "upgrade_cost": 1.0,
    "close_saving": 4.0,
}
ASKED: list[tuple[Table, Any]] = [
    (COVERAGE, CoverageParameters(standard_m=500.0)),
    (SITING, SitingParameters(p=10, standard_m=500.0)),
    (ACTIONS, ActionParameters(moments=(AT,), budget=50.0, standard_m=500.0, region="370203")),
]


@pytest.mark.parametrize(("table", "plain"), ASKED)
def test_whatever_is_asked_else_stands_in_the_title(table: Table, plain: Any) -> None:
    titles = [question_title(plain, NAMING)]
    for field in table:
        if field.name not in GIVEN:
            assert not field.asked or field.needs, field.name
            continue
        changed = {field.name: GIVEN[field.name]}
        if field.name == "standard_seconds":
            changed["standard_m"] = None
        if field.needs == "at":
            changed["at"] = AT
        if field.name in ("sizes", "near_hosts_m", "near_streets"):
            changed[str(field.needs)] = GIVEN[str(field.needs)]
        other = replace(plain, **changed)
        title, lines = question_title(other, NAMING), question_lines(other, NAMING)
        if field.name != "alternatives":
            titles.append(title)
        assert lines != question_lines(plain, NAMING), field.name
        assert all(label.zh and label.en and value.zh and value.en for label, value in lines)
    for language in ("zh", "en"):
        shown = [one.pick(language) for one in titles]
        assert len(set(shown)) == len(shown)


def test_a_siting_question_in_words() -> None:
    question = SitingParameters(
        p=10,
        standard_m=500.0,
        region="370203",
        demand="town",
        at=AT,
        quotas=GIVEN["quotas"],
        min_spacing_m=1500.0,
        forbidden_areas=(AREA, AREA),
    )
    assert question_title(question, NAMING) == Text(
        "市北区：10 个站点，步行 500 米以内（最大覆盖）；需求：小镇；禁设范围 2 处；"
        "2026-11-24 周二 22:00；站点相隔至少 1.5 公里；市北区 1 至 3 个、市南区 至多 1 个",
        "Shibei: 10 sites, within 500 m on foot (maximal covering); demand: Town; "
        "none in 2 forbidden areas; Tue 2026-11-24 22:00; stations at least 1.5 km apart; "
        "1 to 3 in Shibei, at most 1 in Shinan",
    )
    lines = {label.en: value.en for label, value in question_lines(question, NAMING)}
    assert lines["facilities that count"].count(",") == 2
    assert lines["Moment"] == "Tue 2026-11-24 22:00"


def test_what_is_usual_makes_no_title_longer() -> None:
    alone = Naming("Asia/Shanghai", {}, {"town": Text("小镇", "Town")})
    question = SitingParameters(
        p=1,
        standard_m=500.0,
        demand="town",
        candidates="generated",
        families=("base", "home", "station"),
        quotas=(("370203", Quota()),),
        time_limit_seconds=5.0,
        alternatives=2,
    )
    assert question_title(question, alone).en == (
        "Everywhere: 1 site, within 500 m on foot (maximal covering)"
    )
    lines = {label.en: value.en for label, value in question_lines(question, alone)}
    assert (lines["demand set"], lines["Moment"]) == ("Town", "opening hours not counted")


def test_the_same_quota_of_many_districts_is_told_once() -> None:
    quotas = tuple((str(code), Quota(None, 3)) for code in range(7))
    title = question_title(SitingParameters(p=9, standard_m=500.0, quotas=quotas), NAMING)
    assert title.zh.endswith("；7 个区每个至多 3 个")
    assert title.en.endswith("; at most 3 in each of 7 regions")
