"""A run of actions in words, and saved to a file."""

from pathlib import Path

import openpyxl
from shapely import Point

from geoapp.core.files import replaced_whole
from geoapp.core.questions.actions import ActionParameters
from geoapp.core.settings import DEFAULT_ZONE
from geoapp.operations.actions import results as action_results
from geoapp.operations.facilities.naming import read_naming
from geoapp.reports.tables import FileTable, write_table
from geoapp.reports.words.actions import summary_lines
from geoapp.reports.words.question import beside_answer
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

    A workbook has the summary on a sheet of its own. Geometries are EPSG:4326.

    Raises
    ------
    InvalidValueError
        If no format belongs to the file's suffix.
    ConflictError
        If the run has not succeeded.
    """
    run = action_results.finished(database, run_id)
    sample = run.inputs.sample
    rows = [
        (
            [sample if name == "sample" else getattr(one, name) for name in _COLUMNS],
            Point(one.lon, one.lat),
        )
        for one in run.found.actions
    ]
    write_table(FileTable(_COLUMNS, rows, _NUMBERS), path, layer="actions")
    if path.suffix.lower() == ".xlsx":
        book = openpyxl.load_workbook(path)
        sheet = book.create_sheet("summary 摘要", 0)
        sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 44, 80
        question, naming = ActionParameters.from_stored(run.params), read_naming(database, zone)
        for label, value in beside_answer(question, naming, summary_lines(run)):
            sheet.append([label.both(), value])
        with replaced_whole(path) as fresh:
            book.save(fresh)
