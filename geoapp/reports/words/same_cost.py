"""Another plan at the same cost in words: what it would lose, and whether a better one is ruled out."""

from collections.abc import Mapping

from geoapp.core.i18n import Text
from geoapp.core.results.explanation import SameCost
from geoapp.core.units import counted, format_count, format_metres, format_money
from geoapp.reports.words.siting import district_words, reached_words


def same_cost_lines(found: SameCost | None, names: Mapping[str, Text]) -> list[Text]:
    """Return another plan at the same cost as sentences; none where it was not sought.

    Parameters
    ----------
    names
        Of districts, by code.
    """
    if found is None:
        return []
    what = _what(found)
    if found.plan is None and found.none:
        return [Text(f"已证明没有{what.zh}。", f"Proven: there is no {what.en}.")]
    if found.plan is None:
        return [Text(f"时限内没有找到{what.zh}。", f"No {what.en} was met in the time.")]
    much, districts = reached_words(found.plan), district_words(found.plan, names)
    return [
        Text(f"{what.zh}：{much.zh}。", f"{_capital(what.en)}: {much.en}."),
        _proof(found),
        *(
            Text(f"不建 {one.label.zh}", f"Not built: {one.label.en}")
            for one in found.plan.given_up
        ),
        *(
            Text(f"改建 {one.label.zh}", f"Built instead: {one.label.en}")
            for one in found.plan.taken_instead
        ),
        *([districts] if districts.zh else []),
    ]


def _what(found: SameCost) -> Text:
    """Return which plans are meant, and what the one that was found costs."""
    gone = counted(found.differ, "处", "site")
    others = Text(f"至少换 {gone.zh}", f"gives up at least {gone.en}")
    if found.near_m > 0:
        apart = format_metres(found.near_m)
        others = Text(
            f"{others.zh}（换掉的 {apart.zh}以内不再建）",
            f"{others.en} (with none within {apart.en} of these)",
        )
    if found.cost is None:
        return Text(f"站点一样多、{others.zh}的方案", f"plan of as many sites that {others.en}")
    cost = format_money(found.cost)
    what = Text(
        f"费用不超过 {cost}、{others.zh}的方案",
        f"plan that costs no more than {cost} and {others.en}",
    )
    if found.other_cost is None or found.other_cost == found.cost:
        return what
    own = format_money(found.other_cost)
    return Text(f"{what.zh}（费用 {own}）", f"{what.en} (at {own})")


def _proof(found: SameCost) -> Text:
    """Say whether no such plan reaches more, or what it could reach at most."""
    plan = found.plan
    if plan is None or plan.bound is None:
        return Text("没有证明它是其中最好的。", "That it is the best of these is not proven.")
    if plan.bound <= plan.objective:
        return Text("已证明这样的方案没有更好的。", "Proven: no such plan reaches more.")
    most = format_count(plan.bound)
    return Text(f"这样的方案至多新覆盖 {most} 人。", f"Such plans newly reach {most} at most.")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
