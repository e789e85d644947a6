"""A question in words: its title, and all its conditions, so that two runs can be told apart.

One place for coverage, siting and actions, for pages, files and the terminal alike.
"""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, replace
from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.questions.actions import ACTIONS, ActionParameters
from geoapp.core.questions.coverage import COVERAGE, CoverageParameters
from geoapp.core.questions.field import Table
from geoapp.core.questions.siting import (
    MODEL_TEXT,
    SITING,
    SitingModel,
    SitingParameters,
)
from geoapp.core.units import (
    counted,
    format_count,
    format_metres,
    format_money,
    format_seconds,
)
from geoapp.core.words import SAMPLE_TEXT
from geoapp.reports.words.conditions import (
    CONDITION_WORDS,
    candidates_words,
    demand_words,
    families_words,
    new_hours_words,
    unsaid_hours_words,
)
from geoapp.reports.words.naming import Naming

Question = CoverageParameters | SitingParameters | ActionParameters

EVERYWHERE: Final = Text("全部范围", "Everywhere")
SEVERAL: Final = Text("下面几个时刻的平均", "the mean over the moments below")
NO_HOURS: Final = Text("不看开放时间", "opening hours not counted")
# How much of a list is named in the lines of a question; the rest is counted.
_MOST_IN_LINES: Final = 200


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
        "demand": (Text("需求集", "demand set"), demand_words(question.demand or took, naming)),
        "families": (
            Text("算哪些设施", "facilities that count"),
            families_words(question.families),
        ),
    }
    if not isinstance(question, ActionParameters):
        several = isinstance(question, SitingParameters) and question.moments
        lines["at"] = (table["at"].label, SEVERAL if several else NO_HOURS)
    if isinstance(question, SitingParameters) and (question.at is not None or question.several):
        lines["hours"] = (table["hours"].label, unsaid_hours_words(question))
    if not isinstance(question, CoverageParameters):
        lines["candidates"] = (table["candidates"].label, candidates_words(question.candidates))
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
        said = CONDITION_WORDS[one.name]
        if one.name == "hours" and isinstance(question, SitingParameters):
            said = new_hours_words
        words = said(getattr(question, one.name), naming)
        if words is not None:
            yield one.name, words
