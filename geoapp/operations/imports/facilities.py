"""Import facilities: understand a file, then write what differs in one transaction."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import orjson
import shapely

from geoapp.core.errors import InvalidValueError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.importers.formats.table import Table
from geoapp.importers.prepare import Choices, prepare
from geoapp.importers.problems import Reading
from geoapp.importers.rows.changed import settled_rows
from geoapp.importers.rows.datums import stated_points
from geoapp.importers.rows.facilities import read_facilities
from geoapp.importers.rows.facility_row import FacilityRow, FacilityRules
from geoapp.importers.rows.issue import CodeIssuer, key_of
from geoapp.importers.rows.matching import Proposal
from geoapp.operations.imports.by_street import (
    RowProposal,
    address_placer,
    proposals_text,
    row_proposals,
    why_not,
    with_places_by_street,
)
from geoapp.operations.imports.datums import DatumRead, settled_datum
from geoapp.operations.imports.report import (
    READING,
    WRITING,
    ImportOptions,
    Progress,
    place_rules,
    region_names,
)
from geoapp.operations.imports.suspected import Suspected, find_suspected
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.columns import STAGED_COLUMNS
from geoapp.store.facilities.keys import codes_once_had, old_codes, read_words
from geoapp.store.facilities.places_write import PlaceValues
from geoapp.store.facilities.read import ahead_of, stored_statuses
from geoapp.store.facilities.write import (
    FacilityBatch,
    FacilityCounts,
    lock_facilities,
    write_facilities,
)
from geoapp.store.vocabulary import read_codes

_SRID = 4326
_READING_SHARE = 0.4


def facility_rules(
    session: Session,
    settings: Settings,
    options: ImportOptions,
    *,
    edited: Sequence[str] | None = None,
) -> FacilityRules:
    """Return what facility rows are held against.

    ``edited`` are the codes of an edit. Rows of a file (None) are held against the statuses that are
    stored, to be rejected one by one; of an edit the store itself refuses a step that cannot be taken.
    """
    known = read_codes(session)
    today = datetime.now(ZoneInfo(settings.timezone)).date()
    rules = FacilityRules(
        place_rules(session, settings, options),
        frozenset(known.kinds),
        frozenset(known.amenities),
        stored_statuses(session) if edited is None else {},
        ahead_of(session, today, edited),
        today,
        old_codes=old_codes(session),
    )
    if options.kind is not None:
        kind = rules.kind(options.kind)
        if kind is None:
            names = "、".join(sorted(rules.kinds))
            raise InvalidValueError("--kind", options.kind[:80], Text(names, names))
        rules = replace(rules, default_kind=kind)
    if options.code_key is not None:
        rules = replace(rules, issuer=_issuer(session, options.code_key))
    if options.without_position:
        rules = replace(rules, unplaced="always")
    if options.blank is not None:
        rules = replace(rules, blank=options.blank)
    return rules


def _issuer(session: Session, fields: tuple[str, ...]) -> CodeIssuer:
    """Return what gives codes to places without: the stored ones to those that are known by key."""
    known: dict[tuple[str, ...], list[str]] = {}
    stored = read_words(session, fields)
    for code, words in stored:
        known.setdefault(key_of(words, fields), []).append(code)
    # A code leads to whoever had it, for good.
    return CodeIssuer(fields, known, [*(code for code, _ in stored), *codes_once_had(session)])


@dataclass(frozen=True, slots=True)
class FacilityImport:
    """What became of the rows, which may be one place twice, and how the columns were understood.

    ``by_street`` is what the addresses of rows without a position may mean; ``datum`` is how degrees were
    read, None where they are eastings and northings.
    """

    counts: FacilityCounts
    suspected: tuple[Suspected, ...]
    proposal: Proposal
    by_street: tuple[RowProposal, ...] = ()
    datum: DatumRead | None = None


def import_facilities(
    database: Database,
    settings: Settings,
    table: Table,
    options: ImportOptions,
    progress: Progress,
) -> tuple[Reading[FacilityRow], FacilityImport]:
    """Read a table and write its good rows, all or none."""
    progress(0.0, READING)
    choices = Choices(options.columns, options.crs, options.order, options.read_in)
    with database.session() as session:
        regions = region_names(session)
    prepared = prepare(table, choices, regions)
    with database.session() as session:
        if options.code_key is not None:
            # Nobody else may take a number between its being looked up and its being written.
            lock_facilities(session)
        rules = facility_rules(session, settings, options)
        datum = None
        if prepared.crs is None:
            datum = settled_datum(
                session,
                prepared.table,
                prepared.proposal,
                rules.place.regions,
                stated=options.datum,
                dry_run=options.dry_run,
            )
            place = replace(rules.place, datum=datum.datum, datums=datum.by_line)
            rules = replace(rules, place=place)
        table, by_street = _by_street(settings, prepared.table, options, rules)
        lines = {one.line for one in by_street if one.taken is not None}
        reading = read_facilities(table, without_own_datum(rules, lines))
        reading = with_places_by_street(session, reading, lines, prepared.table.fields or ())
        told = (
            *proposals_text(by_street, options.by_street_m),
            *(() if datum is None else datum.hints),
        )
        reading = replace(reading, hints=(*reading.hints, *told))
        progress(_READING_SHARE, WRITING)
        if not reading.rows:
            none = FacilityCounts(0, 0, 0)
            return reading, FacilityImport(none, (), prepared.proposal, by_street, datum)
        suspected = find_suspected(session, reading.rows)
        counts = write_facilities(
            session,
            facility_batch(reading, settings.timezone),
            tolerance_m=settings.region_tolerance_m,
            dry_run=options.dry_run,
            report=lambda share: progress(_READING_SHARE + (1 - _READING_SHARE) * share, WRITING),
        )
    return reading, FacilityImport(counts, suspected, prepared.proposal, by_street, datum)


def without_own_datum(rules: FacilityRules, lines: Collection[int]) -> FacilityRules:
    """Return rules for a table in which some rows were placed: their own datum counts no more."""
    if not lines:
        return rules
    left = {line: datum for line, datum in rules.place.datums.items() if line not in lines}
    return replace(rules, place=replace(rules.place, datums=left, on_map=lines))


def _by_street(
    settings: Settings, table: Table, options: ImportOptions, rules: FacilityRules
) -> tuple[Table, tuple[RowProposal, ...]]:
    """Return a table with those rows placed by their address that are to be, and what is proposed."""
    if options.by_street_m is None and not options.dry_run:
        return table, ()
    placer = address_placer(settings, rules.place.regions)
    if placer is None:
        if options.by_street_m is not None:
            raise UnusableInputError(why_not(settings) or Text("", ""))
        return table, ()
    if "address" not in (table.fields or ()):
        return table, ()
    proposals = row_proposals(table, stated_points(table), placer, options.by_street_m)
    taken = {one.line: one.taken for one in proposals if one.taken is not None}
    if options.by_street_m is not None:
        table = settled_rows(
            table,
            {line: (one.lon, one.lat) for line, one in taken.items()},
            {},
            rules.place.datum,
            {line: one.accuracy_m for line, one in taken.items()},
        )
    return table, tuple(proposals)


def facility_batch(
    reading: Reading[FacilityRow], timezone: str, *, with_geometry: bool = True
) -> FacilityBatch:
    """Return good rows as the store takes them; ``timezone`` is where none is stated."""
    given = reading.given | ({"geometry"} if with_geometry else frozenset())
    return FacilityBatch(
        rows=_staged(reading.rows, timezone, with_geometry=with_geometry),
        total=len(reading.rows),
        given=given,
        keeps=any(row.kept is not None for row in reading.rows),
        extra_columns=reading.extra,
        places={
            row.code: tuple(
                PlaceValues(
                    place.lon,
                    place.lat,
                    place.label_zh,
                    place.label_en,
                    place.valid_from,
                    place.valid_to,
                    place.opening_hours,
                )
                for place in row.places
            )
            for row in reading.rows
            if row.places
        },
    )


def _geometries(rows: Sequence[FacilityRow]) -> list[str | None]:
    """Return the rows' geometries as hexadecimal EWKB (EPSG:4326); None without a position."""
    shapes = np.full(len(rows), None, dtype=object)
    placed = [number for number, row in enumerate(rows) if row.lon is not None]
    degrees = np.array([(rows[number].lon, rows[number].lat) for number in placed])
    shapes[placed] = shapely.points(degrees.reshape(-1, 2).astype(np.float64))
    for number, row in enumerate(rows):
        if row.area is not None:
            shapes[number] = row.area
    hexes: list[str | None] = shapely.to_wkb(
        shapely.set_srid(shapes, _SRID), hex=True, include_srid=True
    ).tolist()
    return hexes


def _staged(
    rows: Sequence[FacilityRow], timezone: str, *, with_geometry: bool
) -> Iterator[dict[str, Any]]:
    geometries = _geometries(rows) if with_geometry else [None] * len(rows)
    for row, geometry in zip(rows, geometries, strict=True):
        own = {
            "geom": geometry,
            "timezone": row.timezone or timezone,
            "extra": orjson.dumps(row.extra).decode(),
        }
        yield {
            column: own[column] if column in own else _plain(getattr(row, column))
            for column in STAGED_COLUMNS
        }


def _plain(value: Any) -> Any:
    """Return a value as the driver takes it: lists for tuples, text for the words of a choice."""
    if isinstance(value, StrEnum):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
