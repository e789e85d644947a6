"""A draft looked at: how its columns are read, where its places lie, what an import would change."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from geoapp.core.arrays import FloatArray
from geoapp.core.errors import UnusableInputError
from geoapp.core.geo import to_wgs84
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.importers.formats.gpkg import parse_crs
from geoapp.importers.formats.table import Table
from geoapp.importers.prepare import Choices, propose
from geoapp.importers.problems import Reading
from geoapp.importers.rows.changed import Place, mended, settled_rows
from geoapp.importers.rows.crs_guess import (
    CrsFit,
    propose_crs,
    sampled,
    stated_metres,
    told_of,
)
from geoapp.importers.rows.datum_words import heading_crs, heading_datum
from geoapp.importers.rows.datums import (
    DatumFit,
    best_fit,
    datums_of_rows,
    in_own_datums,
    named_regions,
    stated_points,
)
from geoapp.importers.rows.exchanged import as_written, exchanged, find_exchanged
from geoapp.importers.rows.facilities import read_facilities
from geoapp.importers.rows.facility_row import FacilityRow
from geoapp.importers.rows.kinds import kind_of_titles, names_tell_kinds
from geoapp.importers.rows.matching import Proposal
from geoapp.importers.rows.place_checks import RegionOutlines
from geoapp.importers.rows.place_columns import place_table
from geoapp.importers.together import open_sheets
from geoapp.operations.imports.by_street import (
    RowProposal,
    accepted_on_street,
    address_placer,
    cell_text,
    on_street_of,
    row_proposal,
    why_not,
    with_places_by_street,
)
from geoapp.operations.imports.choices import AS_LISTED, DraftChoices, OnStreet
from geoapp.operations.imports.datums import readings, said_by
from geoapp.operations.imports.facilities import (
    facility_batch,
    facility_rules,
    without_own_datum,
)
from geoapp.operations.imports.own_regions import within_own_regions
from geoapp.operations.imports.rejects import rejects_name, write_rows
from geoapp.operations.imports.report import ImportOptions, place_rules, region_names
from geoapp.operations.imports.suspected import Suspected, find_suspected
from geoapp.operations.streets.addresses import AddressPlacer
from geoapp.store.engine import Session
from geoapp.store.facilities.differences import Difference, Listing, read_staged
from geoapp.store.facilities.write import FacilityCounts, lock_facilities, write_facilities


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that somebody said is not to be imported."""

    line: int
    name: str


@dataclass(frozen=True, slots=True)
class Understood:
    """A draft's rows as they came, with what was mended, and how its columns are read.

    ``left_out`` are those that are not imported; the table is without them.
    """

    table: Table
    proposal: Proposal
    left_out: tuple[LeftOut, ...] = ()

    @property
    def fields(self) -> frozenset[str]:
        """The fields that some column is."""
        return frozenset(field for field in self.proposal.fields if field)

    @property
    def tells_kinds(self) -> bool:
        """Whether no column has kinds, and the names or the title say them."""
        fields = self.proposal.fields
        return names_tell_kinds(self.table.records, fields) or (
            "kind" not in fields and kind_of_titles(self.table.titles) is not None
        )


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A row without a position that can be read; its words help to find it on the map.

    ``written`` is what its cells say. ``exchange`` is where it lies with longitude and latitude exchanged,
    where that alone is near a region; ``is_exchanged`` says whether it is read so. ``proposal`` is what
    its address may mean, None where it says nothing or no streets are loaded, and ``on_street`` the place that
    was accepted of these.
    """

    line: int
    name: str
    address: str
    placed: Place | None
    written: str = ""
    exchange: Place | None = None
    region: str = ""
    is_exchanged: bool = False
    proposal: RowProposal | None = None
    on_street: OnStreet | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """Where the rows lie, read in each datum; ``wanted`` says what must be chosen before.

    ``crs_fits`` are the systems that eastings and northings may be in, ``crs_told`` what these are worth;
    None where the numbers are no such. ``why_not_by_street`` says why no addresses are proposed a place.

    ``guess`` is the one datum that fits best, None where the points do not say; ``heading`` is the one that
    a heading names, None where none does. ``datum_column`` is
    the place of a column that says each row's, and ``by_row`` the points (lon, lat on WGS-84) as it has
    them. ``with_position`` is how many rows have one (eastings and northings: of those looked at),
    ``with_regions`` how many of those name a region.
    """

    fits: tuple[DatumFit, ...] = ()
    guess: Datum | None = None
    heading: Datum | None = None
    heading_name: str = ""
    datum_column: int | None = None
    by_row: tuple[FloatArray, FloatArray] | None = None
    with_position: int = 0
    with_regions: int = 0
    unplaced: tuple[Unplaced, ...] = ()
    wanted: Text | None = None
    crs_fits: tuple[CrsFit, ...] = ()
    crs_told: Text | None = None
    why_not_by_street: Text | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What an import would change; ``undecided`` are the lines of rows that may be there already.

    ``counts`` and ``listed`` are of the others; nothing is written before all are decided.

    ``listed`` are those facilities that were asked for, of which are new, change and stay as they are.
    """

    understood: Understood
    reading: Reading[FacilityRow]
    counts: FacilityCounts
    suspected: tuple[Suspected, ...]
    undecided: frozenset[int]
    listed: Mapping[Listing, tuple[Difference, ...]] = field(default_factory=dict)


