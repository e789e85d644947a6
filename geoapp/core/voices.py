"""What workers report of a facility, and when their reports agree.

The rule: each sender has one voice on a facility, the last one. It is doubtful once ``agree``
senders have said that it is shut or has moved, within so many days and nobody saying afterwards
that it is open. It stays so until a steward settles it, or ``agree`` senders find it open again.

Reports that a facility got from one that was merged into it name their senders otherwise: one of
these may be one of its own. So as many count as are certainly different, the most of either.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, Literal
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
    """One sender's report; ``sender`` is the same for one sender of one facility alone.

    Attributes
    ----------
    given_for
        The number of the facility among whose senders it is known so; None is its own.
    others
        How the sender is known among those of facilities that were merged into it, by their numbers.
    """

    kind: str
    sender: bytes
    at: datetime
    given_for: int | None = None
    others: Mapping[int, bytes] = field(default_factory=dict)

    @property
    def names(self) -> dict[int | None, bytes]:
        """How the sender is known, by the facility among whose senders."""
        return {**dict[int | None, bytes](self.others.items()), self.given_for: self.sender}


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


def found_true_text(doubt: Doubt | None) -> Text:
    """Say of a facility that is suspended what workers reported of it, and that it was found true."""
    if doubt is None:
        return Text("工人反映有问题，已核实", "workers reported a problem, which was checked")
    return _found_true(_SAID[doubt.kind])


def _found_true(said: Text) -> Text:
    return Text(f"工人反映{said.zh}，已核实", f"workers reported {said.en}, which was checked")


def status_note_text(note: str) -> Text:
    """Return a note on a status as somebody wrote it; what ``found_true_text`` says, in each language alone."""
    ours = (found_true_text(None), *(_found_true(said) for said in _SAID.values()))
    return next((one for one in ours if one.both() == note), Text(note, note))


@dataclass(frozen=True, slots=True)
class Standing:
    """What reports amount to; ``confirmed_on`` is when senders last agreed that it is open."""

    doubt: Doubt | None
    confirmed_on: date | None


NOTHING_SAID: Final = Standing(None, None)


@dataclass(slots=True, eq=False)
class _Sender:
    """A sender by all names known, and what the last word was: against the facility, or for it."""

    names: dict[int | None, bytes]
    against: Voice | None = None
    found_open: Voice | None = None


_Word = Literal["against", "found_open"]


class _Senders:
    """Those who have spoken; who turns out to be one that spoke under another name becomes that one."""

    def __init__(self) -> None:
        self.all: list[_Sender] = []
        self._named: dict[tuple[int | None, bytes], _Sender] = {}

    def of(self, voice: Voice) -> _Sender:
        """Return who gave a voice."""
        known = dict.fromkeys(
            self._named[name] for name in voice.names.items() if name in self._named
        )
        sender, *same = known or [_Sender({})]
        if not known:
            self.all.append(sender)
        for other in same:
            self.all.remove(other)
            both = (one.against for one in (sender, other) if one.against is not None)
            sender.against = min(both, key=lambda one: one.at, default=None)
            sender.found_open = sender.found_open or other.found_open
            sender.names |= other.names
        sender.names |= voice.names
        self._named |= dict.fromkeys(sender.names.items(), sender)
        return sender

    def forget(self, word: _Word) -> None:
        """Let nobody have said this."""
        for one in self.all:
            setattr(one, word, None)

    def different(self, word: _Word) -> int:
        """Return how many have said this who are certainly different: the most of one facility's."""
        said = (one.names for one in self.all if getattr(one, word) is not None)
        return max(Counter(number for names in said for number in names).values(), default=0)


def weigh(voices: Iterable[Voice], *, agree: int, timezone: str) -> Standing:
    """Return what reports amount to, given those that count in the order in which they came.

    Parameters
    ----------
    agree
        How many senders must say the same.
    timezone
        By whose days.
    """
    senders = _Senders()
    confirmed: datetime | None = None
    for one in voices:
        sender = senders.of(one)
        if one.kind in _DOUBT_KINDS:
            senders.forget("found_open")
            # Since when, by the first; what, by the last that the sender said.
            first = sender.against or one
            sender.against = replace(one, at=first.at)
        elif one.kind == ReportKind.OPEN:
            sender.found_open, sender.against = one, None
            if senders.different("found_open") >= agree:
                confirmed = one.at
                senders.forget("against")
            elif senders.different("against") < agree:
                senders.forget("against")
    zone = ZoneInfo(timezone)
    doubt = None
    voices_against = senders.different("against")
    if voices_against >= agree:
        last = [one.against for one in senders.all if one.against is not None]
        said = [one.kind for one in last]
        kind = max(_DOUBT_KINDS, key=said.count)  # shut where as many say the one as the other
        since = min(one.at for one in last)
        doubt = Doubt(kind, voices_against, since.astimezone(zone).date())
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
    who = "1 worker reports" if doubt.voices == 1 else f"{doubt.voices} workers report"
    return Text(
        f"工人反映{said.zh}（{doubt.voices} 人，{since.zh}起）",
        f"{who} {said.en} (since {since.en})",
    )


def confirmed_text(confirmed_on: date) -> Text:
    """Return what is said of a facility that workers found open."""
    return Text(f"工人 {confirmed_on} 确认开放", f"Confirmed open by workers on {confirmed_on}")


def doubtful_answer(doubt: Doubt | None) -> dict[str, Any] | None:
    """Return a doubt as programs are told it; None if there is none."""
    if doubt is None:
        return None
    note = doubt_text(doubt)
    return {
        "kind": doubt.kind,
        "voices": doubt.voices,
        "since": doubt.since.isoformat(),
        "note": {"zh": note.zh, "en": note.en},
    }
