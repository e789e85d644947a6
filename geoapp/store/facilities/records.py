"""Facilities with all that is stored of them, for answers and for files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy.orm import Session

from geoapp.core.dated_states import StateOnDay
from geoapp.core.voices import NOTHING_SAID, Standing
from geoapp.store.facilities.as_of import AsOf, states_on
from geoapp.store.facilities.columns import ANSWERED, IN_FILES
from geoapp.store.facilities.read import places_of
from geoapp.store.models import Facility, FacilityPlace
from geoapp.store.vocabulary import family_of_kinds
from geoapp.store.voices import standings

# By name what comes beside the columns, and the column before it.
_BESIDE = {"kind": ("family", "name"), "sample": ("places",)}


@dataclass(frozen=True, slots=True)
class FacilityRecord:
    """Everything that is stored of a facility.

    ``geometry_wkb`` is WGS-84, None where the position is not known; ``hours_words`` are the
    opening hours as they were given, ``standing`` what workers' reports amount to.
    """

    code: str
    rev: int
    geometry_wkb: bytes | None
    properties: dict[str, Any]
    hours_words: str | None
    standing: Standing = NOTHING_SAID

    @property
    def lonlat(self) -> tuple[float, float] | None:
        """Degrees (WGS-84) of the point, or of a point inside the area; None where unknown."""
        if self.geometry_wkb is None:
            return None
        point = shapely.point_on_surface(shapely.from_wkb(self.geometry_wkb))
        return float(point.x), float(point.y)


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A facility as a file has it.

    Attributes
    ----------
    geometry_wkb
        Point or area, WGS-84; None where the position is not known.
    values
        By the names of a file's columns, without position, places and what is kept aside.
    places
        Where one that moves stands, as in `FacilityRecord`.
    extra
        What is kept aside.
    on_day
        What it was on the day that was asked for, if one was.
    """

    geometry_wkb: bytes | None
    values: dict[str, Any]
    places: list[dict[str, Any]]
    extra: dict[str, Any]
    on_day: StateOnDay | None = None


def _values(facility: Facility, columns: Mapping[str, str]) -> dict[str, Any]:
    return {name: getattr(facility, column) for name, column in columns.items()}


def _places(places: Sequence[FacilityPlace]) -> list[dict[str, Any]]:
    return [
        {
            "geometry_wkb": bytes(place.geom.data),
            "label_zh": place.label_zh,
            "label_en": place.label_en,
            "valid_from": place.valid_from,
            "valid_to": place.valid_to,
            "opening_hours": place.opening_hours,
        }
        for place in places
    ]


def _geometry(facility: Facility) -> bytes | None:
    return None if facility.geom is None else bytes(facility.geom.data)


def facility_records(session: Session, facilities: Sequence[Facility]) -> list[FacilityRecord]:
    """Return what is stored of some facilities, in their order."""
    families = family_of_kinds(session)
    numbers = [one.id for one in facilities]
    places, said = places_of(session, numbers), standings(session, numbers)
    records = []
    for one in facilities:
        beside = {
            "family": families[one.kind_code],
            "name": one.name_zh,
            "places": _places(places.get(one.id, [])),
        }
        properties: dict[str, Any] = {}
        for name, value in _values(one, ANSWERED).items():
            properties[name] = value
            properties |= {other: beside[other] for other in _BESIDE.get(name, ())}
        records.append(
            FacilityRecord(
                one.code,
                one.rev,
                _geometry(one),
                properties,
                one.opening_hours_raw,
                said.get(one.id, NOTHING_SAID),
            )
        )
    return records


def file_records(
    session: Session, facilities: Sequence[Facility], as_of: AsOf | None = None
) -> list[FileRecord]:
    """Return some facilities as files have them, in their order, and what they were on a day."""
    numbers = [one.id for one in facilities]
    places = places_of(session, numbers)
    on_day = {} if as_of is None else states_on(session, as_of, numbers)
    return [
        FileRecord(
            _geometry(one),
            _values(one, IN_FILES),
            _places(places.get(one.id, [])),
            one.extra,
            on_day.get(one.id),
        )
        for one in facilities
    ]
