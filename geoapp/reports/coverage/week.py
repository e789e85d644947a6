"""A region's week as people read it: shares, bands and words by the hour, and what a slider needs."""

from collections.abc import Iterable
from typing import Any

from geoapp.core.i18n import Text
from geoapp.core.results.coverage_hours import RegionHours
from geoapp.core.units import WEEKDAYS, format_count, format_share
from geoapp.reports.parts import EDGES


def share_of(part: float, total: float) -> float | None:
    """Return a share; None where there is nothing to have a share of."""
    return part / total if total > 0 else None


def band_text(low: float | None, high: float | None, decimals: int = 0) -> str:
    """Return a band as one number where its ends read the same."""
    ends = [format_share(one, decimals) for one in (low, high)]
    return ends[0] if ends[0] == ends[1] else f"{ends[0].rstrip('%')}–{ends[1]}"


def shares_of(row: RegionHours) -> list[tuple[float | None, float | None]]:
    """Return the least and the greatest share covered, by hour of the week."""
    return [
        (share_of(low, total), share_of(high, total))
        for low, high, total in zip(row.covered_low, row.covered_high, row.total, strict=True)
    ]


def hour_text(number: int) -> Text:
    """Name an hour of the week, 0 to 167."""
    weekday = WEEKDAYS[number // 24]
    clock = f"{number % 24:02d}:00"
    return Text(f"{weekday.zh} {clock}", f"{weekday.en} {clock}")


def stretch_text(first: int, end: int) -> Text:
    """Name the hours of the week from one up to another, 168 at most; a day is named once."""
    begin = hour_text(first)
    if first // 24 == (end - 1) // 24:
        until = f"{end % 24 or 24:02d}:00"
        return Text(f"{begin.zh}–{until}", f"{begin.en}–{until}")
    last = hour_text(end % 168)
    return Text(f"{begin.zh} – {last.zh}", f"{begin.en} – {last.en}")


def hour_words(row: RegionHours) -> list[Text]:
    """Return what is said of each hour beside a slider."""
    said = []
    for number, (low, high) in enumerate(shares_of(row)):
        when, band = hour_text(number), band_text(low, high, 1)
        people = format_count(row.total[number])
        said.append(
            Text(
                f"{when.zh}：覆盖 {band}，那时在外 {people} 人",
                f"{when.en}: {band} covered of {people} workers out then",
            )
        )
    return said


def played(rows: Iterable[RegionHours]) -> dict[str, Any]:
    """Return what a slider needs of some regions: a digit of class and two rounded per mille an hour."""
    told: dict[str, Any] = {}
    for row in rows:
        shares = shares_of(row)
        told[row.code or ""] = {
            "classes": "".join(
                "0" if low is None else str(sum(low >= edge for edge in EDGES)) for low, _ in shares
            ),
            "low": [None if low is None else round(low * 1000) for low, _ in shares],
            "high": [None if high is None else round(high * 1000) for _, high in shares],
        }
    return told
