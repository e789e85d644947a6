"""What a facility offers and its duty desks, added and taken away; held against a file's rules."""

from collections.abc import Callable, Mapping

from geoapp.core.errors import ConflictError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.importers.formats.table import Table
from geoapp.importers.problems import Reading
from geoapp.importers.rows.columns import DESK_COLUMNS, OFFER_COLUMNS, SERVICE_COLUMNS
from geoapp.importers.rows.keyed import Row, read_given
from geoapp.importers.rows.services import read_desks, read_offers, read_services
from geoapp.operations.facilities.read import facility_number
from geoapp.operations.imports.keyed import stored_columns
from geoapp.store.engine import Database, Session
from geoapp.store.keyed import write_keyed
from geoapp.store.services import delete_desk, delete_offer, item_codes, lock_services


def add_service(database: Database, values: Mapping[str, str]) -> None:
    """Store a new service; ``values`` are the columns of a file of services.

    Raises
    ------
    InvalidValueError
        Naming the first value that is not accepted.
    ConflictError
        If the code is taken.
    """
    with database.session() as session:
        lock_services(session)
        reading = read_given([values], SERVICE_COLUMNS, read_services)
        counts = write_keyed(session, "services", reading.rows, frozenset())
        if not counts.inserted:
            code = reading.rows[0]["code"]
            raise ConflictError(
                Text(f"编号 {code} 的服务已有。", f"There is a service with the code {code}.")
            )


def add_offer(database: Database, facility: str, values: Mapping[str, str]) -> None:
    """Store that a facility offers a service; ``values`` are the columns of a file of offers.

    Raises
    ------
    NotFoundError
        If there is no such facility.
    InvalidValueError
        Naming the first value that is not accepted.
    ConflictError
        If it offers the service from that day already.
    """
    with database.session() as session:
        lock_services(session)
        number = facility_number(session, facility)
        items = item_codes(session)

        def read(table: Table) -> Reading[Row]:
            return read_offers(table, items, {facility: number}, frozenset())

        reading = read_given([{**values, "facility": facility}], OFFER_COLUMNS, read)
        if not write_keyed(session, "offers", reading.rows, frozenset()).inserted:
            raise ConflictError(
                Text(
                    "这项服务从这一天起已登记；要改请先撤下再添加。",
                    "This service is registered from that day on; take it away before adding it anew.",
                )
            )


def add_desk(database: Database, facility: str, values: Mapping[str, str]) -> None:
    """Store a duty desk of a facility, or change the one of that telephone.

    Raises
    ------
    NotFoundError
        If there is no such facility.
    InvalidValueError
        Naming the first value that is not accepted.
    """
    with database.session() as session:
        lock_services(session)
        number = facility_number(session, facility)

        def read(table: Table) -> Reading[Row]:
            return read_desks(table, {facility: number})

        reading = read_given([{**values, "facility": facility}], DESK_COLUMNS, read)
        write_keyed(session, "desks", reading.rows, stored_columns(reading))


def take_offer(database: Database, facility: str, number: int) -> None:
    """Take an offer of a facility away; an undo brings it back.

    Raises
    ------
    NotFoundError
        If there is no such facility, or it has no such offer.
    """
    _take(database, facility, number, delete_offer, Text("服务安排", "offer"))


def take_desk(database: Database, facility: str, number: int) -> None:
    """Take a duty desk of a facility away; an undo brings it back.

    Raises
    ------
    NotFoundError
        If there is no such facility, or it has no such desk.
    """
    _take(database, facility, number, delete_desk, Text("值守窗口", "duty desk"))


def _take(
    database: Database,
    facility: str,
    number: int,
    delete: Callable[[Session, int, int], bool],
    what: Text,
) -> None:
    with database.session() as session:
        if not delete(session, facility_number(session, facility), number):
            raise NotFoundError(what, str(number))
