"""Imports files of facilities into one store, and counts what was reported."""

from pathlib import Path
from typing import Any

import pytest

from geoapp.core.settings import Settings
from geoapp.operations.imports.file import import_file
from geoapp.operations.imports.report import ImportOptions, ImportReport
from geoapp.operations.upkeep.init import initialise
from geoapp.store.engine import Database
from tests.operations.imports.importing import (
    seed_regions,
    write_rows,
)


class Importer:
    """Imports rows into one store."""

    def __init__(self, database: Database, settings: Settings, folder: Path) -> None:
        self.database = database
        self.settings = settings
        self.folder = folder

    def file(self, path: Path, **options: Any) -> ImportReport:
        return import_file(
            self.database, self.settings, "facilities", path, ImportOptions(**options)
        )

    def rows(self, *rows: dict[str, Any], **options: Any) -> ImportReport:
        return self.file(write_rows(self.folder / "rows.csv", rows), **options)


@pytest.fixture
def importer(database: Database, settings: Settings, tmp_path: Path) -> Importer:
    initialise(database)
    seed_regions(database)
    return Importer(database, settings, tmp_path)


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    return report.read, report.inserted, report.updated, report.unchanged, report.rejected
