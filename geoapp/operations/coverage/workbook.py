"""A coverage run as the report that its workbook is written from: one question, one sheet."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.coverage import CoverageRun
from geoapp.core.units import format_moment
from geoapp.core.words import BASIS_TEXT
from geoapp.operations.coverage import official as answers
from geoapp.operations.coverage import results as coverage_results
from geoapp.operations.coverage.changes import asked_alike
from geoapp.operations.coverage.closers import MOST_OVERLAPS
from geoapp.operations.coverage.days import SharesOnDay
from geoapp.operations.facilities.naming import read_naming
from geoapp.reports.coverage import sheets
from geoapp.reports.coverage.compared import DayThen, RunThen, Then
from geoapp.reports.parts import Cell, Column, Figure, Form, Report, Section, Table
from geoapp.reports.words import coverage_book as words
from geoapp.reports.words import monthly
from geoapp.reports.words.changes import standing_text as standing_words
from geoapp.reports.words.coverage import (
    counted_text,
    outside_text,
    reasons_text,
    season_text,
    statement_text,
    unplaced_text,
)
from geoapp.reports.words.naming import Naming
from geoapp.reports.words.official import published_text
from geoapp.reports.words.question import area_text, asked_lines, question_title, versions_text
from geoapp.store.engine import Database
from geoapp.store.runs.inputs import facility_grounds
from geoapp.store.runs.region_figures import shares_of_runs
from geoapp.store.vocabulary import list_kinds

MOST_FACILITIES: Final = 20_000


def run_report(
    database: Database,
    run_id: int,
    zone: str,
    before: int | None = None,
    *,
    on_day: SharesOnDay | None = None,
) -> Report:
    """Gather a finished run's tables for people; of the same run and register they are the same.

    Parameters
    ----------
    zone
        Whose clocks moments are told by.
    before
        Number of an earlier run that was asked the same: each region's change since then is told, too.
    on_day
        What the run covers with the facilities of an earlier day: told instead.

    Raises
    ------
    NotFoundError
        If there is no such coverage run.
    ConflictError
        If it has not succeeded.
    InvalidValueError
        If the earlier one was asked something else.
    """
    run = coverage_results.finished(database, run_id)
    naming = read_naming(database, zone)
    question = CoverageParameters.from_stored(run.params)
    area = area_text(question.region, naming.regions)
    sample = coverage_results.rests_on_sample(database, run)
    regions = coverage_results.region_figures(database, run_id)
    zones = coverage_results.gap_zones(database, run_id)
    overlaps = coverage_results.facility_overlaps(database, run_id, MOST_OVERLAPS)
    pairs = coverage_results.overlap_total(database, run_id)

    def name(code: str | None) -> Text:
        if code is None:
            return Text("区域未知", "region unknown")
        return naming.regions.get(code, Text(code, code))

    then: Then | None = None
    if on_day is not None:
        then = _day_then(run, on_day)
    elif before is not None:
        then = _then(database, run, before, [one.code for one in regions])
    levels = sheets.level_tables(run, regions, question.region, name, then)
    sections = [
        Section(words.OVERVIEW, _figures(run), _lines(run), tables=[sheets.overview_table(run)]),
        Section(words.BY_REGION, tables=levels),
        Section(words.ZONES, tables=[sheets.zones_table(run, zones, name)]),
        Section(
            words.STATIONS,
            tables=[_stations(database, run, naming), sheets.overlaps_table(overlaps, pairs)],
        ),
    ]
    access = run.found.access
    if access is not None and access.groups:
        sections.append(Section(words.GROUPS, tables=[sheets.groups_table(access)]))
    sections.append(Section(words.METHOD, tables=[_method(run, question, naming)]))
    return Report(
        title=words.book_title(area),
        day=run_day(run, zone),
        sample=sample,
        facts=_facts(database, run, question, naming, sample=sample),
        sections=[one for one in sections if one.tables],
    )


def _then(database: Database, run: CoverageRun, before: int, codes: Sequence[str]) -> RunThen:
    """Return what an earlier run says of some regions."""
    earlier = coverage_results.finished(database, before)
    if not asked_alike(earlier, run):
        accepted = Text("问的相同的一次运行", "a run that was asked the same")
        raise InvalidValueError("before", str(before), accepted)
    with database.snapshot() as session:
        return RunThen(before, shares_of_runs(session, [before], codes)[before])


def _day_then(run: CoverageRun, then: SharesOnDay) -> DayThen:
    """Return what the run covers with a day's facilities, and what is said of it."""
    now = run.found.total.covered_share
    told = standing_words(then.day, then.facilities, then.whole, now, then.later)
    return DayThen(then.day, then.whole, then.shares, told)


