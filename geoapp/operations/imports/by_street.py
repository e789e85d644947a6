"""Rows without a position: where their addresses may be, and what is stored of those placed so."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geoapp.core.arrays import FloatArray
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.core.units import format_count, format_metres
from geoapp.importers.formats.table import Record, Table, is_blank
from geoapp.importers.problems import Reading
from geoapp.importers.rows.basis import has_no_position
from geoapp.importers.rows.changed import FOUND_BY_ADDRESS
from geoapp.importers.rows.facility_row import FacilityRow
from geoapp.importers.rows.place_checks import RegionOutlines
from geoapp.operations.imports.choices import DraftChoices, OnStreet
from geoapp.operations.streets.addresses import AddressPlacer, ProposedPlace, ProposedPlaces
from geoapp.operations.streets.keeper import base_map
from geoapp.operations.streets.names import WITHOUT_NAMES, street_index
from geoapp.store.engine import Session
from geoapp.store.facilities.kept import STATED_BY_ROW
from geoapp.store.facilities.unplaced import codes_with_position

_WITHOUT_STREETS = Text(
    "载入街道后，能按地址提出位置（geoapp import streets 文件.osm.pbf）。",
    "Once streets are loaded, places are proposed by address (geoapp import streets FILE.osm.pbf).",
)


@dataclass(frozen=True, slots=True)
class RowProposal:
    """What the address of a row without a position may mean; ``taken`` is the place it was given."""

    line: int
    name: str
    address: str
    proposed: ProposedPlaces
    taken: ProposedPlace | None = None


def address_placer(settings: Settings, regions: RegionOutlines) -> AddressPlacer | None:
    """Return what finds addresses; None where no streets are loaded, or they have no names."""
    index = street_index(settings)
    return None if index is None else AddressPlacer(index, regions)


def why_not(settings: Settings) -> Text | None:
    """Return why addresses are not placed; None where they are."""
    if street_index(settings) is not None:
        return None
    return _WITHOUT_STREETS if base_map(settings) is None else WITHOUT_NAMES


def cell_text(record: Record, place: int | None) -> str:
    """Return what stands in a row's cell; nothing where there is no such column."""
    if place is None or place >= len(record.cells) or record.cells[place] is None:
        return ""
    return str(record.cells[place])


def row_proposal(
    record: Record, places: Mapping[str, int], placer: AddressPlacer
) -> RowProposal | None:
    """Return what a row's address may mean; None where it has none.

    Parameters
    ----------
    places
        Where the fields stand among the row's cells.
    """
    address = cell_text(record, places.get("address"))
    if is_blank(address) or has_no_position(cell_text(record, places.get("position_basis"))):
        return None
    proposed = placer.propose(address, cell_text(record, places.get("region")))
    return RowProposal(record.line, cell_text(record, places.get("name_zh")), address, proposed)


def row_proposals(
    table: Table,
    points: tuple[FloatArray, FloatArray],
    placer: AddressPlacer,
    most_m: float | None,
) -> list[RowProposal]:
    """Return what the addresses of all rows without a position may mean.

    Parameters
    ----------
    points
        Where the rows are; NaN is nowhere.
    most_m
        The place is taken where it is the only one and within so many metres, whatever lies beyond the
        extract; None takes none.
    """
    assert table.fields is not None
    places = {field: place for place, field in enumerate(table.fields) if field}
    records: Sequence[Record] = list(table.records)
    found = []
    for row in np.flatnonzero(~np.isfinite(points[0] + points[1])).tolist():
        one = row_proposal(records[row], places, placer)
        if one is None:
            continue
        only = one.proposed.places[0] if len(one.proposed.places) == 1 else None
        is_near = only is not None and most_m is not None and only.accuracy_m <= most_m
        if only is not None and is_near and not only.may_go_on:
            one = replace(one, taken=only)
        found.append(one)
    return found


def on_street_of(
    choices: DraftChoices, record: Record, places: Mapping[str, int]
) -> OnStreet | None:
    """Return the place on a street that was accepted for a row, if its address is still the same."""
    one = choices.by_street.get(record.line)
    if one is None or record.line in choices.placed:
        return None
    return one if one.address == cell_text(record, places.get("address")) else None


