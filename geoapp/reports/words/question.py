"""A question in words: its title, and all its conditions, so that two runs can be told apart.

One place for coverage, siting and actions, for pages, files and the terminal alike.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, field, replace
from typing import Any, Final

from geoapp.core.hours import read
from geoapp.core.hours.words import words_of
from geoapp.core.i18n import Text
from geoapp.core.questions.actions import ACTION_TEXT, ACTIONS, ActionKind, ActionParameters
from geoapp.core.questions.coverage import COVERAGE, CoverageParameters
from geoapp.core.questions.field import Table
from geoapp.core.questions.places import DrawnSite
from geoapp.core.questions.quota import Quota
from geoapp.core.questions.siting import (
    ANYWHERE,
    FROM_DEMAND,
    FROM_FACILITIES,
    FROM_NETWORK,
    MODEL_TEXT,
    SITING,
    SitingModel,
    SitingParameters,
)
from geoapp.core.questions.uncertain import Criterion
from geoapp.core.units import (
    counted,
    format_count,
    format_metres,
    format_moment,
    format_money,
    format_seconds,
    format_share,
)
from geoapp.core.words import FAMILY_TEXT, SAMPLE_TEXT, Family
from geoapp.reports.words.phases import asked_phases

Question = CoverageParameters | SitingParameters | ActionParameters

EVERYWHERE: Final = Text("全部范围", "Everywhere")
NEWEST: Final = Text("最新的需求集", "the newest demand set")
SEVERAL: Final = Text("下面几个时刻的平均", "the mean over the moments below")
NO_HOURS: Final = Text("不看开放时间", "opening hours not counted")
# How much of a list is named in a title, and in the lines of a question; the rest is counted.
_MOST_IN_TITLE: Final = 3
_MOST_IN_LINES: Final = 200


@dataclass(frozen=True, slots=True)
class Naming:
    """What codes are called, and whose clocks moments are by.

    Attributes
    ----------
    zone
        Name of a time zone.
    regions, demand
        Names by code of a region, of a demand set; a code without a name stands for itself.
    most_named
        So many of a list are named, and the rest counted.
    """

    zone: str
    regions: Mapping[str, Text] = field(default_factory=dict)
    demand: Mapping[str, Text] = field(default_factory=dict)
    most_named: int = _MOST_IN_TITLE


def standard_text(standard_m: float | None, standard_seconds: float | None) -> Text:
    """Return the standard: 500 m, 8 min."""
    if standard_m is not None:
        return format_metres(standard_m)
    return format_seconds(standard_seconds or 0.0)


def area_text(code: str | None, names: Mapping[str, Text]) -> Text:
    """Return an area's name; its code where the region is no longer stored."""
    return EVERYWHERE if code is None else names.get(code, Text(code, code))


def question_title(question: Question, naming: Naming) -> Text:
    """Return a question in one line: where, how many, what standard, and what departs from the usual.

    What departs is told in the order of the table of the question's fields. What only orders the
    search (its time, other plans besides) is not in a title.
    """
    area, parts = area_text(question.region, naming.regions), _head_parts(question)
    told = [words for name, words in _departing(question, naming) if name not in _UNTITLED]
    head = Text("，".join(one.zh for one in parts), ", ".join(one.en for one in parts))
    return Text(
        "；".join([f"{area.zh}：{head.zh}", *(one.zh for one in told)]),
        "; ".join([f"{area.en}: {head.en}", *(one.en for one in told)]),
    )


def _head_parts(question: Question) -> list[Text]:
    """Return what every question says after its area: how many or for what money, and the standard."""
    standard = standard_text(question.standard_m, question.standard_seconds)
    walk = Text(f"步行 {standard.zh}以内", f"within {standard.en} on foot")
    if isinstance(question, ActionParameters):
        money = format_money(question.budget)
        return [Text(f"预算 {money}", f"budget {money}"), walk]
    if isinstance(question, CoverageParameters):
        return [walk]
    model = MODEL_TEXT[SitingModel(question.model)]
    told = Text(f"{walk.zh}（{model.zh}）", f"{walk.en} ({model.en})")
    return [told] if question.p is None else [counted(question.p, "个站点", "site"), told]


