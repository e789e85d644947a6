"""Siting runs in words."""

from collections.abc import Mapping, Sequence

from geoapp.core.i18n import Text, said
from geoapp.core.questions.siting import ANYWHERE, SitingParameters
from geoapp.core.results.explanation import OtherPlan, OtherPlans, PlanSite
from geoapp.core.results.siting import (
    CandidateSource,
    DroppedPlace,
    ObjectiveUnit,
    SitingFindings,
    SitingRun,
)
from geoapp.core.results.status import STATUS_TEXT, SitingStatus
from geoapp.core.units import (
    counted,
    format_change,
    format_count,
    format_difference,
    format_gap,
    format_metres,
    format_money,
    format_share,
)
from geoapp.core.words import BASIS_TEXT, SAMPLE_TEXT, Basis
from geoapp.reports.words.coverage import zones_text
from geoapp.reports.words.elsewhere import elsewhere_text
from geoapp.reports.words.fairness import fairness_lines, fairness_words
from geoapp.reports.words.longest import longest_verdict
from geoapp.reports.words.moments import are_weighed, mean_text, moment_texts
from geoapp.reports.words.near_streets import near_streets_text
from geoapp.reports.words.phases import PHASES_OBJECTIVE, phase_texts
from geoapp.reports.words.robust import robust_lines, robust_verdict
from geoapp.reports.words.seats import existing_seats_text, figure_names
from geoapp.reports.words.sizes import built_texts

_MOST_DROPPED = 20
_OBJECTIVE = {
    ObjectiveUnit.WORKERS: Text("新增覆盖人数", "workers newly reached"),
    ObjectiveUnit.WORKERS_SERVED: Text(
        "新增服务人数（有座位的）", "workers newly served, with a seat"
    ),
    ObjectiveUnit.SITES: Text("新站点数", "new sites"),
    ObjectiveUnit.WORKER_METRES: Text("加权步行总和（人·米）", "weighted walk (worker-metres)"),
    ObjectiveUnit.METRES: Text("最远步行（米）", "longest walk (metres)"),
}


# The bound lies above what is maximised and below what is minimised.
_BOUND = {
    ObjectiveUnit.WORKERS: Text("任何方案至多", "no plan has more than"),
    ObjectiveUnit.WORKERS_SERVED: Text("任何方案至多", "no plan has more than"),
    ObjectiveUnit.SITES: Text("任何方案至少", "no plan has fewer than"),
    ObjectiveUnit.WORKER_METRES: Text("任何方案至少", "no plan has less than"),
    ObjectiveUnit.METRES: Text("任何方案至少", "no plan has less than"),
}


def gap_words(found: SitingFindings) -> Text:
    """Return in words how far the plan can be from the best at most; never optimal without proof."""
    text = STATUS_TEXT[found.status]
    if found.robust is not None:
        return robust_verdict(found, found.robust)
    settled = found.status in (SitingStatus.OPTIMAL, SitingStatus.INFEASIBLE)
    if settled or found.objective is None:
        return text
    if found.equity is not None and found.equity.levels:
        return fairness_words(found.equity.levels, text)
    gap = found.gap_share
    if gap is None:
        return Text(f"{text.zh}；差距未知", f"{text.en}; the gap is not known")
    shown = format_gap(gap)
    return Text(
        f"{text.zh}；与最好的方案最多差 {shown}",
        f"{text.en}; at most {shown} from the best possible",
    )


def verdict(run: SitingRun) -> Text:
    """Return how far the plan can be from the best at most, and what it rests on that may be overlooked.

    That is how the moments were weighed, and what nobody has said of the new stations' hours.
    """
    words = gap_words(run.found)
    source = run.inputs.candidates
    if source is not None and source.generated == ANYWHERE and run.found.objective is not None:
        asked = SitingParameters.from_stored(run.params).p if run.params else None
        where = _where(run.inputs.basis)
        words = _anywhere_words(run.found, asked or run.found.sites, source.drawn, where)
    words = Text(words.zh, words.en[:1].upper() + words.en[1:])
    plan = run.found.objective is not None and bool(run.params)
    if plan and are_weighed(run):
        mean = mean_text(run)
        words = Text(f"{words.zh}；人数是 {mean.zh}", f"{words.en}; workers are {mean.en}")
    if not plan or not SitingParameters.from_stored(run.params).rests_on_unknown_hours:
        return words
    return Text(
        f"{words.zh}；前提是新站点那时开放（没有给出它们的开放时间）",
        f"{words.en}; provided that the new stations are open then (no hours were given for them)",
    )


