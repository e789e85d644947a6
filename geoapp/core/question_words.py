"""The words of a question around what is sought: "哪里能充电" asks for "充电"."""

import json
import unicodedata
from functools import cache
from typing import NamedTuple

from geoapp.core.paths import shipped

_MARKS = " \t?？!！。.,，、…~"


class QuestionWords(NamedTuple):
    """What may stand before and behind what is sought, the longest first."""

    before: tuple[str, ...]
    after: tuple[str, ...]


@cache
def question_words() -> QuestionWords:
    """Return the words that may stand around what is sought."""
    file = shipped("data") / "vocabulary" / "question_words.json"
    given = json.loads(file.read_text(encoding="utf-8"))
    before, after = (
        tuple(sorted(map(str.casefold, given[name]), key=len, reverse=True))
        for name in ("before", "after")
    )
    return QuestionWords(before, after)


def without_question(text: str) -> str | None:
    """Return what a question asks for; None where the text holds nothing beside it, or nothing else."""
    asked = unicodedata.normalize("NFKC", text).casefold().strip(_MARKS)
    left = asked
    while True:
        shorter = _shorter(left)
        if shorter is None:
            return left if left and left != asked else None
        left = shorter


def _shorter(text: str) -> str | None:
    """Return a text without one word of a question; None where it begins and ends with none."""
    before, after = question_words()
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
