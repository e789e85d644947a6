"""The map of a coverage run as a picture: what it found, of all of it or of one region."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.core.errors import ConflictError, NotFoundError
from geoapp.core.files import replaced_whole
from geoapp.core.i18n import Language, Text
from geoapp.core.questions.coverage import CoverageParameters
from geoapp.core.results.coverage import CoverageGap, CoverageRun, RegionFigures
from geoapp.core.settings import Settings
from geoapp.core.units import format_moment
from geoapp.core.words import OSM_ATTRIBUTION, Level
from geoapp.operations.coverage import results as coverage_results
from geoapp.operations.coverage.region_gaps import gaps_of_region
from geoapp.operations.coverage.workbook import run_day, standing_text
from geoapp.operations.facilities.naming import read_naming
from geoapp.operations.moment import today
from geoapp.reports.coverage.picture import Picture, write_picture
from geoapp.reports.parts import Area, Map, Spot
from geoapp.reports.words import coverage_book as words
from geoapp.reports.words.coverage import figures_of, share_text, statement_text, zones_text
from geoapp.reports.words.naming import Naming
from geoapp.reports.words.question import area_text, standard_text
from geoapp.store.engine import Database
from geoapp.store.facilities.as_of import AsOf
from geoapp.store.facilities.read import read_placed_on
from geoapp.store.regions import region_shapes

MOST_SPOTS: Final = 10
_SIMPLE_M: Final = 5.0


def save_picture(
    database: Database,
    settings: Settings,
    run_id: int,
    path: Path,
    language: Language,
    region: str | None = None,
) -> None:
    """Write a finished run's map as PNG; the file appears whole or not at all.

    Parameters
    ----------
    region
        Shows this region and those directly below it; None is all that the run was asked about.

    Raises
    ------
    NotFoundError
        If there is no such coverage run, or it has no figures of the region.
    ConflictError
        If the run has not succeeded, or the outlines of its regions are not known.
    """
    picture = _picture(database, settings, run_id, region)
    with replaced_whole(path) as fresh:
        write_picture(picture, fresh, language)


def _picture(database: Database, settings: Settings, run_id: int, region: str | None) -> Picture:
    run = coverage_results.finished(database, run_id)
    zone = settings.timezone
    naming = read_naming(database, zone)
    question = CoverageParameters.from_stored(run.params)
    rows = coverage_results.region_figures(database, run_id)
    own = next((one for one in rows if one.code == region), None)
    if region is not None and own is None:
        what = Text(f"区域在运行 {run_id} 里的结果", f"result of run {run_id} for the region")
        raise NotFoundError(what, region)
    day = run_day(run, zone)
    with database.snapshot() as session:
        shapes = region_shapes(session, None, None, simplify_m=_SIMPLE_M)
        placed = read_placed_on(session, AsOf(day, today(settings)))
        # A city's run lists its greatest zones: of a district there may be more.
        whole = (
            gaps_of_region(session, run, region)
            if region is not None and run.found.gap_rest_zones
            else None
        )
    outlines = {
        one.properties["code"]: shapely.from_wkb(one.geometry_wkb)
        for one in shapes
        if one.geometry_wkb is not None
    }
    listed = _listed(rows, region or question.region, frozenset(outlines))
    if not listed:
        raise ConflictError(
            Text(
                f"运行 {run_id} 的区域没有边界，画不出地图。",
                f"The outlines of the regions of run {run_id} are not known: there is no map to draw.",
            )
        )
    areas = [
        Area(
            outlines[one.code],
            one.covered_share,
            naming.regions.get(one.code, Text(one.code, one.code)),
        )
        for one in listed
    ]
    window = shapely.union_all([one.shape for one in areas])
    zones = coverage_results.gap_zones(database, run_id)
    counted = {one.code for one in coverage_results.loads(database, run_id, len(placed))}
    drawn = Map(
        words.picture_title(
            area_text(region or question.region, naming.regions),
            standard_text(question.standard_m, question.standard_seconds),
        ),
        areas,
        [shapely.from_wkb(one.geometry_wkb) for one in zones] if whole is None else whole,
        [(one.lon, one.lat) for one in placed if one.code in counted],
        _spots(zones, window),
    )
    codes = {one.code for one in listed}
    told = [one.properties for one in shapes if one.properties["code"] in codes]
    figures = figures_of(run.found.total if own is None else own)
    return Picture(
        drawn,
        # What lies around has no figures here, and is drawn to say where one is.
        [
            outlines[one.properties["code"]]
            for one in shapes
            if one.properties["code"] in outlines.keys() - codes
            and one.properties["level"] == listed[0].level
        ],
        share_text(run, figures, naming.regions, zone, sample=False, region=region),
        _notes(
            database,
            run,
            naming,
            sorted({one["source"] for one in told if one["source"]}),
            has_all_zones=whole is not None,
        ),
        coverage_results.rests_on_sample(database, run),
    )


def _listed(
    rows: Sequence[RegionFigures], region: str | None, known: frozenset[str]
) -> list[RegionFigures]:
    """Return the regions that are coloured: what a region consists of, or else itself.

    Of the whole, or of a province or city, these are its districts: the finest that everybody knows.

    Parameters
    ----------
    known
        The regions whose outlines are known.
    """
    parents = {one.code: one.parent for one in rows}

    def within(code: str | None) -> bool:
        while code is not None and code != region:
            code = parents.get(code)
        return code == region

    drawn = [one for one in rows if one.code in known and (region is None or within(one.code))]
    own = next((one for one in drawn if one.code == region), None)
    below = [one for one in drawn if one.code != region]
    wanted = Level.STREET if own is not None and own.level is Level.DISTRICT else Level.DISTRICT
    finest = [one for one in below if one.level is wanted]
    if finest:
        return finest
    if own is not None:
        return [own]
    # Without districts, the widest there are.
    return [one for one in drawn if one.parent not in {other.code for other in drawn}]


def _spots(zones: Sequence[CoverageGap], window: BaseGeometry) -> list[Spot]:
    """Return where one station would reach most of a gap zone, for the zones with most workers."""
    best = [
        one.closers[0]
        for one in sorted(zones, key=lambda one: (-one.workers, one.rank))
        if one.closers
    ]
    inside = [one for one in best if window.intersects(shapely.Point(one.lon, one.lat))]
    return [
        Spot(number, one.lon, one.lat) for number, one in enumerate(inside[:MOST_SPOTS], start=1)
    ]


def _notes(
    database: Database,
    run: CoverageRun,
    naming: Naming,
    sources: Sequence[str],
    *,
    has_all_zones: bool,
) -> list[Text]:
    """Return what the map rests on: the question's conditions, publication, run, boundaries, streets."""
    when = format_moment(run.finished_at or run.created_at, naming.zone)
    standing = standing_text(database, run, naming)
    notes = [
        statement_text(run, naming.regions, naming.demand, naming.zone),
        words.picture_note(run.id, when, standing),
    ]
    found = run.found
    zones = zones_text(found.gap_zones, found.gap_rest_zones, found.gap_rest_workers)
    if zones.zh and not has_all_zones:
        notes.append(words.picture_zones(zones))
    if sources:
        notes.append(words.boundaries_text(sources))
    if run.inputs.network is not None:
        notes.append(Text(OSM_ATTRIBUTION, OSM_ATTRIBUTION))
    return notes