def run_day(run: CoverageRun, zone: str) -> date:
    """Return the day on which a run ended."""
    return (run.finished_at or run.created_at).astimezone(ZoneInfo(zone)).date()


def _facts(
    database: Database,
    run: CoverageRun,
    question: CoverageParameters,
    naming: Naming,
    *,
    sample: bool,
) -> list[tuple[Text, Text]]:
    when = format_moment(run.finished_at or run.created_at, naming.zone)
    facts = [
        (monthly.ASKED, question_title(question, naming)),
        (words.RUN, Text(str(run.id), str(run.id))),
        (words.COMPUTED, when),
        (words.STANDING, standing_text(database, run, naming)),
        (monthly.RESTS_ON, statement_text(run, naming.regions, naming.demand, naming.zone)),
    ]
    return [(monthly.SAMPLE_LABEL, words.SAMPLE_SAID), *facts] if sample else facts


def standing_text(database: Database, run: CoverageRun, naming: Naming) -> Text:
    """Return who published a run and when, or that nobody has."""
    publication = answers.publication_of(database, run.id)
    if publication is None:
        return words.UNPUBLISHED
    told = published_text(publication, naming.regions, naming.zone)
    if publication.withdrawn_at is None:
        return told
    return Text(f"{told.zh}；已经撤回", f"{told.en}; withdrawn since")


def _figures(run: CoverageRun) -> list[tuple[Text, Cell]]:
    own = run.found.total
    return [
        (monthly.WORKERS, Figure(own.weight, Form.COUNT)),
        (monthly.COVERED_SHARE, Figure(own.covered_share, Form.SHARE)),
        (monthly.BACKUP_SHARE, Figure(own.backup_share, Form.SHARE)),
        (monthly.UNCOVERED, Figure(own.uncovered_weight, Form.COUNT)),
        (monthly.MEDIAN_M, Figure(None if own.walk is None else own.walk.p50_m, Form.METRES)),
        (monthly.P90_M, Figure(None if own.walk is None else own.walk.p90_m, Form.METRES)),
    ]


def _lines(run: CoverageRun) -> list[Text]:
    lines = [
        reasons_text(run),
        outside_text(run),
        counted_text(run.found),
        unplaced_text(run.inputs.without_position),
        season_text(run.inputs.out_of_season),
    ]
    return [one for one in lines if one.zh]


def _stations(database: Database, run: CoverageRun, naming: Naming) -> Table:
    loads = coverage_results.loads(database, run.id, MOST_FACILITIES)
    total, _ = coverage_results.facility_totals(database, run.id)
    with database.session() as session:
        grounds = facility_grounds(session, [one.code for one in loads])
        kinds = {
            one.code: Text(one.name_zh, one.name_en or one.name_zh) for one in list_kinds(session)
        }
    named = []
    for one in loads:
        kind, region = grounds.get(one.code, (None, None))
        named.append(
            sheets.NamedLoad(
                one,
                None if kind is None else kinds.get(kind, Text(kind, kind)),
                None if region is None else naming.regions.get(region, Text(region, region)),
            )
        )
    return sheets.stations_table(named, total)


def _method(run: CoverageRun, question: CoverageParameters, naming: Naming) -> Table:
    """Return what was asked and what the run read, a line each."""
    inputs, found = run.inputs, run.found
    rows: list[list[Cell]] = [
        [label, value] for label, value in asked_lines(question, naming, inputs.demand)
    ]
    rows.append([words.BASIS, BASIS_TEXT[inputs.basis]])
    if inputs.network is not None:
        rows.append([words.NETWORK, inputs.network])
    rows += [
        [words.DETOUR, Figure(inputs.detour_factor, Form.RATIO)],
        [words.SPEED, Figure(inputs.walking_speed_m_per_s, Form.RATIO)],
        [words.STANDARD_LINE, Figure(found.standard_line_m, Form.METRES)],
    ]
    rows += [
        [words.RUN, Figure(run.id, Form.COUNT)],
        [words.COMPUTED, Figure(run_day(run, naming.zone), Form.DAY)],
        [words.VERSIONS, versions_text(inputs.versions)],
    ]
    return Table(
        words.METHOD,
        words.TITLE_METHOD,
        [Column(monthly.ITEM), Column(monthly.VALUE, wide=3.0)],
        rows,
    )
