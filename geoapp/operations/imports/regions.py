"""Import regions; what has no region, or one by its position, is matched again."""

from dataclasses import dataclass
from typing import Any

import shapely

from geoapp.core.settings import Settings
from geoapp.importers.formats.table import Table
from geoapp.importers.problems import Reading
from geoapp.importers.rows.regions import RegionRow, read_regions
from geoapp.operations.imports.report import READING, WRITING, ImportOptions, Progress
from geoapp.store.engine import Database
from geoapp.store.facilities.write import lock_facilities
from geoapp.store.history.chain import current_set
from geoapp.store.regions import (
    rematch_demand,
    rematch_facilities,
    stored_regions,
    write_regions,
)

_SRID = 4326
_COLUMNS = {"parent": "parent_code", "geometry": "geom"}


@dataclass(frozen=True, slots=True)
class RegionImport:
    """What became of the rows, and how many facilities and points changed their region."""

    inserted: int
    updated: int
    unchanged: int
    rematched: int
    change_set: int | None


def import_regions(
    database: Database,
    settings: Settings,
    table: Table,
    options: ImportOptions,
    progress: Progress,
) -> tuple[Reading[RegionRow], RegionImport]:
    """Read a table and write its good rows, all or none."""
    progress(0.0, READING)
    with database.session() as session:
        levels = {region.code: region.level for region in stored_regions(session)}
    reading = read_regions(table, options.read_in, levels)
    progress(0.4, WRITING)
    given = {_COLUMNS.get(column, column) for column in reading.given}
    with database.session() as session:
        counts = write_regions(
            session, [_values(row) for row in reading.rows], given, dry_run=options.dry_run
        )
        rematched = 0
        if not options.dry_run and counts.inserted + counts.updated:
            progress(0.6, WRITING)
            lock_facilities(session)
            rematched = rematch_facilities(session, settings.region_tolerance_m)
            progress(0.8, WRITING)
            rematched += rematch_demand(session, settings.region_tolerance_m)
        written = current_set(session)
    progress(1.0, WRITING)
    return reading, RegionImport(
        counts.inserted, counts.updated, counts.unchanged, rematched, written
    )


def _values(row: RegionRow) -> dict[str, Any]:
    outline = row.outline
    return {
        "code": row.code,
        "parent_code": row.parent,
        "level": str(row.level),
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "population": row.population,
        "population_source": row.population_source,
        "source": row.source,
        "geom": None
        if outline is None
        else shapely.to_wkb(shapely.set_srid(outline, _SRID), hex=True, include_srid=True),
    }
