"""A coverage run in words: its title, what it rests on, a line to share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geoapp.core.i18n import Text
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.coverage import (
    CoverageFigures,
    CoverageFindings,
    CoverageRun,
    StraightLineFigures,
)
from geoapp.core.units import counted, format_count, format_moment, format_seconds, format_share
from geoapp.core.words import BASIS_TEXT, FAMILY_TEXT, RUN_STATUS_TEXT, Family
from geoapp.reports.words.naming import Naming
from geoapp.reports.words.question import area_text, question_title, standard_text


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
    p50_m: float | None
    p90_m: float | None


def figures_of(found: CoverageFigures) -> Figures:
    """Return the figures that the screens show."""
    return Figures(
        weight=found.weight,
        covered_weight=found.covered_weight,
        uncovered_weight=found.uncovered_weight,
        covered_share=found.covered_share,
        backup_share=found.backup_share,
        mean_m=None if found.walk is None else found.walk.mean_m,
        p50_m=None if found.walk is None else found.walk.p50_m,
        p90_m=None if found.walk is None else found.walk.p90_m,
    )


def walking_text(figures: Figures, speed_m_per_s: float | None) -> Text:
    """Return how long half of the workers and nine in ten walk at most; empty where that is not known."""
    if figures.p50_m is None or figures.p90_m is None or not speed_m_per_s:
        return Text("", "")
    half = format_seconds(figures.p50_m / speed_m_per_s)
    most = format_seconds(figures.p90_m / speed_m_per_s)
    return Text(
        f"到最近的站点，一半人步行不超过 {half.zh}，九成人不超过 {most.zh}。",
        f"To the nearest station half walk {half.en} at most, nine in ten {most.en}.",
    )


def _question(run: CoverageRun) -> CoverageParameters:
    return CoverageParameters.from_stored(run.params)


def _area_and_standard(run: CoverageRun, regions: Mapping[str, Text]) -> tuple[Text, Text]:
    question = _question(run)
    standard = standard_text(question.standard_m, question.standard_seconds)
    return area_text(question.region, regions), standard


def run_line(run: CoverageRun, naming: Naming) -> RunLine:
    """Return one line of the list of runs."""
    covered = None if run.result is None else run.result.total.covered_share
    return RunLine(
        id=run.id,
        title=question_title(CoverageParameters.from_stored(run.params), naming),
        when=format_moment(run.created_at, naming.zone),
        status=RUN_STATUS_TEXT[run.status],
        covered=covered,
    )


def demand_code(run: CoverageRun) -> str | None:
    """Return the code of the demand set that a run used, or is to use; None is the newest."""
    return run.inputs.demand or _question(run).demand


def _basis_text(run: CoverageRun) -> Text:
    """Return how walks were found; on a network, for which share of the demand."""
    basis = BASIS_TEXT[run.inputs.basis]
    network = None if run.result is None else run.result.network
    weight = 0.0 if run.result is None else run.result.total.weight
    if network is None or weight <= 0:
        return basis
    share = network.walked_weight / weight
    shown = format_share(share, 0)
    text = Text(f"{basis.zh}（{shown} 的需求）", f"{basis.en} ({shown} of the demand)")
    if share < 1:
        text = Text(f"{text.zh}，其余估算", f"{text.en}, estimated elsewhere")
    detour = network.detour_factor
    if detour is not None:
        text = Text(
            f"{text.zh}，实测绕行系数 {detour:.2f}",
            f"{text.en}, measured detour factor {detour:.2f}",
        )
    return text


def statement_text(
    run: CoverageRun, regions: Mapping[str, Text], demand: Mapping[str, Text], zone: str
) -> Text:
    """Return what a run's figures rest on: standard, moment, basis, facilities, demand."""
    area, standard = _area_and_standard(run, regions)
    question = _question(run)
    families = [FAMILY_TEXT[Family(one)] for one in question.families or list(Family)]
    when = Text("不看开放时间", "opening hours not counted")
    if question.at is not None:
        stamp = format_moment(question.at, zone)
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


