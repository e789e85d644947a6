"""Telephone numbers as people write them, and as a telephone dials them."""

import re
from dataclasses import dataclass

_BETWEEN = re.compile(r"[、，,;；/]|\s或\s")
_EXTENSION = re.compile(r"\s*(?:转|分机|ext\.?|x|#)\s*(\d{1,6})\s*$", re.IGNORECASE)
_NOT_DIALLED = re.compile(r"[\s()（）.·\-‐-―]")
_NUMBER = re.compile(r"\+?\d{3,15}")


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
