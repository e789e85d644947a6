"""What is said of published answers: who published, whether it still stands, what changed since."""

from collections.abc import Mapping

from geoapp.core.i18n import Text
from geoapp.core.results.published import Freshness, Publication
from geoapp.core.units import counted, format_moment
from geoapp.reports.words.question import area_text

_BY_COMMAND = Text("用本机命令", "by a command on the machine")


def published_text(publication: Publication, regions: Mapping[str, Text], zone: str) -> Text:
    """Return for which area, when and by whom an answer was published, and with which note."""
    area = area_text(publication.region, regions)
    name = publication.published_by
    by = Text(f"由 {name} ", f"by {name}") if name else _BY_COMMAND
    day = format_moment(publication.published_at, zone)
    note = Text("", "")
    if publication.note:
        note = Text(f"：{publication.note}", f": {publication.note}")
    return Text(
        f"{area.zh}的公布结果，{day.zh} {by.zh}公布{note.zh}",
        f"The published answer for {area.en}, published on {day.en} {by.en}{note.en}",
    )


def freshness_text(freshness: Freshness) -> Text:
    """Return what has changed since the data were read."""
    if freshness.is_fresh:
        return Text(
            "此后站点、需求、区域和路网都没有变化。",
            "Facilities, demand, regions and network are the same since.",
        )
    zh, en = [], []
    if freshness.facilities:
        many = counted(freshness.facilities, "处站点", "facility", "facilities")
        zh.append(f"{many.zh}有变化")
        en.append(f"{many.en} changed")
    if freshness.others:
        zh.append(f"{'、'.join(one.zh for one in freshness.others)}换了新的")
        en.append(f"{', '.join(one.en for one in freshness.others)} changed")
    space = " " if freshness.facilities else ""  # before a figure
    return Text(f"此后{space}{'；'.join(zh)}。", f"Since then {'; '.join(en)}.")
