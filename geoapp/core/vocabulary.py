"""Kinds and amenities as shipped in ``data/vocabulary``, read and checked once.

The same words fill the store's tables at ``geoapp init`` and resolve what a file or a request
writes, so a code, a Chinese name, an English name and a synonym all lead to one code.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from geoapp.core.i18n import Text
from geoapp.core.paths import shipped
from geoapp.core.simplified import simplified
from geoapp.core.words import Family

_CODE = re.compile(r"[a-z][a-z0-9_]*")
_BRACKETED = re.compile(r"\s*[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]\s*$")
_LEAST_CERTAIN = 4


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of facility; the first of a family stands for the family."""

    code: str
    family: Family
    name_zh: str
    name_en: str
    sort: int
    synonyms: tuple[str, ...]
    source: str

    @property
    def text(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)


@dataclass(frozen=True, slots=True)
class Amenity:
    """Something that a facility may offer."""

    code: str
    name_zh: str
    name_en: str
    sort: int
    synonyms: tuple[str, ...]

    @property
    def text(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All shipped words, each list in its order of display."""

    kinds: tuple[Kind, ...]
    amenities: tuple[Amenity, ...]

    def first_kind(self, family: Family) -> Kind:
        """Return the kind that stands for a family."""
        return next(kind for kind in self.kinds if kind.family is family)


def read_vocabulary(folder: Path) -> Vocabulary:
    """Read and check the two files of one folder.

    Parameters
    ----------
    folder
        Holds ``kinds.json`` and ``amenities.json``.

    Raises
    ------
    ValueError
        If a file breaks the rules: unknown family, malformed or repeated code, a name that leads to
        two codes.
    """
    kinds = tuple(_kind(row) for row in _rows(folder / "kinds.json", "kinds"))
    amenities = tuple(_amenity(row) for row in _rows(folder / "amenities.json", "amenities"))
    vocabulary = Vocabulary(kinds, amenities)
    _check(vocabulary)
    return vocabulary


@cache
def load_vocabulary() -> Vocabulary:
    """Return the vocabulary that this installation ships; read once per process."""
    return read_vocabulary(shipped("data") / "vocabulary")


def kind_of(text: str) -> str | None:
    """Return the kind's code for a code, a name in zh or en, a synonym or a family's code.

    Width, case and surrounding space do not matter. None means that no kind is called so.
    """
    return _resolve_kind(text)


def kind_at_end(text: str) -> str | None:
    """Return the kind's code whose name is the longest that a text ends with; None if there is none.

    The head of a Chinese noun stands at its end: ``市南区工会户外劳动者驿站（示范）`` is a
    ``户外劳动者驿站``. What stands in brackets at the end is left out, and names that are too short to
    be certain (``市场``) count for nothing.
    """
    words = _BRACKETED.sub("", _folded(text))
    names = _kind_index()
    longest = max(
        (name for name in names if len(name) >= _LEAST_CERTAIN and words.endswith(name)),
        key=len,
        default=None,
    )
    return None if longest is None else names[longest]


def amenity_of(text: str) -> str | None:
    """Return the amenity's code for a code, a name in zh or en, or a synonym; None if there is none.

    Width, case and surrounding space do not matter.
    """
    return _resolve_amenity(text)


@lru_cache(maxsize=4096)
def _resolve_kind(text: str) -> str | None:
    return _kind_index().get(_folded(text))


@lru_cache(maxsize=4096)
def _resolve_amenity(text: str) -> str | None:
    return _amenity_index().get(_folded(text))


@cache
def _kind_index() -> dict[str, str]:
    vocabulary = load_vocabulary()
    index = _index(vocabulary.kinds)
    for family in Family:
        index[family.value] = vocabulary.first_kind(family).code
    return index


@cache
def _amenity_index() -> dict[str, str]:
    return _index(load_vocabulary().amenities)


def letters_and_digits(text: str) -> str:
    """Return what is left of a name without regard to width, case, spaces and punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return folded if folded.isalnum() else "".join(filter(str.isalnum, folded))


def _folded(text: str) -> str:
    """Fold width (NFKC), case, script and runs of space, so that ``ＡＥＤ`` and `` aed`` are one word."""
    return " ".join(simplified(unicodedata.normalize("NFKC", text)).casefold().split())


def _index(words: Iterable[Kind | Amenity]) -> dict[str, str]:
    """Map every folded code, name and synonym to its code; a name of two codes is refused."""
    index: dict[str, str] = {}
    for word in words:
        for name in (word.code, word.name_zh, word.name_en, *word.synonyms):
            other = index.setdefault(_folded(name), word.code)
            if other != word.code:
                raise ValueError(f"the name {name!r} leads to both {other!r} and {word.code!r}")
    return index


def _rows(path: Path, key: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))[key]
    return rows


def _kind(row: dict[str, Any]) -> Kind:
    return Kind(
        code=row["code"],
        family=Family(row["family"]),
        name_zh=row["zh"],
        name_en=row["en"],
        sort=row["sort"],
        synonyms=tuple(row["synonyms"]),
        source=row["source"],
    )


def _amenity(row: dict[str, Any]) -> Amenity:
    return Amenity(
        code=row["code"],
        name_zh=row["zh"],
        name_en=row["en"],
        sort=row["sort"],
        synonyms=tuple(row["synonyms"]),
    )


def _check(vocabulary: Vocabulary) -> None:
    for words in (vocabulary.kinds, vocabulary.amenities):
        codes = [word.code for word in words]
        if len(set(codes)) != len(codes):
            raise ValueError(f"a code is repeated in {sorted(codes)}")
        malformed = [code for code in codes if not _CODE.fullmatch(code)]
        if malformed:
            raise ValueError(f"codes must be lower-case ascii words: {malformed}")
        if [word.sort for word in words] != sorted({word.sort for word in words}):
            raise ValueError("'sort' must rise strictly from row to row")
    _index(vocabulary.amenities)
    kind_names = _index(vocabulary.kinds)
    for family in Family:
        if not any(kind.family is family for kind in vocabulary.kinds):
            raise ValueError(f"the family {family!r} has no kind")
        if family.value in kind_names:
            raise ValueError(f"{family.value!r} is a family's code and cannot name a kind")
