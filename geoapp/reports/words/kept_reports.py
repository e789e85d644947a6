"""What is said of reports that are made by themselves: when, what came of it, what changed."""

from collections.abc import Mapping

from geoapp.core.i18n import Text
from geoapp.core.results.kept_reports import ReportOutcome, ReportSchedule
from geoapp.core.units import format_moment
from geoapp.reports.words.question import area_text

_OUTCOME_TEXT = {
    ReportOutcome.MADE: Text("已生成并留存", "it was made and kept"),
    ReportOutcome.UNPUBLISHED: Text(
        "没有公布的覆盖结果，没有生成", "no coverage was published, so none was made"
    ),
    ReportOutcome.FAILED: Text(
        "没有生成，原因在日志里；请管理员查看",
        "it could not be made, and the log says why; ask the operator",
    ),
}


def report_schedule_text(schedule: ReportSchedule, regions: Mapping[str, Text], zone: str) -> Text:
    """Return of which area and when next a report is made."""
    area = area_text(schedule.region, regions)
    following = format_moment(schedule.next_at, zone)
    clock = f"{schedule.hour}:00"
    return Text(
        f"{area.zh}：每月 1 日 {clock} 生成上个月的月报，下次 {following.zh}",
        f"{area.en}: the report of the month before is made on the first of each month at {clock}, "
        f"next on {following.en}",
    )


def report_outcome_text(schedule: ReportSchedule, zone: str) -> Text | None:
    """Return what came of it when a report was due last; None before its first time."""
    if schedule.last_at is None or schedule.last_outcome is None:
        return None
    then = format_moment(schedule.last_at, zone)
    what = _OUTCOME_TEXT[schedule.last_outcome]
    return Text(f"上次 {then.zh}：{what.zh}", f"Last on {then.en}: {what.en}")
