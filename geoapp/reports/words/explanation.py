"""The explanation of a siting run in words, one line for each thing that a planner could change."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from geoapp.core.i18n import Text
from geoapp.core.results.explanation import (
    Explanation,
    LeastRelaxation,
    LoosenedLimit,
    Unreachable,
)
from geoapp.core.results.status import SHARE, SPACING, Limit, Loosening, Outcome
from geoapp.core.units import (
    counted,
    format_count,
    format_money,
    format_seconds,
    format_share,
)

Names = Mapping[str, Text]
_NOWHERE = Text("区域不明", "unknown region")


@dataclass(frozen=True, slots=True)
class Explained:
    """An explanation in words.

    Attributes
    ----------
    unreachable
        The demand that no candidate reaches, and where; None where there is none.
    limits
        What one step more of each limit would bring, those that bring most first.
    relaxing
        What the relaxations are for: a share to be covered, or a plan at all; None without any.
    relaxations
        How far each limit alone must give way.
    incomplete
        What to say where not everything was asked; None where it was.
    """

    unreachable: Text | None
    limits: tuple[Text, ...]
    relaxing: Text | None
    relaxations: tuple[Text, ...]
    incomplete: Text | None

    def lines(self) -> list[Text]:
        """Return all of it, line by line."""
        found = [] if self.unreachable is None else [self.unreachable]
        found += self.limits
        if self.relaxing is not None:
            found += [
                Text(f"{self.relaxing.zh}：{one.zh}", f"{self.relaxing.en}: {one.en}")
                for one in self.relaxations
            ]
        return found if self.incomplete is None else [*found, self.incomplete]


def explained(explanation: Explanation | None, names: Names) -> Explained | None:
    """Return an explanation in words; None for a run from before there were any.

    Parameters
    ----------
    names
        The regions' names by code.
    """
    if explanation is None:
        return None
    relaxations = tuple(
        one
        for relaxation in explanation.relaxations
        if (one := _relaxation(relaxation, names)) is not None
    )
    return Explained(
        unreachable=_unreachable(explanation.unreachable, names),
        limits=tuple(_limit(one, names) for one in explanation.limits),
        relaxing=_relaxing(explanation.goal_share) if relaxations else None,
        relaxations=relaxations,
        incomplete=None
        if explanation.complete
        else Text(
            "没有证明最优，或时间不够：其余的限制没有比较完。",
            "Not proven best, or time ran out: the other limits were not compared.",
        ),
    )


def _unreachable(told: Unreachable | None, names: Names) -> Text | None:
    if told is None or not told.workers > 0:
        return None
    parts = sorted(told.by_district.items(), key=lambda item: (-item[1], item[0]))
    shown = [(names.get(code, Text(code, code)) if code else _NOWHERE, n) for code, n in parts[:5]]
    more = len(parts) - len(shown)
    zh = "、".join(f"{name.zh} {format_count(workers)}" for name, workers in shown)
    en = ", ".join(f"{name.en} {format_count(workers)}" for name, workers in shown)
    share = format_share(told.share)
    some, others = counted(told.workers, "人", "worker"), counted(more, "个区域", "more region")
    return Text(
        f"没有候选点能覆盖的有 {some.zh}（{share}）：{zh}"
        + (f"，另有 {others.zh}" if more else ""),
        f"No candidate covers {some.en} ({share}): {en}" + (f" and {others.en}" if more else ""),
    )


def _step(one: LoosenedLimit, names: Names) -> Text:
    """Say what is loosened to what."""
    sites, money = counted(one.loosened, "个", "site"), format_money(one.loosened)
    name = names.get(one.region or "", Text(str(one.region), str(one.region)))
    return {
        Limit.SITES: Text(f"建 {sites.zh}站点", sites.en),
        Limit.BUDGET: Text(f"预算 {money}", f"a budget of {money}"),
        Limit.GROUP_MAX: Text(f"{name.zh}至多 {sites.zh}", f"at most {sites.en} in {name.en}"),
        Limit.GROUP_MIN: Text(f"{name.zh}至少 {sites.zh}", f"at least {sites.en} in {name.en}"),
    }[one.limit]


def _limit(one: LoosenedLimit, names: Names) -> Text:
    step = _step(one, names)
    # Runs of earlier versions did not ask whether the other limits leave room for the step.
    if one.outcome is Loosening.INFEASIBLE:
        return Text(
            f"{step.zh}：做不到，其他条件容不下",
            f"{_first_upper(step.en)}: not possible, the other conditions leave no room",
        )
    if one.binding is False:
        return Text(f"{step.zh}：不会多覆盖", f"With {step.en}: nobody more")
    if one.binding is None:
        most = counted(one.gain_bound, "人", "worker")
        return Text(
            f"{step.zh}：至多多覆盖 {most.zh}（时限内没有算清）",
            f"With {step.en}: at most {most.en} more (not settled in time)",
        )
    gain = counted(one.gain, "人", "worker")
    return Text(f"{step.zh}：多覆盖 {gain.zh}", f"With {step.en}: {gain.en} more")


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _relaxing(goal_share: float | None) -> Text:
    if goal_share is None:
        return Text("单独放宽这一项就有方案", "This alone makes a plan possible")
    shown = format_share(goal_share, 0)
    return Text(f"要覆盖 {shown}", f"To cover {shown}")


def _relaxation(one: LeastRelaxation, names: Names) -> Text | None:
    """Say how far a limit must give way; None where that is not known."""
    if one.outcome is Outcome.NEVER:
        return _never(one)
    if one.outcome is Outcome.UNKNOWN or one.needed is None:
        return None
    least = Text("", "") if one.proven else Text("（未证明最少）", " (not proven least)")
    text = _enough(one, one.needed, names)
    return Text(text.zh + least.zh, text.en + least.en)


def _enough(one: LeastRelaxation, needed: float, names: Names) -> Text:
    limit, unit, region, now = one.limit, one.unit, one.region, one.now
    name = names.get(region or "", Text(str(region), str(region)))
    if limit == Limit.SITES:
        more, every = counted(needed - now, "个", "more site"), format_count(needed)
        return Text(f"再建 {more.zh}即可（共 {every} 个）", f"{more.en} ({every} in all)")
    if limit == Limit.BUDGET:
        money, whole = _money_enough(needed - now), _money_enough(needed)
        return Text(f"预算 +{money}（共 {whole}）", f"{money} more budget ({whole} in all)")
    if limit == Limit.STANDARD:
        shown = _walk(needed, unit)
        return Text(f"标准放宽到 {shown.zh}", f"a standard of {shown.en}")
    if limit == SPACING:
        if needed == 0:
            return Text("不要求间距", "no least spacing")
        shown = _walk(needed, unit)
        return Text(f"间距放宽到 {shown.zh}", f"a least spacing of {shown.en}")
    if limit == SHARE:
        shown_share = format_share(math.floor(needed * 1000) / 1000)
        return Text(f"只要求覆盖 {shown_share}", f"{shown_share} covered instead")
    old, new = format_count(now), counted(needed, "个", "site")
    if limit == Limit.GROUP_MIN:
        return Text(
            f"{name.zh}由至少 {old} 个减到 {new.zh}",
            f"at least {new.en} instead of {old} in {name.en}",
        )
    return Text(
        f"{name.zh}由至多 {old} 个增到 {new.zh}",
        f"at most {new.en} instead of {old} in {name.en}",
    )


def _money_enough(amount: float) -> str:
    """Return a cost rounded up to the decimals that are shown, so that it is enough."""
    return format_money(math.ceil(round(amount * 100, 6)) / 100)


def _walk(value: float, unit: str | None) -> Text:
    """Return a length to the metre, or a time to the minute; rounded up, so that it is enough."""
    if unit == "seconds":
        return format_seconds(value)
    # Never in kilometres: their one decimal would promise too little.
    metres = format_count(math.ceil(round(value, 6)))
    return Text(f"{metres} 米", f"{metres} m")


def _never(one: LeastRelaxation) -> Text:
    if one.limit == Limit.STANDARD and one.at_least is not None:
        shown = _walk(one.at_least, one.unit)
        return Text(f"标准放宽到 {shown.zh}也不够", f"not even a standard of {shown.en} is enough")
    if one.limit == Limit.BUDGET:
        return Text(
            "预算再多也不够：有人候选点都到不了", "no budget is enough: no candidate reaches some"
        )
    return Text(
        "再多站点也不够：有人候选点都到不了",
        "no number of sites is enough: no candidate reaches some",
    )
