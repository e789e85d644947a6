"""The words of a question around what is sought: "哪里能充电" asks for "充电"."""

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from geoapp.core.paths import shipped
from geoapp.core.sounds import folded

_MARKS = " \t?？!！。.,，、…~"


class QuestionWords(NamedTuple):
    """What may stand before, behind and between what is sought, the longest first."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    between: tuple[str, ...]


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
    joining = [word for word in map(folded, question_words().between) if word]
    known = sorted({*names, *joining}, key=len, reverse=True)
    # From the end: by which word the way from each place to the end goes on.
    ways: dict[int, tuple[str, ...]] = {len(whole): ()}
    for place in range(len(whole) - 1, -1, -1):
        left = whole[place:]
        for word in known:
            if left.startswith(word) and place + len(word) in ways:
                ways[place] = (names.get(word, ""), *ways[place + len(word)])
                break
    codes = list(dict.fromkeys(code for code in ways.get(0, ()) if code))
    return codes if len(codes) > 1 and whole not in names else []


def _shorter(text: str) -> str | None:
    """Return a text without one word of a question; None where it begins and ends with none."""
    before, after, _ = question_words()
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
