"""Siting runs in words."""

import math
from collections.abc import Mapping
from typing import Any

from geoapp.core.i18n import Text
from geoapp.core.results.run import RunState
from geoapp.core.results.siting import STATUS_TEXT, SitingStatus
from geoapp.core.units import counted, format_metres, format_share
from geoapp.core.words import BASIS_TEXT, SAMPLE_TEXT, Basis

_OBJECTIVE = {
    "workers": Text("新增覆盖人数", "workers newly reached"),
    "workers_served": Text("新增服务人数（有座位的）", "workers newly served, with a seat"),
    "sites": Text("新站点数", "new sites"),
    "worker_metres": Text("加权步行总和（人·米）", "weighted walk (worker-metres)"),
    "metres": Text("最远步行（米）", "longest walk (metres)"),
}


# The bound lies above what is maximised and below what is minimised.
_BOUND = {
    "workers": Text("任何方案至多", "no plan has more than"),
    "workers_served": Text("任何方案至多", "no plan has more than"),
    "sites": Text("任何方案至少", "no plan has fewer than"),
    "worker_metres": Text("任何方案至少", "no plan has less than"),
    "metres": Text("任何方案至少", "no plan has less than"),
}


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share:.1%}"


def gap_words(result: dict[str, Any]) -> Text:
    """Return in words how far the plan can be from the best at most; never optimal without proof."""
    status = SitingStatus(result["status"])
    gap = result["gap_share"]
    text = STATUS_TEXT[status]
    if status in (SitingStatus.OPTIMAL, SitingStatus.INFEASIBLE) or result["objective"] is None:
        return text
    if result.get("equity") and result["equity"]["levels"]:
        return _fairness_words(result["equity"]["levels"], text)
    if gap is None or not math.isfinite(gap):
        return Text(f"{text.zh}；差距未知", f"{text.en}; the gap is not known")
    # Rounded up: what is not proven must not read as nothing.
    shown = f"{max(math.ceil(gap * 10_000) / 10_000, 0.0001):.2%}"
    return Text(
        f"{text.zh}；与最好的方案最多差 {shown}",
        f"{text.en}; at most {shown} from the best possible",
    )


def _fairness_words(levels: list[dict[str, Any]], text: Text) -> Text:
    """Return the verdict on the worst districts in shares of a district, never in workers."""
    lowest, before = len(levels), 0.0
    for level in levels:
        if not level["proven"]:
            lowest = level["lowest"]
            break
        before = level["objective"]
    else:
        return Text(
            f"{text.zh}；最差的 {lowest} 个区已证明不能再高",
            f"{text.en}; proven for {counted(lowest, '个区', 'district').en} from the worst on",
        )
    share = format_share(max(0.0, level["objective"] - before))
    bound = level["bound"]
    which = Text(f"从最差的数起第 {lowest} 个区", f"number {lowest} from the worst on")
    if lowest == 1:
        which = Text("最差的区", "the worst district")
    if bound is None:
        return Text(
            f"{text.zh}；{which.zh}为 {share}，至多多少未知",
            f"{text.en}; {which.en} stands at {share}, how far it can be lifted is not known",
        )
    # Rounded up: what is not proven must not read as nothing.
    most = format_share(min(1.0, math.ceil(max(0.0, bound - before) * 1000) / 1000))
    return Text(
        f"{text.zh}；{which.zh}为 {share}，任何方案至多 {most}",
        f"{text.en}; {which.en} stands at {share}, and no plan lifts it above {most}",
    )


def among_text(candidates: Mapping[str, Any]) -> Text:
    """Return among how many candidates a plan is the best, and how far apart they were generated.

    Parameters
    ----------
    candidates
        Of the run's inputs.
    """
    some = counted(candidates["count"], "个候选点", "candidate")
    if candidates["spacing_m"] is None:
        return some
    apart = format_metres(candidates["spacing_m"])
    return Text(f"{some.zh}，间距 {apart.zh}", f"{some.en}, generated {apart.en} apart")


