"""How wide the columns of a table are: by their shares, and none narrower than its longest word."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

# What is not ended within: figures, dates and words of Latin letters. Chinese ends anywhere.
_WORD: Final = re.compile(r"[!-~]+")


def longest_words(texts: Iterable[str]) -> list[str]:
    """Return the words of some texts that stand on one line each, or a sign where there are none."""
    return sorted({word for text in texts for word in _WORD.findall(text)}) or ["中"]


def fair_widths(shares: Sequence[float], least: Sequence[float], whole: float) -> list[float]:
    """Return widths that sum to the whole: by share, but none below its least as far as there is room.

    Parameters
    ----------
    shares
        How many times a column is as wide as a plain one.
    least
        What its longest word takes.
    """
    if sum(least) >= whole:
        return [one * whole / sum(least) for one in least]
    widened: set[int] = set()
    while True:
        rest = whole - sum(least[one] for one in widened)
        parts = sum(share for one, share in enumerate(shares) if one not in widened)
        widths = [
            least[one] if one in widened else rest * share / parts
            for one, share in enumerate(shares)
        ]
        narrow = {
            one for one, width in enumerate(widths) if one not in widened and width < least[one]
        }
        if not narrow:
            return widths
        widened |= narrow
