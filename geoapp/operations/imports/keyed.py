"""Import files whose rows are known again by a key: all good rows at once, or none."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from geoapp.core.contest_rules import contest_rules
from geoapp.core.contests import EntryState
from geoapp.core.settings import Settings
from geoapp.importers.formats.table import Table
from geoapp.importers.problems import Reading
from geoapp.importers.rows.contests import KnownContest, read_contests, read_entries
from geoapp.importers.rows.keyed import Row
from geoapp.importers.rows.prices import read_prices
from geoapp.importers.rows.services import read_desks, read_offers, read_services
from geoapp.importers.rows.use import read_care, read_opinions, read_visits
from geoapp.operations.imports.named_regions import known_regions
from geoapp.operations.imports.report import READING, WRITING, ImportOptions, Progress
from geoapp.operations.moment import today
from geoapp.store.contests import contest_records, entry_records, lock_contests
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.read import facility_numbers
from geoapp.store.history.chain import current_set
from geoapp.store.keyed import KeyedCounts, Rows, write_keyed
from geoapp.store.organisations import organisation_codes
from geoapp.store.services import item_codes, lock_services

# What a file's column is stored as, where it is not one column of the same name. A number of people
# goes with its unit.
_STORED_AS: Final[Mapping[str, tuple[str, ...]]] = {
    "region": ("region_code",),
    "sample": ("is_sample",),
    "hours": ("hours", "hours_raw"),
    "people": ("people", "unit"),
    "unit": ("people", "unit"),
    "project": ("name_zh",),
    "service": ("item_code",),
    "list": ("price_list",),
    "item": ("amenity_code",),
}


def import_keyed(
    what: Rows,
    database: Database,
    settings: Settings,
    table: Table,
    options: ImportOptions,
    progress: Progress,
) -> tuple[Reading[Row], KeyedCounts]:
    """Read a file of one kind and write its good rows by their key."""
    progress(0.0, READING)
    with database.session() as session:
        reading = _READERS[what](session, settings, table)
        progress(0.0, WRITING)
        given = stored_columns(reading)
        counts = write_keyed(session, what, reading.rows, given, dry_run=options.dry_run)
        if not options.dry_run:
            counts = replace(counts, change_set=current_set(session))
    progress(1.0, WRITING)
    return reading, counts


def stored_columns(reading: Reading[Row]) -> frozenset[str]:
    """Return the store's columns that a file has."""
    return stored_columns_of(reading.given)


def stored_columns_of(names: Iterable[str]) -> frozenset[str]:
    """Return the store's columns of the columns of a file."""
    return frozenset(stored for name in names for stored in _STORED_AS.get(name, (name,)))


def _services(session: Session, _settings: Settings, table: Table) -> Reading[Row]:
    lock_services(session)
    return read_services(table)


def _offers(session: Session, _settings: Settings, table: Table) -> Reading[Row]:
    lock_services(session)
    return read_offers(
        table, item_codes(session), facility_numbers(session), organisation_codes(session)
    )


def _desks(session: Session, _settings: Settings, table: Table) -> Reading[Row]:
    lock_services(session)
    return read_desks(table, facility_numbers(session))


def _visits(session: Session, settings: Settings, table: Table) -> Reading[Row]:
    return read_visits(table, facility_numbers(session), today(settings))


def _opinions(session: Session, settings: Settings, table: Table) -> Reading[Row]:
    return read_opinions(table, facility_numbers(session), today(settings))


def _care(session: Session, settings: Settings, table: Table) -> Reading[Row]:
    return read_care(table, known_regions(session), today(settings))


def _contests(session: Session, settings: Settings, table: Table) -> Reading[Row]:
    # Also keeps two files from moving a contest's stage at once.
    lock_contests(session)
    regions = known_regions(session)
    return read_contests(table, regions, contest_rules(settings), known_contests(session))


def _entries(session: Session, settings: Settings, table: Table) -> Reading[Row]:
    lock_contests(session)
    contests = known_contests(session)
    return read_entries(table, contest_rules(settings), contests, item_codes(session))


def _prices(session: Session, settings: Settings, table: Table) -> Reading[Row]:
    return read_prices(table, known_regions(session), today(settings))


def known_contests(session: Session) -> dict[str, KnownContest]:
    """Return the stored contests by code, as the rows of a file are held against them."""
    entries: dict[str, dict[str, EntryState]] = {}
    for one in entry_records(session):
        state = EntryState(one.votes, one.finalist, one.prize)
        entries.setdefault(one.contest, {})[one.code] = state
    return {
        one.code: KnownContest(
            one.rules,
            one.stage,
            one.entered,
            one.finalists,
            one.criteria,
            entries.get(one.code, {}),
        )
        for one in contest_records(session)
    }


_READERS: Final[Mapping[Rows, Callable[[Session, Settings, Table], Reading[Row]]]] = {
    "services": _services,
    "offers": _offers,
    "desks": _desks,
    "visits": _visits,
    "opinions": _opinions,
    "care": _care,
    "contests": _contests,
    "entries": _entries,
    "prices": _prices,
}
KEYED: Final = tuple(_READERS)
"""The kinds of files that are taken in so."""
