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
from geoapp.core.units import format_seconds

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
    zh = "、".join(f"{name.zh} {workers:,.0f}" for name, workers in shown)
    en = ", ".join(f"{name.en} {workers:,.0f}" for name, workers in shown)
    share = "" if told.share is None else f"{told.share:.1%}"
    return Text(
        f"没有候选点能覆盖的有 {told.workers:,.0f} 人（{share}）：{zh}"
        + (f"，另有 {more} 个区域" if more else ""),
        f"No candidate covers {told.workers:,.0f} workers ({share}): {en}"
        + (f" and {more} more regions" if more else ""),
    )


def _step(one: LoosenedLimit, names: Names) -> Text:
    """Say what is loosened to what."""
    new = f"{one.loosened:,.10g}"
    name = names.get(one.region or "", Text(str(one.region), str(one.region)))
    return {
        Limit.SITES: Text(f"建 {new} 个站点", f"{new} sites"),
        Limit.BUDGET: Text(f"预算 {new}", f"a budget of {new}"),
        Limit.GROUP_MAX: Text(f"{name.zh}至多 {new} 个", f"at most {new} sites in {name.en}"),
        Limit.GROUP_MIN: Text(f"{name.zh}至少 {new} 个", f"at least {new} sites in {name.en}"),
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
        return Text(
            f"{step.zh}：至多多覆盖 {one.gain_bound:,.0f} 人（时限内没有算清）",
            f"With {step.en}: at most {one.gain_bound:,.0f} workers more (not settled in time)",
        )
    return Text(
        f"{step.zh}：多覆盖 {one.gain:,.0f} 人",
        f"With {step.en}: {one.gain:,.0f} workers more",
    )


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _relaxing(goal_share: float | None) -> Text:
    if goal_share is None:
        return Text("单独放宽这一项就有方案", "This alone makes a plan possible")
    return Text(f"要覆盖 {goal_share:.0%}", f"To cover {goal_share:.0%}")


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
    more = f"{needed - now:,.10g}"
    name = names.get(region or "", Text(str(region), str(region)))
    if limit == Limit.SITES:
        return Text(
            f"再建 {more} 个即可（共 {needed:,.0f} 个）",
            f"{more} more sites ({needed:,.0f} in all)",
        )
    if limit == Limit.BUDGET:
        return Text(
            f"预算 +{more}（共 {needed:,.10g}）", f"{more} more budget ({needed:,.10g} in all)"
        )
    if limit == Limit.STANDARD:
        shown = _walk(needed, unit)
        return Text(f"标准放宽到 {shown.zh}", f"a standard of {shown.en}")
    if limit == SPACING:
        if needed == 0:
            return Text("不要求间距", "no least spacing")
        shown = _walk(needed, unit)
        return Text(f"间距放宽到 {shown.zh}", f"a least spacing of {shown.en}")
    if limit == SHARE:
        shown_share = f"{math.floor(needed * 1000) / 1000:.1%}"
        return Text(f"只要求覆盖 {shown_share}", f"{shown_share} covered instead")
    if limit == Limit.GROUP_MIN:
        return Text(
            f"{name.zh}由至少 {now:,.0f} 个减到 {needed:,.0f} 个",
            f"at least {needed:,.0f} sites instead of {now:,.0f} in {name.en}",
        )
    return Text(
        f"{name.zh}由至多 {now:,.0f} 个增到 {needed:,.0f} 个",
        f"at most {needed:,.0f} sites instead of {now:,.0f} in {name.en}",
    )


def _walk(value: float, unit: str | None) -> Text:
    """Return a length to the metre, or a time to the minute; rounded up, so that it is enough."""
    if unit == "seconds":
        return format_seconds(value)
    metres = math.ceil(round(value, 6))
    return Text(f"{metres:,} 米", f"{metres:,} m")


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
