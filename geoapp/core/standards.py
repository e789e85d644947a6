"""What a station must have, by published standards: 七个一 and others, as data.

One file of ``data/standards`` is one standard with its source; an operator's own lie in the folder
``standards`` of the data folder. An item is there, lacking or unknown, and unknown is never lacking.
"""

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from geoapp.core.errors import NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.paths import shipped
from geoapp.core.published import (
    Named,
    Published,
    Words,
    distinct,
    folders_of,
    found_by_code,
    read_folders,
)
from geoapp.core.settings import Settings
from geoapp.core.spacing import Spacing
from geoapp.core.vocabulary import load_vocabulary

Confidence = Literal["official", "press", "copy"]
"""How close the source is to the issuer, closest first."""

EVERYWHERE = "100000"
"""The region of a standard for the whole country."""

WHAT = Text("标准", "standard")


class Compliance(StrEnum):
    """How a facility stands to a standard."""

    COMPLIES = "complies"
    LACKS = "lacks"
    UNKNOWN = "unknown"


COMPLIANCE_TEXT = {
    Compliance.COMPLIES: Text("达标", "Complies"),
    Compliance.LACKS: Text("缺项", "Lacks something"),
    Compliance.UNKNOWN: Text("未知", "Unknown"),
}


class StandardItem(Published):
    """One thing that a standard asks for.

    Attributes
    ----------
    amenities
        Any of them satisfies it. None at all: nothing in a facility's record answers to it, so it is
        unknown for every facility.
    """

    zh: Words
    en: Words
    amenities: tuple[str, ...]

    @property
    def text(self) -> Text:
        """The item in both languages, in the words of the standard."""
        return Text(self.zh, self.en)

    @property
    def is_recorded(self) -> bool:
        """Whether a facility's record can say anything about it."""
        return bool(self.amenities)


class Requirement(Published):
    """What a standard asks for beside its list; shown and never counted."""

    zh: Words
    en: Words


class StandardDocument(Published):
    """Where a standard was published; None is unknown."""

    title: Words
    title_en: Words | None = None
    issuer_zh: Words | None
    issuer_en: Words | None
    published_on: date | None
    confidence: Confidence
    sentence: Words | None
    url: Words | None


class Standard(Named):
    """A standard, whole and checked.

    Attributes
    ----------
    region_code
        Where it holds; None is unknown.
    kinds
        The kinds of facilities that it is held against.
    items
        None where no source that we found lists them.
    spacing
        Its rule of spacing; None where it has none.
    """

    sort: int
    nature: Literal["equipment", "management"]
    region_code: str | None = Field(pattern=r"^[0-9]{6,12}$")
    region_zh: Words | None
    region_en: Words | None
    kinds: tuple[str, ...] = Field(min_length=1)
    document: StandardDocument | None
    note_zh: Words
    note_en: Words
    items: tuple[StandardItem, ...] | None = Field(min_length=1)
    other_requirements: tuple[Requirement, ...]
    spacing: Spacing | None = None

    @field_validator("kinds")
    @classmethod
    def _known_kinds(cls, kinds: tuple[str, ...]) -> tuple[str, ...]:
        distinct(list(kinds))
        if unknown := set(kinds) - {one.code for one in load_vocabulary().kinds}:
            raise ValueError(f"no kinds {sorted(unknown)}")
        return kinds

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if len({self.region_code is None, self.region_zh is None, self.region_en is None}) != 1:
            raise ValueError(
                "region_code, region_zh and region_en are known together or not at all"
            )
        known = {one.code for one in load_vocabulary().amenities}
        for item in self.items or ():
            distinct(list(item.amenities))
            if unknown := set(item.amenities) - known:
                raise ValueError(f"{item.zh}: no amenities {sorted(unknown)}")
        return self

    @property
    def region(self) -> Text | None:
        """Where it holds, in both languages."""
        if self.region_zh is None or self.region_en is None:
            return None
        return Text(self.region_zh, self.region_en)

    @property
    def note(self) -> Text:
        """How sure the source is, in both languages."""
        return Text(self.note_zh, self.note_en)

    @property
    def source(self) -> Text:
        """The document that it is known from."""
        if self.document is None:
            return Text("没有查到文件", "no document was found")
        return Text(self.document.title, self.document.title_en or self.document.title)

    @property
    def issuer(self) -> Text | None:
        """Who published it."""
        if self.document is None or self.document.issuer_zh is None:
            return None
        return Text(self.document.issuer_zh, self.document.issuer_en or self.document.issuer_zh)

    @property
    def amenity_codes(self) -> tuple[str, ...]:
        """The amenities that any of its items names, in order, each once."""
        return tuple(dict.fromkeys(one for item in self.items or () for one in item.amenities))

    @property
    def can_be_checked(self) -> bool:
        """Whether a facility's record says anything about any of its items."""
        return any(one.is_recorded for one in self.items or ())

    def holds_in(self, region: str | None) -> bool:
        """Tell whether it holds in a region, by the codes of GB/T 2260."""
        if self.region_code is None or region is None:
            return False
        if self.region_code == EVERYWHERE:
            return True
        digits = self.region_code
        while len(digits) > 2 and digits.endswith("00"):
            digits = digits[:-2]
        return region.startswith(digits)


