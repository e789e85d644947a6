"""The longest walk with sites at any place, in words."""

from geoapp.core.i18n import Text
from geoapp.core.results.siting import SitingFindings
from geoapp.core.results.status import STATUS_TEXT, SitingStatus
from geoapp.core.units import counted, format_gap, format_metres


def longest_verdict(found: SitingFindings, p: int, where: Text) -> Text:
    """Return the verdict on p sites at any place: how far whoever walks farthest must walk at least.

    Parameters
    ----------
    where
        Which places are meant by anywhere.
    """
    text, sites = STATUS_TEXT[found.status], counted(p, "处", "place")
    least = format_metres(found.bound or 0.0)
    told = Text(
        f"{where.zh}的 {sites.zh}，走得最远的人至少要走 {least.zh}",
        f"with no {sites.en} {where.en} does everybody walk less than {least.en}",
    )
    if found.status is SitingStatus.OPTIMAL:
        return Text(f"{text.zh}：{told.zh}", f"{text.en}: {told.en}")
    gap = Text("", "")
    if found.gap_share is not None:
        shown = format_gap(found.gap_share)
        gap = Text(
            f"，本方案最多长 {shown}", f", and this plan's longest is at most {shown} longer"
        )
    return Text(f"{text.zh}；{told.zh}{gap.zh}", f"{text.en}; {told.en}{gap.en}")