def summary_lines(run: RunState) -> list[tuple[Text, str]]:
    """Return what a siting run found as labels and values for people."""
    result, inputs = run.result or {}, run.inputs
    unit = result["objective_unit"]
    total = result["total"]
    lines: list[tuple[Text, str]] = []
    if inputs.get("sample"):
        lines.append(
            (SAMPLE_TEXT, Text("数据是示例，不是真实站点", "sample data, not real").both())
        )
    lines += [
        (Text("步行", "walks"), BASIS_TEXT[Basis(inputs["basis"])].both()),
        (Text("在哪些候选点里", "among"), among_text(inputs["candidates"]).both()),
        (Text("结论", "status"), gap_words(result).both()),
    ]
    if result["objective"] is not None:
        lines += [
            (_OBJECTIVE[unit], f"{result['objective']:,.0f}"),
            (_BOUND[unit], f"{result['bound']:,.0f}"),
        ]
    equity = result.get("equity")
    if equity and equity["districts"]:
        worst = equity["districts"][0]
        lines += [
            (
                Text("最差的区的覆盖率", "covered share of the worst district"),
                f"{_percent(worst['share'])} ({worst['code'] or '—'})",
            ),
            (
                Text("从最差的数起，已证明不能再高的区数", "districts proven, from the worst on"),
                f"{equity['proven_districts']} / {len(equity['districts'])}",
            ),
        ]
    if result["reason"] is not None:
        reason = result["reason"]
        lines.append((Text("原因", "reason"), Text(reason["zh"], reason["en"]).both()))
    for name, label in (
        ("needed_p", Text("至少需要站点数", "sites needed")),
        ("needed_budget", Text("至少需要费用", "budget needed")),
    ):
        if result[name] is not None:
            lines.append((label, f"{result[name]:,.10g}"))
    if result["reachable_share"] is not None and result["objective"] is None:
        label = Text("候选点全部启用可覆盖", "all candidates together cover")
        lines.append((label, _percent(result["reachable_share"])))
    if result["unreachable_weight"]:
        label = Text("步行到不了、未计入的人数", "workers whom no walk reaches, left out")
        lines.append((label, f"{result['unreachable_weight']:,.0f}"))
    lines += [
        (Text("户外劳动者", "outdoor workers"), f"{total['weight']:,.0f}"),
        (
            Text("此前覆盖", "covered before"),
            f"{total['covered_before_weight']:,.0f} ({_percent(total['covered_before_share'])})",
        ),
        (
            Text("此后覆盖", "covered after"),
            f"{total['covered_after_weight']:,.0f} ({_percent(total['covered_after_share'])})",
        ),
        (Text("求解用时", "seconds of solving"), f"{result['seconds']:.1f}"),
    ]
    return lines


def alternative_words(one: dict[str, Any], names: Mapping[str, Text]) -> Text:
    """Return a plan of ``other_plans`` in words: how much less, which sites, which districts."""

    def sites(rows: list[dict[str, Any]]) -> str:
        return ", ".join(row["name"] or row["code"] for row in rows)

    changes = [
        (names.get(code, Text(code or "区域未知", code or "unknown")), change)
        for code, change in sorted(one["by_district"].items(), key=lambda item: -item[1])
        if abs(change) >= 0.5
    ]
    districts = Text(
        "；" + "，".join(f"{name.zh} {change:+,.0f}" for name, change in changes),
        "; " + ", ".join(f"{name.en} {change:+,.0f}" for name, change in changes),
    )
    if not changes:
        districts = Text("", "")
    less = f"{max(0.0, one['loss_share']):.2%}"
    gone, instead = sites(one["given_up"]), sites(one["taken_instead"])
    return Text(
        f"新覆盖 {one['objective']:,.0f} 人，少 {less}：不建 {gone}，改建 {instead}{districts.zh}",
        f"{one['objective']:,.0f} workers newly reached, {less} less: without {gone}, with {instead}"
        f"{districts.en}",
    )


def ended_words(found: dict[str, Any]) -> Text:
    """Return in words whether there are more such plans."""
    share, differ = f"{found['within_share']:.1%}", found["differ"]
    what = Text(
        f"少覆盖不超过 {share}、至少换 {differ} 处的方案",
        f"plans at most {share} below that differ in at least {differ} sites",
    )
    if found["exhausted"] is True and not found["plans"]:
        return Text(f"已证明没有{what.zh}。", f"Proven: there are no {what.en}.")
    if found["exhausted"] is True:
        return Text(f"已证明没有更多{what.zh}。", f"Proven: there are no more {what.en}.")
    if not found["plans"]:
        return Text(f"时限内没有找到{what.zh}。", f"No {what.en} were met in the time.")
    return Text(f"可能还有别的{what.zh}。", f"There may be more {what.en}.")