@contextmanager
def draft_file(name: str, content: bytes) -> Iterator[Path]:
    """Yield a draft's file under its own name, in a folder of its own, for as long as it is read."""
    with tempfile.TemporaryDirectory(prefix="geoapp-import-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        yield path


def understand(session: Session, path: Path, choices: DraftChoices) -> Understood:
    """Read a draft's rows, and propose what its columns are, with the regions that they may name.

    Raises
    ------
    InvalidValueError
        If there is no such sheet or CRS.
    UnusableInputError
        If the file cannot be read, or several sheets may be meant.
    """
    opened = open_sheets(
        path,
        layer="facilities",
        encoding=choices.encoding,
        sheet=choices.sheet,
        crs=choices.crs,
        header=choices.header,
    )
    opened = replace(opened, records=list(opened.records))
    table = mended(opened, choices.cells, choices.skipped)
    table, proposal = propose(table, Choices(places=choices.fields or {}), region_names(session))
    named = proposal.fields.index("name_zh") if "name_zh" in proposal.fields else None
    return Understood(
        table,
        proposal,
        tuple(
            LeftOut(record.line, cell_text(record, named))
            for record in opened.records
            if record.line in choices.skipped
        ),
    )


def locate(
    session: Session, settings: Settings, understood: Understood, choices: DraftChoices
) -> Located:
    """Tell where the rows lie in each datum, and which have no position."""
    try:
        table = _placed(understood, choices)
    except UnusableInputError as error:
        return _wanting(session, settings, understood, error.text)
    lon, lat = stated_points(table)
    records = list(understood.table.records)
    regions = place_rules(session, settings, ImportOptions()).regions
    named = named_regions(records, regions)
    fits = readings(session, (lon, lat), named, regions)
    known = np.isfinite(lon) & np.isfinite(lat)
    said = said_by(understood.table, understood.proposal)
    rest = said.heading or Datum.WGS84
    own = [said.by_line.get(record.line, rest) for record in records]
    return Located(
        fits=fits,
        guess=best_fit(fits),
        heading=said.heading,
        heading_name=said.heading_name,
        datum_column=said.column,
        by_row=None if said.column is None else in_own_datums(lon, lat, own),
        with_position=int(known.sum()),
        with_regions=sum(
            code is not None and placed for code, placed in zip(named, known, strict=True)
        ),
        unplaced=_unplaced(
            understood, choices, (lon, lat), regions, address_placer(settings, regions)
        ),
        why_not_by_street=why_not(settings),
    )


def _unplaced(
    understood: Understood,
    choices: DraftChoices,
    points: tuple[FloatArray, FloatArray],
    regions: RegionOutlines,
    placer: AddressPlacer | None,
) -> tuple[Unplaced, ...]:
    """Return the rows without a position that can be read, or whose degrees are exchanged."""
    fields, datum = understood.proposal.fields, datum_of(understood, choices)
    table = replace(understood.table, fields=fields)
    records = list(table.records)
    done = {row for row, record in enumerate(records) if record.line in choices.exchanged}
    lon, lat = (ends.copy() for ends in points)
    for row in done:
        lon[row] = lat[row] = np.nan  # so that it is proposed still, and can be taken back
    found = {} if choices.crs else find_exchanged(table, lon, lat, regions)
    places = {field: place for place, field in enumerate(fields) if field}
    written = as_written(table)
    unplaced = []
    for row in sorted({*np.flatnonzero(~np.isfinite(lon + lat)).tolist(), *found}):
        line, exchange = records[row].line, found.get(row)
        by_street = None if placer is None else row_proposal(records[row], places, placer)
        here = None if exchange is None else (exchange.lon, exchange.lat)
        unplaced.append(
            Unplaced(
                line,
                cell_text(records[row], places.get("name_zh")),
                cell_text(records[row], places.get("address")),
                choices.placed.get(line),
                written[row],
                None if here is None else to_wgs84(lon=here[0], lat=here[1], datum=datum),
                "" if exchange is None else regions.names.get(exchange.region or "", ""),
                row in done,
                by_street,
                on_street_of(choices, records[row], places),
            )
        )
    return tuple(unplaced)


def _wanting(session: Session, settings: Settings, understood: Understood, wanted: Text) -> Located:
    """Return what may be chosen where the positions cannot be read yet."""
    table = sampled(replace(understood.table, fields=understood.proposal.fields))
    metres = stated_metres(table)
    if metres is None:
        return Located(wanted=wanted)
    regions = place_rules(session, settings, ImportOptions()).regions
    fits = propose_crs(*metres, named_regions(list(table.records), regions), regions)
    return Located(
        wanted=wanted,
        with_position=int(np.isfinite(metres[0] + metres[1]).sum()),
        crs_fits=fits,
        crs_told=told_of(fits, regions),
    )


def check(
    session: Session,
    settings: Settings,
    path: Path,
    choices: DraftChoices,
    *,
    offsets: Mapping[Listing, int],
    most: int,
) -> Checked:
    """Tell what an import would change; nothing is written.

    Parameters
    ----------
    offsets
        Of which facilities are new, change and stay: how many are passed over.
    most
        How many are listed of each.
    """
    checked = _import(session, settings, path, choices, dry_run=True)
    if len(checked.reading.rows) == len(checked.undecided):
        return checked  # nothing is staged
    listed = {
        which: read_staged(session, which, offset=offset, most=most)
        for which, offset in offsets.items()
    }
    return replace(checked, listed=listed)


def rejected_file(checked: Checked, path: Path) -> tuple[str, bytes] | None:
    """Return the rejected rows as a file that can be mended and imported, with its name.

    ``path`` is the draft's file. The rows are as they came, with what was mended; None if there are none.
    """
    if not checked.reading.rejected:
        return None
    table = checked.understood.table
    came = {record.line: record for record in table.records}
    rejected = [replace(one, cells=came[one.line].cells) for one in checked.reading.rejected]
    name = rejects_name(path, table)
    with tempfile.TemporaryDirectory(prefix="geoapp-rejects-") as folder:
        target = Path(folder) / name
        write_rows(target, table, rejected)
        return name, target.read_bytes()


def write(session: Session, settings: Settings, path: Path, choices: DraftChoices) -> Checked:
    """Write a draft's good rows, unless it is to be decided yet what some of them are."""
    return _import(session, settings, path, choices, dry_run=False)


def _import(
    session: Session, settings: Settings, path: Path, choices: DraftChoices, *, dry_run: bool
) -> Checked:
    understood = understand(session, path, choices)
    datum = datum_of(understood, choices)
    table = _placed(understood, choices)
    on_street = accepted_on_street(table, choices, stated_points(table))
    placed = dict(choices.placed)
    placed |= {line: (one.lon, one.lat) for line, one in on_street.items()}
    found = {line: one.accuracy_m for line, one in on_street.items()}
    table = settled_rows(table, placed, choices.codes, datum, found)
    if choices.code_key is not None:
        # Nobody else may take a number between its being looked up and its being written.
        lock_facilities(session)
    options = ImportOptions(
        datum,
        kind=choices.kind,
        code_key=choices.code_key,
        anywhere=choices.anywhere,
        without_position=choices.without_position,
        blank=choices.blank,
    )
    rules = replace(facility_rules(session, settings, options), by_hand=frozenset(choices.codes))
    own = datums_of_rows(understood.table, choices.datum_place)
    rules = replace(rules, place=replace(rules.place, datums=own))
    reading = read_facilities(table, without_own_datum(rules, placed))
    reading = with_places_by_street(session, reading, found, understood.proposal.fields)
    suspected = find_suspected(session, reading.rows)
    reading = within_own_regions(session, settings, understood.table, reading)
    kept = {row.line for row in reading.rows}
    undecided = frozenset(
        one.line
        for one in suspected
        if one.line in kept
        and choices.decisions.get(one.line) != AS_LISTED
        and one.line not in choices.codes
    )
    # What is undecided counts as that alone, and not as new, too.
    decided = replace(reading, rows=[row for row in reading.rows if row.line not in undecided])
    counts = FacilityCounts(0, 0, 0)
    if decided.rows and (dry_run or not undecided):
        counts = write_facilities(
            session,
            facility_batch(decided, settings.timezone),
            tolerance_m=settings.region_tolerance_m,
            dry_run=dry_run,
            most_described=0,  # `check` reads the page that is shown
        )
    return Checked(understood, reading, counts, suspected, undecided)


def _placed(understood: Understood, choices: DraftChoices) -> Table:
    """Return the table with its columns settled and its positions as degrees."""
    table = understood.table
    settled = exchanged(
        replace(table, fields=understood.proposal.fields), frozenset(choices.exchanged)
    )
    stated = choices.crs or heading_crs(table.columns, understood.proposal.fields)
    crs = None if stated is None or table.has_geometry else parse_crs(stated)
    return place_table(settled, crs=crs, datum=datum_of(understood, choices), order=choices.order)


def datum_of(understood: Understood, choices: DraftChoices) -> Datum:
    """Return the datum of the rows that say none themselves: as chosen, or as a heading says."""
    if choices.datum is not None:
        return choices.datum
    said = heading_datum(understood.table.columns, understood.proposal.fields)
    return Datum.WGS84 if said is None else said[0]
