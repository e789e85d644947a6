"""What the places of a list say of the system that it is in: proposed or doubted, never changed."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.core.units import format_count
from geoapp.core.words import DATUM_TEXT, Datum
from geoapp.importers.formats.table import Table
from geoapp.importers.prepare import Choices, propose
from geoapp.importers.rows.crs_guess import (
    CrsFit,
    propose_crs,
    sampled,
    stated_metres,
    told_of,
)
from geoapp.importers.rows.datums import (
    datum_column,
    datum_in,
    fit_datums,
    named_regions,
    stated_points,
)
from geoapp.importers.rows.place_checks import RegionOutlines
from geoapp.importers.together import open_sheets
from geoapp.operations.imports.report import ImportOptions, place_rules
from geoapp.store.engine import Database

GUESS: Final = "guess"
# Some points at an edge fall to the other side in any datum; a whole list does not.
_LEAST_MORE: Final = 3
_LEAST_SHARE: Final = 0.02


def guess_crs(
    database: Database, settings: Settings, path: Path, options: ImportOptions
) -> tuple[tuple[CrsFit, ...], Text]:
    """Return the systems that a table of facilities may be in, and what these proposals are worth.

    Raises
    ------
    InvalidValueError
        If it has no eastings and northings.
    UnusableInputError
        If it cannot be read.
    """
    opened = open_sheets(path, layer="facilities", encoding=options.encoding, sheet=options.sheet)
    table, proposal = propose(opened, Choices(options.columns))
    table = sampled(replace(table, fields=proposal.fields))
    metres = None if table.has_geometry else stated_metres(table)
    if metres is None:
        accepted = Text(
            "只用于有东坐标、北坐标（米）的表格", "for tables of eastings and northings in metres"
        )
        raise InvalidValueError("--crs", GUESS, accepted)
    with database.snapshot() as session:
        regions = place_rules(session, settings, options).regions
    fits = propose_crs(*metres, named_regions(list(table.records), regions), regions)
    return fits, told_of(fits, regions)


def datum_doubt(table: Table, regions: RegionOutlines) -> tuple[Text, ...]:
    """Say that points taken for WGS-84 would fall better in another datum; nothing where they would not.

    Parameters
    ----------
    table
        A table whose columns and positions are settled.
    """
    if not regions.outlines:
        return ()
    table = sampled(table)
    records = list(table.records)
    fits = fit_datums(*stated_points(table), named_regions(records, regions), regions)
    marks = [(fit.in_named, fit.inside) for fit in fits]
    # Amap's datum and Baidu's may do equally well: then both are named.
    best = [fit for fit, mark in zip(fits, marks, strict=True) if mark == max(marks)]
    as_wgs84 = next(fit for fit in fits if fit.datum is Datum.WGS84)
    by_name = best[0].in_named != as_wgs84.in_named
    here, there = ((one.in_named if by_name else one.inside) for one in (as_wgs84, best[0]))
    if there - here < max(_LEAST_MORE, _LEAST_SHARE * len(records)):
        return ()
    where = (
        Text("本行写明的区", "the district that they name") if by_name else Text("区域", "a region")
    )
    zh = "、".join(DATUM_TEXT[fit.datum].zh for fit in best)
    en = ", ".join(DATUM_TEXT[fit.datum].en for fit in best)
    options = " / ".join(f"--datum {fit.datum}" for fit in best)
    return (
        Text(
            f"按 WGS-84 读取，看过的 {format_count(len(records))} 行里有 {here:,} 行落在{where.zh}内；按 {zh} 有 "
            f"{there:,} 行。若坐标取自地图网站，请写明坐标系：{options}。",
            f"Read as WGS-84, {here:,} of the {format_count(len(records))} rows looked at lie inside "
            f"{where.en}; read as {en}, {there:,} do. If a map service gave the coordinates, state their "
            f"datum: {options}.",
        ),
    )


def other_datums(table: Table, datum: Datum) -> tuple[Text, ...]:
    """Say that a column names other datums for some rows than the one that all are read in."""
    table = sampled(table)
    place = datum_column(table, table.fields or ())
    if place is None:
        return ()
    cells = [record.cells[place] for record in table.records if place < len(record.cells)]
    named = {named for cell in cells if (named := datum_in(cell))} - {datum}
    # These two lie within centimetres of each other.
    same = {Datum.WGS84, Datum.CGCS2000}
    others = sorted(named - same if datum in same else named)
    if not others:
        return ()
    column, read = table.columns[place], DATUM_TEXT[datum]
    zh = "、".join(DATUM_TEXT[one].zh for one in others)
    en = ", ".join(DATUM_TEXT[one].en for one in others)
    return (
        Text(
            f"“{column}”一列写明有些行是 {zh}，而全部按 {read.zh} 读取，位置会差几百米。请在网页上导入（可逐行读取），"
            "或按坐标系分成几个文件。",
            f"The column {column!r} says that some rows are in {en}, and all are read in {read.en}: "
            "they will be hundreds of metres off. Import the list in the browser, which reads each row "
            "as it says, or split it by datum.",
        ),
    )
