"""Whether somebody may enter a facility: by who they are, and by what its door may ask for.

The phone answers without a network by the same rule (``static/js/worker/offline/entering.js``); both
are held to the cases of ``tests/js/worker/offline/entering.json``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.words import ACCESS_TEXT, ENTRY_TEXT, Access, Entry


class Who(StrEnum):
    """Who asks; each is also what stands before it: a member is a worker, a worker is anyone."""

    ANYONE = "anyone"
    WORKER = "worker"
    MEMBER = "member"


class Means(StrEnum):
    """What a door may ask for and somebody may be without; by the code of that way in."""

    APP = "app"
    CARD = "card"
    QR = "qr"
    FACE = "face"


WHO_TEXT: Final = {
    Who.WORKER: Text("户外劳动者", "Outdoor worker"),
    Who.MEMBER: Text("工会会员", "Union member"),
    Who.ANYONE: Text("其他人", "Anybody else"),
}

WITHOUT_TEXT: Final = {
    Means.APP: Text("没有 App", "No app"),
    Means.CARD: Text("没有卡", "No card"),
    Means.QR: Text("不能扫码", "Cannot scan"),
    Means.FACE: Text("不能刷脸", "No face scan"),
}

MAY_ENTER_TEXT: Final = {
    True: Text("您能进", "You may enter"),
    False: Text("您进不去", "You cannot enter"),
    None: Text("能不能进：未知", "Whether you may enter: unknown"),
}

SURELY_TEXT: Final = Text("只看确知能进的", "Only where it is known")

_ADMITS: Final = {
    Access.ANYONE: frozenset(Who),
    Access.WORKERS: frozenset({Who.WORKER, Who.MEMBER}),
    Access.MEMBERS: frozenset({Who.MEMBER}),
}
# All that a facility may state of its door, unknown included: by `door_of` a number of this order.
_DOORS: Final = [(access, entry) for access in (None, *Access) for entry in (None, *Entry)]
_NUMBERS: Final = {door: number for number, door in enumerate(_DOORS)}


def door_of(access: str | None, entry: str | None) -> int:
    """Return the number of what a facility states of its door; see `Entering.accepted_doors`."""
    # A StrEnum is its text, so the text finds it.
    return _NUMBERS[access, entry]


@dataclass(frozen=True, slots=True)
class Entering:
    """What somebody says of themselves who asks where they may enter.

    Attributes
    ----------
    who
        Who they are; None does not ask for whom a facility is, or, with ``surely``, stands for anyone.
    without
        What they are without; empty does not ask how one gets in.
    surely
        Only where it is known that they may enter; else only what is known to keep them out is left out.
    """

    who: Who | None = None
    without: frozenset[Means] = frozenset()
    surely: bool = False

    @property
    def is_asked(self) -> bool:
        """Whether anything is asked: if not, every facility counts."""
        return self.asker is not None or bool(self.without)

    @property
    def asker(self) -> Who | None:
        """Who counts as asking: where one may surely enter who does not say who they are, anyone may."""
        return Who.ANYONE if self.surely and self.who is None else self.who

    def admits(self, access: str | None, entry: str | None) -> bool | None:
        """Tell whether they may enter; None where that is not known.

        Parameters
        ----------
        access
            For whom the facility is, by the code of `Access`; None is unknown.
        entry
            How one gets in, by the code of `Entry`; None is unknown.
        """
        is_for = True if self.asker is None else None
        if self.asker is not None and access is not None:
            is_for = self.asker in _ADMITS[Access(access)]
        opens = None if self.without else True
        if self.without and entry is not None:
            opens = entry not in self.without
        if is_for is False or opens is False:
            return False
        return None if is_for is None or opens is None else True

    def accepts(self, access: str | None, entry: str | None) -> bool:
        """Tell whether a facility counts for the question."""
        if not self.is_asked:
            return True
        admits = self.admits(access, entry)
        return admits is True if self.surely else admits is not False

    def accepted_doors(self) -> list[bool]:
        """Return by the number of a door (`door_of`) whether facilities that have it count."""
        return [self.accepts(access, entry) for access, entry in _DOORS]

    @property
    def text(self) -> Text:
        """What is asked, in words: "户外劳动者，没有卡"."""
        parts = [] if self.who is None else [WHO_TEXT[self.who]]
        parts += [words for means, words in WITHOUT_TEXT.items() if means in self.without]
        if self.surely and not parts:
            return SURELY_TEXT
        english = ", ".join(one.en for one in parts).capitalize()
        return Text("，".join(one.zh for one in parts), english)


# Nobody says anything of themselves: every facility counts.
ANYBODY: Final = Entering()


def why_not(entering: Entering, access: str | None, entry: str | None) -> Text:
    """Return what keeps somebody out, or what is not known of it: for whom, and how one gets in."""
    by_access = Entering(who=entering.asker).admits(access, None)
    by_entry = Entering(without=entering.without).admits(None, entry)
    parts = []
    if by_access is not True:
        known = Text("未知", "unknown") if access is None else ACCESS_TEXT[Access(access)]
        parts.append(Text(f"对象：{known.zh}", f"for: {known.en}"))
    if by_entry is not True:
        known = Text("未知", "unknown") if entry is None else ENTRY_TEXT[Entry(entry)]
        parts.append(Text(f"进门：{known.zh}", f"way in: {known.en}"))
    return Text("；".join(one.zh for one in parts), "; ".join(one.en for one in parts))


def parse_entering(who: str, without: Iterable[str], *, surely: bool) -> Entering:
    """Return what a request, a form or a command says of whoever asks.

    Parameters
    ----------
    who
        A code of `Who`; empty does not ask.
    without
        Codes of `Means`.

    Raises
    ------
    InvalidValueError
        If a code is not known; it names ``may_enter`` or ``without``.
    """
    if who and who not in set(Who):
        accepted = ", ".join(Who)
        raise InvalidValueError("may_enter", who, Text(accepted, accepted))
    lacking = frozenset(without)
    for name in sorted(lacking - set(Means)):
        accepted = ", ".join(Means)
        raise InvalidValueError("without", name, Text(accepted, accepted))
    return Entering(Who(who) if who else None, frozenset(map(Means, lacking)), surely=surely)
