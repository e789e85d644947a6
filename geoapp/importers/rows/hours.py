"""Opening hours as a cell states them, and the words of the sign beside them."""

from functools import lru_cache
from typing import Any

from geoapp.core import hours as core_hours
from geoapp.importers.problems import Findings
from geoapp.importers.rows import cells


@lru_cache(maxsize=65_536)
def _hours(text: str) -> tuple[str, bool]:
    return core_hours.read_or_keep(text)


def read_hours(found: Findings, column: str, cell: Any) -> tuple[str | None, str | None]:
    """Return opening hours in OpenStreetMap's syntax, and the words as they came.

    Hours that nobody can read for certain never reject a row: their words become a comment in that
    syntax, which is *unknown*, and are warned of.
    """
    text = cells.read_text(found, column, cell)
    if text is None:
        return None, None
    hours, understood = _hours(text)
    if not understood:
        accepted = core_hours.ACCEPTED
        found.warn(
            column,
            text,
            "unreadable_hours",
            f"看不懂开放时间“{text[:60]}”：原话保留，开放与否按未知处理。可写{accepted.zh}。",
            f"The opening hours {text[:60]!r} are not understood: the words are kept and the state "
            f"is unknown. Understood are {accepted.en}.",
        )
    return hours, text


def read_words_of_hours(found: Findings, column: str, cell: Any, hours: str | None) -> str | None:
    """Return the sign's own words beside hours in OpenStreetMap's syntax; None = the hours say it all.

    Words that nobody can read are kept: they may well mean these hours. Words that say something
    else are of before the hours were changed; they go, and that is said.
    """
    words = cells.read_text(found, column, cell)
    if words is None or hours is None:
        return words
    meaning, understood = _hours(words)
    if not understood or meaning == hours:
        return words
    found.warn(
        column,
        words,
        "other_words",
        f"开放时间原文“{words[:60]}”与开放时间不是一个意思，以开放时间为准，原文不再保留。",
        f"The words {words[:60]!r} say something else than the opening hours, which count; the words "
        "are not kept.",
    )
    return None
