"""The one list of what is stored of a facility: staging, writing, reading and files go by it."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class FacilityColumn:
    """A column of ``facility``.

    Attributes
    ----------
    name
        In files and answers.
    column
        In the table.
    staged
        Its type in PostgreSQL where rows of files are gathered; None = it comes from no file.
    by_rule
        Whether a rule of its own says what a stored facility keeps; others keep what is stored
        where a file does not have the column.
    answered
        Whether answers have it.
    """

    name: str
    column: str
    staged: str | None
    by_rule: bool = False
    answered: bool = True


def _same(name: str, staged: str | None, *, by_rule: bool = False) -> FacilityColumn:
    return FacilityColumn(name, name, staged, by_rule=by_rule)


# In the order of answers.
COLUMNS: Final = (
    _same("code", "text", by_rule=True),
    FacilityColumn("kind", "kind_code", "text"),
    _same("name_zh", "text"),
    _same("name_en", "text"),
    FacilityColumn("geometry", "geom", "geometry", by_rule=True, answered=False),
    _same("status", "text"),
    _same("opened_on", "date"),
    _same("opened_basis", "text"),
    _same("closed_on", "date"),
    _same("closed_basis", "text"),
    _same("status_note", "text"),
    _same("verified_on", "date"),
    _same("opening_hours", "text", by_rule=True),
    FacilityColumn("opening_hours_raw", "opening_hours_raw", "text", by_rule=True, answered=False),
    _same("timezone", "text"),
    _same("amenities", "text[]", by_rule=True),
    _same("no_amenities", "text[]", by_rule=True),
    _same("entry", "text"),
    _same("access", "text"),
    _same("address", "text"),
    _same("phone", "text"),
    _same("operator", "text"),
    _same("host", "text"),
    _same("capacity", "integer"),
    _same("source", "text"),
    # What a file states is staged as ``region``; what is stored is found from it and the place.
    FacilityColumn("region", "region_code", None, by_rule=True),
    _same("region_match", None, by_rule=True),
    _same("region_distance_m", None, by_rule=True),
    _same("position_basis", "text", by_rule=True),
    _same("position_accuracy_m", "double precision"),
    FacilityColumn("sample", "is_sample", "boolean"),
    FacilityColumn("extra", "extra", "jsonb", by_rule=True, answered=False),
    _same("rev", None, by_rule=True),
    _same("updated_at", None, by_rule=True),
)
# The columns of the rows that are staged, with their types.
STAGED: Final = (
    *((one.column, one.staged) for one in COLUMNS if one.staged is not None),
    ("region", "text"),
    # The columns, by their names in files, of which a stored facility keeps what is known.
    ("kept", "text[]"),
)
STAGED_COLUMNS: Final = tuple(column for column, _ in STAGED)
# What a write sets; the region is found while the rows are staged.
WRITTEN: Final = (
    *(one.column for one in COLUMNS if one.staged is not None),
    "region_code",
    "region_match",
    "region_distance_m",
)
# By name in a file, the column that it sets and nothing else.
PLAIN: Final = {one.name: one.column for one in COLUMNS if not one.by_rule}
ANSWERED: Final = {one.name: one.column for one in COLUMNS if one.answered}
# By name, what a file has without a rule of its own; position, places and the rest come beside it.
IN_FILES: Final = {
    one.name: one.column
    for one in COLUMNS
    if (one.staged is not None or one.name == "region") and one.name not in ("geometry", "extra")
}