def reasons_text(run: CoverageRun) -> Text:
    """Return why those out of reach are, as far as there is more to say than that it is far."""
    found = run.result
    if found is None:
        return Text("", "")
    network = found.network
    ways = (
        []
        if network is None
        else [
            (
                network.uncovered_far_weight,
                "走得到但太远",
                "has a way that is too long",
                "have a way that is too long",
            ),
            (
                network.uncovered_cut_off_weight,
                "被隔断（路网上没有通路）",
                "is cut off (no way on the network)",
                "are cut off (no way on the network)",
            ),
            (
                network.uncovered_off_weight,
                "附近没有路网（按估算）",
                "is away from the network (estimated)",
                "are away from the network (estimated)",
            ),
        ]
    )
    hours = [
        (
            found.uncovered_closed_weight,
            "附近有站点、只是那时不开",
            "has a station near that is closed then",
            "have a station near that is closed then",
        ),
        (
            found.uncovered_hours_unknown_weight,
            f"附近有站点、{near_unknown(found).zh}",
            f"has one near whose {near_unknown(found).en}",
            f"have one near whose {near_unknown(found).en}",
        ),
    ]
    sentences = [_of_those(parts) for parts in (ways, hours)]
    return Text(
        "".join(one.zh for one in sentences), " ".join(one.en for one in sentences if one.en)
    )


def near_unknown(found: CoverageFindings) -> Text:
    """Return what is unknown of the stations near those out of reach: hours, or their dates, too."""
    if found.facilities_undated:
        return Text("开放时间不明，或那天是否在不明", "hours, or dates, are unknown")
    return Text("开放时间不明", "hours are unknown")


def outside_text(run: CoverageRun) -> Text:
    """Return how many workers no region's figures count, if there are regions and such workers."""
    found = run.result
    if found is None or found.without_region is None:
        return Text("", "")
    outside = found.without_region.weight
    if not 0 < outside < found.total.weight:
        return Text("", "")
    some = counted(
        outside,
        "人",
        "worker is outside every region and counts in none",
        "workers are outside every region and count in none",
    )
    return Text(f"另有 {some.zh}在所有区域之外，不计入任何区域。", f"{some.en}.")


def _of_those(parts: Sequence[tuple[float | None, str, str, str]]) -> Text:
    told = [(zh, counted(weight, "人", one, many)) for weight, zh, one, many in parts if weight]
    if not told:
        return Text("", "")
    zh = "，".join(f"{reason} {some.zh}" for reason, some in told)
    en = ", ".join(some.en for _, some in told)
    return Text(f"走不到的人里：{zh}。", f"Of those out of reach, {en}.")


def share_text(
    run: CoverageRun,
    figures: Figures,
    regions: Mapping[str, Text],
    zone: str,
    *,
    sample: bool,
    region: str | None = None,
) -> Text:
    """Return two sentences that can be passed on without the page.

    Parameters
    ----------
    region
        The region whose figures these are; None is all that the run was asked about.
    """
    area, standard = _area_and_standard(run, regions)
    if region is not None:
        area = area_text(region, regions)
    share = format_share(figures.covered_share)
    left = counted(figures.uncovered_weight, "人", "does not", "do not")
    day = format_moment(run.finished_at or run.created_at, zone)
    zh = (
        f"{area.zh}：{share} 的户外劳动者步行 {standard.zh}以内有服务站点，"
        f"还有 {left.zh}走不到（{day.zh[:10]} 计算）。"
    )
    en = (
        f"{area.en}: {share} of outdoor workers have a station within {standard.en} on foot; "
        f"{left.en} (computed {day.zh[:10]})."
    )
    if sample:
        return Text(f"【示例数据】{zh}", f"[Sample data] {en}")
    return Text(zh, en)


