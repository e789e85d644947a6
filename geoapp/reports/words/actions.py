"""Runs of actions in words."""

from collections.abc import Mapping

from geoapp.core.i18n import Text, said
from geoapp.core.questions.actions import ACTION_TEXT, ActionKind
from geoapp.core.results.actions import (
    CHOICE_TEXT,
    ActionFindings,
    ActionRun,
    ActionRunInputs,
    ChosenAction,
    ComparedChoice,
    Narrowing,
)
from geoapp.core.results.status import STATUS_TEXT, SitingStatus
from geoapp.core.units import (
    format_count,
    format_difference,
    format_gap,
    format_money,
    format_share,
)
from geoapp.core.words import SAMPLE_TEXT


def verdict(found: ActionFindings | ComparedChoice) -> Text:
    """Return in words how far a plan can be from the best at most; never optimal without proof."""
    status, gap = found.status, found.gap_share
    text = STATUS_TEXT[status]
    if status is SitingStatus.OPTIMAL:
        return text
    if gap is None:
        return Text(f"{text.zh}；差距未知", f"{text.en}; the gap is not known")
    shown = format_gap(gap)
    return Text(
        f"{text.zh}；增加的人数与最好的方案最多差 {shown}",
        f"{text.en}; what it adds is at most {shown} from the best possible",
    )


def longest_three(found: ActionFindings, stations: int, offered: int) -> Text:
    """Return what is proven of stations to open longer: that none are better, or how much at most.

    Parameters
    ----------
    stations
        How many were to be chosen at most.
    offered
        Of how many.
    """
    proven = verdict(found)
    among = Text(
        f"可以开得更久的 {format_count(offered)} 处里任选 {stations} 处",
        f"no {stations} of the {format_count(offered)} that could be open longer",
    )
    if found.status is SitingStatus.OPTIMAL:
        return Text(f"{proven.zh}：{among.zh}，都不比这更好", f"{proven.en}: {among.en} add more")
    most = format_count(found.bound - found.before)
    return Text(
        f"{proven.zh}；{among.zh}，至多多走得到 {most} 人",
        f"{proven.en}; {among.en} add more than {most} workers",
    )


def kinds_text(kinds: Mapping[ActionKind, int]) -> Text:
    """Return how many actions of each kind, in words."""
    parts = [(ACTION_TEXT[kind], count) for kind, count in kinds.items()]
    if not parts:
        return Text("不做", "nothing")
    return Text(
        "，".join(f"{text.zh} {format_count(count)} 处" for text, count in parts),
        ", ".join(f"{text.en} {format_count(count)}" for text, count in parts),
    )


def action_text(
    kind: ActionKind, name: Text, detail: Text | None, hours: str, region: Text | None
) -> Text:
    """Return an action in words: what is done to whom, and where.

    Parameters
    ----------
    detail
        What more there is to say, such as where a facility moves to.
    hours
        Of new stations.
    """
    where = Text("", "") if region is None else Text(f"（{region.zh}）", f" ({region.en})")
    more = detail or Text("", "")
    return {
        ActionKind.BUILD: Text(
            f"新建站点 {name.zh}{where.zh}，{hours} 开放",
            f"Build a station at {name.en}{where.en}, open {hours}",
        ),
        ActionKind.EXTEND_HOURS: Text(
            f"{name.zh}{where.zh}：延长开放时间，{more.zh}",
            f"{name.en}{where.en}: longer hours, {more.en}",
        ),
        ActionKind.MOVE: Text(
            f"{name.zh}{more.zh}{where.zh}", f"Move {name.en} {more.en}{where.en}"
        ),
        ActionKind.UPGRADE: Text(
            f"{name.zh}{where.zh}：升级为服务户外劳动者的站点",
            f"Upgrade {name.en}{where.en} to serve outdoor workers",
        ),
        ActionKind.CLOSE: Text(
            f"撤销 {name.zh}{where.zh}，附近另有站点",
            f"Close {name.en}{where.en}; others are near",
        ),
    }[kind]


def longer_detail(hours: str | None) -> Text:
    """Return at what hours a facility is open too, once its hours are longer."""
    return Text(f"也在 {hours} 开放", f"open at {hours}, too")


def move_detail(name: str) -> Text:
    """Return where a facility moves to."""
    return Text(f"迁到 {name}", f"to {name}")


def narrowed_text(inputs: ActionRunInputs) -> Text | None:
    """Return in words what was left out of the choice; None where nothing was."""
    told = [_narrowing(one) for one in inputs.narrowed]
    if not told:
        return None
    return Text(
        f"{'；'.join(one.zh for one in told)}；证明只就这些而言。",
        f"{'; '.join(one.en for one in told)}; what is proven is proven among these.",
    )


def _narrowing(one: Narrowing) -> Text:
    part, whole = format_count(one.considered), format_count(one.total)
    action = ACTION_TEXT[one.kind]
    if one.among == "places":
        return Text(
            f"{action.zh}只考虑增加人数最多的 {part} 处地点（共 {whole} 处）",
            f"{action.en}: only to {part} of {whole} places, those that add most",
        )
    return Text(
        f"{action.zh}只考虑最不受依赖的 {part} 处设施（共 {whole} 处）",
        f"{action.en}: only {part} of {whole} facilities, those on which fewest depend",
    )


def summary_lines(run: ActionRun) -> list[tuple[Text, str]]:
    """Return what a run of actions found as labels and values for people, in both languages."""
    return [(label, said(value, None)) for label, value in summary_texts(run)]


def summary_texts(run: ActionRun) -> list[tuple[Text, Text]]:
    """Return what a run of actions found as labels and values."""
    found = run.found
    narrowed = narrowed_text(run.inputs)
    lines: list[tuple[Text, Text]] = []
    if run.inputs.sample:
        lines.append((SAMPLE_TEXT, Text("数据是示例，不是真实站点", "sample data, not real")))
    lines += [
        (Text("结论", "status"), verdict(found)),
        *([] if narrowed is None else [(Text("考虑的范围", "considered"), narrowed)]),
        (
            Text("此前走得到（各时刻平均）", "within reach before (mean of the moments)"),
            _same(f"{format_count(found.before)} ({format_share(found.before_share)})"),
        ),
        (
            Text("此后走得到", "within reach after"),
            _same(f"{format_count(found.objective)} ({format_share(found.after_share)})"),
        ),
        (Text("任何方案至多", "no plan has more than"), _same(format_count(found.bound))),
        (Text("费用", "cost"), _same(f"{format_money(found.cost)} / {format_money(found.budget)}")),
    ]
    for one in found.comparison:
        brings = f"{format_difference(one.added)} · {format_money(one.cost)}"
        kinds, proven = kinds_text(one.kinds), verdict(one)
        told = Text(f"{brings} · {kinds.zh} · {proven.zh}", f"{brings} · {kinds.en} · {proven.en}")
        lines.append((CHOICE_TEXT[one.choice], told))
    return lines


def _same(value: str) -> Text:
    return Text(value, value)


def action_line(one: ChosenAction) -> str:
    """Return a line of the plan's list: what is done, its cost, what it adds."""
    words = Text(one.text_zh, one.text_en).both()
    return f"{one.order}. {words}: {format_money(one.cost)} → {format_difference(one.adds)}"
