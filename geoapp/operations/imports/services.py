"""Import services, where they are offered, and duty desks: all good rows at once, or none."""

from typing import Any

from geoapp.core.settings import Settings
from geoapp.importers.formats.table import Table
from geoapp.importers.problems import Reading
from geoapp.importers.rows.keyed import Row
from geoapp.importers.rows.services import read_desks, read_offers, read_services
from geoapp.operations.imports.report import READING, WRITING, ImportOptions, Progress
from geoapp.store.engine import Database
from geoapp.store.services import (
    ServiceCounts,
    facility_numbers,
    item_records,
    lock_services,
    organisation_codes,
    write_rows,
)

_Done = tuple[Reading[Row], ServiceCounts]


def import_services(
    database: Database,
    _settings: Settings,
    table: Table,
    options: ImportOptions,
    progress: Progress,
) -> _Done:
    """Read a file of services and write its good rows by code."""
    progress(0.0, READING)
    with database.session() as session:
        lock_services(session)
        reading = read_services(table)
        counts = write_rows(
            session, "services", reading.rows, columns_of(reading), dry_run=options.dry_run
        )
    progress(1.0, WRITING)
    return reading, counts


def import_offers(
    database: Database,
    _settings: Settings,
    table: Table,
    options: ImportOptions,
    progress: Progress,
) -> _Done:
    """Read a file of offers and write its good rows by service, place and first day."""
    progress(0.0, READING)
    with database.session() as session:
        lock_services(session)
        items = frozenset(one.code for one in item_records(session))
        reading = read_offers(table, items, facility_numbers(session), organisation_codes(session))
        counts = write_rows(
            session, "offers", reading.rows, columns_of(reading), dry_run=options.dry_run
        )
    progress(1.0, WRITING)
    return reading, counts


def import_desks(
    database: Database,
    _settings: Settings,
    table: Table,
    options: ImportOptions,
    progress: Progress,
) -> _Done:
    """Read a file of duty desks and write its good rows by facility and telephone."""
    progress(0.0, READING)
    with database.session() as session:
        lock_services(session)
        reading = read_desks(table, facility_numbers(session))
        counts = write_rows(
            session, "desks", reading.rows, columns_of(reading), dry_run=options.dry_run
        )
    progress(1.0, WRITING)
    return reading, counts


def columns_of(reading: Reading[Any]) -> frozenset[str]:
    """Return the store's columns that a file has."""
    own = {"sample": {"is_sample"}, "hours": {"hours", "hours_raw"}}
    return frozenset(name for column in reading.given for name in own.get(column, {column}))