def _where(basis: Basis) -> Text:
    """Return which places are meant by anywhere: with a walking network, those on its streets."""
    if basis is Basis.NETWORK:
        return Text("街道上任何地方", "anywhere on the streets")
    return Text("任何地方", "anywhere")


def _anywhere_words(found: SitingFindings, p: int, fixed: int, where: Text) -> Text:
    """Return the verdict on p sites at any place: what no so many places reach."""
    told = _anywhere_verdict(found, p, fixed, where)
    if not found.unreachable_weight:
        return told
    rest = counted(found.unreachable_weight, "人", "worker")
    return Text(
        f"{told.zh}；另有 {rest.zh}，能设站的街道上哪一处都走不到",
        f"{told.en}; {rest.en} more are within reach of no place on the streets where one may stand",
    )


def _anywhere_verdict(found: SitingFindings, p: int, fixed: int, where: Text) -> Text:
    if found.objective_unit is ObjectiveUnit.SITES:
        return _fewest_verdict(found, where)
    if found.objective_unit is ObjectiveUnit.METRES:
        return longest_verdict(found, p, where)
    text, sites = STATUS_TEXT[found.status], counted(p, "处", "place")
    if fixed:
        must = format_count(fixed)
        sites = Text(
            f"{sites.zh}（含必选的 {must} 处）", f"{sites.en} (the {must} that must be among them)"
        )
    reached, most = format_count(found.objective), format_count(found.bound)
    if found.status is SitingStatus.OPTIMAL:
        few = Text("", "")
        if found.sites < p:
            enough = counted(found.sites, "处", "is enough", "are enough")
            few = Text(f"；{enough.zh}就够了", f"; {enough.en}")
        return Text(
            f"{text.zh}：{where.zh}的 {sites.zh}新增覆盖都不会超过 {reached} 人{few.zh}",
            f"{text.en}: no {sites.en} {where.en} newly reach more than {reached}{few.en}",
        )
    gap = Text("", "")
    if found.gap_share is not None:
        shown = format_gap(found.gap_share)
        gap = Text(f"，最多差 {shown}", f", at most {shown} more than this plan")
    return Text(
        f"{text.zh}；{where.zh}的站点新增覆盖至多 {most} 人{gap.zh}",
        f"{text.en}; sites {where.en} newly reach {most} at most{gap.en}",
    )


def _fewest_verdict(found: SitingFindings, where: Text) -> Text:
    """Return the verdict on the fewest sites at any place: that no fewer would do, or how many must."""
    text = STATUS_TEXT[found.status]
    if not found.objective:
        return Text(f"{text.zh}：不用新建", f"{text.en}: nothing has to be built")
    least = format_count(found.bound)
    if found.status is SitingStatus.OPTIMAL:
        return Text(
            f"{text.zh}：{where.zh}的站点都不能少于 {least} 处",
            f"{text.en}: no fewer than {least} {where.en} would do",
        )
    return Text(
        f"{text.zh}；{where.zh}的站点至少要 {least} 处",
        f"{text.en}; {where.en} at least {least} are needed",
    )


def among_text(candidates: CandidateSource, basis: Basis = Basis.ESTIMATE) -> Text:
    """Return among how many candidates a plan is the best, and how far apart they were generated."""
    if candidates.generated == ANYWHERE and basis is Basis.NETWORK:
        return Text(
            "街道上的所有地方，不限于候选点", "all places on the streets, not candidates alone"
        )
    if candidates.generated == ANYWHERE:
        return Text("所有地方，不限于候选点", "all places there are, not candidates alone")
    some = counted(candidates.count, "个候选点", "candidate")
    if candidates.spacing_m is None:
        return some
    apart = format_metres(candidates.spacing_m)
    return Text(f"{some.zh}，间距 {apart.zh}", f"{some.en}, generated {apart.en} apart")


def dropped_text(places: Sequence[DroppedPlace]) -> Text:
    """Name the sites that the board had dropped, each with its reason."""
    zh = "；".join(
        f"{one.name_zh}（{one.reason or '没有写明理由'}）" for one in places[:_MOST_DROPPED]
    )
    en = "; ".join(
        f"{one.name_en or one.name_zh} ({one.reason or 'no reason given'})"
        for one in places[:_MOST_DROPPED]
    )
    rest = len(places) - _MOST_DROPPED
    if rest > 0:
        more = counted(rest, "处", "other", "others")
        return Text(f"{zh}；另有 {more.zh}", f"{en}; {more.en}")
    return Text(zh, en)


