"""What is said of an earlier answer that a table is compared with."""

from datetime import date
from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.units import counted, format_points, format_share

CHANGE: Final = Text("变化（百分点）", "Change (points)")
RANK_WITHIN: Final = Text("名次（上级区域内）", "Rank (in the region above)")
RANK_NOTE: Final = Text(
    "名次按覆盖率从高到低，覆盖率相同的名次相同。",
    "Ranks are by the share covered, the greatest first; equal shares have the same rank.",
)
FIRST: Final = Text(
    "之前没有公布过结果，还没有可比的。",
    "Nothing was published before, so there is nothing to compare with yet.",
)


def share_then(run_id: int) -> Text:
    """Return the heading of the shares in an earlier run."""
    return Text(f"当时的覆盖率（运行 {run_id}）", f"Share covered then (run {run_id})")


def none_text(day: date) -> Text:
    """Return that nothing had been published by the end of a day."""
    return Text(
        f"到 {day} 为止没有公布过结果，无从比较。",
        f"Nothing had been published by {day}, so there is nothing to compare with.",
    )


def same_text(day: date, run_id: int) -> Text:
    """Return that on a day the very answer that is shown was the published one."""
    return Text(
        f"{day} 公布着的就是这次结果（运行 {run_id}），没有变化可比。",
        f"On {day} this very answer (run {run_id}) was the published one; nothing can be compared.",
    )


def unlike_text(published: date, run_id: int, asked: Text) -> Text:
    """Return that an earlier answer is to another question, and to which."""
    return Text(
        f"{published} 公布的结果（运行 {run_id}）问的不一样，不能直接相比。那次：{asked.zh}",
        f"What was published on {published} (run {run_id}) was asked something else, and is not to be "
        f"compared. It was asked: {asked.en}",
    )


def compared_text(
    published: date, run_id: int, then: float | None, now: float | None, lacking: int
) -> Text:
    """Return what the changes are measured from, and how the whole has changed.

    Parameters
    ----------
    then, now
        The share covered of all that the page is of; None where it is not known.
    lacking
        How many of the regions listed that answer has no figures of.
    """
    zh = f"变化是与 {published} 公布的结果（运行 {run_id}）相比，单位是百分点。"
    en = f"Changes are from what was published on {published} (run {run_id}), in percentage points."
    if then is not None and now is not None:
        points = format_points(now - then)
        zh += f"合计：{format_share(then)} → {format_share(now)}，{points.zh}。"
        en += f" In all: {format_share(then)} → {format_share(now)}, {points.en}."
    if lacking:
        many = counted(lacking, "个区域", "region")
        zh += f"那次没有其中 {many.zh}的数字。"
        en += f" It has no figures of {many.en} listed here."
    return Text(zh, en)


def left_out_text(unlike: int, older: int) -> Text | None:
    """Return which earlier answers are not drawn; None where all are."""
    zh, en = [], []
    if unlike:
        zh.append(f"问的不一样的 {unlike} 次")
        en.append(f"{unlike} to other questions")
    if older:
        zh.append(f"更早的 {older} 次")
        en.append(f"{older} that are older")
    if not zh:
        return None
    return Text(f"没有画：{'、'.join(zh)}。", f"Not drawn: {', '.join(en)}.")
