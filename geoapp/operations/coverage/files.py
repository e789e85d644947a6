"""Save a coverage run's tables to a file."""

from pathlib import Path
from typing import Final

from geoapp.core.errors import InvalidValueError
from geoapp.core.files import replaced_whole
from geoapp.core.i18n import DEFAULT_LANGUAGE, Language, Text
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.coverage import CoverageFindings
from geoapp.core.settings import DEFAULT_ZONE, Settings
from geoapp.core.units import format_count
from geoapp.operations.coverage import results as coverage_results
from geoapp.operations.coverage.closers import MOST_OVERLAPS
from geoapp.operations.coverage.days import SharesOnDay
from geoapp.operations.coverage.picture import save_picture
from geoapp.operations.coverage.workbook import run_report
from geoapp.operations.facilities.naming import read_naming
from geoapp.reports.coverage.tables import SUFFIXES as MACHINE_SUFFIXES
from geoapp.reports.coverage.tables import CoverageTables, write_coverage
from geoapp.reports.words.coverage import zones_text
from geoapp.reports.words.question import asked_lines
from geoapp.reports.workbook import write_workbook
from geoapp.store.engine import Database
from geoapp.store.regions import region_shapes

WORKBOOK: Final = ".xlsx"
PICTURE: Final = ".png"
SUFFIXES: Final = (*MACHINE_SUFFIXES, WORKBOOK, PICTURE)


def check_output(path: Path) -> str:
    """Return the suffix of a file's name, before any work is done.

    Raises
    ------
    InvalidValueError
        If no format belongs to it.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        names = " ".join(SUFFIXES)
        accepted = Text(f"后缀为 {names} 的文件名", f"a file name ending in {names}")
        raise InvalidValueError("-o", path.name, accepted)
    return suffix


def _zones(found: CoverageFindings) -> list[tuple[Text, Text]]:
    """Return that not all gap zones are listed, where that is so."""
    shown = zones_text(found.gap_zones, found.gap_rest_zones, found.gap_rest_workers)
    return [(Text("盲区", "gap zones"), shown)] if shown.zh else []


def _pairs(shown: int | None, total: int | None) -> list[tuple[Text, Text]]:
    """Return that not all pairs of overlapping facilities are listed, or none compared, where so."""
    title = Text("重叠的设施", "facilities that overlap")
    if shown is None:
        return [(title, Text("这次运行没有比较", "not compared by this run"))]
    if total is None or total <= shown:
        return []
    some, whole = format_count(shown), format_count(total)
    told = Text(
        f"列出重叠最多的 {some} 对，共 {whole} 对", f"the {some} of {whole} that overlap most"
    )
    return [(title, told)]


def save_run(
    database: Database,
    settings: Settings,
    run_id: int,
    path: Path,
    language: Language | None = None,
    region: str | None = None,
    *,
    before: int | None = None,
    on_day: SharesOnDay | None = None,
) -> None:
    """Write a finished run to a file of any format; a picture shows its map.

    Parameters
    ----------
    language
        Of a workbook or a picture; None is both in a workbook, Chinese in a picture.
    region
        What a picture shows; None is all that the run was asked about.
    before, on_day
        Number of the earlier run, or else the facilities of a day, that a workbook compares it with.

    Raises
    ------
    InvalidValueError
        If no format belongs to the file's suffix.
    NotFoundError
        If there is no such coverage run, or it has no figures of the region.
    ConflictError
        If the run has not succeeded, or there is no map of it.
    """
    if check_output(path) == PICTURE:
        save_picture(database, settings, run_id, path, language or DEFAULT_LANGUAGE, region)
    else:
        save_coverage(
            database, run_id, path, settings.timezone, language, before=before, on_day=on_day
        )


def save_coverage(
    database: Database,
    run_id: int,
    path: Path,
    zone: str = DEFAULT_ZONE,
    language: Language | None = None,
    *,
    before: int | None = None,
    on_day: SharesOnDay | None = None,
) -> None:
    """Write a finished run's tables to a file; the file appears whole or not at all.

    Parameters
    ----------
    language
        Of a workbook; None is both, Chinese first. The other formats have both.
    before, on_day
        Number of the earlier run, or else the facilities of a day, that a workbook compares it with.

    Raises
    ------
    InvalidValueError
        If no format belongs to the file's suffix.
    ConflictError
        If the run has not succeeded.
    """
    suffix = check_output(path)
    if suffix == WORKBOOK:
        report = run_report(database, run_id, zone, before, on_day=on_day)
        with replaced_whole(path) as fresh:
            write_workbook(report, fresh, language)
        return
    run = coverage_results.finished(database, run_id)
    question, naming = CoverageParameters.from_stored(run.params), read_naming(database, zone)
    overlaps = coverage_results.facility_overlaps(database, run_id, MOST_OVERLAPS)
    shown = None if overlaps is None else len(overlaps)
    pairs = _pairs(shown, coverage_results.overlap_total(database, run_id))
    with database.session() as session:
        outlines = {
            one.properties["code"]: one.geometry_wkb
            for one in region_shapes(session, None, None, simplify_m=0)
            if one.geometry_wkb is not None
        }
    tables = CoverageTables(
        question=[
            *asked_lines(question, naming, run.inputs.demand),
            *_zones(run.found),
            *pairs,
        ],
        about=run.about(),
        regions=coverage_results.region_figures(database, run_id),
        gaps=coverage_results.gap_zones(database, run_id),
        overlaps=overlaps,
        outlines=outlines,
    )
    with replaced_whole(path) as fresh:
        write_coverage(tables, fresh)
