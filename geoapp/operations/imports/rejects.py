"""The file of rejected rows: as they came, with reasons, to be mended and imported again."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geoapp.core.settings import Settings
from geoapp.importers.formats.table import Table
from geoapp.importers.open import check_suffix, is_extract
from geoapp.importers.problems import Reading, Rejected
from geoapp.importers.rows.columns import REJECT_COLUMNS, folded
from geoapp.operations.imports.report import ImportOptions
from geoapp.reports.file_table import FileTable
from geoapp.reports.tables import SUFFIXES, write_table

# What a workbook's cell may hold, with room for what the format escapes.
_MOST_CELL_CHARACTERS = 30_000


_REJECTS_MARK = re.compile(r"\.rejects(-\d+)?$")


def write_rejects(
    path: Path, settings: Settings, table: Table, reading: Reading[Any], options: ImportOptions
) -> Path | None:
    """Write the rejected rows as they came, with their reasons; return where, None if there are none.

    As a table where the input was an extract. Beside the input, or in the data folder where that cannot be written.
    """
    if not reading.rejected or options.dry_run:
        return None
    name = rejects_name(path, table)
    if name == path.name:  # what was read is never overwritten
        name = f"{set_stem(path)}.rejects-2{Path(name).suffix}"
    if options.rejects is not None:
        places = [options.rejects]
    else:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        fallback = settings.data / "rejects" / f"{stamp}-{name}"
        places = [path.with_name(name), fallback]
    target = places[0] if len(places) == 1 or _is_writable(places[0]) else places[1]
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_rows(target, table, reading.rejected)
    return target


def rejects_name(path: Path, table: Table) -> str:
    """Return what a file's rejected rows are called."""
    return f"{set_stem(path)}.rejects{_suffix_of_rejects(path, table)}"


def write_rows(target: Path, table: Table, rejected: Sequence[Rejected]) -> None:
    """Write rejected rows as they came, with their reasons, for their owner alone."""
    rows = _rejects_table(table, rejected, cut=target.suffix == ".xlsx")
    # Rows as they came hold telephone numbers and whatever else the file knew.
    write_table(rows, target, layer="rejects", private=True)


def _suffix_of_rejects(path: Path, table: Table) -> str:
    """Return in which format rejected rows are written: the input's, or the nearest that is written."""
    if is_extract(path):
        return ".csv"
    suffix = check_suffix(path)
    if suffix in SUFFIXES and (table.has_geometry or suffix != ".geojson"):
        return suffix
    return ".geojson" if table.has_geometry else ".xlsx"


def set_stem(path: Path) -> str:
    """Return a file's name without its suffix and without the mark of a rejects file."""
    return _REJECTS_MARK.sub("", path.stem) or path.stem


def _is_writable(path: Path) -> bool:
    trial = path.with_name(f".{path.name}.trial")
    try:
        trial.touch(exist_ok=True)
        trial.unlink()
    except OSError:
        return False
    return True


def _rejects_table(table: Table, rejected: Sequence[Rejected], *, cut: bool) -> FileTable:
    """Return rows as they came; ``cut`` what is too long for a workbook's cell."""
    kept = [place for place, name in enumerate(table.columns) if folded(name) not in REJECT_COLUMNS]
    columns = [table.columns[place] or f"column_{place + 1}" for place in kept]
    rows = [
        (
            [_cell(one.cells, place, cut=cut) for place in kept] + _reasons(one),
            one.geometry if table.has_geometry else None,
        )
        for one in rejected
    ]
    return FileTable([*columns, *REJECT_COLUMNS], rows)


def _cell(cells: Sequence[Any], place: int, *, cut: bool) -> Any:
    cell = cells[place] if place < len(cells) else None
    return _cut(cell) if cut and isinstance(cell, str) else cell


def _cut(words: str) -> str:
    return words if len(words) <= _MOST_CELL_CHARACTERS else words[:_MOST_CELL_CHARACTERS] + "…"


def _reasons(rejected: Rejected) -> list[Any]:
    problems = rejected.problems
    return [
        rejected.line,
        _cut(" | ".join(problem.field for problem in problems)),
        _cut(" | ".join(problem.value for problem in problems)),
        _cut(" | ".join(problem.text.zh for problem in problems)),
        _cut(" | ".join(problem.text.en for problem in problems)),
    ]
