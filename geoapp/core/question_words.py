"""The words of a question around what is sought: "哪里能充电" asks for "充电"."""

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Container, Mapping
from functools import cache
from typing import NamedTuple

from geoapp.core.paths import shipped
from geoapp.core.sounds import folded

_LONGEST = 60  # letters of a name
_PROVINCE = re.compile("(省|市|(壮族|回族|维吾尔)?自治区|特别行政区)$")
_MARKS = " \t?？!！。.,，、…~"


class QuestionWords(NamedTuple):
    """What may stand before, behind and between what is sought, and beside a place; longest first.

    ``provinces`` are those that an address may begin with, without their endings.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    between: tuple[str, ...]
    beside: tuple[str, ...]
    provinces: tuple[str, ...]


class SoughtThere(NamedTuple):
    """What somebody seeks, by its codes, and the folded name of the place to look from."""

    place: str
    codes: tuple[str, ...]


@cache
def question_words() -> QuestionWords:
    """Return the words that may stand around what is sought."""
    file = shipped("data") / "vocabulary" / "question_words.json"
    given = json.loads(file.read_text(encoding="utf-8"))
    return QuestionWords(
        *(
            tuple(sorted(map(str.casefold, given[name]), key=len, reverse=True))
            for name in QuestionWords._fields
        )
    )


def without_question(text: str) -> str | None:
    """Return what a question asks for; None where the text holds nothing beside it, or nothing else."""
    asked = unicodedata.normalize("NFKC", text).casefold().strip(_MARKS)
    left = asked
    while True:
        shorter = _shorter(left)
        if shorter is None:
            return left if left and left != asked else None
        left = shorter


def wishes_in(text: str, names: Mapping[str, str]) -> list[str]:
    """Return what somebody wants at once ("充电热饭", "microwave and toilet"), each once, in order.

    Parameters
    ----------
    names
        What each thing is called, `folded`, and its code.

    Returns
    -------
    list of str
        Two codes or more; none where the words hold anything else, or are one name.
    """
    whole = folded(text)
    joining = {word for word in map(folded, question_words().between) if word}

    def meant(start: int, end: int) -> _Meant | None:
        word = whole[start:end]
        code = names.get(word)
        return (False, code or "") if code or word in joining else None

    way = _ways(len(whole), meant).get((0, False), ())
    codes = list(dict.fromkeys(code for _, code in way if code))
    return codes if len(codes) > 1 and whole not in names else []


def sought_there(
    text: str,
    names: Mapping[str, str],
    places: Container[str],
    initials: Container[str] = frozenset(),
) -> SoughtThere | None:
    """Return what somebody seeks in a place ("市南区厕所", "toilet in Shinan"); None for other words.

    Parameters
    ----------
    names
        What each thing is called, `folded`, and its code.
    places
        What places are called, `folded`.
    initials
        Letters that places are called by where they stand for themselves ("snq厕所").
    """
    whole, ends = "", {0}
    for part in text.split():
        whole += folded(part.strip(_MARKS))
        ends.add(len(whole))
    around = {folded(word) for words in question_words()[:4] for word in words} - {""}

    def meant(start: int, end: int) -> _Meant | None:
        word = whole[start:end]
        if word in names:
            return False, names[word]
        if word in places:
            return True, word
        # A Latin word is one by itself, and no letters of a longer one.
        is_whole = not word.isascii() or (start in ends and end in ends)
        if is_whole and word in around:
            return False, ""
        apart = (start in ends or not whole[start - 1].isascii()) and (
            end in ends or not whole[end].isascii()
        )
        return (True, word) if apart and word in initials else None

    way = _ways(len(whole), meant).get((0, True), ())
    codes = tuple(dict.fromkeys(word for is_place, word in way if word and not is_place))
    return SoughtThere(next(word for is_place, word in way if is_place), codes) if codes else None


def without_above(
    text: str, places: Mapping[str, Collection[str]], parents: Mapping[str, str]
) -> str:
    """Return a text without the regions that its first words name above a place ("青岛市市南区厕所").

    Parameters
    ----------
    places
        What regions and landmarks are called, `folded`, and their codes; a landmark's begins with its
        district's and a colon.
    parents
        The code of the region above each.
    """
    left = unicodedata.normalize("NFKC", text).casefold().strip(_MARKS)
    provinces = frozenset(question_words().provinces)
    while (shorter := _below(left, places, parents, provinces)) is not None:
        left = shorter
    return left


def _below(
    text: str,
    places: Mapping[str, Collection[str]],
    parents: Mapping[str, str],
    provinces: Container[str],
) -> str | None:
    """Return a text without its first name, if that is of a region in which the place behind it lies."""
    for end in range(min(len(text) - 1, _LONGEST), 0, -1):
        name, rest = folded(text[:end]), text[end:].lstrip(_MARKS)
        if not rest or not _is_whole(name, rest if rest == text[end:] else ""):
            continue
        below = _named_first(rest, places)
        if not below:
            continue
        tops = {code for code in places.get(name, ()) if ":" not in code}
        is_province = name in provinces or _PROVINCE.sub("", name) in provinces
        if is_province or any(not tops.isdisjoint(_codes_above(one, parents)) for one in below):
            return rest
    return None


def _named_first(text: str, places: Mapping[str, Collection[str]]) -> set[str]:
    """Return the codes of the places that a text may begin with."""
    ends = range(1, min(len(text), _LONGEST) + 1)
    return {
        code
        for end in ends
        if _is_whole(text[:end], text[end:])
        for code in places.get(folded(text[:end]), ())
    }


def _codes_above(code: str, parents: Mapping[str, str]) -> set[str]:
    found: set[str] = set()
    district, mark, _ = code.partition(":")
    above = district if mark else parents.get(code)
    while above is not None and above not in found:
        found.add(above)
        above = parents.get(above)
    return found


# Whether a word names a place, and what it says: the place, the code of a wish, or nothing.
_Meant = tuple[bool, str]


def _ways(
    length: int, meant: Callable[[int, int], _Meant | None]
) -> dict[tuple[int, bool], tuple[_Meant, ...]]:
    """Return what a text says from each of its signs to its end, without a place and with one.

    Of the words at a sign the longest goes first from which a way leads on.
    """
    ways: dict[tuple[int, bool], tuple[_Meant, ...]] = {(length, False): ()}
    for start in range(length - 1, -1, -1):
        for end in range(min(length, start + _LONGEST), start, -1):
            word = meant(start, end)
            if word is None:
                continue
            for has_place in (False,) if word[0] else (False, True):
                rest = ways.get((end, has_place))
                if rest is not None:
                    ways.setdefault((start, has_place or word[0]), (word, *rest))
    return ways


def _shorter(text: str) -> str | None:
    """Return a text without one word of a question; None where it begins and ends with none."""
    before, after = question_words()[:2]
    for word in before:
        if text.startswith(word) and _is_whole(word, text[len(word) :]):
            return text[len(word) :].strip(_MARKS)
    for word in after:
        if text.endswith(word) and _is_whole(word, text[: -len(word)][::-1]):
            return text[: -len(word)].strip(_MARKS)
    return None


def _is_whole(word: str, beside: str) -> bool:
    """Tell whether a word in Latin letters is no part of a longer one."""
    return not (word.isascii() and beside[:1].isalnum() and beside[:1].isascii())
