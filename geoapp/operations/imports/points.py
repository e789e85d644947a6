"""Import demand and candidates: sets of points."""

from dataclasses import replace
from typing import Any

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.importers.formats.table import Table
from geoapp.importers.problems import Reading
from geoapp.importers.rows.points import (
    CandidateRow,
    DemandRow,
    content_hash,
    read_candidates,
    read_demand,
)
from geoapp.operations.imports.report import (
    READING,
    WRITING,
    ImportOptions,
    Progress,
    place_rules,
)
from geoapp.store.candidates import CandidateBatch, CandidateCounts, write_candidates
from geoapp.store.demand import DemandBatch, DemandCounts, write_demand
from geoapp.store.engine import Database
from geoapp.store.runs.inputs import find_demand_set

_READING_SHARE = 0.4


def import_demand(
    database: Database,
    settings: Settings,
    table: Table,
    options: ImportOptions,
    progress: Progress,
) -> tuple[Reading[DemandRow], DemandCounts]:
    """Read a table and make its good rows the points of the set, all or none.

    A rejects file that was mended adds its points to the set.
    """
    progress(0.0, READING)
    with database.session() as session:
        rules = place_rules(session, settings, options)
    reading = read_demand(table, rules, weight_default=options.weight_default)
    progress(_READING_SHARE, WRITING)
    if not reading.rows:
        return reading, DemandCounts(0, 0, 0)
    if not any(row.weight for row in reading.rows):
        raise UnusableInputError(
            Text(
                "所有点的需求（人数）都是 0，没有可覆盖的需求；请检查 weight（需求、人数）列。",
                "The weight of every point is 0, so there is nobody to cover; check the column weight.",
            )
        )
    batch = DemandBatch(
        code=options.set_code,
        name=options.set_name,
        source=options.source,
        content_hash=content_hash(reading.rows),
        rows=(
            (
                row.lon,
                row.lat,
                row.weight,
                row.group,
                None if row.hours is None else list(row.hours),
            )
            for row in reading.rows
        ),
        total=len(reading.rows),
    )
    with database.session() as session:
        before = find_demand_set(session, None)
        default = None if before is None else before.code
        counts = write_demand(
            session,
            batch,
            tolerance_m=settings.region_tolerance_m,
            add=options.add or reading.is_rejects_file,
            dry_run=options.dry_run,
            report=lambda share: progress(_READING_SHARE + (1 - _READING_SHARE) * share, WRITING),
        )
        after = find_demand_set(session, None)
    if default is not None and after is not None and after.code != default:
        reading = replace(
            reading,
            hints=(
                *reading.hints,
                Text(
                    f"此后没有指明需求集的分析使用“{after.code}”，而不是“{default}”。",
                    f"Runs that name no demand set use {after.code!r} from now on, not "
                    f"{default!r}.",
                ),
            ),
        )
    return reading, counts


def import_candidates(
    database: Database,
    settings: Settings,
    table: Table,
    options: ImportOptions,
    progress: Progress,
) -> tuple[Reading[CandidateRow], CandidateCounts]:
    """Read a table and write its good rows into the set by code, all or none."""
    progress(0.0, READING)
    with database.session() as session:
        rules = place_rules(session, settings, options)
    reading = read_candidates(table, rules)
    progress(_READING_SHARE, WRITING)
    if not reading.rows:
        return reading, CandidateCounts(0, 0, 0)
    rows: list[tuple[Any, ...]] = [
        (row.code, row.lon, row.lat, row.name, row.cost, row.host_type) for row in reading.rows
    ]
    batch = CandidateBatch(options.set_code, options.set_name, rows, reading.given)
    with database.session() as session:
        counts = write_candidates(
            session, batch, tolerance_m=settings.region_tolerance_m, dry_run=options.dry_run
        )
    progress(1.0, WRITING)
    return reading, counts
