"""What is said of an answer about the nearest places."""

from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.units import counted


def region_list_text(
    region: Text, total: int, *, only_open: bool, is_filtered: bool, is_own: bool
) -> Text:
    """Say what a region's list holds, and in which order.

    Parameters
    ----------
    total
        How many fit, open or not.
    only_open
        Whether the others are left out; else they come behind the open ones.
    is_filtered
        Whether a kind or amenities are asked for.
    is_own
        Whether they are ordered by how far they are from the asker; else from where most of them stand.
    """
    many = counted(total, "处", "station", "stations")
    zh = f"{region.zh}{'符合条件的' if is_filtered else ''}共 {many.zh}："
    en = f"{many.en} in {region.en}{' that fit' if is_filtered and total != 1 else ''}: "
    zh += "只列开着的，" if only_open else "开着的在前，"
    en += "only the open ones, " if only_open else "the open ones first, "
    if is_own:
        return Text(f"{zh}离您近的在前。", f"{en}the closest to you before the others.")
    return Text(f"{zh}从站点最多的一带列起。", f"{en}from where most of them are.")


UNKNOWN_HOURS_LISTED_TEXT: Final = Text(
    "开放时间未知的也列在里面。", "Those with unknown hours are listed, too."
)


def unknown_hours_text(count: int, far: Text, *, is_more: bool) -> Text:
    """Say how many of unknown hours are left out where only open ones are listed, and how near they are."""
    zh, en = ("至少 ", "At least ") if is_more else (" ", "")
    return Text(
        f"还有{zh}{count} 处开放时间未知，最近的 {far.zh}。",
        f"{en}{count} more with unknown hours, nearest {far.en}.",
    )
