"""Blank cells: where they leave what is known of a facility, and where they make it unknown."""

from collections.abc import Sequence
from typing import Any, Final, Literal

from geoapp.importers.formats.table import is_blank
from geoapp.importers.rows.columns import FACILITY_COLUMNS
from geoapp.importers.rows.headings import Header

Blank = Literal["keep", "clear"]
BLANKS: Final[tuple[Blank, ...]] = ("keep", "clear")
# A row has these, or it is rejected; a blank position never takes a stored one away.
_NEVER_BLANK: Final = frozenset({"code", "kind", "name_zh", "lon", "lat", "geometry_wkt"})
_DAYS: Final = ("opened", "closed")
_OF_DAYS: Final = frozenset(f"{name}_{part}" for name in _DAYS for part in ("on", "basis"))
_SINGLE: Final = tuple(
    column.name
    for column in FACILITY_COLUMNS
    if column.name not in _NEVER_BLANK and column.name not in _OF_DAYS
)


def kept_where_blank(cells: Sequence[Any], header: Header) -> tuple[str, ...]:
    """Return the columns that a file has and a row leaves blank; a day and its basis go together."""

    def blank(name: str) -> bool:
        place = header.places.get(name)
        return place is None or place >= len(cells) or is_blank(cells[place])

    kept = [name for name in _SINGLE if name in header.places and blank(name)]
    for name in _DAYS:
        if blank(f"{name}_on") and blank(f"{name}_basis"):
            kept += [f"{name}_on", f"{name}_basis"]
    return tuple(kept)
