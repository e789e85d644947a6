"""Rows outside the regions that a steward is kept to: told before anything is written."""

from dataclasses import replace

from geoapp.core.acting import acting
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.importers.formats.table import Table
from geoapp.importers.problems import Findings, Reading, Rejected
from geoapp.importers.rows.facility_row import FacilityRow
from geoapp.operations.imports.facilities import facility_batch
from geoapp.store.engine import Session
from geoapp.store.facilities.elsewhere import Elsewhere, named
from geoapp.store.facilities.write import write_facilities


def within_own_regions(
    session: Session, settings: Settings, table: Table, reading: Reading[FacilityRow]
) -> Reading[FacilityRow]:
    """Return a reading whose rows outside the regions of whoever acts are rejected.

    Parameters
    ----------
    table
        The rows as they came, with those cells that a person mended.
    """
    who = acting()
    if who is None or not who.regions or not reading.rows:
        return reading
    counts = write_facilities(
        session,
        facility_batch(reading, settings.timezone),
        tolerance_m=settings.region_tolerance_m,
        dry_run=True,
        most_described=0,
    )
    if not counts.elsewhere:
        return reading
    own = named(session, who.regions)
    away = {one.code: one for one in counts.elsewhere}
    records = {record.line: record for record in table.records}
    rejected = list(reading.rejected)
    for row in reading.rows:
        if row.code in away:
            record, found = records[row.line], Findings(row.line)
            _say(found, row, away[row.code], own)
            geometry = record.source if record.source is not None else record.geometry
            rejected.append(Rejected(row.line, record.cells, geometry, tuple(found.problems)))
    return replace(
        reading,
        rows=[row for row in reading.rows if row.code not in away],
        rejected=sorted(rejected, key=lambda one: one.line),
    )


def _say(found: Findings, row: FacilityRow, one: Elsewhere, own: Text) -> None:
    region = one.region or Text("任何区域之外", "no region at all")
    if one.is_stored:
        found.add(
            "code",
            row.code,
            "outside_own_regions",
            f"已登记的 {row.code} 在{region.zh}，不在您的区域（{own.zh}）内，不能由您更改。",
            f"{row.code} as registered lies in {region.en}, outside your region ({own.en}): you may "
            "not change it.",
        )
        return
    field = "region" if row.region is not None or row.lon is None else "lon, lat"
    found.add(
        field,
        row.region or f"{row.lon}, {row.lat}",
        "outside_own_regions",
        f"这一行在{region.zh}，不在您的区域（{own.zh}）内，不能由您导入。",
        f"This row lies in {region.en}, outside your region ({own.en}): you may not import it.",
    )
