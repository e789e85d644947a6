"""Traditional characters as simplified ones, so that a word is one in either."""

import re
from functools import cache
from typing import Any, Final

_NO_CHARACTER: Final = re.compile("[^\u3400-\u9fff]+")


@cache
def _converter() -> Any:
    # Loaded where a word has traditional characters, and nowhere else: its tables are large.
    from opencc import OpenCC  # noqa: PLC0415

    return OpenCC("t2s")


def simplified(words: str) -> str:
    """Return words with simplified characters for traditional ones.

    What GB/T 2312 holds is simplified already, and stays; so does all that is no character.
    """
    try:
        _NO_CHARACTER.sub("", words).encode("gb2312")
    except UnicodeEncodeError:
        return str(_converter().convert(words))
    return words
