"""A siting run in words, and saved to a file."""

from pathlib import Path
from typing import Final

from geoapp.core.files import replaced_whole
from geoapp.core.i18n import DEFAULT_LANGUAGE, Language, Text
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.results.siting import SitingRun
from geoapp.core.settings import DEFAULT_ZONE
from geoapp.operations.facilities.naming import read_naming
from geoapp.operations.facilities.places import list_regions
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting.freedom import find_freedom, possible_hosts
from geoapp.operations.siting.workbook import plan_book
from geoapp.reports.siting.tables import SitingTables, write_siting
from geoapp.reports.tables import check_format
from geoapp.reports.words.explanation import explained
from geoapp.reports.words.question import asked_lines, beside_answer
from geoapp.reports.words.siting import summary_lines
from geoapp.reports.workbook import write_workbook
from geoapp.store.engine import Database

WORKBOOK: Final = ".xlsx"


def check_output(path: Path) -> None:
    """Refuse a file name whose format is not known, before any work is done."""
    check_format(path)


def explanation_lines(database: Database, run: SitingRun) -> list[Text]:
    """Return why a finished run's answer is no better, and what would do; empty where unknown."""
    names = {
        one.code: Text(one.name_zh, one.name_en or one.name_zh) for one in list_regions(database)
    }
    told = explained(run.found.explanation, names)
    return [] if told is None else told.lines()


def answer_lines(database: Database, run: SitingRun, zone: str) -> list[tuple[Text, str]]:
    """Return what a run was asked and what it found, as labels and values for people."""
    question = SitingParameters.from_stored(run.params)
    naming = read_naming(database, zone)
    return beside_answer(question, naming, summary_lines(run, naming.demand), run.inputs.demand)


def save_siting(
    database: Database,
    run_id: int,
    path: Path,
    zone: str = DEFAULT_ZONE,
    language: Language = DEFAULT_LANGUAGE,
) -> None:
    """Write a finished run to a file; the file appears whole or not at all.

    Parameters
    ----------
    language
        Of a workbook; the other formats have both.

    Raises
    ------
    InvalidValueError
        If no format belongs to the file's suffix.
    ConflictError
        If the run has not succeeded.
    """
    suffix = check_format(path)
    run, naming = siting_results.finished(database, run_id), read_naming(database, zone)
    sites = siting_results.sites_of(database, run_id)
    freedom = find_freedom(database, run)
    tables = SitingTables(
        question=asked_lines(
            SitingParameters.from_stored(run.params),
            naming,
            run.inputs.demand,
        ),
        summary=answer_lines(database, run, zone),
        explanation=explanation_lines(database, run),
        about=run.about(),
        sites=sites,
        others=siting_results.sites_of(database, run_id, chosen=False),
        regions=siting_results.region_figures(database, run_id),
        gaps=siting_results.gap_zones(database, run_id),
        freedom=freedom,
        hosts={} if freedom is None else possible_hosts(database, freedom, sites),
    )
    with replaced_whole(path) as fresh:
        if suffix == WORKBOOK:
            write_workbook(plan_book(database, run, tables, naming), fresh, language)
        else:
            write_siting(tables, fresh)
