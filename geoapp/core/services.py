"""Categories of workers' services as shipped in ``data/services``, read and checked once."""

import json
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from geoapp.core.i18n import Text
from geoapp.core.paths import shipped
from geoapp.core.sounds import folded

_CODE = re.compile(r"[a-z][a-z_]*")


@dataclass(frozen=True, slots=True)
class ServiceCategory:
    """A kind of need that workers have, and what people call it."""

    code: str
    name_zh: str
    name_en: str
    synonyms: tuple[str, ...]

    @property
    def text(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that is understood."""
        return (self.name_zh, self.name_en, *self.synonyms)


@dataclass(frozen=True, slots=True)
class ServiceCategories:
    """The categories in the order of the document that lists them."""

    document: str
    published_on: date
    place_in_document: str
    categories: tuple[ServiceCategory, ...]

    def named(self, text: str) -> ServiceCategory | None:
        """Return the category of a code or a name in either language; None if none is called so."""
        wanted = folded(text)
        for one in self.categories:
            if wanted in {folded(name) for name in (one.code, *one.names)}:
                return one
        return None


@cache
def load_categories() -> ServiceCategories:
    """Return the categories that this installation ships; read once per process.

    Raises
    ------
    ValueError
        If a code is malformed, or a name leads to two categories.
    """
    path = shipped("data") / "services" / "qingdao_2022.json"
    return read_categories(json.loads(path.read_text(encoding="utf-8")))


def read_categories(given: dict[str, Any]) -> ServiceCategories:
    """Return the categories of a file's content, checked.

    Raises
    ------
    ValueError
        If a code is malformed, or a name leads to two categories.
    """
    categories = tuple(
        ServiceCategory(row["code"], row["zh"], row["en"], tuple(row["synonyms"]))
        for row in given["categories"]
    )
    leads: dict[str, str] = {}
    for one in categories:
        if not _CODE.fullmatch(one.code):
            raise ValueError(f"the code {one.code!r} is not a lower-case word")
        for name in (one.code, *one.names):
            other = leads.setdefault(folded(name), one.code)
            if other != one.code:
                raise ValueError(f"{name!r} leads to both {other!r} and {one.code!r}")
    return ServiceCategories(
        given["document"],
        date.fromisoformat(given["published_on"]),
        given["place_in_document"],
        categories,
    )