def question_conditions(question: Question, naming: Naming) -> list[tuple[str | None, Text]]:
    """Return the conditions that a title tells, and other plans besides, one by one.

    Each with the name of the field without which the question could be asked as well; None = it could not.
    """
    table = table_of(question)
    region = None if question.region is None else "region"
    return [
        (region, area_text(question.region, naming.regions)),
        *((None, one) for one in _head_parts(question)),
        *(
            (None if table.default(name) is MISSING else name, words)
            for name, words in _departing(question, naming)
            if table[name].asked
        ),
    ]


def question_lines(
    question: Question, naming: Naming, took: str | None = None
) -> list[tuple[Text, Text]]:
    """Return a question as labels and values: what everybody asks for, and what departs from the usual.

    Lists are named here one by one, where a title counts all but the first few.

    Parameters
    ----------
    took
        The demand set that a run took, where the question names none.
    """
    table, naming = table_of(question), replace(naming, most_named=_MOST_IN_LINES)
    standard = standard_text(question.standard_m, question.standard_seconds)
    lines: dict[str, tuple[Text, Text]] = {}
    if isinstance(question, SitingParameters):
        lines["model"] = (Text("模型", "model"), MODEL_TEXT[SitingModel(question.model)])
        if question.p is not None:
            shown = format_count(question.p)
            lines["p"] = (table["p"].label, Text(shown, shown))
    if isinstance(question, ActionParameters):
        shown = format_money(question.budget)
        lines["budget"] = (table["budget"].label, Text(shown, shown))
    lines |= {
        "region": (Text("范围", "area"), area_text(question.region, naming.regions)),
        "standard": (Text("服务标准", "service standard"), standard),
        "demand": (Text("需求集", "demand set"), _demand(question.demand or took, naming)),
        "families": (Text("算哪些设施", "facilities that count"), _families(question.families)),
    }
    if not isinstance(question, ActionParameters):
        several = isinstance(question, SitingParameters) and question.moments
        lines["at"] = (table["at"].label, SEVERAL if several else NO_HOURS)
    if isinstance(question, SitingParameters) and (question.at is not None or question.several):
        lines["hours"] = (table["hours"].label, _unsaid_hours(question))
    if not isinstance(question, CoverageParameters):
        lines["candidates"] = (table["candidates"].label, _candidates(question.candidates))
    for name, words in _departing(question, naming):
        label = table[name].label
        # What stands there already has its words, but not what it adds to them.
        lines[name] = (lines[name][0] if name in lines else label, words)
    return list(lines.values())


def asked_lines(
    question: Question, naming: Naming, took: str | None = None
) -> list[tuple[Text, Text]]:
    """Return a question's title and, below it, its lines: what every file says of it."""
    title = Text("问题", "question"), question_title(question, naming)
    return [title, *question_lines(question, naming, took)]


_VERSION_TEXT = {
    "calendar": Text("日历", "calendar"),
    "candidates": Text("候选点", "candidates"),
    "demand": Text("需求", "demand"),
    "demand_set": Text("需求集", "demand set"),
    "facilities": Text("设施", "facilities"),
    "organisations": Text("单位", "organisations"),
    "proposals": Text("拟建站点", "proposals"),
    "regions": Text("区域", "regions"),
    "vocabulary": Text("词表", "vocabulary"),
    "runs": Text("运行", "runs"),
}


def versions_text(versions: Mapping[str, int]) -> Text:
    """Return the counters of the data that a result rests on."""
    named = [
        (_VERSION_TEXT.get(name, Text(name, name)), count)
        for name, count in sorted(versions.items())
    ]
    return Text(
        "；".join(f"{name.zh} {format_count(count)}" for name, count in named),
        "; ".join(f"{name.en} {format_count(count)}" for name, count in named),
    )


