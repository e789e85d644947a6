"""In which projected system a list of eastings and northings may be: proposed, never taken."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.importers.prepare import Choices, propose
from geoapp.importers.rows.crs_guess import (
    CrsFit,
    propose_crs,
    sampled,
    stated_metres,
    told_of,
)
from geoapp.importers.rows.datums import named_regions
from geoapp.importers.together import open_sheets
from geoapp.operations.imports.report import ImportOptions, place_rules
from geoapp.store.engine import Database

GUESS: Final = "guess"


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
