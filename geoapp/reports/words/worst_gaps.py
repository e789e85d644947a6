"""Why nobody is within reach in a gap zone, and what would close it."""

from geoapp.core.i18n import Text
from geoapp.core.results.coverage import CoverageGap
from geoapp.core.units import counted, format_metres


def why_text(gap: CoverageGap) -> Text:
    """Return why a zone is one: nothing near, or a station that is cut off, shut or may be shut."""
    zh, en = [], []
    for workers, why in (
        (gap.cut_off_workers, Text("到最近的站没有路", "have no way to the nearest station")),
        (gap.closed_workers, Text("附近的站那时不开", "have a station near that is shut then")),
        (
            gap.hours_unknown_workers,
            Text("附近的站开放时间不明", "have a station near whose hours are unknown"),
        ),
    ):
        if workers:
            number = counted(workers, "人", "worker")
            zh.append(f"{number.zh}{why.zh}")
            en.append(f"{number.en} {why.en}")
    if zh:
        return Text("，".join(zh), ", ".join(en))
    if gap.worst_m is None:
        return Text("走不到任何站", "no station can be walked to")
    far = format_metres(gap.worst_m)
    return Text(
        f"标准以内没有站，最远要走 {far.zh}",
        f"no station within the standard, up to {far.en} to walk",
    )


def closing_text(gap: CoverageGap) -> Text:
    """Return how many new stations bring all of a zone within the standard, and what one does."""
    if gap.sites_needed is None:
        return Text("没有算过", "not worked out")
    if not gap.sites_needed:
        return Text("新站也走不到", "no new station can be walked to")
    needed = counted(gap.sites_needed, "处新站", "new station")
    about = Text("", "") if gap.sites_needed_proven else Text("至多 ", "at most ")
    zh, en = f"{about.zh}{needed.zh}", f"{about.en}{needed.en}"
    if gap.closers:
        most = counted(gap.closers[0].workers, "人", "worker")
        zh, en = f"{zh}；建一处最多覆盖 {most.zh}", f"{en}; one reaches {most.en} at most"
    if gap.out_of_reach_workers:
        left = counted(gap.out_of_reach_workers, "人", "worker")
        zh, en = (
            f"{zh}；另有 {left.zh}新站也走不到",
            f"{en}; {left.en} would be out of reach of any",
        )
    return Text(zh, en)
