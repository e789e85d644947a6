"""One plan for several demands in words."""

import math
from collections.abc import Mapping

from geoapp.core.i18n import Text
from geoapp.core.questions.uncertain import Criterion
from geoapp.core.results.robust import DemandOutcome, RecurringSite, Robustness
from geoapp.core.results.siting import SitingFindings
from geoapp.core.results.status import STATUS_TEXT, SitingStatus
from geoapp.core.units import counted, format_count, format_share

_NOTHING = Text("", "")


def robust_verdict(found: SitingFindings, kept: Robustness) -> Text:
    """Return what the plan comes to at worst, and what is proven of it."""
    text, many = STATUS_TEXT[found.status], counted(len(kept.demands), "种需求", "demand")
    proven = found.status is SitingStatus.OPTIMAL
    if kept.criterion is Criterion.SHARE:
        share = format_share(kept.level)
        told = Text(
            f"{text.zh}；{many.zh}中覆盖率最低 {share}",
            f"{text.en}; of {many.en} the least covered share is {share}",
        )
        most = format_share(min(1.0, math.ceil(kept.bound * 1000) / 1000))
        rest = Text(f"，任何方案至多 {most}", f"; no plan has more than {most}")
        none = Text("，没有方案更高", "; no plan has more")
    else:
        lost = counted(kept.level, "人", "worker")
        told = Text(
            f"{text.zh}；{many.zh}中无论哪种成真，比只为它选址至多少覆盖 {lost.zh}",
            f"{text.en}; whichever of {many.en} comes true, {lost.en} at most are lost beside the best "
            "plan for it alone",
        )
        least = format_count(kept.bound)
        rest = Text(f"，任何方案最坏时至少少 {least}", f"; every plan loses {least} at worst")
        none = Text("，没有方案更少", "; no plan loses fewer")
    end = none if proven else rest
    return Text(told.zh + end.zh, told.en + end.en)


def outcome_name(one: DemandOutcome, names: Mapping[str, Text]) -> Text:
    """Return what a demand that may come true is called: its set, or which district is off in it."""
    if one.district_zh is None or one.change is None:
        return names.get(one.demand, Text(one.demand, one.demand))
    share = f"{100 * abs(one.change):.4g}%"
    zh, en = ("多", "more") if one.change > 0 else ("少", "fewer")
    return Text(
        f"{one.district_zh}{zh} {share}", f"{one.district_en or one.district_zh}, {share} {en}"
    )


def demand_text(one: DemandOutcome, names: Mapping[str, Text]) -> Text:
    """Return what a plan comes to if a demand comes true: its name with the code beside it."""
    name = outcome_name(one, names)
    if one.demand in names and one.change is None:
        name = Text(f"{name.zh}（{one.demand}）", f"{name.en} ({one.demand})")
    reached, best = counted(one.reached, "人", "worker"), format_count(one.best)
    lost, share = format_count(one.lost), format_share(one.covered_after_share)
    known = best if one.best == one.bound else f"{best}–{format_count(one.bound)}"
    return Text(
        f"{name.zh}：新覆盖 {reached.zh}（覆盖率 {share}）；只为它选址 {known}，至多少 {lost}",
        f"{name.en}: {reached.en} newly reached ({share} covered); a plan for it alone {known}, "
        f"{lost} lost at most",
    )


def recurring_text(one: RecurringSite, demands: int) -> Text:
    """Return in how many of the plans for one demand alone a site is, and whether in this plan."""
    of, times = format_count(demands), format_count(one.times)
    here = Text("本方案有", "in this plan") if one.in_plan else Text("本方案没有", "not in it")
    return Text(
        f"{one.label.zh}：{of} 种需求中 {times} 种会选；{here.zh}",
        f"{one.label.en}: chosen for {times} of {of}; {here.en}",
    )


def robust_lines(kept: Robustness | None, names: Mapping[str, Text]) -> list[tuple[Text, Text]]:
    """Return what one plan for several demands comes to, as labels and values; none for other plans."""
    if kept is None:
        return []
    label = Text("如果成真", "if it comes true")
    often = [one for one in kept.sites if one.times == len(kept.demands)]
    lines = [(label, demand_text(one, names)) for one in kept.demands]
    if often:
        every = counted(len(often), "处", "site")
        named = Text(
            "、".join(one.label.zh for one in often), "; ".join(one.label.en for one in often)
        )
        lines.append(
            (
                Text("每种需求都会选", "chosen for every demand"),
                Text(f"{every.zh}：{named.zh}", f"{every.en}: {named.en}"),
            )
        )
    return lines
