"""Import organisations: all good rows in one transaction, or none."""

from collections.abc import Sequence
from typing import Any

from geoapp.core.settings import Settings
from geoapp.importers.formats.table import Table
from geoapp.importers.problems import Reading
from geoapp.importers.rows.organisations import OrganisationRow, read_organisations
from geoapp.operations.imports.named_regions import known_regions
from geoapp.operations.imports.report import READING, WRITING, ImportOptions, Progress
from geoapp.store.engine import Database, Session
from geoapp.store.organisations import (
    OrganisationCounts,
    lock_organisations,
    stored_parents,
    write_organisations,
)

_COLUMNS = {"region": "region_code", "parent": "parent_code"}


def import_organisations(
    database: Database,
    _settings: Settings,
    table: Table,
    options: ImportOptions,
    progress: Progress,
) -> tuple[Reading[OrganisationRow], OrganisationCounts]:
    """Read a table and write its good rows by code, all or none."""
    progress(0.0, READING)
    with database.session() as session:
        reading, counts = write_table_of(session, table, dry_run=options.dry_run)
    progress(1.0, WRITING)
    return reading, counts


def write_table_of(
    session: Session, table: Table, *, dry_run: bool = False
) -> tuple[Reading[OrganisationRow], OrganisationCounts]:
    """Read a table and write its good rows within a transaction."""
    # The parents that rows are held against must still be the parents when they are written.
    lock_organisations(session)
    reading = read_organisations(table, known_regions(session), stored_parents(session))
    return reading, write_given(session, reading.rows, reading.given, dry_run=dry_run)


def write_given(
    session: Session,
    rows: Sequence[OrganisationRow],
    given: frozenset[str],
    *,
    dry_run: bool = False,
) -> OrganisationCounts:
    """Write rows; of organisations that exist, the columns that the file has."""
    columns = frozenset(_COLUMNS.get(column, column) for column in given)
    return write_organisations(session, [values_of(row) for row in rows], columns, dry_run=dry_run)


def values_of(row: OrganisationRow) -> dict[str, Any]:
    """Return a row as the store's columns."""
    return {
        "code": row.code,
        "kind": str(row.kind),
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "region_code": row.region,
        "group_name": row.group_name,
        "parent_code": row.parent,
        "listed_as": row.listed_as,
        "listed_under": row.listed_under,
        "document": row.document,
        "document_on": row.document_on,
        "place_in_document": row.place_in_document,
        "source": row.source,
    }
