"""Telephone numbers as people write them, and as a telephone dials them."""

import re
from dataclasses import dataclass

_BETWEEN = re.compile(r"[、，,;；/]|\s或\s")
_EXTENSION = re.compile(r"\s*(?:转|分机|ext\.?|x|#)\s*(\d{1,6})\s*$", re.IGNORECASE)
_NOT_DIALLED = re.compile(r"[\s()（）.·\-‐-―]")
_NUMBER = re.compile(r"\+?\d{3,15}")
# What people write in a column of telephones where there is none to write.
_NOTHING = frozenset(
    re.split(
        " ",
        "无 没有 暂无 无电话 没有电话 不详 未知 待定 待补 待补充 - -- — —— / \\ 、 . none no nil null n/a na",
    )
)


def has_number(words: str) -> bool:
    """Tell whether words hold a digit, as every telephone does: extensions and notes may stand beside."""
    return any(one.isdecimal() for one in words)


def says_none(words: str) -> bool:
    """Tell whether words say that there is no telephone, or that it is not known."""
    return words.strip().casefold() in _NOTHING


@dataclass(frozen=True, slots=True)
class Telephone:
    """A number in the words of the record; ``href`` dials it, None where it is no number."""

    words: str
    href: str | None


def telephones(words: str | None) -> list[Telephone]:
    """Return the numbers of a record, one by one.

    An extension is dialled after a pause, which telephones understand as a comma; what follows
    ``;ext=`` (RFC 3966) most of them leave out.
    """
    return [
        Telephone(one.strip(), _dialled(one)) for one in _BETWEEN.split(words or "") if one.strip()
    ]


def _dialled(words: str) -> str | None:
    extension = _EXTENSION.search(words)
    number = _NOT_DIALLED.sub("", words[: extension.start()] if extension else words)
    if not _NUMBER.fullmatch(number):
        return None
    return f"tel:{number}{f',{extension[1]}' if extension else ''}"
