"""A run of actions in words, and saved to a file."""

from pathlib import Path

import openpyxl
from shapely import Point

from geoapp.core.files import replaced_whole
from geoapp.core.questions.actions import ActionParameters
from geoapp.core.settings import DEFAULT_ZONE
from geoapp.operations.actions import results as action_results
from geoapp.operations.facilities.naming import read_naming
from geoapp.reports.asked import add_layer, add_members, as_members, beside_rows
from geoapp.reports.book import fill_sheet
from geoapp.reports.file_table import FileTable, numbers_at
from geoapp.reports.tables import check_format, write_table
from geoapp.reports.words.actions import summary_lines
from geoapp.reports.words.question import asked_lines, beside_answer
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


def save_actions(database: Database, run_id: int, path: Path, zone: str = DEFAULT_ZONE) -> None:
    """Write a finished run's actions to a file; the file appears whole or not at all.

    What was asked stands in it: in a workbook and a GeoPackage with the summary, in GeoJSON as a
    member, in CSV beside each action. Geometries are EPSG:4326.

    Raises
    ------
    InvalidValueError
        If no format belongs to the file's suffix.
    ConflictError
        If the run has not succeeded.
    """
    suffix = check_format(path)
    run = action_results.finished(database, run_id)
    sample = run.inputs.sample
    rows = [
        (
            [sample if name == "sample" else getattr(one, name) for name in _COLUMNS],
            Point(one.lon, one.lat),
        )
        for one in run.found.actions
    ]
    table = FileTable(_COLUMNS, rows, numbers_at(_NUMBERS))
    question, naming = ActionParameters.from_stored(run.params), read_naming(database, zone)
    asked, told = asked_lines(question, naming), beside_answer(question, naming, summary_lines(run))
    with replaced_whole(path) as fresh:
        if suffix == ".xlsx":
            book = openpyxl.Workbook()
            summary = book.worksheets[0]
            summary.title = "summary 摘要"
            fill_sheet(summary, [[label.both(), value] for label, value in told])
            fill_sheet(
                book.create_sheet("actions"), [list(_COLUMNS), *(cells for cells, _ in rows)]
            )
            book.save(fresh)
            return
        write_table(
            beside_rows(table, asked) if suffix == ".csv" else table, fresh, layer="actions"
        )
        if suffix == ".geojson":
            add_members(fresh, {"question": as_members(asked), "run": run.about()})
        elif suffix == ".gpkg":
            lines = [{"zh": one.zh, "en": one.en, "value": value} for one, value in told]
            add_layer(fresh, "summary", lines)
