"""Runs of actions in words."""

import math
from typing import Any

from geoapp.core.i18n import Text
from geoapp.core.questions.actions import ACTION_TEXT, ActionKind
from geoapp.core.results.actions import CHOICE_TEXT, Choice
from geoapp.core.results.run import RunState
from geoapp.core.results.siting import STATUS_TEXT, SitingStatus
from geoapp.core.words import SAMPLE_TEXT


def verdict(found: dict[str, Any]) -> Text:
    """Return in words how far a plan can be from the best at most; never optimal without proof."""
    status, gap = SitingStatus(found["status"]), found["gap_share"]
    text = STATUS_TEXT[status]
    if status is SitingStatus.OPTIMAL:
        return text
    if gap is None:
        return Text(f"{text.zh}；差距未知", f"{text.en}; the gap is not known")
    shown = f"{max(math.ceil(gap * 10_000) / 10_000, 0.0001):.2%}"
    return Text(
        f"{text.zh}；增加的人数与最好的方案最多差 {shown}",
        f"{text.en}; what it adds is at most {shown} from the best possible",
    )


def kinds_text(kinds: dict[str, int]) -> Text:
    """Return how many actions of each kind, in words."""
    parts = [(ACTION_TEXT[ActionKind(kind)], count) for kind, count in kinds.items()]
    if not parts:
        return Text("不做", "nothing")
    return Text(
        "，".join(f"{text.zh} {count} 处" for text, count in parts),
        ", ".join(f"{text.en} {count}" for text, count in parts),
    )


def summary_lines(run: RunState) -> list[tuple[Text, str]]:
    """Return what a run of actions found as labels and values for people."""
    result = run.result or {}
    weight = result["weight"]
    lines: list[tuple[Text, str]] = []
    if run.inputs.get("sample"):
        lines.append(
            (SAMPLE_TEXT, Text("数据是示例，不是真实站点", "sample data, not real").both())
        )
    lines += [
        (Text("结论", "status"), verdict(result).both()),
        (
            Text("此前走得到（各时刻平均）", "within reach before (mean of the moments)"),
            f"{result['before']:,.0f} ({result['before'] / weight:.1%})",
        ),
        (
            Text("此后走得到", "within reach after"),
            f"{result['objective']:,.0f} ({result['objective'] / weight:.1%})",
        ),
        (Text("任何方案至多", "no plan has more than"), f"{result['bound']:,.0f}"),
        (Text("费用", "cost"), f"{result['cost']:,.10g} / {result['budget']:,.10g}"),
    ]
    for one in result["comparison"]:
        kinds = kinds_text(one["kinds"])
        lines.append(
            (
                CHOICE_TEXT[Choice(one["choice"])],
                f"+{one['added']:,.0f} · {one['cost']:,.10g} · {kinds.both()} · "
                f"{verdict(one).both()}",
            )
        )
    return lines
