"""Import visits, opinions and care events: all good rows at once, or none."""

from collections.abc import Callable
from dataclasses import replace

from geoapp.core.settings import Settings
from geoapp.importers.formats.table import Table
from geoapp.importers.problems import Reading
from geoapp.importers.rows.keyed import Row
from geoapp.importers.rows.use import read_care, read_opinions, read_visits
from geoapp.operations.imports.report import READING, WRITING, ImportOptions, Progress
from geoapp.operations.moment import today
from geoapp.store.engine import Database, Session
from geoapp.store.history.chain import current_set
from geoapp.store.keyed import KeyedCounts, Rows, write_keyed
from geoapp.store.regions import region_codes
from geoapp.store.services import facility_numbers

_Done = tuple[Reading[Row], KeyedCounts]
_OWN_NAMES = {"region": "region_code", "sample": "is_sample"}


def import_visits(
    database: Database,
    settings: Settings,
    table: Table,
    options: ImportOptions,
    progress: Progress,
) -> _Done:
    """Read a file of visits and write its good rows by facility, day, hour and basis."""

    def read(session: Session) -> Reading[Row]:
        return read_visits(table, facility_numbers(session), today(settings))

    return _import(database, "visits", read, options, progress)


def import_opinions(
    database: Database,
    settings: Settings,
    table: Table,
    options: ImportOptions,
    progress: Progress,
) -> _Done:
    """Read a file of opinions and write its good rows by facility, day and stars."""

    def read(session: Session) -> Reading[Row]:
        return read_opinions(table, facility_numbers(session), today(settings))

    return _import(database, "opinions", read, options, progress)


def import_care(
    database: Database,
    settings: Settings,
    table: Table,
    options: ImportOptions,
    progress: Progress,
) -> _Done:
    """Read a file of care events and write its good rows by code."""

    def read(session: Session) -> Reading[Row]:
        return read_care(table, frozenset(region_codes(session)), today(settings))

    return _import(database, "care", read, options, progress)


def written_columns(reading: Reading[Row]) -> frozenset[str]:
    """Return the store's columns that a file has; a number of people goes with its unit."""
    found = {_OWN_NAMES.get(name, name) for name in reading.given}
    return frozenset(found | ({"people", "unit"} if found & {"people", "unit"} else set()))


def _import(
    database: Database,
    what: Rows,
    read: Callable[[Session], Reading[Row]],
    options: ImportOptions,
    progress: Progress,
) -> _Done:
    progress(0.0, READING)
    with database.session() as session:
        reading = read(session)
        progress(0.0, WRITING)
        given = written_columns(reading)
        counts = write_keyed(session, what, reading.rows, given, dry_run=options.dry_run)
        if not options.dry_run:
            counts = replace(counts, change_set=current_set(session))
    progress(1.0, WRITING)
    return reading, counts