def zones_text(listed: int | None, rest_zones: int | None, rest_workers: float | None) -> Text:
    """Return how many gap zones are listed of how many, and whom the others hold; empty if all are.

    Parameters
    ----------
    listed, rest_zones, rest_workers
        None for a run from before they were counted.
    """
    if not rest_zones or listed is None:
        return Text("", "")
    first = format_count(listed)
    every = counted(listed + rest_zones, "处", "gap zone")
    workers = counted(rest_workers or 0.0, "人", "worker")
    holds = "holds" if rest_zones == 1 else "hold"
    return Text(
        f"显示前 {first} 处，共 {every.zh}；其余含 {workers.zh}",
        f"the first {first} of {every.en} are shown; the rest {holds} {workers.en}",
    )


def counted_text(found: CoverageFindings) -> Text:
    """Return how many gap zones there are, and which facilities counted."""
    zones = counted(found.gap_zones + found.gap_rest_zones, "处", "gap zone")
    shown = zones_text(found.gap_zones, found.gap_rest_zones, found.gap_rest_workers)
    if shown.zh:
        zones = Text(f"{zones.zh}（{shown.zh}）", f"{zones.en} ({shown.en})")
    facilities = counted(found.facilities_counted, "个", "facility", "facilities")
    undated = found.facilities_undated
    of = format_count(found.facilities)
    unknown = format_count(max(0, found.facilities_hours_unknown - undated))
    told = Text(f"其中开放时间未知 {unknown} 个", f"{unknown} with unknown hours")
    if undated:
        number = format_count(undated)
        told = Text(
            f"{told.zh}、那天是否在不能确定 {number} 个",
            f"{told.en}, {number} not certain to have been there",
        )
    return Text(
        f"盲区 {zones.zh}；计入设施 {facilities.zh}（共 {of} 个，{told.zh}）",
        f"{zones.en}; {facilities.en} counted (of {of}, {told.en})",
    )


def unplaced_text(count: int | None) -> Text:
    """Return how many facilities took no part for want of a position; empty if none did."""
    if not count:
        return Text("", "")
    some = counted(
        count,
        "处设施",
        "facility has no position and took no part",
        "facilities have no position and took no part",
    )
    return Text(f"另有 {some.zh}没有位置，没有参加计算。", f"{some.en}.")


def season_text(count: int | None) -> Text:
    """Return how many open facilities do not stand on the day asked about; empty if none."""
    if not count:
        return Text("", "")
    some = counted(
        count,
        "处启用的设施",
        "open facility does not stand on that day (a seasonal one) and is not counted",
        "open facilities do not stand on that day (seasonal ones) and are not counted",
    )
    return Text(f"另有 {some.zh}那天不在（如季节性的），没有计入。", f"{some.en}.")


def map_note(run: CoverageRun, naming: Naming) -> Text:
    """Return what a map says of the run that it shows: what was asked, on what it rests, when."""
    asked = question_title(_question(run), naming)
    basis = BASIS_TEXT[run.inputs.basis]
    day = "" if run.finished_at is None else format_moment(run.finished_at, naming.zone).zh[:10]
    zh = f"覆盖分析 {run.id}：{asked.zh}；{basis.zh}，{day}"
    en = f"Coverage run {run.id}: {asked.en}; {basis.en}, {day}"
    found = run.result
    if found is not None:
        zones = zones_text(found.gap_zones, found.gap_rest_zones, found.gap_rest_workers)
        if zones.zh:
            return Text(f"{zh}；盲区{zones.zh}", f"{en}; {zones.en}")
    return Text(zh, en)


def circles_text(line: StraightLineFigures) -> Text:
    """Return how wrong straight lines would be; empty where nobody is on the network."""
    if not line.on_weight:
        return Text("", "")
    circles, on_foot = format_share(line.line_covered_share), format_share(line.walk_covered_share)
    wrong = counted(line.line_wrong_weight, "人", "worker")
    return Text(
        f"画圈（直线距离）会说 {circles}，实际步行是 {on_foot}；画圈会把 {wrong.zh}算错。",
        f"Circles (straight lines) would say {circles}; on foot it is {on_foot}; circles misjudge "
        f"{wrong.en}.",
    )