def summary_lines(
    run: SitingRun, demands: Mapping[str, Text] | None = None
) -> list[tuple[Text, str]]:
    """Return what a siting run found as labels and values for people, in both languages.

    Parameters
    ----------
    demands
        Names of the demand sets, by code; without one, a set is told by its code alone.
    """
    return [(label, said(value, None)) for label, value in summary_texts(run, demands)]


def summary_texts(
    run: SitingRun, demands: Mapping[str, Text] | None = None
) -> list[tuple[Text, Text]]:
    """Return what a siting run found as labels and values; ``demands`` as in :func:`summary_lines`."""
    found, total = run.found, run.found.total
    lines: list[tuple[Text, Text]] = []
    if run.inputs.sample:
        lines.append((SAMPLE_TEXT, Text("数据是示例，不是真实站点", "sample data, not real")))
    lines.append((Text("步行", "walks"), BASIS_TEXT[run.inputs.basis]))
    if run.inputs.candidates is not None:
        among = among_text(run.inputs.candidates, run.inputs.basis)
        lines.append((Text("在哪些候选点里", "among"), among))
    if run.inputs.dropped:
        lines.append(
            (Text("避开的不建地点", "dropped sites left out"), dropped_text(run.inputs.dropped))
        )
    if run.inputs.near_hosts is not None:
        hosts = counted(run.inputs.near_hosts, "处单位", "host")
        lines.append((Text("只在其附近的单位", "hosts to be near"), hosts))
    if run.inputs.near_streets is not None:
        streets = near_streets_text(run.inputs.near_streets)
        lines.append((Text("只在其附近的街道", "streets to be near"), streets))
    lines.append((Text("结论", "status"), verdict(run)))
    elsewhere = elsewhere_text(run)
    if elsewhere.zh:
        lines.append((Text("任何地方", "anywhere"), elsewhere))
    if found.objective is not None:
        label = _OBJECTIVE[found.objective_unit] if found.phases is None else PHASES_OBJECTIVE
        lines.append((label, _same(format_count(found.objective))))
        if found.bound is not None:
            lines.append((_BOUND[found.objective_unit], _same(format_count(found.bound))))
    if found.equity is not None:
        lines += fairness_lines(found.equity)
    lines += robust_lines(found.robust, demands or {})
    if found.reason is not None:
        lines.append((Text("原因", "reason"), found.reason.text))
    if found.needed_p is not None:
        label = Text("至少需要站点数", "sites needed")
        lines.append((label, _same(format_count(found.needed_p))))
    if found.needed_budget is not None:
        label = Text("至少需要费用", "budget needed")
        lines.append((label, _same(format_money(found.needed_budget))))
    if found.reachable_share is not None and found.objective is None:
        label = Text("候选点全部启用可覆盖", "all candidates together cover")
        lines.append((label, _same(format_share(found.reachable_share))))
    if found.unreachable_weight and found.walks is not None:
        label = Text("步行到不了、未计入的人数", "workers whom no walk reaches, left out")
        lines.append((label, _same(format_count(found.unreachable_weight))))
    zones = zones_text(found.gap_zones, found.gap_rest_zones, found.gap_rest_workers)
    if zones.zh:
        lines.append((Text("盲区", "gap zones"), zones))
    if run.inputs.existing_seats is not None:
        label = Text("现有设施的座位", "seats of existing facilities")
        lines.append((label, existing_seats_text(run.inputs.existing_seats)))
    names = figure_names(run)
    before, after = (
        f"{format_count(weight)} ({format_share(share)})"
        for weight, share in (
            (total.covered_before_weight, total.covered_before_share),
            (total.covered_after_weight, total.covered_after_share),
        )
    )
    lines += [
        (Text("户外劳动者", "outdoor workers"), _same(format_count(total.weight))),
        (_small(names.before), _same(before)),
        (_small(names.after), _same(after)),
        *phase_texts(run),
        *built_texts(found),
        *moment_texts(run),
        (Text("求解用时（秒）", "seconds of solving"), _same(f"{found.seconds:.1f}")),
    ]
    return lines


def _small(name: Text) -> Text:
    """Return a name as it stands in a list."""
    return Text(name.zh, name.en[:1].lower() + name.en[1:])


def _same(value: str) -> Text:
    return Text(value, value)