def beside_answer(
    question: Question,
    naming: Naming,
    lines: list[tuple[Text, str]],
    took: str | None = None,
) -> list[tuple[Text, str]]:
    """Return the lines of an answer with the question before them; that it is a sample comes first."""
    asked = [(label, value.both()) for label, value in asked_lines(question, naming, took)]
    sample = [one for one in lines if one[0] == SAMPLE_TEXT]
    return [*sample, *asked, *(one for one in lines if one[0] != SAMPLE_TEXT)]


def table_of(question: Question) -> Table:
    """Return the table of a question's fields."""
    if isinstance(question, SitingParameters):
        return SITING
    return ACTIONS if isinstance(question, ActionParameters) else COVERAGE


# Told first of all, or no part of a title.
_HEAD = frozenset({"model", "p", "standard_m", "standard_seconds", "region"})
_UNTITLED = frozenset(
    {"alternatives", "differ", "within_share", "time_limit_seconds", "target_gap"}
)


def _departing(question: Question, naming: Naming) -> Iterable[tuple[str, Text]]:
    """Go through the fields that depart from their defaults, each with its words."""
    table = table_of(question)
    for one in table:
        if one.name in _HEAD or not table.is_given(question, one.name):
            continue
        if one.needs is not None and not table.is_given(question, one.needs):
            continue
        if one.name == "budget" and isinstance(question, ActionParameters):
            continue
        said = _WORDS[one.name]
        if one.name == "hours" and isinstance(question, SitingParameters):
            said = _new_hours
        words = said(getattr(question, one.name), naming)
        if words is not None:
            yield one.name, words


def _percent(share: float) -> str:
    return f"{format_share(share, 2).rstrip('%').rstrip('0').rstrip('.')}%"


def _demand(code: str | None, naming: Naming) -> Text:
    return NEWEST if code is None else naming.demand.get(code, Text(code, code))


def _titled_demand(code: str, naming: Naming) -> Text | None:
    # Where there is one set alone, it tells nothing apart.
    if set(naming.demand) == {code}:
        return None
    name = _demand(code, naming)
    return Text(f"需求：{name.zh}", f"demand: {name.en}")


def _also_demand(codes: tuple[str, ...], naming: Naming) -> Text:
    names = [_demand(code, naming) for code in codes]
    return Text(
        f"还可能是{'、'.join(one.zh for one in names)}",
        f"or instead {', '.join(one.en for one in names)}",
    )


def _criterion(criterion: Criterion, _naming: Naming) -> Text:
    words = (SITING["criterion"].choices or {})[criterion]
    return Text(words.zh, words.en.lower())


def _families(families: Iterable[str] | None) -> Text:
    names = [FAMILY_TEXT[Family(one)] for one in families or list(Family)]
    return Text("、".join(one.zh for one in names), ", ".join(one.en for one in names))


def _only(families: tuple[str, ...], _naming: Naming) -> Text | None:
    if set(families) == set(Family):
        return None
    names = _families(families)
    return Text(f"只算{names.zh}", f"{names.en} alone counted")


def _candidates(candidates: str | None) -> Text:
    if candidates == ANYWHERE:
        return Text("站点可在任何地方", "sites anywhere")
    if candidates is None or candidates == FROM_DEMAND:
        return Text("按需求生成", "generated where the demand is")
    if candidates == FROM_NETWORK:
        return Text("路网的路口", "junctions of the walking network")
    if candidates.startswith(FROM_FACILITIES):
        family = FAMILY_TEXT[Family(candidates.removeprefix(FROM_FACILITIES))]
        return Text(f"升级现有的{family.zh}", f"upgrading: {family.en}")
    return Text(f"候选集 {candidates}", f"candidate set {candidates}")


