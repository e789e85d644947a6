"""Import a file: one door for the command and for uploads."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from geoapp.core.acting import Via, act
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_SET_CHARACTERS
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.importers.formats.gpkg import parse_crs
from geoapp.importers.formats.table import Record, Table
from geoapp.importers.open import is_extract
from geoapp.importers.problems import Reading, shown
from geoapp.importers.together import open_sheets
from geoapp.operations.imports.facilities import FacilityImport, import_facilities
from geoapp.operations.imports.keyed import KEYED, import_keyed
from geoapp.operations.imports.organisations import import_organisations
from geoapp.operations.imports.points import import_candidates, import_demand
from geoapp.operations.imports.public_maps import import_public_map
from geoapp.operations.imports.regions import import_regions
from geoapp.operations.imports.rejects import set_stem, write_rejects
from geoapp.operations.imports.report import (
    READING,
    ImportOptions,
    ImportReport,
    Progress,
    blanks_text,
    quiet,
    strays_text,
)
from geoapp.store.engine import Database

_Importer = Callable[[Database, Settings, Table, ImportOptions, Progress], tuple[Reading[Any], Any]]
_IMPORTERS: dict[str, _Importer] = {
    "facilities": import_facilities,
    "regions": import_regions,
    "demand": import_demand,
    "candidates": import_candidates,
    "public-map": import_public_map,
    "organisations": import_organisations,
    **{what: partial(import_keyed, what) for what in KEYED},
}
KINDS = tuple(_IMPORTERS)
_REPORT_EVERY = 5000


def import_file(
    database: Database,
    settings: Settings,
    kind: str,
    path: Path,
    options: ImportOptions | None = None,
    *,
    progress: Progress = quiet,
) -> ImportReport:
    """Import a file; all good rows arrive in one transaction, or none.

    Parameters
    ----------
    kind
        One of ``KINDS``.
    path
        A file whose suffix says its format: one of ``SUFFIXES``.
    progress
        Called with the share done (0 to 1) and what is being done.

    Returns
    -------
    What was read and what became of it. Rejected rows stand in a file beside the input, to be
    mended and imported again.

    Raises
    ------
    InvalidValueError
        If there is no such kind, or no format belongs to the suffix.
    UnusableInputError
        If the file as a whole cannot be used; nothing was changed then.
    """
    options = options or ImportOptions()
    importer = _IMPORTERS.get(kind)
    if importer is None:
        names = ", ".join(KINDS)
        raise InvalidValueError("kind", kind, Text(names, names))
    progress(0.0, READING)
    if options.crs is not None:
        parse_crs(options.crs)
    opened = open_sheets(
        path, layer=kind, encoding=options.encoding, sheet=options.sheet, crs=options.crs
    )
    if options.crs is not None and kind != "facilities" and not opened.has_geometry:
        raise InvalidValueError(
            "--crs",
            options.crs,
            Text("只用于站点的表格和地图文件", "of use for tables of facilities and for map files"),
        )
    table = _reported(opened, progress)
    options = replace(
        options,
        # OpenStreetMap is in WGS-84 and nothing else.
        datum=options.datum or (Datum.WGS84 if is_extract(path) else None),
        set_code=set_code(options.set_code or set_stem(path)),
        source=options.source or path.name,
    )
    with act(via=Via.IMPORT, reason=path.name):
        reading, done = importer(database, settings, table, options, progress)
    counts = done.counts if isinstance(done, FacilityImport) else done
    rejects = write_rejects(path, settings, table, reading, options)
    return ImportReport(
        kind=kind,
        read=reading.read,
        inserted=counts.inserted,
        updated=counts.updated,
        unchanged=counts.unchanged,
        rejected=len(reading.rejected),
        problems=reading.problems,
        warnings=reading.warnings,
        extra_columns=reading.extra,
        ignored_columns=reading.ignored,
        hints=(
            *reading.hints,
            *blanks_text(getattr(counts, "kept", 0), getattr(counts, "cleared", 0)),
            *strays_text(
                getattr(counts, "strays", None),
                settings.region_tolerance_m,
                weighted=kind == "demand",
            ),
        ),
        rejects_path=rejects,
        dry_run=options.dry_run,
        rematched=getattr(counts, "rematched", 0),
        change_set=getattr(counts, "change_set", None),
        differences=getattr(counts, "differences", ()),
        suspected=getattr(done, "suspected", ()),
        proposal=getattr(done, "proposal", None),
        by_street=getattr(done, "by_street", ()),
        datum=getattr(done, "datum", None),
    )


def _reported(table: Table, progress: Progress) -> Table:
    """Return the table with its rows counted aloud: how many there will be is not known."""

    def records() -> Iterator[Record]:
        for number, record in enumerate(table.records, start=1):
            if number % _REPORT_EVERY == 0:
                progress(
                    0.0,
                    Text(f"{READING.zh}，{number:,} 行", f"{READING.en}, {number:,} rows"),
                )
            yield record

    return replace(table, records=records())


def set_code(name: str) -> str:
    """Return a set's code as stored.

    Raises
    ------
    InvalidValueError
        If it is empty, too long, or holds a character that no address can carry.
    """
    code = name.strip()
    if not code or len(code) > MOST_SET_CHARACTERS or not code.isprintable() or "/" in code:
        raise InvalidValueError(
            "--set",
            shown(name),
            Text(
                f"1 至 {MOST_SET_CHARACTERS} 个字符，不含 / 和控制字符",
                f"1 to {MOST_SET_CHARACTERS} characters without / and control characters",
            ),
        )
    return code
