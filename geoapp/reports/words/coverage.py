"""A coverage run in words: its title, what it rests on, a line to share."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geoapp.core.i18n import Text
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.run import RunState
from geoapp.core.units import format_metres, format_moment, format_seconds
from geoapp.core.words import BASIS_TEXT, FAMILY_TEXT, RUN_STATUS_TEXT, Basis, Family
from geoapp.reports.words.question import Naming, question_title

EVERYWHERE = Text("全部范围", "Everywhere")


@dataclass(frozen=True, slots=True)
class RunLine:
    """One line of the list of runs; ``covered`` is a share, None as long as there is none."""

    id: int
    title: Text
    when: Text
    status: Text
    covered: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures that the screens show of a whole or of a region; weights are workers."""

    weight: float
    covered_weight: float
    uncovered_weight: float
    covered_share: float | None
    backup_share: float | None
    mean_m: float | None
    p90_m: float | None


def figures_of(stored: dict[str, Any]) -> Figures:
    """Return the figures of a stored row."""
    walk = stored["walk"] or {}
    return Figures(
        weight=stored["weight"],
        covered_weight=stored["covered_weight"],
        uncovered_weight=stored["uncovered_weight"],
        covered_share=stored["covered_share"],
        backup_share=stored["backup_share"],
        mean_m=walk.get("mean_m"),
        p90_m=walk.get("p90_m"),
    )


def standard_text(run: RunState) -> Text:
    """Return the standard: 500 m, 8 min."""
    standard_m = run.params.get("standard_m")
    if standard_m is not None:
        return format_metres(standard_m)
    return format_seconds(run.params["standard_seconds"])


def area_text(run: RunState, regions: dict[str, Text]) -> Text:
    """Return the area's name; its code where the region is no longer stored."""
    code = run.params.get("region")
    return EVERYWHERE if code is None else regions.get(code, Text(code, code))


def run_line(run: RunState, naming: Naming) -> RunLine:
    """Return one line of the list of runs."""
    covered = run.result["total"]["covered_share"] if run.result else None
    return RunLine(
        id=run.id,
        title=question_title(CoverageParameters.from_stored(run.params), naming),
        when=format_moment(run.created_at, naming.zone),
        status=RUN_STATUS_TEXT[run.status],
        covered=covered,
    )


def demand_code(run: RunState) -> str | None:
    """Return the code of the demand set that a run used, or is to use; None is the newest."""
    code: str | None = run.inputs.get("demand") or run.params.get("demand")
    return code


def _basis_text(run: RunState) -> Text:
    """Return how walks were found; on a network, for which share of the demand."""
    basis = BASIS_TEXT[Basis(run.inputs.get("basis", Basis.ESTIMATE))]
    network, total = (run.result or {}).get("network"), (run.result or {}).get("total")
    if not network or not total or total["weight"] <= 0:
        return basis
    share = network["walked_weight"] / total["weight"]
    text = Text(f"{basis.zh}（{share:.0%} 的需求）", f"{basis.en} ({share:.0%} of the demand)")
    if share < 1:
        text = Text(f"{text.zh}，其余估算", f"{text.en}, estimated elsewhere")
    detour = network["detour_factor"]
    if detour is not None:
        text = Text(
            f"{text.zh}，实测绕行系数 {detour:.2f}",
            f"{text.en}, measured detour factor {detour:.2f}",
        )
    return text


