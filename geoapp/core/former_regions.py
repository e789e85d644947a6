"""Names that regions had before, as shipped in ``data/facts/former_regions.json``: people still use them."""

import json
from dataclasses import dataclass
from functools import cache

from geoapp.core.i18n import Text
from geoapp.core.paths import shipped


@dataclass(frozen=True, slots=True)
class FormerRegion:
    """A name that went with a change of the regions.

    Attributes
    ----------
    code
        Of the present region.
    until_year
        The year of the change.
    is_part
        Whether what was called so is only a part of the present region.
    """

    code: str
    name: Text
    until_year: int
    is_part: bool

    def note(self, now: Text) -> Text:
        """Return what became of it; ``now`` is what the present region is called."""
        name, year = self.name, self.until_year
        if self.is_part:
            return Text(
                f"{name.zh} {year} 年并入{now.zh}",
                f"{name.en} became a part of {now.en} in {year}",
            )
        return Text(f"{name.zh} {year} 年改为{now.zh}", f"{name.en} became {now.en} in {year}")


@cache
def former_regions() -> tuple[FormerRegion, ...]:
    """Return the former names that this installation ships; read once per process."""
    file = shipped("data") / "facts" / "former_regions.json"
    given = json.loads(file.read_text(encoding="utf-8"))["regions"]
    return tuple(
        FormerRegion(
            one["code"], Text(one["name_zh"], one["name_en"]), one["until_year"], one["part"]
        )
        for one in given
    )
