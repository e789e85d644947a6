"""Figures of use in words: what a count of visits rests on, stars and shares with their bounds."""

import math
from collections.abc import Mapping

from geoapp.core.i18n import Text
from geoapp.core.units import counted, format_share
from geoapp.core.use import BASIS_TEXT, CARE_UNIT_TEXT, LEAST_VOICES, Basis, CareUnit


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
