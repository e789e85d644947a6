"""What is said of an earlier answer that a table is compared with."""

from datetime import date
from typing import Final

from geoapp.core.dated_states import Band
from geoapp.core.i18n import Text
from geoapp.core.units import (
    UNKNOWN,
    counted,
    format_count,
    format_points,
    format_share,
    points_number,
)

CHANGE: Final = Text("变化（百分点）", "Change (points)")
CHANGE_LEAST: Final = Text("变化，至少（百分点）", "Change, at least (points)")
CHANGE_MOST: Final = Text("变化，至多（百分点）", "Change, at most (points)")
RANK_WITHIN: Final = Text("名次（上级区域内）", "Rank (in the region above)")
RANK_NOTE: Final = Text(
    "名次按覆盖率从高到低，覆盖率相同的名次相同。",
    "Ranks are by the share covered, the greatest first; equal shares have the same rank.",
)
FIRST: Final = Text(
    "之前没有公布过结果，还没有可比的。",
    "Nothing was published before, so there is nothing to compare with yet.",
)

NO_DAYS: Final = Text(
    "这次结果没有记下每一处走得到谁（较早的版本所算、分块计算，或需求点与设施的组合太多），"
    "不能与某天在的站点相比。",
    "This answer has not kept who walks to which place (it is from an earlier version, was done in parts, "
    "or has too many pairs of demand and facilities), so it cannot be compared with the facilities of a day.",
)
WHO_COMPUTES: Final = Text(
    "公布这个区域的结果的管理者可以在这里重新计算。",
    "A manager who publishes for this area may compute it anew here.",
)
NO_DAYS_OF_MOMENT: Final = Text(
    "这次结果问的是某一时刻谁开着，不能与某天在的站点相比。",
    "This answer is about who is open at one moment and cannot be compared with the facilities of a day.",
)


def change_text(change: tuple[float, float] | None) -> Text:
    """Return how much a share has grown at least and at most, in points: once where both read alike."""
    if change is None:
        return Text(UNKNOWN, UNKNOWN)
    least, most = (points_number(one) for one in change)
    if least == most:
        return Text(least, least)
    return Text(f"{least} 至 {most}", f"{least} to {most}")


def standing_text(
    day: date,
    facilities: Band,
    then: tuple[float, float] | None,
    now: float | None,
    later: int,
) -> Text:
    """Return what the changes since a day's facilities are measured from, and how the whole changed.

    Parameters
    ----------
    then
        The share covered then of all that the page is of, at least and at most; None = not known.
    later
        How many facilities that may have stood then were registered after the run.
    """
    sure = counted(facilities.known, "处", "facility is", "facilities are")
    zh = f"变化是与 {day} 在的设施相比，单位是百分点；标准、需求和步行仍按这次结果，那天在不在按登记的日期。"
    en = (
        f"Changes are from the facilities of {day}, in percentage points; standard, demand and walks are "
        "this answer's, and what stood then is by the dates in the register."
    )
    zh += f"那天确知启用的 {sure.zh}"
    en += f" {sure.en} known to have been in service then"
    if facilities.possible:
        perhaps = format_count(facilities.possible)
        zh += f"，可能启用的另有 {perhaps} 处：低的一头都不算，高的一头都算"
        en += (
            f", {perhaps} more may have been: the lower end leaves them out, the higher counts them"
        )
    zh, en = f"{zh}。", f"{en}."
    if then is not None and now is not None:
        least, most = (format_share(one) for one in then)
        band = least if least == most else f"{least.rstrip('%')}–{most}"
        change = change_text((now - then[1], now - then[0]))
        zh += f"合计：{band} → {format_share(now)}，{change.zh} 个百分点。"
        en += f" In all: {band} → {format_share(now)}, {change.en} points."
    if later:
        many = counted(later, "处", "facility was", "facilities were")
        zh += f"另有 {many.zh}在这次计算之后才登记，没有算进去。"
        en += f" {many.en} registered after this computation and left out."
    return Text(zh, en)


def share_then(run_id: int) -> Text:
    """Return the heading of the shares in an earlier run."""
    return Text(f"当时的覆盖率（运行 {run_id}）", f"Share covered then (run {run_id})")


def day_least(day: date) -> Text:
    """Return the heading of the least shares with the facilities of a day."""
    return Text(
        f"按 {day} 在的站点的覆盖率，至少",
        f"Share covered with the facilities of {day}, at least",
    )


def day_most(day: date) -> Text:
    """Return the heading of the greatest shares with the facilities of a day."""
    return Text(
        f"按 {day} 在的站点的覆盖率，至多",
        f"Share covered with the facilities of {day}, at most",
    )


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
