"""What people call regions and landmarks, whole: with the ending and without, by sound, in English."""

from collections.abc import Collection, Iterable
from typing import Final

from geoapp.core.former_regions import FormerRegion
from geoapp.core.sounds import folded, sounds_of

# What a region's name ends with, and how that sounds: people leave it out.
_ENDINGS: Final = {
    "街道": "jiedao",
    "新区": "xinqu",
    "省": "sheng",
    "市": "shi",
    "区": "qu",
    "县": "xian",
    "旗": "qi",
    "镇": "zhen",
    "乡": "xiang",
}
_LEAST: Final = 2  # signs that are left of a name
_LEAST_INITIALS: Final = 3  # fewer are too many places, and words of other languages


def called(name_zh: str, name_en: str | None = None, others: Iterable[str] = ()) -> list[str]:
    """Return all names of a place, `folded`; the Chinese ones also by their sound and without ending."""
    found = {folded(name_en or "")}
    for name in (name_zh, *others):
        found |= _spoken(name)
    ending = next((one for one in _ENDINGS if name_zh.endswith(one)), "")
    whole = sounds_of(name_zh)
    if ending and len(whole.name) - len(ending) >= _LEAST:
        found.add(whole.name.removesuffix(ending))
        found |= {one.removesuffix(_ENDINGS[ending]) for one in whole.pinyin.split(" ")}
    return sorted(found - {""})


def former_called(former: FormerRegion) -> list[str]:
    """Return all names of a region that was, `folded`: whole, for without ending they are other places' too."""
    return sorted({folded(former.name.en), *_spoken(former.name.zh)})


def initials_called(names: Iterable[str]) -> list[str]:
    """Return the initials by which Chinese names are typed ("snq"); none of short names."""
    found = {sounds_of(name).initials for name in names}
    return sorted(
        one for one in found if len(one) >= _LEAST_INITIALS and one.isascii() and one.isalpha()
    )


def _spoken(name: str) -> set[str]:
    sounds = sounds_of(name)
    return {sounds.name, *sounds.pinyin.split(" ")}


def rough_called(code: str, name_en: str, others: Collection[str]) -> list[str]:
    """Return all names of a landmark: its code holds the Chinese one, and both are told as rough."""
    return called(code.partition(":")[2], name_en.removesuffix(" (about)"), others)


def rough_initials(code: str, others: Collection[str]) -> list[str]:
    """Return the initials of a landmark's Chinese names; its code holds the first."""
    return initials_called(one for one in (code.partition(":")[2], *others) if not one.isascii())
