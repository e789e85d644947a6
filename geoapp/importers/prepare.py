"""A stranger's list of facilities made ready to be read: its columns and positions settled."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from geoapp.core.words import Datum
from geoapp.importers.formats.gpkg import parse_crs
from geoapp.importers.formats.table import Table
from geoapp.importers.rows.datum_words import heading_crs
from geoapp.importers.rows.degrees import Order
from geoapp.importers.rows.matching import Proposal, parse_map, propose_columns
from geoapp.importers.rows.no_facility import without_notes
from geoapp.importers.rows.place_columns import place_table
from geoapp.importers.rows.region_names import RegionNames


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user said of a list: columns as ``name=field``, its CRS, the order of pairs.

    ``places`` are columns by their place, where names need not be unique; they go before names.
    """

    columns: tuple[str, ...] = ()
    crs: str | None = None
    order: Order | None = None
    datum: Datum = Datum.WGS84
    places: Mapping[int, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A table whose rows can be read, and how its columns were understood.

    ``crs`` is what its numbers were in, as stated or as its headings name it; None = degrees.
    """

    table: Table
    proposal: Proposal
    crs: str | None = None


def propose(
    table: Table, choices: Choices, regions: RegionNames | None = None
) -> tuple[Table, Proposal]:
    """Return a table with its rows at hand, and the proposal how its columns are to be read.

    ``regions`` are those that a column may name; None where they are not known.
    """
    records = list(table.records)
    filled = ["geometry"] if table.has_geometry else []
    proposal = propose_columns(
        table.columns,
        [record.cells for record in records],
        parse_map(choices.columns, table.columns, "facilities")
        if choices.places is None
        else choices.places,
        filled=filled,
        regions=regions,
    )
    kept, told = without_notes(table, records, proposal.fields)
    return replace(table, records=kept, hints=(*table.hints, *told)), proposal


def prepare(table: Table, choices: Choices, regions: RegionNames | None = None) -> Prepared:
    """Settle the columns and positions of a table.

    ``regions`` are those that a column may name; None where they are not known.

    Raises
    ------
    InvalidValueError
        If a choice names a column, field or CRS that there is not.
    UnusableInputError
        If something is left to be asked.
    """
    table, proposal = propose(table, choices, regions)
    proposal.check()
    settled = replace(table, fields=proposal.fields, hints=(*table.hints, *proposal.hints))
    stated = choices.crs or heading_crs(table.columns, proposal.fields)
    # Geometries were brought to degrees when the file was opened.
    crs = None if stated is None or table.has_geometry else parse_crs(stated)
    placed = place_table(settled, crs=crs, datum=choices.datum, order=choices.order)
    return Prepared(placed, proposal, stated)
