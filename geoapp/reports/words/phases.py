"""A plan in phases in words: what opens in which year, what is reached by then, what nesting costs."""

from dataclasses import dataclass
from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.questions.phases import Phases
from geoapp.core.results.siting import PhaseFigures, SitingRun
from geoapp.core.units import counted, format_count, format_share

PHASES_OBJECTIVE: Final = Text(
    "各期新增覆盖人数的平均", "workers newly reached, mean of the phases"
)


@dataclass(frozen=True, slots=True)
class PhaseLine:
    """A phase of a plan.

    Attributes
    ----------
    alone
        What so many sites could reach if only this phase mattered, and whether that is proven.
    price
        What keeping the phases inside each other costs this one.
    """

    figures: PhaseFigures
    alone: Text
    price: Text


def asked_phases(phases: Phases) -> Text:
    """Return what a question says of phases: 3 sites in 2027, 4 in 2028."""
    told = [(year, counted(number, "处", "site")) for year, number in phases]
    return Text(
        "分期：" + "、".join(f"{year} 年 {some.zh}" for year, some in told),
        "in phases: " + ", ".join(f"{some.en} in {year}" for year, some in told),
    )


def phase_lines(run: SitingRun) -> list[PhaseLine]:
    """Return the phases of a run's plan; none for a plan that opens at once."""
    return [PhaseLine(one, _alone(one), _price(one)) for one in run.found.phases or ()]


def _alone(one: PhaseFigures) -> Text:
    most, bound = format_count(one.alone_weight), format_count(one.alone_bound)
    if one.alone_weight == one.alone_bound:
        return Text(f"最多 {most}，已证明", f"{most} at most, proven")
    return Text(f"找到 {most}，至多 {bound}", f"{most} found, {bound} at most")


def _price(one: PhaseFigures) -> Text:
    least, most = one.alone_weight - one.added_weight, one.alone_bound - one.added_weight
    if most <= 0:
        return Text("没有", "nothing")
    if least == most:
        some = counted(most, "人", "worker")
        return Text(some.zh, some.en)
    some = counted(most, "人", "worker")
    return Text(f"{format_count(least)} 至 {some.zh}", f"{format_count(least)} to {some.en}")


def phase_texts(run: SitingRun) -> list[tuple[Text, Text]]:
    """Return the phases as labels and values; none for a plan that opens at once."""
    lines = phase_lines(run)
    if not lines:
        return []
    told = []
    for line in lines:
        one = line.figures
        sites, total = counted(one.sites, "处", "site"), format_count(one.sites_total)
        reached = counted(one.added_weight, "人", "worker")
        share = format_share(one.covered_share)
        told.append(
            (
                Text(f"{one.year} 年", str(one.year)),
                Text(
                    f"新建 {sites.zh}，累计 {total} 处，新增覆盖 {reached.zh}，覆盖率 {share}；"
                    f"只看这一年：{line.alone.zh}；分期的代价：{line.price.zh}",
                    f"{sites.en} more, {total} by then, {reached.en} newly reached, {share} covered; for this "
                    f"year alone: {line.alone.en}; price of the phases: {line.price.en}",
                ),
            )
        )
    count = counted(len(lines), "期", "phase")
    head = Text(
        f"{count.zh}新增覆盖的平均最大，每期算得一样多；每期的站点都含前面各期的",
        f"the mean of what {count.en} newly reach, each counting the same; each holds the sites before it",
    )
    return [(Text("分期的目标", "what the phases aim at"), head), *told]