def statement_text(
    run: RunState, regions: dict[str, Text], demand: dict[str, Text], zone: str
) -> Text:
    """Return what a run's figures rest on: standard, moment, basis, facilities, demand."""
    standard, area = standard_text(run), area_text(run, regions)
    families = [FAMILY_TEXT[Family(one)] for one in run.params.get("families") or list(Family)]
    at = run.params.get("at")
    when = Text("不看开放时间", "opening hours not counted")
    if at is not None:
        stamp = format_moment(datetime.fromisoformat(at), zone)
        when = Text(f"{stamp.zh} 确知开放的设施", f"facilities known to be open on {stamp.en}")
    code = demand_code(run)
    points = Text("最新的需求集", "the newest demand set")
    if code is not None:
        points = demand.get(code, Text(code, code))
    basis = _basis_text(run)
    zh = [
        f"范围：{area.zh}",
        f"标准：步行 {standard.zh}以内（含）",
        f"时刻：{when.zh}",
        f"步行距离：{basis.zh}",
        f"设施：{'、'.join(one.zh for one in families)}",
        f"需求：{points.zh}",
    ]
    en = [
        f"Area: {area.en}",
        f"standard: a walk of at most {standard.en}",
        f"moment: {when.en}",
        f"walking distance: {basis.en}",
        f"facilities: {', '.join(one.en for one in families)}",
        f"demand: {points.en}",
    ]
    return Text("；".join(zh) + "。", "; ".join(en) + ".")


def reasons_text(run: RunState) -> Text:
    """Return why those out of reach are, as far as there is more to say than that it is far."""
    result = run.result or {}
    network = result.get("network") or {}
    ways = [
        (network.get("uncovered_far_weight"), "走得到但太远", "have a way that is too long"),
        (
            network.get("uncovered_cut_off_weight"),
            "被隔断（路网上没有通路）",
            "are cut off (no way on the network)",
        ),
        (
            network.get("uncovered_off_weight"),
            "附近没有路网（按估算）",
            "are away from the network (estimated)",
        ),
    ]
    hours = [
        (
            result.get("uncovered_closed_weight"),
            "附近有站点、只是那时不开",
            "have a station near that is closed then",
        ),
        (
            result.get("uncovered_hours_unknown_weight"),
            "附近有站点、开放时间不明",
            "have one near whose hours are unknown",
        ),
    ]
    sentences = [_of_those(parts) for parts in (ways, hours)]
    return Text(
        "".join(one.zh for one in sentences), " ".join(one.en for one in sentences if one.en)
    )


def outside_text(run: RunState) -> Text:
    """Return how many workers no region's figures count, if there are regions and such workers."""
    result = run.result or {}
    outside = (result.get("without_region") or {}).get("weight", 0.0)
    if not 0 < outside < result["total"]["weight"]:
        return Text("", "")
    return Text(
        f"另有 {outside:,.0f} 人在所有区域之外，不计入任何区域。",
        f"{outside:,.0f} workers are outside every region and count in none.",
    )


def _of_those(parts: list[tuple[float | None, str, str]]) -> Text:
    told = [(weight, zh, en) for weight, zh, en in parts if weight]
    if not told:
        return Text("", "")
    zh = "，".join(f"{zh} {weight:,.0f} 人" for weight, zh, _ in told)
    en = ", ".join(f"{weight:,.0f} {en}" for weight, _, en in told)
    return Text(f"走不到的人里：{zh}。", f"Of those out of reach, {en}.")


def share_text(
    run: RunState, figures: Figures, regions: dict[str, Text], zone: str, *, sample: bool
) -> Text:
    """Return two sentences that can be passed on without the page."""
    area, standard = area_text(run, regions), standard_text(run)
    share = "—" if figures.covered_share is None else f"{figures.covered_share * 100:.1f}%"
    left = f"{figures.uncovered_weight:,.0f}"
    day = format_moment(run.finished_at or run.created_at, zone)
    zh = (
        f"{area.zh}：{share} 的户外劳动者步行 {standard.zh}以内有服务站点，"
        f"还有 {left} 人走不到（{day.zh[:10]} 计算）。"
    )
    en = (
        f"{area.en}: {share} of outdoor workers have a station within {standard.en} on foot; "
        f"{left} do not (computed {day.zh[:10]})."
    )
    if sample:
        return Text(f"【示例数据】{zh}", f"[Sample data] {en}")
    return Text(zh, en)
