"""Import contests of service projects and their entries: all good rows at once, or none."""

from dataclasses import replace

from geoapp.core.contests import LIST
from geoapp.core.settings import Settings
from geoapp.importers.formats.table import Table
from geoapp.importers.problems import Reading
from geoapp.importers.rows.contests import read_contests, read_entries
from geoapp.importers.rows.keyed import Row
from geoapp.operations.imports.report import READING, WRITING, ImportOptions, Progress
from geoapp.store.contests import contest_records
from geoapp.store.engine import Database, Session
from geoapp.store.history.chain import current_set
from geoapp.store.keyed import KeyedCounts, Rows, write_keyed
from geoapp.store.regions import region_codes
from geoapp.store.services import item_records, lock_services

_Done = tuple[Reading[Row], KeyedCounts]
_OWN_NAMES = {
    "region": "region_code",
    "sample": "is_sample",
    "project": "name_zh",
    "service": "item_code",
}


def import_contests(
    database: Database,
    _settings: Settings,
    table: Table,
    options: ImportOptions,
    progress: Progress,
) -> _Done:
    """Read a file of contests and write its good rows by code."""
    progress(0.0, READING)
    with database.session() as session:
        lock_services(session)
        stages = {one.code: one.stage for one in contest_records(session)}
        reading = read_contests(table, frozenset(region_codes(session)), stages)
        counts = _written(session, "contests", reading, options)
    progress(1.0, WRITING)
    return reading, counts


def import_entries(
    database: Database,
    _settings: Settings,
    table: Table,
    options: ImportOptions,
    progress: Progress,
) -> _Done:
    """Read a file of entries and write its good rows by contest and code."""
    progress(0.0, READING)
    with database.session() as session:
        lock_services(session)
        contests = {
            one.code: (one.stage, frozenset((one.criteria or "").split(LIST)) - {""})
            for one in contest_records(session)
        }
        items = frozenset(one.code for one in item_records(session))
        reading = read_entries(table, contests, items)
        counts = _written(session, "entries", reading, options)
    progress(1.0, WRITING)
    return reading, counts


def _written(
    session: Session, what: Rows, reading: Reading[Row], options: ImportOptions
) -> KeyedCounts:
    given = frozenset(_OWN_NAMES.get(name, name) for name in reading.given)
    counts = write_keyed(session, what, reading.rows, given, dry_run=options.dry_run)
    return counts if options.dry_run else replace(counts, change_set=current_set(session))