def alternative_words(one: OtherPlan, names: Mapping[str, Text]) -> Text:
    """Return a plan of ``other_plans`` in words: how much less, which sites, which districts."""
    much, what = reached_words(one), changed_words(one, names)
    return Text(f"{much.zh}：{what.zh}", f"{much.en}: {what.en}")


def reached_words(one: OtherPlan) -> Text:
    """Return whom another plan newly reaches, and how much less or more that is."""
    share, reached = format_share(abs(one.loss_share), 2), counted(one.objective, "人", "worker")
    zh, en = ("多", "more") if one.loss_share < 0 else ("少", "less")
    return Text(f"新覆盖 {reached.zh}，{zh} {share}", f"{reached.en} newly reached, {share} {en}")


def changed_words(one: OtherPlan, names: Mapping[str, Text]) -> Text:
    """Return which sites another plan gives up and takes, and which districts gain or lose by it."""

    def sites(rows: Sequence[PlanSite]) -> Text:
        return Text(
            "、".join(row.label.zh for row in rows), "; ".join(row.label.en for row in rows)
        )

    districts = district_words(one, names)
    if districts.zh:
        districts = Text(f"；{districts.zh}", f"; {districts.en}")
    gone, instead = sites(one.given_up), sites(one.taken_instead)
    zh = [f"不建 {gone.zh}"] * bool(gone.zh) + [f"改建 {instead.zh}"] * bool(instead.zh)
    en = [f"not building {gone.en}"] * bool(gone.en) + [f"but {instead.en}"] * bool(instead.en)
    return Text(f"{'，'.join(zh)}{districts.zh}", f"{', '.join(en)}{districts.en}")


def district_words(one: OtherPlan, names: Mapping[str, Text]) -> Text:
    """Return which districts gain or lose by another plan, and how many; empty where none does."""
    changes = [
        (names.get(code, Text(code or "区域未知", code or "unknown")), change)
        for code, change in sorted(one.by_district.items(), key=lambda item: -item[1])
        if abs(change) >= 0.5
    ]
    return Text(
        "，".join(f"{name.zh} {format_difference(change)}" for name, change in changes),
        ", ".join(f"{name.en} {format_difference(change)}" for name, change in changes),
    )


def ended_words(found: OtherPlans) -> Text:
    """Return in words whether there are more such plans."""
    share, differ = format_share(found.within_share), counted(found.differ, "处", "site")
    what = Text(
        f"少覆盖不超过 {share}、至少换 {differ.zh}的方案",
        f"plans at most {share} below that differ in at least {differ.en}",
    )
    if found.exhausted is True and not found.plans:
        return Text(f"已证明没有{what.zh}。", f"Proven: there are no {what.en}.")
    if found.exhausted is True:
        return Text(f"已证明没有更多{what.zh}。", f"Proven: there are no more {what.en}.")
    if not found.plans:
        return Text(f"时限内没有找到{what.zh}。", f"No {what.en} were met in the time.")
    return Text(f"可能还有别的{what.zh}。", f"There may be more {what.en}.")


def figure_lines(run: SitingRun, sites: int) -> list[tuple[Text, str]]:
    """Return the four figures that a plan is known by."""
    total, names = run.found.total, figure_names(run)
    return [
        (
            _small(names.share),
            format_change(total.covered_before_share, total.covered_after_share),
        ),
        (_small(names.newly), format_count(total.added_weight)),
        (Text("新站点", "new stations"), format_count(sites)),
        (_small(names.left), format_count(total.uncovered_weight)),
    ]


def missing_lines(found: SitingFindings) -> list[Text]:
    """Return what an answer that is not there would need, as sentences."""
    lines = []
    if found.reason is not None:
        lines.append(found.reason.text)
    if found.needed_p:
        sites = counted(found.needed_p, "个站点", "station is needed", "stations are needed")
        lines.append(Text(f"至少需要 {sites.zh}。", f"At least {sites.en}."))
    if found.reachable_share is not None:
        share = format_share(found.reachable_share)
        lines.append(
            Text(f"候选点全部启用，最多覆盖 {share}。", f"All candidates together cover {share}.")
        )
    return lines


def tried_text(added: float, before: float | None, after: float | None) -> Text:
    """Return what stations at some places would change; the shares before and after."""
    some, change = counted(added, "人", "worker"), format_change(before, after)
    return Text(
        f"这几处新覆盖 {some.zh}，覆盖率 {change}。",
        f"These newly reach {some.en}: {change} covered.",
    )
