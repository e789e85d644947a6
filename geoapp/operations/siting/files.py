"""A siting run in words, and saved to a file."""

import math
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geoapp.analysis.siting import SitingStatus
from geoapp.analysis.siting.result import STATUS_TEXT
from geoapp.core.i18n import Text
from geoapp.core.questions.siting import MODEL_TEXT, SitingModel, SitingParameters
from geoapp.core.units import format_metres, format_seconds
from geoapp.core.words import BASIS_TEXT, SAMPLE_TEXT, Basis
from geoapp.operations.facilities.places import list_regions
from geoapp.operations.runs.lifecycle import RunState
from geoapp.operations.siting import results as siting_results
from geoapp.reports.siting.tables import SitingTables, write_siting
from geoapp.reports.tables import check_format
from geoapp.reports.words.explanation import explained
from geoapp.store.engine import Database

_OBJECTIVE = {
    "workers": Text("新增覆盖人数", "workers newly reached"),
    "workers_served": Text("新增服务人数（有座位的）", "workers newly served, with a seat"),
    "sites": Text("新站点数", "new sites"),
    "worker_metres": Text("加权步行总和（人·米）", "weighted walk (worker-metres)"),
    "metres": Text("最远步行（米）", "longest walk (metres)"),
}
_EVERYWHERE = Text("全部范围", "Everywhere")
# The bound lies above what is maximised and below what is minimised.
_BOUND = {
    "workers": Text("任何方案至多", "no plan has more than"),
    "workers_served": Text("任何方案至多", "no plan has more than"),
    "sites": Text("任何方案至少", "no plan has fewer than"),
    "worker_metres": Text("任何方案至少", "no plan has less than"),
    "metres": Text("任何方案至少", "no plan has less than"),
}


def check_output(path: Path) -> None:
    """Refuse a file name whose format is not known, before any work is done."""
    check_format(path)


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share:.1%}"


def gap_words(result: dict[str, Any]) -> Text:
    """Return in words how far the plan can be from the best at most; never optimal without proof."""
    status = SitingStatus(result["status"])
    gap = result["gap_share"]
    text = STATUS_TEXT[status]
    if status in (SitingStatus.OPTIMAL, SitingStatus.INFEASIBLE) or result["objective"] is None:
        return text
    if gap is None or not math.isfinite(gap):
        return Text(f"{text.zh}；差距未知", f"{text.en}; the gap is not known")
    # Rounded up: what is not proven must not read as nothing.
    shown = f"{max(math.ceil(gap * 10_000) / 10_000, 0.0001):.2%}"
    return Text(
        f"{text.zh}；与最好的方案最多差 {shown}",
        f"{text.en}; at most {shown} from the best possible",
    )


def question_title(question: SitingParameters, names: Mapping[str, Text]) -> Text:
    """Return a question in words: where, how many, what standard, which model."""
    code = question.region
    area = _EVERYWHERE if code is None else names.get(code, Text(code, code))
    if question.standard_m is not None:
        standard = format_metres(question.standard_m)
    else:
        standard = format_seconds(question.standard_seconds or 0.0)
    count = Text(f"{question.p} 个站点，", f"{question.p} sites, ") if question.p else Text("", "")
    model = MODEL_TEXT[SitingModel(question.model)]
    return Text(
        f"{area.zh}：{count.zh}步行 {standard.zh}以内（{model.zh}）",
        f"{area.en}: {count.en}within {standard.en} on foot ({model.en})",
    )


def summary_lines(run: RunState) -> list[tuple[Text, str]]:
    """Return what a siting run found as labels and values for people."""
    result, params, inputs = run.result or {}, run.params, run.inputs
    unit = result["objective_unit"]
    total = result["total"]
    model = MODEL_TEXT[SitingModel(result["model"])]
    standard = (
        format_metres(params["standard_m"])
        if params["standard_m"] is not None
        else format_seconds(params["standard_seconds"])
    )
    lines: list[tuple[Text, str]] = []
    if inputs.get("sample"):
        lines.append(
            (SAMPLE_TEXT, Text("数据是示例，不是真实站点", "sample data, not real").both())
        )
    lines += [
        (Text("模型", "model"), model.both()),
        (Text("服务标准", "service standard"), standard.both()),
        (Text("步行", "walks"), BASIS_TEXT[Basis(inputs["basis"])].both()),
        (Text("候选点", "candidates"), f"{inputs['candidates']['count']:,}"),
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


def explanation_lines(database: Database, run: RunState) -> list[Text]:
    """Return why a finished run's answer is no better, and what would do; empty where unknown."""
    names = {
        one.code: Text(one.name_zh, one.name_en or one.name_zh) for one in list_regions(database)
    }
    told = explained((run.result or {}).get("explanation"), names)
    return [] if told is None else told.lines()


def save_siting(database: Database, run_id: int, path: Path) -> None:
    """Write a finished run to a file; the file appears whole or not at all.

    Raises
    ------
    InvalidValueError
        If no format belongs to the file's suffix.
    ConflictError
        If the run has not succeeded.
    """
    suffix = check_format(path)
    run = siting_results.finished(database, run_id)
    tables = SitingTables(
        summary=summary_lines(run),
        explanation=explanation_lines(database, run),
        about={"id": run.id, "params": run.params, "inputs": run.inputs, "result": run.result},
        sites=siting_results.sites_of(database, run_id),
        others=siting_results.sites_of(database, run_id, chosen=False),
        regions=siting_results.region_figures(database, run_id),
        gaps=siting_results.gap_zones(database, run_id),
    )
    fresh = path.with_name(f".{path.stem}.{secrets.token_hex(4)}{suffix}")
    try:
        write_siting(tables, fresh)
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
