"""What is to be told to the owner of a public map, as CSV or as a workbook, in the map's own datum."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from geoapp.core.errors import InvalidValueError
from geoapp.core.geo import from_wgs84
from geoapp.core.i18n import Language, Text, said
from geoapp.core.public_maps import (
    FINDING_TEXT,
    FOR_THE_OWNER,
    PUBLIC_MAP_DATUM,
    PUBLIC_MAP_TEXT,
    Finding,
)
from geoapp.core.units import format_moment
from geoapp.core.words import Datum
from geoapp.operations.facilities.naming import read_naming
from geoapp.operations.public_maps.compare import Compared, Line
from geoapp.reports.file_table import FileTable
from geoapp.reports.parts import Cell, Column, Figure, Form, Report, Section, Table, shown
from geoapp.reports.tables import write_table
from geoapp.reports.words import coverage_book, monthly
from geoapp.reports.words import public_maps as words
from geoapp.reports.workbook import write_workbook
from geoapp.store.engine import Database

SUFFIXES: Final = (".csv", ".xlsx")
_OWNER: Final = (
    Column(words.FINDING, wide=1.4),
    Column(words.ASKED, wide=2.4),
    Column(words.CODE, wide=1.4),
    Column(words.NAME, wide=2.2),
    Column(words.ADDRESS, wide=2.2),
    Column(words.PHONE, wide=1.2),
    Column(words.LON, Form.DEGREES),
    Column(words.LAT, Form.DEGREES),
    Column(words.DATUM),
    Column(words.LISTING, wide=1.6),
    Column(words.LISTED_NAME, wide=2.2),
    Column(words.OFF_M, Form.METRES),
    Column(words.SAMPLE),
)
_NOT_LISTED: Final = (*_OWNER[2:9], _OWNER[-1])
_OURS: Final = (
    Column(words.FINDING, wide=1.2),
    Column(words.LISTING, wide=1.6),
    Column(words.LISTED_NAME, wide=2.2),
    Column(words.ADDRESS, wide=2.2),
    Column(words.LON, Form.DEGREES),
    Column(words.LAT, Form.DEGREES),
    Column(words.DATUM),
    Column(words.MAY_BE, wide=3.0),
)


def owner_datum(compared: Compared) -> Datum:
    """Return the datum that a map's owner reads coordinates in."""
    return PUBLIC_MAP_DATUM.get(compared.told.map, Datum.WGS84)


def write_for_owner(
    database: Database, compared: Compared, path: Path, zone: str, language: Language | None
) -> None:
    """Write what a map's owner is asked to put right; a workbook has what to look into here, too.

    Parameters
    ----------
    zone
        Whose clocks moments are told by.
    language
        None is both, Chinese first.

    Raises
    ------
    InvalidValueError
        If the suffix is neither ``.csv`` nor ``.xlsx``.
    """
    datum = owner_datum(compared)
    owner = [_owner(one, datum) for one in compared.lines if one.finding in FOR_THE_OWNER]
    suffix = path.suffix.casefold()
    if suffix == ".csv":
        heads = [said(column.text, language) for column in _OWNER]
        cells = [
            ["" if cell is None else shown(cell, column.form, language)
             for cell, column in zip(row, _OWNER, strict=True)]
            for row in owner
        ]  # fmt: skip
        write_table(FileTable(heads, ((row, None) for row in cells)), path, layer="public-map")
        return
    if suffix != ".xlsx":
        names = ", ".join(SUFFIXES)
        raise InvalidValueError("-o", path.name, Text(names, names))
    naming = read_naming(database, zone)
    ours = [
        _ours(one, datum)
        for one in compared.lines
        if one.finding in (Finding.UNDECIDED, Finding.NOT_OURS)
    ]
    unlisted = [
        _not_listed(one, datum) for one in compared.lines if one.finding is Finding.UNLISTED
    ]
    name = words.title(compared.told.map)
    covered = covered_said(compared, naming.regions)
    facts: list[tuple[Text, Cell]] = [
        (words.MAP, PUBLIC_MAP_TEXT[compared.told.map]),
        (words.LIST_FILE, Text(compared.told.file, compared.told.file)),
        (words.READ_AT, format_moment(compared.told.read_at, naming.zone)),
        (words.COVERS, covered),
        *((FINDING_TEXT[one], Figure(compared.counts[one], Form.COUNT)) for one in Finding),
    ]
    if compared.has_samples:
        facts.insert(0, (monthly.SAMPLE_LABEL, coverage_book.SAMPLE_SAID))
    notes = [covered, words.rule_text(compared.moved_m)]
    report = Report(
        name,
        compared.told.read_at.date(),
        compared.has_samples,
        facts,
        [
            Section(
                name,
                tables=[
                    Table(words.FOR_OWNER, words.FOR_OWNER, _OWNER, owner, notes=notes),
                    Table(words.FOR_US, words.FOR_US, _OURS, ours, notes=notes),
                    *(
                        [Table(words.UNLISTED, words.UNLISTED, _NOT_LISTED, unlisted, notes=notes)]
                        if unlisted
                        else []
                    ),
                ],
            )
        ],
    )
    write_workbook(report, path, language)


def covered_said(compared: Compared, regions: Mapping[str, Text]) -> Text:
    """Say where what is not listed counts as missing, by the regions' names."""
    named = [
        regions.get(code, Text(code, code))
        for code in (compared.covered, *compared.looked_at)
        if code is not None
    ]
    covered = None if compared.covered is None else named.pop(0)
    return words.covered_text(covered, named)


def _owner(one: Line, datum: Datum) -> list[Cell]:
    facility, listing = one.facility, one.listing
    assert facility is not None, "what the owner is told of is in the register"
    lon, lat = _at(facility.lon, facility.lat, datum)
    return [
        FINDING_TEXT[one.finding],
        words.asked_text(one.finding, one.distance_m),
        facility.code,
        Text(facility.name_zh, facility.name_en or facility.name_zh),
        facility.address,
        facility.phone,
        lon,
        lat,
        datum,
        None if listing is None else listing.listing,
        None if listing is None else listing.name,
        one.distance_m,
        words.YES if facility.sample else None,
    ]


def _ours(one: Line, datum: Datum) -> list[Cell]:
    listing = one.listing
    assert listing is not None, "what is looked into here is on the map"
    lon, lat = _at(listing.lon, listing.lat, datum)
    likely = [
        f"{each.facility.code} {each.facility.name_zh}（{each.distance_m:,.0f} m）"
        for each in one.candidates
    ]
    return [
        FINDING_TEXT[one.finding],
        listing.listing,
        listing.name,
        listing.address,
        lon,
        lat,
        datum,
        "\n".join(likely) or None,
    ]


def _not_listed(one: Line, datum: Datum) -> list[Cell]:
    """Return a facility that a list of unknown reach does not have, by its place in the owner's table."""
    return _owner(one, datum)[2:9] + _owner(one, datum)[-1:]


def _at(lon: float | None, lat: float | None, datum: Datum) -> tuple[float | None, float | None]:
    if lon is None or lat is None:
        return None, None
    moved = from_wgs84(lon=lon, lat=lat, datum=datum)
    return round(float(moved[0]), 6), round(float(moved[1]), 6)
