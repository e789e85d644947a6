"""What workers report of a facility, and when their reports agree.

The rule: each sender has one voice on a facility, the last one. It is doubtful once ``agree``
senders have said that it is shut or has moved, within so many days and nobody saying afterwards
that it is open. It stays so until a steward settles it, or ``agree`` senders find it open again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Literal
from zoneinfo import ZoneInfo

from geoapp.core.i18n import Text


class ReportKind(StrEnum):
    """What a worker reports."""

    OPEN = "open"
    SHUT = "shut"
    MOVED = "moved"
    FULL = "full"
    WRONG = "wrong"
    SUGGEST = "suggest"


AT_A_PLACE: Final = tuple(kind for kind in ReportKind if kind is not ReportKind.SUGGEST)


class Outcome(StrEnum):
    """How a steward settled reports."""

    SUSPENDED = "suspended"
    FIXED = "fixed"
    DISMISSED = "dismissed"
    ADDED = "added"


DoubtKind = Literal["shut", "moved"]

REPORT_TEXT: Final = {
    ReportKind.OPEN: Text("在这里，正常开放", "Here, and open as shown"),
    ReportKind.SHUT: Text("在这里，但关着门", "Here, and it is shut"),
    ReportKind.MOVED: Text("搬走了，不在这里", "Moved: not here"),
    ReportKind.FULL: Text("满了，进不去", "Full"),
    ReportKind.WRONG: Text("和写的不一样", "Not as described"),
    ReportKind.SUGGEST: Text("建议新增一处", "A place to add"),
}
OUTCOME_TEXT: Final = {
    Outcome.SUSPENDED: Text("属实，已暂停服务", "True: suspended"),
    Outcome.FIXED: Text("已处理", "Put right"),
    Outcome.DISMISSED: Text("不属实", "Not so"),
    Outcome.ADDED: Text("已登记", "Added"),
}
_DOUBT_KINDS: Final[tuple[DoubtKind, ...]] = ("shut", "moved")
_SAID: Final[dict[str, Text]] = {
    "shut": Text("关着门", "it shut"),
    "moved": Text("搬走了", "that it has moved"),
}


@dataclass(frozen=True, slots=True)
class Voice:
    """One sender's report; ``sender`` is the same for one sender of one facility alone."""

    kind: str
    sender: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Doubt:
    """That workers agree on a facility being shut or gone.

    Attributes
    ----------
    voices
        How many senders say so.
    since
        The day of the first of them.
    """

    kind: DoubtKind
    voices: int
    since: date


@dataclass(frozen=True, slots=True)
class Standing:
    """What reports amount to; ``confirmed_on`` is when senders last agreed that it is open."""

    doubt: Doubt | None
    confirmed_on: date | None


NOTHING_SAID: Final = Standing(None, None)


def weigh(voices: Iterable[Voice], *, agree: int, timezone: str) -> Standing:
    """Return what reports amount to, given those that count in the order in which they came.

    Parameters
    ----------
    agree
        How many senders must say the same.
    timezone
        By whose days.
    """
    against: dict[bytes, Voice] = {}
    found_open: set[bytes] = set()
    confirmed: datetime | None = None
    for one in voices:
        if one.kind in _DOUBT_KINDS:
            found_open.clear()
            # Since when, by the first; what, by the last that the sender said.
            first = against.get(one.sender, one)
            against[one.sender] = Voice(one.kind, one.sender, first.at)
        elif one.kind == ReportKind.OPEN:
            found_open.add(one.sender)
            against.pop(one.sender, None)
            if len(found_open) >= agree:
                confirmed = one.at
                against.clear()
            elif len(against) < agree:
                against.clear()
    zone = ZoneInfo(timezone)
    doubt = None
    if len(against) >= agree:
        said = [one.kind for one in against.values()]
        kind = max(_DOUBT_KINDS, key=said.count)  # shut where as many say the one as the other
        since = min(one.at for one in against.values())
        doubt = Doubt(kind, len(against), since.astimezone(zone).date())
    return Standing(doubt, None if confirmed is None else confirmed.astimezone(zone).date())


def doubt_of(kind: str | None, voices: int | None, since: date | None) -> Doubt | None:
    """Return a doubt as it is stored; None if there is none."""
    if kind is None or voices is None or since is None:
        return None
    return Doubt("moved" if kind == "moved" else "shut", voices, since)


def doubt_text(doubt: Doubt, today: date | None = None) -> Text:
    """Return what is said of a doubtful facility.

    Parameters
    ----------
    today
        Where it is given, days near it are called as people do.
    """
    since = Text(f"{doubt.since} ", f"{doubt.since}")
    if today is not None and (today - doubt.since).days in (0, 1):
        since = (Text("今天", "today"), Text("昨天", "yesterday"))[(today - doubt.since).days]
    said = _SAID[doubt.kind]
    return Text(
        f"工人反映{said.zh}（{doubt.voices} 人，{since.zh}起）",
        f"Workers report {said.en} ({doubt.voices}, since {since.en})",
    )


def confirmed_text(confirmed_on: date) -> Text:
    """Return what is said of a facility that workers found open."""
    return Text(f"工人 {confirmed_on} 确认开放", f"Confirmed open by workers on {confirmed_on}")
