"""Traditional characters as simplified ones, so that a word is one in either."""

import re
from functools import cache
from typing import Any, Final

_CHARACTERS: Final = (0x3400, 0xA000)
_NO_CHARACTER: Final = re.compile("[^\u3400-\u9fff]+")


@cache
def _converter() -> Any:
    # Loaded where a word has traditional characters, and nowhere else: its tables are large.
    from opencc import OpenCC  # noqa: PLC0415

    return OpenCC("t2s")


@cache
def _variants() -> dict[str, str]:
    convert = _converter().convert
    found = {}
    for code in range(*_CHARACTERS):
        sign = chr(code)
        plain = sign if _is_simplified(sign) else str(convert(sign))
        if plain != sign and len(plain) == 1:
            found[sign] = plain
    return found


def _is_simplified(words: str) -> bool:
    try:
        _NO_CHARACTER.sub("", words).encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def variants_of(words: str) -> dict[str, str]:
    """Return, for the characters of words, each traditional character and the simplified one that it is."""
    wanted = frozenset(words)
    return {one: plain for one, plain in _variants().items() if plain in wanted}


def simplified(words: str) -> str:
    """Return words with simplified characters for traditional ones.

    What GB/T 2312 holds is simplified already, and stays; so does all that is no character.
    """
    return words if _is_simplified(words) else str(_converter().convert(words))
