"""A facility as a row of a file states it, and what rows are held against."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from shapely.geometry.base import BaseGeometry

from geoapp.core.vocabulary import amenity_of, kind_of
from geoapp.core.words import (
    Access,
    DateBasis,
    Entry,
    PositionBasis,
    Status,
)
from geoapp.importers.rows.basis import (
    Unplaced,
)
from geoapp.importers.rows.blanks import Blank
from geoapp.importers.rows.issue import CodeIssuer
from geoapp.importers.rows.place_checks import PlaceRules
from geoapp.importers.rows.places import PlaceRow


@dataclass(frozen=True, slots=True)
class FacilityRow:
    """A facility as a file states it; the position in WGS-84. None is unknown or not stated.

    ``lon`` and ``lat`` are both None, or neither. ``kept`` are the columns whose cell is blank and of
    which a stored facility keeps what is known; None where a blank cell makes it unknown.
    """

    line: int
    code: str
    kind_code: str
    name_zh: str
    lon: float | None
    lat: float | None
    area: BaseGeometry | None
    name_en: str | None
    address: str | None
    region: str | None
    status: Status
    opened_on: date | None
    opened_basis: DateBasis
    closed_on: date | None
    closed_basis: DateBasis
    status_note: str | None
    verified_on: date | None
    opening_hours: str | None
    opening_hours_raw: str | None
    timezone: str | None
    amenities: tuple[str, ...]
    no_amenities: tuple[str, ...]
    entry: Entry | None
    access: Access | None
    phone: str | None
    operator: str | None
    host: str | None
    capacity: int | None
    source: str | None
    position_basis: PositionBasis | None
    position_accuracy_m: float | None
    is_sample: bool
    places: tuple[PlaceRow, ...]
    extra: dict[str, Any]
    kept: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class FacilityRules:
    """What rows are held against.

    ``kinds`` and ``amenities`` are codes of the store that the shipped vocabulary may not know;
    ``statuses`` are the stored facilities' by code, ``ahead`` of those that are planned, or open on
    a day to come, the status and that day, if any; ``today`` is the day where they stand;
    ``default_kind`` is the kind where a row states none; ``issuer`` gives codes to rows without;
    ``unplaced`` says which rows may be without a position;
    ``old_codes`` are those that facilities had, with the codes that they lead to now;
    ``blank`` says what a blank cell does to a known value: None = as the row was matched, and
    ``by_hand`` are the lines of rows that a person matched to a facility; ``kind_by_name`` reads kinds
    from the end of names, where no column has them.
    """

    place: PlaceRules
    kinds: frozenset[str] = frozenset()
    amenities: frozenset[str] = frozenset()
    statuses: Mapping[str, str] = field(default_factory=dict)
    ahead: Mapping[str, tuple[str, date | None]] = field(default_factory=dict)
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    default_kind: str | None = None
    issuer: CodeIssuer | None = None
    unplaced: Unplaced = "never"
    old_codes: Mapping[str, str] = field(default_factory=dict)
    blank: Blank | None = None
    by_hand: Collection[int] = ()
    kind_by_name: bool = False

    def keeps(self, line: int, *, by_key: bool) -> bool:
        """Tell whether a row's blank cells leave what is known; ``by_key``: the row has no code."""
        if self.blank is not None:
            return self.blank == "keep"
        return by_key or line in self.by_hand

    def kind(self, text: str) -> str | None:
        """Return a kind's code by a code or name."""
        return text if text in self.kinds else kind_of(text)

    def amenity(self, text: str) -> str | None:
        """Return an amenity's code by a code or name."""
        return text if text in self.amenities else amenity_of(text)