def accepted_on_street(
    table: Table, choices: DraftChoices, points: tuple[FloatArray, FloatArray]
) -> dict[int, OnStreet]:
    """Return, by line, the accepted places of the rows of a settled table without a position.

    Parameters
    ----------
    points
        Where the rows are; NaN is nowhere.
    """
    if not choices.by_street:
        return {}
    assert table.fields is not None
    places = {field: place for place, field in enumerate(table.fields) if field}
    found = {}
    for record, lon, lat in zip(table.records, *points, strict=True):
        one = on_street_of(choices, record, places)
        if one is not None and not np.isfinite(lon + lat):
            found[record.line] = one
    return found


def with_places_by_street(
    session: Session,
    reading: Reading[FacilityRow],
    lines: Collection[int],
    columns: Collection[str | None],
) -> Reading[FacilityRow]:
    """Return rows of which some were placed by their street as they are to be stored.

    A position that is known is never given up for one by a street. What these rows say of their
    position is theirs alone: it makes nothing unknown in others.

    Parameters
    ----------
    lines
        Of the rows that were placed by their street.
    columns
        The fields that the list itself has.
    """
    if not lines:
        return reading
    mine = {row.code for row in reading.rows if row.line in lines}
    known = codes_with_position(session, sorted(mine))
    added = frozenset(FOUND_BY_ADDRESS) - set(columns)
    rows = []
    for row in reading.rows:
        kept = None if row.kept is None else tuple(one for one in row.kept if one not in added)
        stays = row.line in lines and row.code in known
        rows.append(
            replace(
                row,
                kept=kept,
                lon=None if stays else row.lon,
                lat=None if stays else row.lat,
                position_basis=None if stays else row.position_basis,
                position_accuracy_m=None if stays else row.position_accuracy_m,
            )
        )
    placed = len([row for row in rows if row.line in lines and row.lon is not None])
    given = (reading.given - added) | {STATED_BY_ROW}
    return replace(
        reading, rows=rows, given=given, hints=(*reading.hints, *_told(placed, len(known)))
    )


def _told(placed: int, known: int) -> tuple[Text, ...]:
    told = []
    if placed:
        told.append(
            Text(
                f"按地址放在街上的：{format_count(placed)} 行，位置依据记为“按地址定位”，并记下可能差多远。",
                f"Rows placed on their street: {format_count(placed)}. What the position rests on is kept as "
                "“found by its address”, with how far it may be off.",
            )
        )
    if known:
        told.append(
            Text(
                f"库中已有位置的 {format_count(known)} 行，位置不按街道改动。",
                f"Rows whose position is known already, and stays: {format_count(known)}.",
            )
        )
    return tuple(told)


def proposals_text(proposals: Sequence[RowProposal], most_m: float | None) -> tuple[Text, ...]:
    """Say what becomes of proposals on the command line."""
    one_place = [one for one in proposals if len(one.proposed.places) == 1]
    if most_m is None:
        if not one_place:
            return ()
        return (
            Text(
                f"没有坐标、能按地址找到唯一一处的：{format_count(len(one_place))} 行，没有放置。采用不超过某个误差的："
                "--place-by-street 500m；逐行看着地图选：网页上的导入。",
                f"Rows without coordinates whose address means one place: {format_count(len(one_place))}; none was "
                "placed. --place-by-street 500m takes those within that; the import in the browser shows each "
                "on a map.",
            ),
        )
    left = [one for one in proposals if one.taken is None]
    if not left:
        return ()
    most = format_metres(most_m)
    return (
        Text(
            f"没有按地址放置的：{format_count(len(left))} 行（有几处可选、可能差得超过 {most.zh}，"
            "街道伸出数据以外，或找不到街道）。",
            f"Rows that were not placed by their address: {format_count(len(left))} (several places, more than "
            f"{most.en} off, a street that goes on beyond the extract, or one that is not found).",
        ),
    )
