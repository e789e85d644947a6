"""What the board says of a proposal: what was promised, and what came of it."""

from geoapp.core.i18n import Text
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.units import counted, format_metres, format_moment, format_seconds


def promise_text(promised: float, question: SitingParameters, zone: str) -> Text:
    """Say whom a plan promised to reach newly, by which standard, at which moment."""
    who = counted(promised, "人", "worker")
    if question.standard_m is not None:
        far = format_metres(question.standard_m)
    else:
        far = format_seconds(question.standard_seconds or 0.0)
    when = Text("不计开放时间", "whatever the hours")
    if question.several:
        some = counted(len(question.times(zone)), "个时刻", "moment")
        when = Text(f"{some.zh}平均", f"mean over {some.en}")
        if question.hour_weights:
            when = Text(f"{some.zh}按权重平均", f"mean over {some.en} by their weights")
    elif question.at is not None:
        when = format_moment(question.at, zone)
    return Text(
        f"新增覆盖 {who.zh}（步行 {far.zh}以内，{when.zh}）",
        f"{who.en} newly reached (within a walk of {far.en}, {when.en})",
    )


def fact_text(promised: float, workers: float | None, reason: Text | None) -> Text:
    """Say what a station really newly covers beside what was promised of it."""
    if workers is None:
        why = reason or Text("算不出", "not computable")
        return Text(f"实际：未知（{why.zh}）", f"in fact: unknown ({why.en})")
    who, was = counted(workers, "人", "worker"), counted(promised, "人", "worker")
    told = Text(
        f"实际新增覆盖 {who.zh}，承诺 {was.zh}",
        f"in fact {who.en} newly reached; promised {was.en}",
    )
    if reason is None:
        return told
    return Text(f"{told.zh}（{reason.zh}）", f"{told.en} ({reason.en})")
