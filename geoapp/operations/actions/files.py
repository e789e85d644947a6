"""A run of actions in words, and saved to a file."""

from pathlib import Path
from zoneinfo import ZoneInfo

from shapely import Point

from geoapp.core.files import replaced_whole
from geoapp.core.i18n import DEFAULT_LANGUAGE, Language, Text
from geoapp.core.questions.actions import ActionParameters
from geoapp.core.results.actions import ActionRun
from geoapp.core.settings import DEFAULT_ZONE
from geoapp.core.units import format_moment
from geoapp.core.words import SAMPLE_TEXT
from geoapp.operations.actions import results as action_results
from geoapp.operations.facilities.naming import read_naming
from geoapp.reports.actions import sheets
from geoapp.reports.asked import add_layer, add_members, as_members, beside_rows
from geoapp.reports.file_table import FileTable, numbers_at
from geoapp.reports.parts import Report, Section
from geoapp.reports.tables import check_format, write_table
from geoapp.reports.words import coverage_book, monthly, papers
from geoapp.reports.words import plan_book as words
from geoapp.reports.words.actions import summary_lines, summary_texts
from geoapp.reports.words.naming import Naming
from geoapp.reports.words.question import area_text, asked_lines, beside_answer, versions_text
from geoapp.reports.workbook import write_workbook
from geoapp.store.engine import Database

_COLUMNS = (
    "order",
    "kind",
    "text_zh",
    "text_en",
    "cost",
    "adds",
    "code",
    "name",
    "region",
    "lon",
    "lat",
    "sample",
)
_NUMBERS = frozenset({0, 4, 5, 9, 10})


def save_actions(
    database: Database,
    run_id: int,
    path: Path,
    zone: str = DEFAULT_ZONE,
    language: Language = DEFAULT_LANGUAGE,
) -> None:
    """Write a finished run's actions to a file; the file appears whole or not at all.

    What was asked stands in it: in a workbook and a GeoPackage with the summary, in GeoJSON as a
    member, in CSV beside each action. Geometries are EPSG:4326.

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
    run = action_results.finished(database, run_id)
    question, naming = ActionParameters.from_stored(run.params), read_naming(database, zone)
    if suffix == ".xlsx":
        with replaced_whole(path) as fresh:
            write_workbook(_book(run, question, naming), fresh, language)
        return
    sample = run.inputs.sample
    rows = [
        (
            [sample if name == "sample" else getattr(one, name) for name in _COLUMNS],
            Point(one.lon, one.lat),
        )
        for one in run.found.actions
    ]
    table = FileTable(_COLUMNS, rows, numbers_at(_NUMBERS))
    asked, told = asked_lines(question, naming), beside_answer(question, naming, summary_lines(run))
    with replaced_whole(path) as fresh:
        write_table(
            beside_rows(table, asked) if suffix == ".csv" else table, fresh, layer="actions"
        )
        if suffix == ".geojson":
            add_members(fresh, {"question": as_members(asked), "run": run.about()})
        elif suffix == ".gpkg":
            lines = [{"zh": one.zh, "en": one.en, "value": value} for one, value in told]
            add_layer(fresh, "summary", lines)


def _book(run: ActionRun, question: ActionParameters, naming: Naming) -> Report:
    """Return a run as the report that its workbook is written from: one question, one sheet."""
    ended, found = run.finished_at or run.created_at, run.found
    area = area_text(question.region, naming.regions)
    sample = (monthly.SAMPLE_LABEL, coverage_book.SAMPLE_SAID)
    told = [one for one in summary_texts(run) if one[0] != SAMPLE_TEXT]
    return Report(
        title=Text(f"{words.ACTIONS.zh}：{area.zh}", f"{words.ACTIONS.en}: {area.en}"),
        day=ended.astimezone(ZoneInfo(naming.zone)).date(),
        sample=run.inputs.sample,
        facts=[
            *([sample] if run.inputs.sample else []),
            *asked_lines(question, naming),
            (coverage_book.RUN, Text(str(run.id), str(run.id))),
            (coverage_book.COMPUTED, format_moment(ended, naming.zone)),
            (papers.VERSIONS, versions_text(run.inputs.versions)),
        ],
        sections=[
            Section(words.ANSWER, figures=told, tables=[sheets.ways_table(found)]),
            Section(words.CHOSEN, tables=[sheets.actions_table(found, naming)]),
            Section(coverage_book.BY_REGION, tables=[sheets.districts_table(found)]),
        ],
    )