def _titled_candidates(candidates: str, _naming: Naming) -> Text | None:
    return None if candidates == FROM_DEMAND else _candidates(candidates)


def _one_quota(quota: Quota) -> Text:
    least, most = format_count(quota.least or 0), format_count(quota.most)
    if quota.most is None:
        return Text(f"至少 {least} 个", f"at least {least}")
    if (quota.least or 0) == quota.most:
        return Text(f"{least} 个", f"exactly {least}")
    if not quota.least:
        return Text(f"至多 {most} 个", f"at most {most}")
    return Text(f"{least} 至 {most} 个", f"{least} to {most}")


def _quotas(
    quotas: tuple[tuple[str, Quota], ...],
    names: Mapping[str, Text],
    most_named: int,
    each: Callable[[int, str], Text],
) -> Text | None:
    some = [(code, quota) for code, quota in quotas if not quota.limits_nothing]
    if not some:
        return None
    alike = {(quota.least or 0, quota.most) for _, quota in some}
    if len(alike) == 1 and len(some) > most_named:
        words, every = _one_quota(some[0][1]), each(len(some), "")
        return Text(f"{every.zh}每个{words.zh}", f"{words.en} in each of {every.en}")
    told = [(names.get(code, Text(code, code)), _one_quota(quota)) for code, quota in some]
    more = len(told) - most_named
    others = each(more, "more ")
    zh = "、".join(f"{name.zh} {words.zh}" for name, words in told[:most_named])
    en = ", ".join(f"{words.en} in {name.en}" for name, words in told[:most_named])
    return Text(
        zh + (f"，另有 {others.zh}" if more > 0 else ""),
        en + (f" and {others.en}" if more > 0 else ""),
    )


def _each_region(count: int, more: str) -> Text:
    return counted(count, "个区", f"{more}region")


def _each_host(count: int, more: str) -> Text:
    return counted(count, "类单位", f"{more}type of host", f"{more}types of host")


def _seats(value: float, _naming: Naming) -> Text:
    some = counted(value, "座", "seat")
    return Text(f"每处 {some.zh}", f"{some.en} each")


def _at(moment: Any, naming: Naming) -> Text:
    return format_moment(moment, naming.zone)


def _new_hours(hours: str, _naming: Naming) -> Text:
    known = read(hours)
    zh, en = words_of(known, "zh"), words_of(known, "en")
    return Text(f"新站点 {zh} 开放", f"new stations open {en}")


def _unsaid_hours(question: SitingParameters) -> Text:
    """Return what is told of the hours of new sites where the question gives none."""
    if question.rests_on_unknown_hours:
        return Text("没有给出；前提是新站点那时开放", "not given; provided that they are open then")
    return Text("各设施自己的", "each facility's own")


def _moments(moments: tuple[Any, ...], naming: Naming) -> Text:
    first = [format_moment(one, naming.zone) for one in sorted(moments)]
    more = len(first) - naming.most_named
    zh = "、".join(one.zh for one in first[: naming.most_named])
    en = ", ".join(one.en for one in first[: naming.most_named])
    if more > 0:
        return Text(f"{zh} 等 {len(first)} 个时刻", f"{en} and {more} more")
    return Text(zh, en)


def _cost(kind: ActionKind) -> Callable[[float, Naming], Text]:
    name = ACTION_TEXT[kind]
    return lambda value, _naming: Text(
        f"{name.zh} {format_money(value)}", f"{name.en} {format_money(value)}"
    )


def _words(
    zh: str, en: str, shown: Callable[[Any], str] = format_money
) -> Callable[[Any, Naming], Text]:
    return lambda value, _naming: Text(zh, en).format(value=shown(value))