def state_of(items: int, there: Collection[int], lacking: Collection[int]) -> Compliance:
    """Return how a facility stands: one item known to be lacking is enough to lack something.

    Parameters
    ----------
    items
        How many the standard has.
    there, lacking
        The numbers of those that are known to be there, and known not to be.
    """
    if lacking:
        return Compliance.LACKS
    return Compliance.COMPLIES if len(there) == items else Compliance.UNKNOWN


def judge(
    standard: Standard, amenities: Collection[str], no_amenities: Collection[str]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return which items (from 1) a facility is known to have, and which it is known to lack.

    An item lacks only where all that would satisfy it is known to be absent.
    """
    there, lacking = [], []
    for number, item in enumerate(standard.items or (), start=1):
        if any(one in amenities for one in item.amenities):
            there.append(number)
        elif item.amenities and all(one in no_amenities for one in item.amenities):
            lacking.append(number)
    return tuple(there), tuple(lacking)


@cache
def _standards(folders: tuple[Path, ...]) -> Mapping[str, Standard]:
    found = read_folders(folders, Standard, WHAT)
    return {one.code: one for one in sorted(found.values(), key=lambda one: (one.sort, one.code))}


def shipped_standards() -> tuple[Standard, ...]:
    """Return the shipped standards in their order."""
    return tuple(_standards((shipped("data") / "standards",)).values())


def standards(settings: Settings) -> Mapping[str, Standard]:
    """Return all standards by code in their order: those shipped and the operator's own.

    Read once per process.

    Raises
    ------
    UnusableInputError
        If a file breaks the rules; it names the file.
    """
    return _standards(folders_of(settings, "standards"))


def standard_of(settings: Settings, code: str) -> Standard:
    """Return a standard by its code.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    found = standards(settings).get(code)
    if found is None:
        raise NotFoundError(WHAT, code)
    return found


def check_standards(settings: Settings) -> None:
    """Read all standards, and hold the one that the settings name against them.

    Raises
    ------
    UnusableInputError
        If a file breaks the rules.
    InvalidValueError
        If the settings name a standard that is not there.
    """
    found = standards(settings)
    if settings.standard:
        found_by_code(tuple(found.values()), "GEOAPP_STANDARD", settings.standard)


def standards_for(settings: Settings, kind: str, region: str | None) -> tuple[Standard, ...]:
    """Return the standards that a facility is held against, in their order.

    Those that can be checked, are for its kind, and hold where it is or are the one of the settings.
    """
    return tuple(
        one
        for one in standards(settings).values()
        if one.can_be_checked
        and kind in one.kinds
        and (one.holds_in(region) or one.code == settings.standard)
    )
