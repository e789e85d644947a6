"""Where each value of a record comes from: by which way, by whom and when; and that it is still right."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.operations.moment import today
from geoapp.store.engine import Database
from geoapp.store.facilities.read import facility_by_code
from geoapp.store.facilities.write import lock_facilities
from geoapp.store.history.sources import (
    Confirmation,
    Origin,
    confirm_column,
    confirmations_of,
    origins_of,
)

_FACILITY = Text("站点", "facility")
# By the fields of a facility file, the columns; what follows from others has no source of its own.
COLUMN_OF: Final = {
    "name_zh": "name_zh",
    "name_en": "name_en",
    "kind": "kind_code",
    "status": "status",
    "status_note": "status_note",
    "geometry": "geom",
    "region": "region_code",
    "address": "address",
    "opening_hours": "opening_hours",
    "entry": "entry",
    "access": "access",
    "amenities": "amenities",
    "no_amenities": "no_amenities",
    "phone": "phone",
    "operator": "operator",
    "host": "host",
    "capacity": "capacity",
    "opened_on": "opened_on",
    "closed_on": "closed_on",
}


@dataclass(frozen=True, slots=True)
class FieldSource:
    """Where a field's present value comes from.

    Attributes
    ----------
    origin
        The change that gave it; None where it is older than the log.
    confirmed
        When it was last said to be still right, if that was after it came.
    """

    field: str
    origin: Origin | None
    confirmed: Confirmation | None


def field_sources(database: Database, code: str) -> list[FieldSource]:
    """Return where the fields of a facility have their present values from, those with a value.

    Raises
    ------
    NotFoundError
        If there is no such facility.
    """
    with database.snapshot() as session:
        facility = facility_by_code(session, code)
        if facility is None:
            raise NotFoundError(_FACILITY, code)
        origins = {one.column: one for one in origins_of(session, facility.id)}
        confirmed = {one.column: one for one in confirmations_of(session, facility.id)}
        found = []
        for field, column in COLUMN_OF.items():
            if getattr(facility, column) in (None, []):
                continue
            origin, last = origins.get(column), confirmed.get(column)
            if origin is not None and last is not None and last.set_id < origin.set_id:
                last = None  # it was said of the value before
            found.append(FieldSource(field, origin, last))
        return found


def confirm_field(
    database: Database, settings: Settings, code: str, field: str, *, expected_rev: int
) -> date:
    """Store that a field of a facility is still right today; return the day.

    Raises
    ------
    NotFoundError
        If there is no such facility.
    InvalidValueError
        If there is no such field, or nothing stands in it.
    ConflictError
        If somebody has changed the facility since ``expected_rev``.
    """
    column = COLUMN_OF.get(field)
    day = today(settings)
    with database.session() as session:
        lock_facilities(session)
        facility = facility_by_code(session, code)
        if facility is None:
            raise NotFoundError(_FACILITY, code)
        if column is None or getattr(facility, column) in (None, []):
            accepted = Text("记录上有内容的一项", "a field of the record that has a value")
            raise InvalidValueError("field", field[:40], accepted)
        if facility.rev != expected_rev:
            raise ConflictError(
                Text(
                    f"{code} 刚被他人修改，请看过新的内容再确认。",
                    f"{code} was just changed by somebody else: look at it again, then confirm.",
                )
            )
        confirm_column(session, facility.id, column, day)
    return day
