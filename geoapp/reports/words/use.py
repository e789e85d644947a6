"""Figures of use in words: what a count of visits rests on, stars and shares with their bounds."""

import math
from collections.abc import Mapping
from typing import Final

from geoapp.core.i18n import Text
from geoapp.core.units import counted, format_share
from geoapp.core.use import (
    BASIS_TEXT,
    CARE_UNIT_TEXT,
    LEAST_VOICES,
    USE_FIELD_TEXT,
    Basis,
    CareUnit,
    UseField,
)


def few_text() -> Text:
    """Say that too few spoke to be told of."""
    return Text(f"少于 {LEAST_VOICES} 人", f"fewer than {LEAST_VOICES}")


def voices_text(count: int) -> Text:
    """Say how many spoke."""
    return counted(count, "人", "voice")


def days_text(days: Mapping[str, int]) -> Text:
    """Say on how many days somebody counted, by what the counts rest on.

    Parameters
    ----------
    days
        How many days of one facility, by basis.
    """
    parts = []
    for basis, number in days.items():
        said, rests = counted(number, "天", "day"), BASIS_TEXT[Basis(basis)]
        parts.append(Text(f"{rests.zh} {said.zh}", f"{said.en} {rests.en}"))
    return Text("，".join(one.zh for one in parts), ", ".join(one.en for one in parts))


def stars_text(value: float, low: float, high: float) -> Text:
    """Say a mean of stars with its bounds, which are rounded outwards."""
    low, high = math.floor(round(low * 10, 6)) / 10, math.ceil(round(high * 10, 6)) / 10
    return Text(f"{value:.1f}（{low:.1f} 至 {high:.1f}）", f"{value:.1f} ({low:.1f} to {high:.1f})")


def satisfied_text(share: float, low: float, high: float) -> Text:
    """Say a share (0 to 1) with its bounds."""
    said, least, most = (format_share(one, 0) for one in (share, low, high))
    return Text(f"{said}（{least} 至 {most}）", f"{said} ({least} to {most})")


def care_text(number: int, unit: str) -> Text:
    """Say a number of people or of person-times."""
    word = CARE_UNIT_TEXT[CareUnit(unit)]
    one = {CareUnit.PEOPLE: "person", CareUnit.TIMES: "person-time"}[CareUnit(unit)]
    return counted(number, word.zh, one, word.en)


UNKNOWN_FIELD: Final = Text("未知", "unknown")
NOBODY_NEAR: Final = Text(
    "有人来，按需求附近没有人", "people come, and by the demand nobody is near"
)
TITLE_REACH: Final = Text("到访与应服务的人", "Visits beside the demand")
SHEET_REACH: Final = Text("到访与需求", "Visits and demand")
FACILITY: Final = Text("设施", "facility")
CODE: Final = Text("编号", "code")
DISTRICT: Final = Text("区", "district")
VISITS_A_DAY: Final = Text("有计数的一天平均人次", "visits on a day counted")
REACH: Final = Text("应服务的人", "workers it should see")
SOLE_SHARE: Final = Text("其中只靠它的", "of these with no other")
FIELD: Final = Text("属于", "field")
LON: Final = Text("经度", "lon")
LAT: Final = Text("纬度", "lat")
REACH_MEANS: Final = Text(
    "应服务的人：公布的运行里，在标准之内、以它为最近一处的户外劳动者。没有计数的站点，到访未知，不是零。",
    "The workers whom a facility should see: within the standard, and nearer to it than to any "
    "other, in the published run. Where nobody counted, visits are unknown, not zero.",
)


def field_text(visits_a_day: float | None, reach: float | None, field: UseField | None) -> Text:
    """Name the field of a facility, or say why it has none; ``reach`` is in workers."""
    if field is not None:
        return USE_FIELD_TEXT[field]
    return NOBODY_NEAR if visits_a_day and reach == 0 else UNKNOWN_FIELD


def middles_text(compared: int, visits: float, reach: float, sole_share: float | None) -> Text:
    """Say what parts the fields: the medians of the facilities compared."""
    share = format_share(sole_share, 0)
    many = counted(compared, "处", "facility", "facilities")
    people = counted(reach, "人", "worker")
    return Text(
        f"界线是有计数又在运行里的 {many.zh}的中位数：有计数的一天 {visits:,.1f} 人次；应服务 {people.zh}；"
        f"其中 {share} 只靠它。不低于界线、也不是零，就算多。",
        f"The lines are the medians of the {many.en} that were counted and are in the run: {visits:,.1f} "
        f"visits on a day counted; {people.en} it should see; {share} of them with no other. What "
        "reaches a line and is not zero is above it.",
    )


def too_few_text(compared: int, least: int) -> Text:
    """Say that too few facilities have both figures for a line to be drawn between them."""
    have = counted(compared, "处", "facility has", "facilities have")
    return Text(
        f"有计数又在运行里的只有 {have.zh}，少于 {least} 处，不分类。",
        f"{have.en} both figures, fewer than {least}: none is put in a field.",
    )
