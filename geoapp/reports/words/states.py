"""The states of a facility in words: what it was, since when, and how much of that is known."""

from datetime import date
from typing import Final

from geoapp.core.dated_states import Band, DatedState, StateOnDay
from geoapp.core.i18n import Text
from geoapp.core.units import counted, format_count
from geoapp.core.words import STATUS_TEXT, DateBasis

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_CERTAINTY: Final = {
    DateBasis.MONTH: Text("（只知年月）", " (the month is known)"),
    DateBasis.YEAR: Text("（只知年份）", " (the year is known)"),
}
_BEFORE: Final = Text("还没有设立", "Not there yet")
_ANNOUNCED: Final = Text("预告：", "Announced: ")


def day_text(day: date, basis: DateBasis) -> Text:
    """Say a day with no more of it than is known."""
    month = _MONTHS[day.month - 1]
    if basis is DateBasis.YEAR:
        return Text(f"{day.year} 年", f"{day.year}")
    if basis is DateBasis.MONTH:
        return Text(f"{day.year} 年 {day.month} 月", f"{month} {day.year}")
    return Text(f"{day.year} 年 {day.month} 月 {day.day} 日", f"{day.day} {month} {day.year}")


def since_text(day: date, basis: DateBasis) -> Text:
    """Say since when, and how much of the day is known."""
    said, certain = day_text(day, basis), _CERTAINTY.get(basis, Text("", ""))
    return Text(f"{said.zh}起{certain.zh}", f"since {said.en}{certain.en}")


def state_text(state: DatedState) -> Text:
    """Say one state of a facility: open since May 2019 (the month is known)."""
    name = STATUS_TEXT[state.status]
    if state.from_on is None:
        return Text(f"{name.zh}，何时起不详", f"{name.en}, since when is not known")
    since = since_text(state.from_on, state.basis)
    if state.announced:
        said = day_text(state.from_on, state.basis)
        certain = _CERTAINTY.get(state.basis, Text("", ""))
        return Text(
            f"{_ANNOUNCED.zh}{since.zh}{name.zh}",
            f"{_ANNOUNCED.en}{name.en.lower()} from {said.en}{certain.en}",
        )
    return Text(f"{since.zh}{name.zh}", f"{name.en} {since.en}")


def state_on_day_text(found: StateOnDay) -> Text:
    """Say what a facility was on a day: its state, or each that it may have had."""
    names = [STATUS_TEXT[one] for one in found.statuses]
    if found.may_be_before:
        names.append(_BEFORE)
    zh, en = "或".join(one.zh for one in names), " or ".join(one.en.lower() for one in names)
    if len(names) == 1:
        return Text(zh, names[0].en)
    return Text(f"不能确定：{zh}", f"Not certain: {en}")


def band_text(day: date, band: Band) -> Text:
    """Say how many facilities were there on a day, at the least and at the most."""
    known = counted(band.known, "处", "facility", "facilities")
    was = "was" if band.known == 1 else "were"
    if not band.possible:
        return Text(
            f"{day} 那天在的：{known.zh}，都能确定。",
            f"On {day} {known.en} {was} there; all of that is certain.",
        )
    more, most = format_count(band.possible), format_count(band.known + band.possible)
    return Text(
        f"{day} 那天在的：能确定 {known.zh}，另有 {more} 处可能在，日期不详或只知年月；"
        f"即至少 {format_count(band.known)} 处，至多 {most} 处。",
        f"On {day} {known.en} {was} there for certain, and {more} more may have been: their dates are "
        f"unknown, or only the month or year is known. At least {format_count(band.known)}, at most "
        f"{most}.",
    )


def range_text(band: Band) -> str:
    """Return how many for certain, and to how many more it may be: 3, or 3–5."""
    low, high = format_count(band.known), format_count(band.known + band.possible)
    return low if not band.possible else f"{low}–{high}"