def _many(zh: str, en: str, noun: str) -> Callable[[Any, Naming], Text]:
    def words(values: Any, naming: Naming) -> Text:
        some = counted(len(values), "", noun)
        told = Text(zh.format(value=format_count(len(values))), en.format(value=some.en))
        # A title counts them; areas have no names.
        if naming.most_named == _MOST_IN_TITLE or not all(map(_name_of, values)):
            return told
        named = [_name_of(one) for one in values[: naming.most_named]]
        more = "…" if len(values) > len(named) else ""
        return Text(f"{told.zh}：{'、'.join(named)}{more}", f"{told.en}: {', '.join(named)}{more}")

    return words


def _name_of(one: Any) -> str:
    """Return what a candidate of a question is called; nothing for an area."""
    if isinstance(one, DrawnSite):
        return f"{one.code} {one.name}" if one.name else one.code
    return one if isinstance(one, str) else ""


def _metres_zh_en(zh: str, en: str) -> Callable[[float, Naming], Text]:
    def words(value: float, _naming: Naming) -> Text:
        shown = format_metres(value)
        return Text(zh.format(value=shown.zh), en.format(value=shown.en))

    return words


def _seconds(zh: str, en: str) -> Callable[[float, Naming], Text]:
    def words(value: float, _naming: Naming) -> Text:
        shown = format_seconds(value)
        return Text(zh.format(value=shown.zh), en.format(value=shown.en))

    return words


# The words of each field that departs from its default; None where that means nothing.
_WORDS: dict[str, Callable[[Any, Naming], Text | None]] = {
    "share": _words("至少覆盖 {value}", "at least {value} covered", _percent),
    "demand": _titled_demand,
    "also_demand": _also_demand,
    "criterion": _criterion,
    "candidates": _titled_candidates,
    "spacing_m": _metres_zh_en("候选点间距 {value}", "candidates {value} apart"),
    "drawn": _many("另画 {value} 处", "{value} drawn besides", "candidate"),
    "fixed": _many("必选 {value} 处", "{value} that must be there", "site"),
    "forbidden": _many("不用 {value} 处", "{value} not available", "candidate"),
    "forbidden_areas": _many("禁设范围 {value} 处", "none in {value}", "forbidden area"),
    "without_dropped_m": _metres_zh_en(
        "避开不建的地点周围 {value}", "none within {value} of dropped sites"
    ),
    "families": _only,
    "at": _at,
    "period": lambda period, _naming: (SITING["period"].choices or {})[period],
    "phases": lambda phases, _naming: asked_phases(phases),
    "min_spacing_m": _metres_zh_en("站点相隔至少 {value}", "stations at least {value} apart"),
    "quotas": lambda quotas, naming: _quotas(
        quotas, naming.regions, naming.most_named, _each_region
    ),
    "host_quotas": lambda quotas, naming: _quotas(quotas, {}, naming.most_named, _each_host),
    "budget": _words("预算 {value}", "budget {value}"),
    "site_cost": _words("每处费用 {value}", "{value} for each station"),
    "backup_share": _words("第二个站点算 {value}", "a second station counts {value}", _percent),
    "capacity": _seats,
    "alternatives": _words("另找 {value} 个方案", "other plans sought: {value}"),
    "differ": _words("至少换 {value} 处", "sites that differ: at least {value}"),
    "within_share": _words("至多少覆盖 {value}", "at most {value} less covered", _percent),
    "time_limit_seconds": _seconds("至多算 {value}", "at most {value} of solving"),
    "target_gap": _words("差距 {value} 以内即停", "stop within {value}", _percent),
    "moments": _moments,
    "hours": _words("开放 {value}", "open {value}", str),
    "most_actions": _words("至多 {value} 项", "no more actions than {value}"),
    "build_cost": _cost(ActionKind.BUILD),
    "extend_cost": _cost(ActionKind.EXTEND_HOURS),
    "move_cost": _cost(ActionKind.MOVE),
    "upgrade_cost": _cost(ActionKind.UPGRADE),
    "close_saving": _cost(ActionKind.CLOSE),
}
