"""What is said of published answers: who published, whether it still stands, what changed since."""

from collections.abc import Mapping

from geoapp.core.i18n import Text
from geoapp.core.results.published import Freshness, Publication, Schedule
from geoapp.core.units import counted, format_moment
from geoapp.core.words import EVERY_TEXT, Outcome
from geoapp.reports.words.question import area_text

_OUTCOME_TEXT = {
    Outcome.STARTED: Text(
        "有变化，已重新计算，等待比较和公布",
        "something had changed; it was computed anew, to be compared and published",
    ),
    Outcome.UNCHANGED: Text("没有变化，没有重算", "nothing had changed, so nothing was computed"),
    Outcome.UNPUBLISHED: Text(
        "没有公布的结果可以重算", "nothing was published that could be computed anew"
    ),
    Outcome.REFUSED: Text(
        "没有重算：原来的问题里有不再存在的区域或数据",
        "not computed: the question names a region or data that are no longer stored",
    ),
}
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


def schedule_text(schedule: Schedule, regions: Mapping[str, Text], zone: str) -> Text:
    """Return for which area, how often and when next a published answer is computed anew."""
    area = area_text(schedule.region, regions)
    every = EVERY_TEXT[schedule.every]
    following = format_moment(schedule.next_at, zone)
    clock = f"{schedule.hour}:00"
    return Text(
        f"{area.zh}：{every.zh} {clock} 按当时的数据重新计算，下次 {following.zh}",
        f"{area.en}: computed anew {every.en} at {clock}, next on {following.en}",
    )


def outcome_text(schedule: Schedule, zone: str) -> Text | None:
    """Return what came of a schedule when it was due last; None before its first time."""
    if schedule.last_at is None or schedule.last_outcome is None:
        return None
    then = format_moment(schedule.last_at, zone)
    what = _OUTCOME_TEXT[schedule.last_outcome]
    return Text(f"上次 {then.zh}：{what.zh}", f"Last on {then.en}: {what.en}")
