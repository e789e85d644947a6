"""Telephone numbers as people write them, and as a telephone dials them."""

import re
from dataclasses import dataclass

_BETWEEN = re.compile(r"[、，,;；/]|\s或\s")
_EXTENSION = re.compile(r"\s*(?:转|分机|ext\.?|x|#)\s*(\d{1,6})\s*$", re.IGNORECASE)
# The other way to write one: behind a hyphen after a whole number of mainland China, with its area code or
# one of 7 or 8 digits, which begins with neither 0 nor 1, or a 400 or 800 number.
_HYPHEN = r"[-‐-―－]"
_GAP = rf"(?:\s|{_HYPHEN})?"
_AREA = rf"(?:(?:\+?86{_GAP})?[(（]?0\d{{2,3}}[)）]?|\+?86{_GAP}[1-9]\d{{1,2}})"
_WHOLE = rf"{_AREA}{_GAP}\d{{3,4}}{_GAP}\d{{4}}|[2-9]\d{{6,7}}|[48]00(?:{_GAP}\d){{7}}"
_HYPHENED = re.compile(rf"\s*(?:{_WHOLE})\s*({_HYPHEN}{{1,2}}\s*(\d{{1,6}}))\s*")
_NOT_DIALLED = re.compile(r"[\s()（）.·\-‐-―－]")
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
    extension, begins = "", len(words)
    if said := _EXTENSION.search(words):
        extension, begins = said[1], said.start()
    elif hyphened := _HYPHENED.fullmatch(words):
        extension, begins = hyphened[2], hyphened.start(1)
    number = _NOT_DIALLED.sub("", words[:begins])
    if not _NUMBER.fullmatch(number):
        return None
    if number.startswith("+860"):  # the nought of an area code is dialled inside the country alone
        number = f"+86{number[4:]}"
    return f"tel:{number}{f',{extension}' if extension else ''}"
