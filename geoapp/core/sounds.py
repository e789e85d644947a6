"""How a name is found by what people type: folded, by its sound in pinyin, by its initials."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import lazy_pinyin

# What stands between words and in numbers without meaning anything.
_GAPS = re.compile(r"[\s\-_.,;:/\\·、，。；：（）()\[\]【】'\"“”‘’]+")
_TONED = re.compile(r"(?:[a-z]{2,6}[1-5])+")
_LEAST_SOUND = 4  # letters
_UNSEEN = ("Mn", "Cf", "Cc")  # accents by themselves, and signs that nobody sees


@dataclass(frozen=True, slots=True)
class Sounds:
    """A name as it is searched; each without gaps, in lower case.

    Attributes
    ----------
    name
        The name itself.
    pinyin
        Its sound without tones; other letters and digits as they are. Where it holds the sound
        ü, written ``v``, it follows a second time, written ``u``.
    initials
        The first letter of each syllable, other words and digits as they are.
    """

    name: str
    pinyin: str
    initials: str


def folded(text: str) -> str:
    """Return a text without gaps, accents and differences of width and case."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    plain = plain.replace("u\u0308", "v")
    plain = "".join(sign for sign in plain if unicodedata.category(sign) not in _UNSEEN)
    return _GAPS.sub("", plain)


def sounds_of(text: str) -> Sounds:
    """Return how a name is searched."""
    name = folded(text)
    pinyin, initials = _spoken(name)
    return Sounds(name, pinyin, initials)


def by_sound(names: Iterable[str]) -> list[str]:
    """Return the Chinese names among those given by their sound alone; a short one is too like others."""
    spoken = {
        one for name in names for one in sounds_of(name).pinyin.split() if one != folded(name)
    }
    return sorted(one for one in spoken if len(one) >= _LEAST_SOUND)


def by_initials(names: Iterable[str]) -> list[str]:
    """Return the initials of the Chinese names among those given; none of a single character."""
    found = {sounds_of(name).initials for name in names if not name.isascii()}
    return sorted(one for one in found if len(one) > 1)


@lru_cache(maxsize=50_000)
def _spoken(name: str) -> tuple[str, str]:
    syllables = lazy_pinyin(name, errors=list)  # type: ignore[arg-type]  # each sign by itself
    spoken = "".join(syllables)
    if "v" in spoken:
        spoken = f"{spoken} {spoken.replace('v', 'u')}"
    return spoken, "".join(one[:1] for one in syllables)


def search_terms(text: str) -> list[str]:
    """Return what somebody types as terms that must all be found, each folded.

    Tones are left out: as accents, or as digits behind syllables (``shi4nan2``).
    """
    terms = [folded(part) for part in text.split()]
    return [
        re.sub(r"[1-5]", "", term) if _TONED.fullmatch(term) else term for term in terms if term
    ]


def rank_of(terms: Sequence[str], sounds: Sounds) -> int | None:
    """Return how well a name fits, 0 best; None if it does not hold all terms."""
    whole = "".join(terms)
    spelt = (sounds.name, sounds.pinyin, sounds.initials)
    if not sounds.name or not all(any(term in one for one in spelt) for term in terms):
        return None
    if whole == sounds.name:
        return 0
    starts = [place for place, one in enumerate(spelt) if one.startswith(whole)]
    return 1 + starts[0] if starts else 4
