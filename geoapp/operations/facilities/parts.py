"""Wholes and their parts: a service complex is a centre with its nursery, its reading room."""

from dataclasses import dataclass
from datetime import date

from geoapp.core.dated_states import DatedState, StateOnDay
from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.operations.facilities.read import PUBLIC_STATUSES, found_facility
from geoapp.operations.stale import refuse_stale
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.as_of import AsOf, states_of, states_on
from geoapp.store.facilities.parts import (
    RelatedRecord,
    add_part,
    delete_part,
    has_part,
    is_within,
    parts_of,
    wholes_of,
)
from geoapp.store.facilities.photos import PhotoRecord, photos_of
from geoapp.store.facilities.read import facility_by_code
from geoapp.store.facilities.records import FacilityRecord
from geoapp.store.facilities.write import lock_facilities
from geoapp.store.organisations import RoleRecord, roles_of
from geoapp.store.services import (
    DeskRecord,
    ItemRecord,
    OfferFilter,
    OfferRecord,
    desk_records,
    item_records,
    offer_records,
)


@dataclass(frozen=True, slots=True)
class Relations:
    """What belongs to a facility: parts, wholes that it is part of, who does what, photos, services.

    ``services`` are all offers, past ones and those to come too, each with its service. ``states``
    are all that it has been and is to be, without ``unpublished`` only the published ones; ``on_day``
    is what it was on the day that was asked for.
    """

    parts: list[RelatedRecord]
    part_of: list[RelatedRecord]
    organisations: list[RoleRecord]
    photos: list[PhotoRecord]
    services: list[tuple[OfferRecord, ItemRecord]]
    desks: list[DeskRecord]
    states: list[DatedState]
    on_day: StateOnDay | None


def read_with_relations(
    database: Database, code: str, *, unpublished: bool = False, as_of: AsOf | None = None
) -> tuple[FacilityRecord, Relations]:
    """Return the facility of a code and what belongs to it, and what it was on a day if asked.

    Raises
    ------
    NotFoundError
        If there is none, or it is not published and may not be seen.
    """
    with database.snapshot() as session:
        record = found_facility(session, code, unpublished=unpublished)
        return record, _relations(session, code, unpublished=unpublished, as_of=as_of)


def relations_of(database: Database, code: str, *, unpublished: bool) -> Relations:
    """Return what belongs to a facility; without ``unpublished`` only published parts and wholes."""
    with database.snapshot() as session:
        return _relations(session, code, unpublished=unpublished)


def _relations(
    session: Session, code: str, *, unpublished: bool, as_of: AsOf | None = None
) -> Relations:
    statuses = None if unpublished else frozenset(map(str, PUBLIC_STATUSES))
    items = {one.code: one for one in item_records(session)}
    offers = offer_records(session, OfferFilter(facility=code))
    numbers = [number for number in [_number(session, code)] if number is not None]
    return Relations(
        parts_of(session, code, statuses=statuses),
        wholes_of(session, code, statuses=statuses),
        roles_of(session, facility=code),
        photos_of(session, code, public_only=not unpublished),
        [(one, items[one.item_code]) for one in offers],
        desk_records(session, numbers),
        [
            one
            for states in states_of(session, numbers).values()
            for one in states
            if unpublished or one.status in PUBLIC_STATUSES
        ],
        None if as_of is None else next(iter(states_on(session, as_of, numbers).values()), None),
    )


def _number(session: Session, code: str) -> int | None:
    facility = facility_by_code(session, code)
    return None if facility is None else facility.id


def join_part(
    database: Database, whole: str, part: str, valid_from: date | None, valid_to: date | None
) -> list[RelatedRecord]:
    """Store that a facility is part of another; return the whole's parts.

    Raises
    ------
    NotFoundError
        If there is no such whole.
    InvalidValueError
        If there is no such part, or the period ends before it begins.
    ConflictError
        If the whole is the part itself or one of its parts, or it is a part on some of these days.
    """
    with database.session() as session:
        lock_facilities(session)
        outer = _id_of(session, whole)
        inner = facility_by_code(session, part)
        if inner is None:
            raise InvalidValueError(
                "part", part, Text("已有站点的编号", "the code of a stored facility")
            )
        if valid_from and valid_to and valid_to < valid_from:
            raise InvalidValueError(
                "valid_to",
                valid_to,
                Text("不早于 valid_from 的日期", "a day no earlier than valid_from"),
            )
        if is_within(session, outer, inner.id):
            raise ConflictError(
                Text(
                    f"{whole} 就是 {part}，或已是它的一部分：一个整体不能是自己的部分。",
                    f"{whole} is {part} or a part of it: nothing is a part of itself.",
                )
            )
        if has_part(session, outer, inner.id, valid_from, valid_to):
            raise ConflictError(
                Text(
                    f"{part} 在这段时间已是 {whole} 的一部分。",
                    f"{part} is a part of {whole} on some of these days.",
                )
            )
        add_part(session, outer, inner.id, valid_from, valid_to)
        return parts_of(session, whole)


def part_parts(database: Database, whole: str, number: int, *, expected_rev: int | None) -> None:
    """Delete a relation of a whole and a part by its number; the facilities stay.

    Raises
    ------
    NotFoundError
        If there is no such whole, or it has no part by that number.
    ConflictError
        If somebody else has changed the whole since ``expected_rev``.
    """
    with database.session() as session:
        lock_facilities(session)
        outer = _id_of(session, whole, expected_rev)
        if not delete_part(session, outer, number):
            raise NotFoundError(Text("组成关系", "part"), str(number))


def _id_of(session: Session, code: str, expected_rev: int | None = None) -> int:
    facility = None if "\x00" in code else facility_by_code(session, code)
    if facility is None:
        raise NotFoundError(Text("站点", "facility"), code)
    refuse_stale(code, facility.rev, expected_rev)
    return facility.id
