"""Visits beside demand as a workbook for people."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from geoapp.analysis.use_fields import LEAST_COMPARED
from geoapp.core.i18n import Language, Text
from geoapp.core.use import USE_FIELD_TEXT, UseField
from geoapp.operations.facilities.naming import read_naming
from geoapp.operations.use.reach import UseAgainstReach, UsedFacility
from geoapp.reports.parts import Cell, Column, Figure, Form, Report, Section, Table
from geoapp.reports.words import coverage_book, monthly
from geoapp.reports.words import use as words
from geoapp.reports.words.coverage import statement_text
from geoapp.reports.words.official import published_text
from geoapp.reports.workbook import write_workbook
from geoapp.store.engine import Database

_COLUMNS: Final = (
    Column(words.FACILITY, wide=2.0),
    Column(words.CODE, wide=1.4),
    Column(words.DISTRICT),
    Column(words.FIELD, wide=1.6),
    Column(monthly.VISITS, Form.COUNT),
    Column(monthly.COUNTED_DAYS, Form.COUNT),
    Column(words.VISITS_A_DAY, Form.DECIMAL),
    Column(words.REACH, Form.AMOUNT),
    Column(words.SOLE_SHARE, Form.SHARE),
    Column(words.LON, Form.DEGREES),
    Column(words.LAT, Form.DEGREES),
)


def lines_text(told: UseAgainstReach) -> Text:
    """Say what parts the fields, or that too few facilities are compared."""
    if told.middles is None:
        return words.too_few_text(told.compared, LEAST_COMPARED)
    middles = told.middles
    return words.middles_text(told.compared, middles.visits, middles.reach, middles.sole_share)


def write_reach(
    database: Database, told: UseAgainstReach, path: Path, zone: str, language: Language
) -> None:
    """Write visits beside demand; positions are WGS-84 degrees.

    Parameters
    ----------
    told
        With a quarter and a published run.
    zone
        Whose clocks moments are told by.
    """
    assert told.quarter is not None, "the page offers no file without one"
    assert told.official is not None, "the page offers no file without one"
    naming = read_naming(database, zone)
    run = told.official.run
    facts: list[tuple[Text, Cell]] = [
        (monthly.QUARTER, told.quarter.text),
        (coverage_book.RUN, Text(str(run.id), str(run.id))),
        (
            coverage_book.STANDING,
            published_text(told.official.publication, naming.regions, naming.zone),
        ),
        (monthly.RESTS_ON, statement_text(run, naming.regions, naming.demand, naming.zone)),
        *((USE_FIELD_TEXT[one], Figure(told.in_field(one), Form.COUNT)) for one in UseField),
    ]
    sample = told.sample or any(one.sample for one in told.facilities)
    if sample:
        facts.insert(0, (monthly.SAMPLE_LABEL, coverage_book.SAMPLE_SAID))
    table = Table(
        words.SHEET_REACH,
        words.TITLE_REACH,
        _COLUMNS,
        [_cells(one, naming.regions) for one in told.facilities],
        notes=[lines_text(told), words.REACH_MEANS],
    )
    report = Report(
        words.TITLE_REACH,
        told.quarter.first,
        sample,
        facts,
        [Section(words.TITLE_REACH, lines=[lines_text(told), words.REACH_MEANS], tables=[table])],
    )
    write_workbook(report, path, language)


def _cells(one: UsedFacility, regions: Mapping[str, Text]) -> list[Cell]:
    visits, reach = one.visits, one.reach
    lon, lat = one.lonlat or (None, None)
    name = Text(f"{one.name.zh}（示例）", f"{one.name.en} (sample)") if one.sample else one.name
    return [
        name,
        one.code,
        None if one.district is None else regions.get(one.district, one.district),
        words.field_text(one.visits_a_day, None if reach is None else reach.weight, one.field),
        None if visits is None else visits.n,
        None if visits is None else visits.counted_days,
        one.visits_a_day,
        None if reach is None else reach.weight,
        None if reach is None else reach.sole_share,
        lon,
        lat,
    ]
